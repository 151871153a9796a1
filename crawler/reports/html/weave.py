"""All versions of a site's robots.txt in one listing, each line with the versions it stood in.

A line that stays is kept once however many versions there are, so that a page can show the file
as it stood at any date and stay small. Comparing is linear beyond `COMPARED` lines: then what
lies between the lines that both share at either end counts as replaced.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

SHOWN: Final = 30_000
"""Characters that all versions of a file may show together, besides lines that decided."""
SHOWN_AT_LEAST: Final = 3_000
"""Characters that every version shows, if it has them."""
LENGTH_SHOWN: Final = 240
"""Characters of a line that are shown."""
COMPARED: Final = 400_000
"""Product of the lengths of two stretches up to which they are compared line by line."""


@dataclass(slots=True)
class Thread:
    """One line, in the versions `first` to `last`."""

    text: str
    first: int
    last: int
    gap: int = 0
    """Lines left out here, where this is no line but a note."""


Shown = tuple[str, int]
"""A line's text, or "" and how many lines are left out."""


def cut(lines: Sequence[str], deciding: Iterable[int], versions: int) -> list[Shown]:
    """The lines of one of `versions` that are shown: the first ones, and those that decided."""
    room = max(SHOWN_AT_LEAST, SHOWN // max(1, versions))
    first = 0
    for line in lines:
        room -= min(len(line), LENGTH_SHOWN) + 1
        if room < 0:
            break
        first += 1
    wanted = sorted({*range(1, first + 1), *_within(deciding, len(lines))})
    shown: list[Shown] = []
    before = 0
    for number in wanted:
        if number - before > 1:
            shown.append(("", number - before - 1))
        shown.append((_shorten(lines[number - 1]), 0))
        before = number
    if before < len(lines):
        shown.append(("", len(lines) - before))
    return shown


def _within(numbers: Iterable[int], length: int) -> list[int]:
    return [number for number in numbers if 0 < number <= length]


def _shorten(line: str) -> str:
    return line if len(line) <= LENGTH_SHOWN else line[:LENGTH_SHOWN] + "…"


def weave(versions: Sequence[Sequence[Shown]]) -> list[Thread]:
    """`versions` as one listing: reading it with those that hold a version gives that version."""
    threads: list[Thread] = []
    for number, shown in enumerate(versions):
        held = [place for place, each in enumerate(threads) if each.last == number - 1]
        old = [(threads[place].text, threads[place].gap) for place in held]
        threads = _join(threads, held, compare(old, shown), shown, number)
    return threads


Step = tuple[str, int, int, int, int]


def compare(old: Sequence[Shown], new: Sequence[Shown]) -> list[Step]:
    """Steps from `old` to `new` as difflib names them: equal, replace, insert, delete."""
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    steps: list[Step] = [("equal", 0, head, 0, head)]
    if len(a) * len(b) <= COMPARED:
        matcher = SequenceMatcher(None, a, b, autojunk=False)
        steps.extend(
            (name, i + head, j + head, k + head, m + head)
            for name, i, j, k, m in matcher.get_opcodes()
        )
    else:
        steps.append(("replace", head, head + len(a), head, head + len(b)))
    steps.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return steps


def _shared(one: Sequence[Shown], other: Sequence[Shown]) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _join(
    threads: list[Thread],
    held: Sequence[int],
    steps: Sequence[Step],
    shown: Sequence[Shown],
    number: int,
) -> list[Thread]:
    """`threads` with `shown` woven in: what stays grows longer, what is new is put in its place."""
    before: dict[int, list[Thread]] = {}
    for name, start, end, first, last in steps:
        if name == "equal":
            for place in held[start:end]:
                threads[place].last = number
            continue
        at = held[end] if end < len(held) else len(threads)
        new = [Thread(text, number, number, gap) for text, gap in shown[first:last]]
        before.setdefault(at, []).extend(new)
    joined: list[Thread] = []
    for place, thread in enumerate(threads):
        joined.extend(before.get(place, ()))
        joined.append(thread)
    return joined + before.get(len(threads), [])
