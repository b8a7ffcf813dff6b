"""Measurements, run by hand; the README has their figures."""
