"""Which lines one robots.txt has that another lacks."""

from collections import Counter
from dataclasses import dataclass
from itertools import takewhile

from crawler.policy.directives import BLANKS


@dataclass(frozen=True, slots=True)
class Difference:
    """Lines without the blanks around them, each in the order of its own file."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


def compare_lines(before: bytes, after: bytes) -> Difference:
    """The lines that came and went, each as often as it did; blank ones never count.

    Where nothing but the order changed, the stretch that was moved is both. Linear in size.
    """
    old, new = _lines(before), _lines(after)
    difference = Difference(_beyond(new, old), _beyond(old, new))
    if difference.added or difference.removed or old == new:
        return difference
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    end = len(old) - tail
    return Difference(tuple(new[head:end]), tuple(old[head:end]))


def _lines(body: bytes) -> list[str]:
    stripped = (line.strip(BLANKS) for line in body.splitlines())
    return [line.decode("utf-8", "replace") for line in stripped if line]


def _beyond(lines: list[str], known: list[str]) -> tuple[str, ...]:
    left = Counter(known)
    beyond = []
    for line in lines:
        if left[line]:
            left[line] -= 1
        else:
            beyond.append(line)
    return tuple(beyond)


def _shared(one: list[str], other: list[str]) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
