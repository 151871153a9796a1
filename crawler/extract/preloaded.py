"""Imported by the fork server: what its children, the workers, then have without loading it."""

import signal
from importlib import import_module
from typing import Final

# Ctrl-C reaches every process of the terminal; one that only loads has nothing to say about it.
signal.signal(signal.SIGINT, signal.SIG_IGN)

TEXT: Final = import_module("crawler.extract.text")
LANGUAGE: Final = import_module("crawler.extract.language")
LANGUAGE.identify("The model of languages is read once, not by each worker anew.")
