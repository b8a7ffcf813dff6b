"""People and keys: who asks."""
