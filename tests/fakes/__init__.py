"""Vendors that do not exist, over real HTTP."""
