"""Heed: a polite crawler that heeds what sites say about AI, and the auditor that remembers it."""

from typing import Final

VERSION: Final = "0.1.0"
