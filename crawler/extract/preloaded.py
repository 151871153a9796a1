"""Imported by the fork server: what its children, the workers, then have without loading it."""

from importlib import import_module
from typing import Final

TEXT: Final = import_module("crawler.extract.text")
LANGUAGE: Final = import_module("crawler.extract.language")
LANGUAGE.identify("The model of languages is read once, not by each worker anew.")
