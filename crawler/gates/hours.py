"""Which hosts may be asked at this hour: the off-peak windows that an operator set."""

from collections.abc import Iterator, Mapping
from typing import Final

from crawler.clock import moment
from crawler.config.windows import Window
from crawler.runtime import DeferredError

OFF_WINDOW: Final = "its off-peak window is not open"


class Hours:
    """Windows by host name ("" is every other one's), and whom they keep waiting."""

    def __init__(self, windows: Mapping[str, Window]) -> None:
        self._windows = windows
        self._closed: dict[str, float] = {}

    def check(self, host: str, now: float) -> None:
        """Raise `DeferredError` where the window of `host` ("name:port") is closed at `now`."""
        window = self._windows.get(host.rpartition(":")[0]) or self._windows.get("")
        opens = window.opens_at(moment(now)) if window is not None else None
        if opens is not None:
            self._closed[host] = opens.timestamp()
            raise DeferredError(host, opens.timestamp(), OFF_WINDOW)

    def waiting(self, now: float) -> Iterator[tuple[str, float, str]]:
        """Hosts that were kept waiting and still are: host, until (epoch seconds), why."""
        for host, until in sorted(self._closed.items()):
            if until > now:
                yield host, until, OFF_WINDOW
