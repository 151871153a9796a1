"""Imported by the fork server: what its children, the workers, then have without loading it."""

from contextlib import suppress
from importlib import import_module


def load() -> None:
    """Load the libraries and the model of languages, unless they are; may raise what they raise."""
    import_module("crawler.extract.text")
    language = import_module("crawler.extract.language")
    language.identify("The model of languages is read once, not by each worker anew.")


# For what the machine has no room for a worker asks again when it begins, and is heard.
with suppress(OSError, MemoryError):
    load()
