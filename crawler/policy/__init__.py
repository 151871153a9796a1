"""PURE: bytes that a site sent in, statements and decisions out. No network, clock, file or log."""
