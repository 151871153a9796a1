"""Content codings: undone within bounds, whatever a server says of them."""

import gzip
import tracemalloc
import zlib
from random import Random

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.policy.model import Outcome
from crawler.records.codings import RATIO_FLOOR, Decoded, Flaw, decode, decode_body

TEXT = b"<p>Words of a page.</p>\n" * 200
LIMIT = 1_000_000


def deflate_raw(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


CODED = {
    "gzip": gzip.compress(TEXT),
    "x-gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
}


@pytest.mark.parametrize("coding", CODED)
def test_a_coding_is_undone(coding: str) -> None:
    assert decode_body(CODED[coding], [coding], LIMIT) == Decoded(TEXT)


def test_deflate_without_its_zlib_wrapping_is_undone() -> None:
    assert decode_body(deflate_raw(TEXT), ["deflate"], LIMIT) == Decoded(TEXT)


def test_codings_are_undone_last_first_and_their_names_know_no_case() -> None:
    headers = [("content-encoding", "GZip"), ("X", "y"), ("Content-Encoding", " identity, BR ")]
    assert decode(brotli.compress(gzip.compress(TEXT)), headers, limit=LIMIT) == Decoded(TEXT)


def test_a_body_without_a_coding_is_itself() -> None:
    assert decode(TEXT, [("Content-Encoding", "identity")], limit=LIMIT) == Decoded(TEXT)
    assert decode(TEXT, [], limit=10) == Decoded(TEXT[:10], Flaw.CUT)
    assert decode(b"", [("Content-Encoding", "gzip")], limit=10) == Decoded(b"")


def test_gzip_members_follow_one_another_and_padding_is_nothing() -> None:
    twice = gzip.compress(TEXT) + gzip.compress(b"more")
    assert decode_body(twice, ["gzip"], LIMIT) == Decoded(TEXT + b"more")
    assert decode_body(twice + b"\0" * 50, ["gzip"], LIMIT) == Decoded(TEXT + b"more")


def test_members_without_number_end_somewhere() -> None:
    decoded = decode_body(gzip.compress(b"") * 100_000, ["gzip"], LIMIT)
    assert decoded.body == b""


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_broken_stream_is_undecodable_but_for_what_came_before(coding: str, keep: float) -> None:
    noise = b"".join(b"%d " % (number * number % 9973) for number in range(60_000))
    coded = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}[coding](noise)
    half = coded[: int(len(coded) * keep)]
    decoded = decode_body(half, [coding], LIMIT)
    assert (decoded.flaw, decoded.outcome) == (Flaw.CORRUPT, Outcome.UNDECODABLE)
    assert decoded.body
    assert noise.startswith(decoded.body)
    cut = decode_body(half, [coding], LIMIT, whole=False)
    assert (cut.flaw, cut.outcome, cut.body) == (Flaw.CUT, Outcome.OK, decoded.body)
    wrong = half + b"\xff" * 3000
    assert decode_body(wrong, [coding], LIMIT).flaw is Flaw.CORRUPT


def test_a_wrong_checksum_is_undecodable() -> None:
    coded = bytearray(gzip.compress(TEXT))
    coded[-6] ^= 1
    decoded = decode_body(bytes(coded), ["gzip"], LIMIT)
    assert decoded.flaw is Flaw.CORRUPT


@pytest.mark.parametrize("coding", CODED)
def test_a_plain_body_that_is_said_to_be_coded_is_itself(coding: str) -> None:
    decoded = decode_body(TEXT, [coding], LIMIT)
    assert decoded == Decoded(TEXT, Flaw.PLAIN)
    assert decoded.outcome is Outcome.OK


@pytest.mark.parametrize("coding", ["zstd", "compress", "utf-8", "gzip;q=1", "\xff", "dcb"])
def test_an_unknown_coding_is_left_as_it_is(coding: str) -> None:
    decoded = decode_body(TEXT, [coding], LIMIT)
    assert decoded == Decoded(TEXT, Flaw.UNKNOWN)
    assert decoded.outcome is Outcome.UNDECODABLE


def test_more_than_two_layers_are_left_as_they_are() -> None:
    coded = gzip.compress(gzip.compress(gzip.compress(TEXT)))
    assert decode_body(coded, ["gzip"] * 3, LIMIT) == Decoded(coded, Flaw.LAYERS)
    assert decode_body(coded, ["gzip"] * 500_000, LIMIT).flaw is Flaw.LAYERS


BOMB = 200_000_000


@pytest.fixture(scope="module", name="bombs")
def make_bombs() -> dict[str, bytes]:
    zeros = bytes(BOMB)
    return {
        "gzip": gzip.compress(zeros, 1),
        "deflate": zlib.compress(zeros, 1),
        "br": brotli.compress(zeros, quality=1),
    }


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_bomb_stops_at_the_limit_without_taking_more(
    coding: str, bombs: dict[str, bytes]
) -> None:
    tracemalloc.start()
    decoded = decode_body(bombs[coding], [coding], 5_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert decoded == Decoded(bytes(5_000_000), Flaw.CUT)
    assert decoded.outcome is Outcome.OK
    assert peak < 30_000_000


def test_a_bomb_in_a_bomb_stops_too(bombs: dict[str, bytes]) -> None:
    coded = gzip.compress(bombs["gzip"])
    assert decode_body(coded, ["gzip", "gzip"], 5_000_000).flaw is Flaw.CUT


def test_a_small_body_stands_for_no_more_than_the_ratio_allows() -> None:
    coded = brotli.compress(bytes(4 * RATIO_FLOOR))
    decoded = decode_body(coded, ["br"], 100_000_000)
    assert (len(decoded.body), decoded.flaw) == (RATIO_FLOOR, Flaw.CUT)


def test_a_body_that_just_fits_is_whole() -> None:
    for coding, coded in CODED.items():
        assert decode_body(coded, [coding], len(TEXT)) == Decoded(TEXT)
        assert decode_body(coded, [coding], len(TEXT) - 1) == Decoded(TEXT[:-1], Flaw.CUT)


@given(
    body=st.binary(max_size=300),
    codings=st.lists(st.sampled_from(["gzip", "deflate", "br", "x-gzip", "other"]), max_size=3),
    limit=st.integers(0, 400),
    whole=st.booleans(),
)
def test_nothing_ever_raises_or_exceeds_the_limit(
    body: bytes, codings: list[str], limit: int, *, whole: bool
) -> None:
    assert len(decode_body(body, codings, limit, whole=whole).body) <= limit


@given(st.binary(max_size=2_000), st.sampled_from(["gzip", "deflate", "br"]))
def test_what_was_coded_comes_back(body: bytes, coding: str) -> None:
    coded = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}[coding](body)
    assert decode_body(coded, [coding], LIMIT) == Decoded(body)


def test_what_follows_a_brotli_stream_that_fills_whole_steps_is_padding() -> None:
    noise = Random(5).randbytes(1 << 16)
    whole = (brotli.compress(noise[:size]) for size in range(len(noise) - 99, len(noise)))
    coded = next(one for one in whole if len(one) == len(noise))
    found = decode(coded + b"padding", [("Content-Encoding", "br")], limit=LIMIT)
    assert found.flaw is Flaw.NONE
    assert noise.startswith(found.body)
