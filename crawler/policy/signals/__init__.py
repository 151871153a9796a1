"""One file a signal, discovered: adding one is a file here and a case table in the tests."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from crawler.policy.model import Signal


def _modules() -> Iterator[str]:
    for module in iter_modules(__path__):
        yield module.name


@cache
def catalogue() -> tuple[Signal, ...]:
    """Every signal that Heed reads, in the order of their file names."""
    return tuple(import_module(f"{__name__}.{name}").SIGNAL for name in sorted(_modules()))
