"""Imported by the fork server: what its children, the workers, then have without loading it."""

from typing import Final

from crawler.extract.language import identify
from crawler.extract.text import EXTRACTORS

MODEL: Final = identify("The model of languages is read once, not by each worker anew.")
LIBRARIES: Final = EXTRACTORS
