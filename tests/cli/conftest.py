"""What commands share: a server for their ledgers."""

from tests.postgres import postgres

__all__ = ["postgres"]
