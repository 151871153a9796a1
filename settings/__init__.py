"""Scrapy settings as plain values; what they add up to is wired by `crawler.addon`."""
