"""Measurements: they print numbers and assert nothing."""
