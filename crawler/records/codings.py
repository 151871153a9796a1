"""PURE: content codings undone, within bounds: gzip, deflate, br, at most two layers.

What a server says and what it sends often differ, so nothing here raises: the answer is the best
that can be read, and a flaw that says what was wrong with it.
"""

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

import brotli  # type: ignore[import-untyped]  # it ships no types

from crawler.policy.model import Outcome

MAX_LAYERS: Final = 2
RATIO: Final = 200
"""Decoded bytes a coded one may stand for, once there are `RATIO_FLOOR` of them."""
RATIO_FLOOR: Final = 1_048_576

_STEP: Final = 65_536
_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP, _ZLIB, _RAW = 31, 15, -15
_DEFLATE: Final = 8
"""The compression method of a zlib header (RFC 1950 2.2)."""
_MAX_MEMBERS: Final = 1_000
_TEXT_SAMPLE: Final = 256


class Flaw(StrEnum):
    """What was wrong with a coded body."""

    NONE = ""
    CUT = "truncated"
    """The decoded body was longer than may be, or the coded one was not whole."""
    CORRUPT = "undecodable"
    UNKNOWN = "coding_unknown"
    LAYERS = "coding_layers"
    PLAIN = "coding_lie"
    """It was said to be coded, and is not."""


_OUTCOMES: Final = {
    Flaw.NONE: Outcome.OK,
    Flaw.CUT: Outcome.OK,
    Flaw.CORRUPT: Outcome.UNDECODABLE,
    Flaw.UNKNOWN: Outcome.UNDECODABLE,
    Flaw.LAYERS: Outcome.UNDECODABLE,
    Flaw.PLAIN: Outcome.OK,
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body without its codings, as far as they could be undone."""

    body: bytes
    flaw: Flaw = Flaw.NONE

    @property
    def outcome(self) -> Outcome:
        """OK or UNDECODABLE; a body cut at our own limit is OK as far as it goes."""
        return _OUTCOMES[self.flaw]


class _Decoder(Protocol):
    """One stream being decoded."""

    def feed(self, chunk: bytes, room: int) -> bytes:
        """At most about `room` bytes more, from `chunk` or from what is held back."""
        ...

    @property
    def holds_more(self) -> bool:
        """Whether `feed(b"", room)` would bring more."""
        ...

    @property
    def ended(self) -> bool:
        """Whether the stream came to its end."""
        ...


class _Inflate:
    """gzip (members in a row too), zlib and raw deflate."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._stream = zlib.decompressobj(window)
        self._held = b""
        self._members = _MAX_MEMBERS

    def feed(self, chunk: bytes, room: int) -> bytes:
        data = self._held + chunk
        if self._stream.eof:
            # RFC 1952 2.2: members follow one another; anything else at the end is padding.
            if self._window != _GZIP or not data.startswith(_GZIP_MAGIC) or not self._members:
                self._held = b""
                return b""
            self._members -= 1
            self._stream = zlib.decompressobj(self._window)
        out = self._stream.decompress(data, room)
        self._held = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
        return out

    @property
    def holds_more(self) -> bool:
        return bool(self._held)

    @property
    def ended(self) -> bool:
        return self._stream.eof


class _Brotli:
    """br (RFC 7932)."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()
        self._brought = False

    def feed(self, chunk: bytes, room: int) -> bytes:
        if self.ended:
            return b""
        out = bytes(self._stream.process(chunk, output_buffer_limit=room))
        self._brought = bool(out)
        return out

    @property
    def holds_more(self) -> bool:
        # It says that it can take more while it still holds output, so only silence is believed.
        return self._brought and not self.ended

    @property
    def ended(self) -> bool:
        return bool(self._stream.is_finished())


def _make_deflate(body: bytes) -> _Decoder:
    """RFC 9110 8.4.1.2 means zlib; many servers send raw deflate. The first two bytes tell."""
    zlib_header = body[:1] and body[0] & 0x0F == _DEFLATE and int.from_bytes(body[:2]) % 31 == 0
    return _Inflate(_ZLIB if zlib_header else _RAW)


_DECODERS: Final[dict[str, Callable[[bytes], _Decoder]]] = {
    "gzip": lambda _: _Inflate(_GZIP),
    "x-gzip": lambda _: _Inflate(_GZIP),
    "deflate": _make_deflate,
    "br": lambda _: _Brotli(),
}


def decode(
    body: bytes, headers: Iterable[tuple[str, str]], *, limit: int, whole: bool = True
) -> Decoded:
    """`body` without the codings that Content-Encoding in `headers` names; see `decode_body`."""
    return decode_body(body, read_codings(headers), limit, whole=whole)


def read_codings(headers: Iterable[tuple[str, str]]) -> list[str]:
    """The codings that Content-Encoding names, in the order applied; identity is none."""
    values = (value for name, value in headers if name.lower() == "content-encoding")
    named = (part.strip().lower() for value in values for part in value.split(","))
    return [coding for coding in named if coding not in ("", "identity")]


def decode_body(body: bytes, codings: list[str], limit: int, *, whole: bool = True) -> Decoded:
    """`body` with `codings` undone, the last applied first; at most `limit` bytes.

    `whole` is False where the body was cut, so that an unfinished stream is no corruption.
    Never raises.
    """
    if not codings or not body:
        return Decoded(body[:limit], Flaw.CUT if len(body) > limit else Flaw.NONE)
    if len(codings) > MAX_LAYERS:
        return Decoded(body[:limit], Flaw.LAYERS)
    if any(coding not in _DECODERS for coding in codings):
        return Decoded(body[:limit], Flaw.UNKNOWN)
    room = min(limit, max(RATIO_FLOOR, RATIO * len(body)))
    flaw = Flaw.NONE
    for coding in reversed(codings):
        decoded = _undo(body, coding, room, whole=whole and flaw is not Flaw.CUT)
        body = decoded.body
        flaw = decoded.flaw if decoded.flaw is not Flaw.NONE else flaw
        if flaw is Flaw.CORRUPT:
            break
    return Decoded(body, flaw)


def _undo(body: bytes, coding: str, room: int, *, whole: bool) -> Decoded:
    """One layer less."""
    if coding.endswith("gzip") and not body.startswith(_GZIP_MAGIC[: len(body)]):
        return Decoded(body[:room], Flaw.PLAIN)
    decoder = _DECODERS[coding](body)
    out = bytearray()
    try:
        _run(decoder, body, out, room)
    except (zlib.error, brotli.error):
        if not out and _looks_plain(body):
            return Decoded(body[:room], Flaw.PLAIN)
        return Decoded(bytes(out[:room]), Flaw.CORRUPT)
    if len(out) > room:
        return Decoded(bytes(out[:room]), Flaw.CUT)
    if decoder.ended:
        return Decoded(bytes(out))
    return Decoded(bytes(out), Flaw.CORRUPT if whole else Flaw.CUT)


def _run(decoder: _Decoder, body: bytes, out: bytearray, room: int) -> None:
    """Decode `body` into `out` until it is through or holds more than `room` bytes."""
    for start in range(0, len(body), _STEP):
        chunk = body[start : start + _STEP]
        while True:
            # One byte over the limit tells a body that just fits from one that does not.
            out += decoder.feed(chunk, min(_STEP, room + 1 - len(out)))
            if len(out) > room:
                return
            if not decoder.holds_more:
                break
            chunk = b""


def _looks_plain(body: bytes) -> bool:
    """Whether `body` begins as text does."""
    sample = body[:_TEXT_SAMPLE]
    return not any(byte < ord(" ") and byte not in b"\t\n\r\f" for byte in sample)
