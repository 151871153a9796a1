"""How a crawl's files are called (outputs.md, "Layout").

The tag makes every base name unlike any other run's, so that workers may share a root or a bucket,
and tools that know a WARC only by its base name (pywb, WACZ) never mix two up.
"""

import re
from dataclasses import dataclass
from typing import Final

from crawler.clock import moment

WARC: Final = "warc"
WET: Final = "wet"
ROBOTSTXT: Final = "robotstxt"
CRAWLDIAGNOSTICS: Final = "crawldiagnostics"
SUBSETS: Final = (WARC, WET, ROBOTSTXT, CRAWLDIAGNOSTICS)


def stamp(epoch: float) -> str:
    """`YYYYMMDDhhmmss`, UTC: the fourteen digits of file names and index lines."""
    return moment(epoch).strftime("%Y%m%d%H%M%S")


def name_crawl(given: str, now: float) -> str:
    """The crawl's name: `given`, or `HEED-` and the ISO week of `now`."""
    return given or moment(now).strftime("HEED-%G-%V")


_RUN: Final = re.compile(r"(?:/segments/|-)(\d{14}-[0-9a-f]{8})(?:/|-\d{5,}\.)")


def run_of(path: str) -> str:
    """The run that made the file at `path`, as its segment is called; empty where none says."""
    found = _RUN.search(path)
    return found.group(1) if found else ""


@dataclass(frozen=True, slots=True)
class RunNames:
    """Names for the files of one run; `started` in epoch seconds, `tag` unlike any other's."""

    crawl: str
    started: float
    tag: str

    @property
    def segment(self) -> str:
        """The folder of this run's WARC files."""
        return f"{stamp(self.started)}-{self.tag}"

    @property
    def mark(self) -> str:
        """A path that stands for the run among the marks of open files, when it has none."""
        return f"crawl-data/{self.crawl}/segments/{self.segment}/"

    def warc(self, subset: str, start: float, end: float, serial: int) -> str:
        """Path below the root of a WARC file holding what is written from `start` until `end`."""
        return (
            f"crawl-data/{self.crawl}/segments/{self.segment}/{subset}/"
            f"{self.crawl}-{self.tag}-{stamp(start)}-{stamp(end)}-{serial:05}.warc.gz"
        )

    def documents(self, serial: int) -> str:
        """Path below the root of a file of rows."""
        return f"documents/{self.crawl}/{self.crawl}-{self.segment}-{serial:05}.jsonl.gz"
