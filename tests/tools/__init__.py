"""Small tools for developers, run by hand."""
