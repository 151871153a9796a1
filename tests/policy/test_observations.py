"""What the door takes in, and what it says of input that it cannot read."""

import pytest

from crawler.policy.door import explain
from crawler.policy.model import Carrier, Flag, Outcome, State, Strength, Use
from crawler.policy.observations import DoorError, Json, check_keys, given_statements, observe


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"robots": ""}, "unknown key 'robots'"),
        ({"profile": "stern"}, "profile 'stern' is not one of literal, standard, strict"),
        ({"url": 5}, "url must be text, not int"),
        ({"url": "https://[x"}, "url is no address"),
        ({"robots_txt": "", "robots_url": "https://[x"}, "robots_url is no address"),
        ({"alias_tokens": "Scrapy"}, "alias_tokens must be a list of texts"),
        ({"alias_tokens": [1]}, "alias_tokens must be a list of texts"),
        ({"html": 5}, "html must be text or"),
        ({"html": {"base64": "%"}}, "html holds base64 that cannot be decoded"),
        ({"status": "200"}, "status must be a whole number"),
        ({"status": True}, "status must be a whole number"),
        ({"headers": "X: y"}, "headers must be a list of"),
        ({"headers": [["X-Robots-Tag"]]}, "headers must be a list of"),
        ({"headers": [["X-Robots-Tag", 1]]}, "headers must be a list of"),
        ({"files": []}, "files must be an object"),
        ({"statements": {}}, "statements must be a list of objects"),
        ({"statements": [1]}, "statements must be a list of objects"),
        ({"statements": [{"crawl": "perhaps"}]}, "crawl has the unknown value 'perhaps'"),
        ({"statements": [{"flags": "legacy"}]}, "flags must be a list"),
        ({"statements": [{"crawl": "allow", "flags": ["odd"]}]}, "flag has the unknown value"),
        ({"statements": [{"strength": "loud"}]}, "strength has the unknown value 'loud'"),
    ],
)
def test_input_that_cannot_be_read_is_refused_in_one_sentence(given: Json, words: str) -> None:
    with pytest.raises(DoorError, match=words.replace("(", r"\(").replace("[", r"\[")):
        explain(given)


def test_every_known_key_passes() -> None:
    check_keys({"id": 1, "tdmrep_json": "", "subresource": "", "profile": "strict"})


def test_statements_of_the_input_are_taken_as_they_are() -> None:
    one = {"signal": "x", "peer": True, "tdm": "disallow", "crawl": "allow", "flags": ["legacy"]}
    crawl, tdm = given_statements({"statements": [one]})
    assert (crawl.use, crawl.state, tdm.use) == (Use.CRAWL, State.ALLOW, Use.TDM)
    assert tdm.strength is Strength.PEER
    assert tdm.carrier is Carrier.GIVEN
    assert tdm.flags == {Flag.LEGACY}


def test_bytes_may_come_as_base64() -> None:
    seen = observe({"body": {"base64": "/w=="}})
    assert seen.page is not None
    assert seen.page.body == b"\xff"


def test_an_empty_site_file_is_told_from_one_that_speaks() -> None:
    seen = observe({"ai_txt": "", "files": {"/trust.txt": "x"}})
    outcomes = {path: file.outcome for path, file in seen.files.items()}
    assert outcomes == {"/ai.txt": Outcome.EMPTY, "/trust.txt": Outcome.OK}


def test_a_file_is_known_by_the_path_of_its_url() -> None:
    seen = observe({"url": "https://site.example/trust.txt?x", "file": "a=b"})
    assert seen.files["/trust.txt"].url == "https://site.example/trust.txt"
    assert set(observe({"url": "https://site.example", "file": ""}).files) == {"/"}


def test_a_licence_document_stands_where_it_says() -> None:
    assert set(observe({"rsl_document": "<rsl/>"}).files) == {"https://site.example/license.xml"}
    where = "https://cdn.example/l.xml"
    assert set(observe({"rsl_document": "<rsl/>", "rsl_document_url": where}).files) == {where}


@pytest.mark.parametrize(
    ("robots_url", "holds"),
    [
        ("https://site.example/robots.txt", True),
        ("https://SITE.example:443/robots.txt", True),
        ("https://user@site.example/robots.txt", True),
        ("http://site.example/robots.txt", False),
        ("https://site.example:80/robots.txt", False),
        ("https://www.site.example/robots.txt", False),
    ],
)
def test_a_robots_txt_holds_for_its_own_origin(robots_url: str, holds: bool) -> None:  # noqa: FBT001 (a column of the table)
    seen = observe({"robots_txt": "User-agent: *\nDisallow: /", "robots_url": robots_url})
    assert (seen.robots is not None) == holds


def test_a_linked_file_is_what_is_asked_about() -> None:
    seen = observe({"url": "https://site.example/a/", "html": "", "subresource": "i.jpg"})
    assert seen.url == "https://site.example/a/i.jpg"
    assert seen.page is not None
    assert seen.page.url == "https://site.example/a/"
    assert observe({"subresource": 5}).url == "https://site.example/"
