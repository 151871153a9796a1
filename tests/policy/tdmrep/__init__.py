"""Tests of crawler.policy.tdmrep."""
