"""robots.txt as lines and groups (RFC 9309 2.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.policy.directives import READ_LIMIT, Directives, read_directives


def _agents(directives: Directives) -> list[list[str]]:
    return [[agent.value for agent in group.agents] for group in directives.groups]


def _fields(directives: Directives) -> list[tuple[int, str, str]]:
    return [(line.number, line.name, line.value) for line in directives.lines]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_lines_end_in_cr_lf_or_both(end: bytes) -> None:
    body = end.join([b"User-agent: *", b"", b"Disallow: /a"])
    assert _fields(read_directives(body)) == [(1, "user-agent", "*"), (3, "disallow", "/a")]


@pytest.mark.parametrize("sign", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_nothing_else_ends_a_line(sign: str) -> None:
    body = f"User-agent: *\nDisallow: /a{sign}Allow: /\n".encode()
    names = [line.name for line in read_directives(body).lines]
    assert names == ["user-agent", "disallow"]


def test_a_line_keeps_its_octets_and_its_place() -> None:
    body = b"\xef\xbb\xbf# hi\r\n  Disallow : /caf\xe9 # why\r\nUser-agent: x"
    first, second = read_directives(body).lines
    assert first.octets == b"/caf\xe9"
    assert first.verbatim == "Disallow : /caf\u00e9 # why"
    assert body[first.start : first.end] == b"  Disallow : /caf\xe9 # why"
    assert body[second.start : second.end] == b"User-agent: x"


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xef\xbb", b"\xef", b""])
def test_a_byte_order_mark_is_skipped_also_in_part(mark: bytes) -> None:
    assert _agents(read_directives(mark + b"User-agent: a\n")) == [["a"]]


@pytest.mark.parametrize(
    ("codec", "mark"), [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")]
)
def test_utf_16_behind_a_mark_is_decoded(codec: str, mark: bytes) -> None:
    body = mark + "# \u20ac \U0001f600\nUser-agent: *\nDisallow: /caf\u00e9\n".encode(codec)
    line = read_directives(body).lines[1]
    assert line.octets == "/caf\u00e9".encode()
    assert body[line.start : line.end].decode(codec) == "Disallow: /caf\u00e9"


def test_utf_16_without_a_mark_still_reads() -> None:
    body = "User-agent: *\nDisallow: /private\n".encode("utf-16-le")
    names = [(line.name, line.value) for line in read_directives(body).lines]
    assert names == [("user-agent", "*"), ("disallow", "/private")]


def test_nul_octets_are_survived() -> None:
    body = b"User-agent: *\n\x00\x00\nDisallow: /private\x00\n"
    assert read_directives(body).lines[1].value == "/private"


def test_unknown_lines_are_kept() -> None:
    found = read_directives(b"User-agent: a\nX-Later: \xff b\nDisallow: /\n")
    assert found.groups[0].lines[0].name == "x-later"
    assert found.groups[0].lines[0].value == "\u00ff b"


def test_lines_before_any_group_are_orphans() -> None:
    found = read_directives(b"Disallow: /a\nUser-agent: a\nDisallow: /b\n")
    assert [line.value for line in found.orphans] == ["/a"]


def test_an_unknown_line_between_agents_leaves_two_readings() -> None:
    found = read_directives(b"User-agent: a\nX: 1\nUser-agent: b\nDisallow: /\n")
    assert _agents(found) == [["a", "b"]]
    assert [[agent.value for agent in group.agents] for group in found.others[0]] == [["a"], ["b"]]


def test_content_usage_ends_a_list_of_agents_by_the_letter() -> None:
    found = read_directives(b"User-agent: a\nContent-Usage: train-ai=n\nUser-agent: b\n")
    assert _agents(found) == [["a"], ["b"]]
    assert len(found.others) == 1


def test_a_sitemap_between_agents_parts_nothing_in_any_reading() -> None:
    found = read_directives(b"User-agent: a\nSitemap: /s\nUser-agent: b\nDisallow: /\n")
    assert _agents(found) == [["a", "b"]]
    assert found.others == ()


def test_a_plain_file_has_one_reading() -> None:
    found = read_directives(b"User-agent: a\nUser-agent: b\nDisallow: /\n\nUser-agent: c\n")
    assert _agents(found) == [["a", "b"], ["c"]]
    assert found.others == ()


@pytest.mark.parametrize(
    ("line", "name", "odd"),
    [
        ("Useragent: x", "user-agent", False),
        ("user agent: x", "user-agent", False),
        ("Site-map: x", "sitemap", False),
        ("crawldelay: 1", "crawl-delay", False),
        ("Disalow: /x", "disallow", True),
        ("Disallow /x", "disallow", True),
        ("User-agent x", "user-agent", True),
    ],
)
def test_common_misspellings_carry_the_name_they_meant(line: str, name: str, odd: bool) -> None:  # noqa: FBT001
    (found,) = read_directives(line.encode()).lines
    assert (found.name, found.odd) == (name, odd)


@pytest.mark.parametrize("line", ["Disallow everything here", "Allow /x", ": /x", "# a", "words"])
def test_a_line_without_a_field_says_nothing(line: str) -> None:
    assert read_directives(line.encode()).lines == ()


@pytest.mark.parametrize(
    ("body", "malformed"),
    [
        (b"", False),
        (b"\xef\xbb\xbf# only a comment\r\n\r\n# two\n", False),
        (b"<!doctype html>\n<p>gone</p>", True),
        (b"Hello", True),
        (b"User-agent: *\n<br>\n", False),
        (b"Content-Signal: ai-train=no", False),
    ],
)
def test_a_file_without_a_known_line_is_malformed(body: bytes, malformed: bool) -> None:  # noqa: FBT001
    assert read_directives(body).malformed is malformed


def test_the_last_line_before_the_limit_is_left_out_if_it_may_be_cut() -> None:
    head = b"User-agent: *\nDisallow: /first\n"
    body = head + b"#" * (READ_LIMIT - len(head) - 20) + b"\nAllow: /private/ok/and/more\n"
    assert [line.value for line in read_directives(body).lines] == ["*", "/first"]


def test_what_lies_beyond_the_limit_is_not_read() -> None:
    body = b"User-agent: *\nDisallow: /a\n" + b"#\n" * READ_LIMIT + b"Disallow: /b\n"
    assert [line.value for line in read_directives(body).lines] == ["*", "/a"]


def test_one_endless_line_is_read_to_the_limit() -> None:
    (line,) = read_directives(b"Disallow: /" + b"a" * 2 * READ_LIMIT).lines
    assert line.end == READ_LIMIT


@given(st.binary(max_size=400))
def test_no_octets_raise_and_every_line_stands_where_it_says(body: bytes) -> None:
    for line in read_directives(body).lines:
        assert 0 <= line.start <= line.end <= len(body)
        if not body.startswith((b"\xff\xfe", b"\xfe\xff")):
            assert line.raw in body[line.start : line.end]


def test_groups_share_their_lines_however_many_agents_they_have() -> None:
    agents = "".join(f"User-agent: bot{number}\n" for number in range(4000))
    rules = "".join(f"Disallow: /p{number}\n" for number in range(1000))
    found = read_directives((agents + rules).encode())
    assert len(found.groups) == 1
    assert len(found.groups[0].lines) == 1000
