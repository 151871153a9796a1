"""A small history of sites that between them say everything a report counts, hostile ones too."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

OPEN: Final = "User-agent: *\nDisallow:\n"
HOUSEKEEPING: Final = "User-agent: *\nDisallow: /cart\n"
BLOCKING: Final = "# ours\nUser-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\n" + HOUSEKEEPING
SEARCH_TOO: Final = BLOCKING.replace("User-agent: CCBot", "User-agent: OAI-SearchBot")
CLOSED: Final = "User-agent: *\nDisallow: /\n"
SIGNAL: Final = "User-agent: *\nContent-Signal: ai-train=yes\nAllow: /\n\n" + BLOCKING
HOSTILE: Final = (
    "</ol><script>window.owned = 1</script><img src=x onerror='window.owned=1'>\n"
    "User-agent: GPTBot\nDisallow: / # </code><script>window.owned=2</script>\n"
    "\u2028\n]]>--></style>\nDisallow: /x # \u202elatot\n"
)
HOSTILE_NAME: Final = "<img src=x onerror=window.owned=3>.example"

HISTORY: Final[Mapping[str, Sequence[str | None]]] = {
    "press.example": (HOUSEKEEPING, HOUSEKEEPING, BLOCKING, BLOCKING, BLOCKING, BLOCKING),
    "deal.example": (BLOCKING, BLOCKING, BLOCKING, BLOCKING, HOUSEKEEPING, HOUSEKEEPING),
    "flip.example": (HOUSEKEEPING, BLOCKING, HOUSEKEEPING, BLOCKING, BLOCKING, BLOCKING),
    "search.example": (OPEN, OPEN, OPEN, SEARCH_TOO, SEARCH_TOO, SEARCH_TOO),
    "closed.example": (CLOSED,) * 6,
    "quiet.example": (HOUSEKEEPING,) * 6,
    "signal.example": (SIGNAL,) * 6,
    "gone.example": (BLOCKING, None, None, None, None, None),
    HOSTILE_NAME: (HOUSEKEEPING, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
}
"""By site its robots.txt at each date; None where nobody asked."""

FIRST: Final = date(2025, 1, 15)
DAYS: Final = tuple(f"{FIRST + timedelta(days=31 * n)}" for n in range(6))


def write_history(file: Path) -> Path:
    """The history as rows that heed import reads."""
    rows = [
        {"site": site, "fetched_at": f"{DAYS[n]}T10:00:00Z", "body": body}
        for site, bodies in HISTORY.items()
        for n, body in enumerate(bodies)
        if body is not None
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def write_list(file: Path) -> Path:
    """A site list with category, country, rank and weight for some of them."""
    rows = [
        {"site": "press.example", "category": "press", "country": "FR", "rank": 900, "weight": 80},
        {
            "site": "deal.example",
            "category": "press",
            "country": "GB",
            "rank": 40_000,
            "weight": 10,
        },
        {"site": "quiet.example", "category": "shop", "country": "FR", "rank": 7_000, "weight": 10},
        *(
            {"site": site, "weight": 0}
            for site in HISTORY
            if site.isascii()
            and "<" not in site
            and site not in ("press.example", "deal.example", "quiet.example")
        ),
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file
