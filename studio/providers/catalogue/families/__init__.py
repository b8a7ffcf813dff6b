"""The declarations: one file per family, data only."""
