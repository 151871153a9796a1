"""Ways to damage a corpus: each changes the files below a root, by the dice it is given."""

import gzip
import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from crawler.capture.layout import belongs
from crawler.capture.listing import describe_all, enlist, finished
from crawler.capture.member import compress
from crawler.stores.local import LocalStore

Rows = list[dict[str, Any]]
Damage = Callable[[Path, random.Random], None]


def files_of(root: Path) -> list[Path]:
    """Every file that the corpus answers for."""
    places = (place for place in sorted(root.rglob("*")) if place.is_file())
    return [place for place in places if belongs(place.relative_to(root).as_posix())]


def relist(root: Path) -> None:
    """Make the manifest anew, as one would who wants the damage not to be seen."""
    store = LocalStore(root)
    enlist(store, describe_all(store, finished(store)), anew=True)


def _pick(root: Path, dice: random.Random, pattern: str = "") -> Path:
    return dice.choice([place for place in files_of(root) if pattern in place.as_posix()])


def flip_a_bit(root: Path, dice: random.Random, pattern: str = "") -> None:
    place = _pick(root, dice, pattern)
    content = bytearray(place.read_bytes())
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    place.write_bytes(content)


def truncate(root: Path, dice: random.Random) -> None:
    place = _pick(root, dice)
    content = place.read_bytes()
    place.write_bytes(content[: dice.randrange(len(content))])


def append(root: Path, dice: random.Random) -> None:
    place = _pick(root, dice)
    with place.open("ab") as file:
        file.write(dice.randbytes(dice.randrange(1, 40)))


def delete_a_file(root: Path, dice: random.Random) -> None:
    _pick(root, dice).unlink()


def add_a_file(root: Path, dice: random.Random) -> None:
    place = _pick(root, dice, "crawl-data")
    place.with_name(f"{dice.randrange(9)}-{place.name}").write_bytes(compress(b"no record"))


def _members(content: bytes) -> list[bytes]:
    """The gzip members of a file, each as it stands there."""
    starts = [at for at in range(len(content)) if _begins_member(content, at)]
    return [content[at:end] for at, end in zip(starts, [*starts[1:], None], strict=True)]


def _begins_member(content: bytes, at: int) -> bool:
    if content[at : at + 3] != b"\x1f\x8b\x08":
        return False
    try:
        return gzip.GzipFile(fileobj=_Reader(content[at:])).read(5) == b"WARC/"
    except (OSError, EOFError, ValueError):
        return False


def _Reader(content: bytes) -> Any:  # noqa: ANN401, N802 (a file object, made of bytes)
    from io import BytesIO  # noqa: PLC0415 (only here)

    return BytesIO(content)


def drop_a_record(root: Path, dice: random.Random) -> None:
    _change_members(root, dice, lambda members, at: members[:at] + members[at + 1 :])


def repeat_a_record(root: Path, dice: random.Random) -> None:
    _change_members(root, dice, lambda members, at: [*members, members[at]])


def swap_records(root: Path, dice: random.Random) -> None:
    _change_members(
        root, dice, lambda members, at: [*members[:at], *members[at + 1 :], members[at]]
    )


def _change_members(
    root: Path, dice: random.Random, change: Callable[[list[bytes], int], list[bytes]]
) -> None:
    """Change a WARC of pages; its first record, and its last, stay out of it."""
    place = _pick(root, dice, "/warc/")
    members = _members(place.read_bytes())
    place.write_bytes(b"".join(change(members, dice.randrange(1, len(members) - 1))))


def _change_rows(root: Path, dice: random.Random, change: Callable[[Rows], Rows]) -> None:
    place = _pick(root, dice, "documents/")
    rows = [json.loads(line) for line in gzip.decompress(place.read_bytes()).splitlines()]
    lines = (
        json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in change(rows)
    )
    place.write_bytes(compress("".join(lines).encode()))


def reorder_rows(root: Path, dice: random.Random) -> None:
    _change_rows(root, dice, lambda rows: [*rows[1:], rows[0]])


def repeat_a_row(root: Path, dice: random.Random) -> None:
    _change_rows(root, dice, lambda rows: [*rows, dice.choice(rows)])


def drop_a_row(root: Path, dice: random.Random) -> None:
    _change_rows(root, dice, lambda rows: rows[1:])


