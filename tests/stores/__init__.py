"""Tests of where finished files go."""
