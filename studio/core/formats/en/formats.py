"""Where a moment stands in a table, as in the administration: short enough for one line."""

DATETIME_FORMAT = "j M Y, H:i"
