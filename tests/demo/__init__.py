"""Tests of the bundled demo sites."""
