"""What whole crawls share: the servers that a fleet writes to."""

from tests.postgres import postgres
from tests.stores.conftest import moto_url

__all__ = ["moto_url", "postgres"]
