"""PURE: names of crawls and queues, so written that URLFrontier keeps them apart.

Its service on RocksDB joins the names of a crawl and of a queue by `_` to the key of a URL. URLs of
names that have a `_` of their own it takes, and then finds none of them to hand out; `%5F` it reads
as `_` when it starts again. A name of blanks only it calls `DEFAULT`, in some of its calls.
"""

from collections.abc import Iterable
from typing import Final

_WRITTEN: Final = {"%": "%25", "_": "%5f", " ": "%20"}
_TABLE: Final = str.maketrans(_WRITTEN)


def write_name(name: str) -> str:
    """`name` as URLFrontier is to know it: most names are written as they are."""
    return name.translate(_TABLE)


def read_name(written: str) -> str:
    """The name that was written so."""
    for plain, sign in reversed(_WRITTEN.items()):
        written = written.replace(sign, plain)
    return written


def is_deleted_alone(crawls: Iterable[str]) -> bool:
    """Whether DeleteCrawl deletes the URLs of the crawl that it names, all of them and no others.

    It deletes from that crawl's first key up to the first key of the crawl that comes next, and
    which that is it reads from bare names. Keys have a `_` after the name: where `spring` comes
    before `spring-2`, their keys come the other way round, and the service deletes nothing (and
    takes no more puts until it starts again), or what belongs to crawls in between.
    """
    names = set(crawls)
    return sorted(names) == sorted(names, key=lambda name: name.replace("_", "%5F") + "_")
