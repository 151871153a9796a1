"""The fetcher against real servers on loopback."""
