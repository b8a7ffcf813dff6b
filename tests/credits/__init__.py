"""Tests of the credits app."""