def swap_texts(root: Path, dice: random.Random) -> None:
    def change(rows: Rows) -> Rows:
        one, other = dice.sample(rows, 2)
        one["text"], other["text"] = other["text"], one["text"]
        return rows

    _change_rows(root, dice, change)


def swap_identities(root: Path, dice: random.Random) -> None:
    """Two rows take each other's text with its digest: each alone is right."""

    def change(rows: Rows) -> Rows:
        one, other = dice.sample(rows, 2)
        one["text"], other["text"] = other["text"], one["text"]
        inner, its = one["metadata"], other["metadata"]
        inner["text_sha256"], its["text_sha256"] = its["text_sha256"], inner["text_sha256"]
        return rows

    _change_rows(root, dice, change)


OF_RECORDS: Final = (
    "warc_offset", "warc_length", "http_status", "truncated", "payload_digest", "warc_record_id",
    "text_sha256", "rights_uses",
)  # fmt: skip
OF_ROWS: Final = ("id", "text", "url", "date", "file_path", "dump", "version", "language_score")


def edit_a_value(root: Path, dice: random.Random) -> None:
    """A value that something else in the corpus speaks of, too, becomes another."""
    key = dice.choice([*OF_ROWS, *OF_RECORDS])

    def change(rows: Rows) -> Rows:
        row = dice.choice(rows)
        holder = row if key in OF_ROWS else row["metadata"]
        holder[key] = _another(holder[key], dice)
        return rows

    _change_rows(root, dice, change)


def _another(value: Any, dice: random.Random) -> Any:  # noqa: ANN401 (a JSON value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + dice.randrange(1, 9)
    if isinstance(value, float):
        return value + 1
    at = dice.randrange(len(value))
    return value[:at] + ("x" if value[at] != "x" else "y") + value[at + 1 :]


def change_a_type(root: Path, dice: random.Random) -> None:
    """null, an int for a float, a key too many, one too few, another order."""
    makers: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = (
        lambda row: {**row, "created": None},
        lambda row: {**row, "language_score": 1},
        lambda row: {**row, "token_count": 0.0},
        lambda row: {**row, "more": []},
        lambda row: {key: value for key, value in row.items() if key != "source"},
        lambda row: dict(reversed(row.items())),
        lambda row: {**row, "metadata": {**row["metadata"], "truncated": 0}},
        lambda row: {**row, "date": row["date"].replace(".", ",")},
        lambda row: {**row, "metadata": {**row["metadata"], "warc_offset": 10**30}},
    )
    maker = dice.choice(makers)
    _change_rows(root, dice, lambda rows: [maker(rows[0]), *rows[1:]])


def change_an_index(root: Path, dice: random.Random) -> None:
    place = _pick(root, dice, ".cdxj.gz")
    lines = gzip.decompress(place.read_bytes()).splitlines(keepends=True)
    at = dice.randrange(len(lines))
    changes: tuple[Callable[[], list[bytes]], ...] = (
        lambda: lines[:at] + lines[at + 1 :],
        lambda: [*lines, lines[-1]],
        lambda: [*lines[1:], lines[0]],
        lambda: [line.replace(b'"offset": "', b'"offset": "1') for line in lines],
        lambda: [line.replace(b'"length": "', b'"length": "2') for line in lines],
        lambda: [line.replace(b'"offset": "', b'"offset": "' + b"9" * 30) for line in lines],
        lambda: [line.replace(b'"url": "', b'"url": "\\ud800') for line in lines],
        list,
    )
    place.write_bytes(compress(b"".join(dice.choice(changes)())))


TO_FILES: Final[Mapping[str, Damage]] = {
    one.__name__: one
    for one in (flip_a_bit, truncate, append, delete_a_file, add_a_file, reorder_rows)
}
"""What the manifest tells."""

TO_WHAT_THEY_SAY: Final[Mapping[str, Damage]] = {
    one.__name__: one
    for one in (
        drop_a_record, repeat_a_record, swap_records, repeat_a_row, drop_a_row, swap_texts,
        swap_identities, edit_a_value, change_a_type, change_an_index,
    )
}  # fmt: skip
"""What the files tell of one another, even where the manifest has been made to fit."""
