"""What lists of sites may look like, and what is said of those that cannot be read."""

from pathlib import Path

import pytest

from crawler.audit.listing import Entry, Listing, check, read_site
from crawler.errors import ConfigurationError
from crawler.ledger.sites import SiteFacts


def read(folder: Path, text: bytes) -> list[Entry]:
    (folder / "list").write_bytes(text)
    return list(Listing("list", (), folder / "list").read())


def sites(entries: list[Entry]) -> list[str]:
    return [entry.site for entry in entries]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_marks_do_not_matter(
    tmp_path: Path, end: bytes, mark: bytes
) -> None:
    found = read(tmp_path, mark + end.join([b"1,a.example", b"", b"2,B.Example", b""]))
    assert sites(found) == ["a.example", "b.example"]
    assert [entry.facts.rank for entry in found] == [1, 2]


def test_a_plain_list_holds_hosts_ports_origins_and_comments(tmp_path: Path) -> None:
    listed = b"# ours\na.example\nb.example:8080\nhttp://c.example/news\nhttps://d.example:443\n"
    found = read(tmp_path, listed)
    assert sites(found) == ["a.example", "b.example:8080", "c.example", "d.example"]
    assert found[0].origins == ("https://a.example", "http://a.example")
    assert found[2].origins == ("http://c.example",)


def test_names_in_other_scripts_are_asked_by_their_a_label() -> None:
    assert read_site("bücher.example").site == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    "listed",
    [
        b"site,category,country,weight,rank\na.example,news,FR,2.5,7\n",
        b'"Rank","Domain","Category","Country","Weight"\n7,a.example,news,FR,2.5\n',
        b"GlobalRank,TldRank,Domain,Category,Country,Weight\n7,2,a.example,news,FR,2.5\n",
        b'{"domain": "a.example", "category": "news", "country": "FR", "weight": 2.5, "rank": 7}',
        (
            b'\n{"rank": "7", "url": "a.example", "Category": " news ", "country": "FR",'
            b' "weight": "2.5", "more": []}\n'
        ),
    ],
)
def test_columns_are_read_from_csv_with_a_heading_and_from_jsonl(
    tmp_path: Path, listed: bytes
) -> None:
    (found,) = read(tmp_path, listed)
    assert found.facts == SiteFacts("news", "FR", 7, 2.5)


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        (b"a.example\nb example\n", "Line 2 of "),
        (b"a.example\nlonely\n", "is no host name"),
        (b"a.example\n1,2,3\n", "is neither a site nor rank,site"),
        (b"a.example\nuser:secret@b.example\n", "is no site (userinfo)"),
        (b'{"site": "a.example"}\n{"site": 1}\n', "names no site"),
        (b'{"site": "a.example"}\nb.example\n', "is no JSON"),
        (b'{"site": "a.example"}\n[]\n', "is no object"),
        (b'{"site": "a.example", "rank": -1}\n', "has rank = -1"),
        (b'{"site": "a.example", "rank": true}\n', "has rank = True"),
        (b'{"site": "a.example", "weight": "nan"}\n', "has weight = 'nan'"),
        (b'{"site": "a.example", "country": 49}\n', "has country = 49"),
        (b"site,rank\na.example\n", "has 1 columns, its heading 2"),
        (b"a.example\n\xff\xfe\n", "Line 2 of "),
        (b"a.example\n" + b"x" * 70_000, "is too long for a list"),
    ],
)
def test_what_is_no_list_is_said_with_the_line(tmp_path: Path, listed: bytes, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, listed)
    assert said in str(caught.value)
    assert "Line " in str(caught.value)


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        list(Listing("list", (), tmp_path / "none").read())


def test_checking_a_list_counts_it_and_keeps_what_options_need() -> None:
    listed = Listing("words", ("127.0.0.1:8080", "a.example", "b.example", "c.example:8443"))
    found = check(listed.read(), lambda origin: "127.0.0.1" in origin)
    assert found.count == 4
    assert found.targets == (
        "https://127.0.0.1:8080",
        "https://c.example:8443",
        "https://a.example",
    )
