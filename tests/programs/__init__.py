"""Every program that we show, run as a reader would run it."""
