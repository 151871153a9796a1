"""Which lines one robots.txt has that another lacks."""

from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import takewhile

from crawler.policy.directives import BLANKS, as_utf_8


@dataclass(frozen=True, slots=True)
class Difference:
    """Lines without the blanks around them, each in the order of its own file."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


NONE = Difference((), ())


def compare_lines(before: bytes, after: bytes) -> Difference:
    """The lines that came and went, each as often as it did; blank ones never count.

    Where nothing but the order changed, the stretch that was moved is both. Linear in size.
    """
    before, after = as_utf_8(before), as_utf_8(after)
    # Most changes are of a few lines: what both begin with is not looked at line by line.
    start = _shared_head(before, after)
    old, new = _lines(before[start:]), _lines(after[start:])
    if old == new:
        return NONE
    uneven = {line for line, _ in Counter(old).items() ^ Counter(new).items()}
    if uneven:
        return Difference(_beyond(new, old, uneven), _beyond(old, new, uneven))
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    end = len(old) - tail
    return Difference(_texts(new[head:end]), _texts(old[head:end]))


def _shared_head(one: bytes, other: bytes) -> int:
    """Where the first line begins in which the two differ; by halves, so in linear time."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return one.rfind(b"\n", 0, low) + 1


def _lines(body: bytes) -> list[bytes]:
    # Octets that are no text are all told by the same sign, and so are the same words.
    text = body if body.isascii() else body.decode("utf-8", "replace").encode()
    return [line for each in text.splitlines() if (line := each.strip(BLANKS))]


def _beyond(lines: list[bytes], known: list[bytes], uneven: AbstractSet[bytes]) -> tuple[str, ...]:
    """Those of `lines` that stand more often than they do in `known`: the later ones."""
    left = Counter(line for line in known if line in uneven)
    beyond = []
    for line in lines:
        if line not in uneven:
            continue
        if left[line]:
            left[line] -= 1
        else:
            beyond.append(line)
    return _texts(beyond)


def _texts(lines: list[bytes]) -> tuple[str, ...]:
    return tuple(line.decode() for line in lines)


def _shared(one: list[bytes], other: list[bytes]) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
