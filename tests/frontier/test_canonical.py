"""The canonical form of URLs, row by row of its table, and what holds for all of them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scrapy import Request

from crawler.frontier.canonical import BadUrl, CanonicalUrl, canonicalise, host_key

SAME = [
    ("  http://site.example/a \t", "http://site.example/a"),
    ("http://site.exa\nmple/\ta", "http://site.example/a"),
    ("http:\\\\site.example\\a\\b", "http://site.example/a/b"),
    ("http:site.example/a", "http://site.example/a"),
    ("HTTP://SITE.Example/A", "http://site.example/A"),
    ("http://münchen.example/", "http://xn--mnchen-3ya.example/"),
    ("http://sit%65.example./", "http://site.example/"),
    ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
    ("http://[2001:DB8:0:0::1]/", "http://[2001:db8::1]/"),
    ("http://site.example:80/", "http://site.example/"),
    ("https://site.example:443", "https://site.example/"),
    ("https://site.example:80/", "https://site.example:80/"),
    ("http://site.example?q=1", "http://site.example/?q=1"),
    ("http://site.example/open/../pit", "http://site.example/pit"),
    ("http://site.example/%2e%2E/pit", "http://site.example/pit"),
    ("http://site.example/a/.%2e/./b/.", "http://site.example/b/"),
    ("http://site.example/../../pit", "http://site.example/pit"),
    ("http://site.example//pit", "http://site.example/pit"),
    ("http://site.example/open/..//pit", "http://site.example/pit"),
    (
        "http://site.example/web/http://other.example//a",
        "http://site.example/web/http://other.example/a",
    ),
    ("http://site.example/%7euser/%c3%bc", "http://site.example/~user/%C3%BC"),
    ("http://site.example/ü b", "http://site.example/%C3%BC%20b"),
    ("http://site.example/100%", "http://site.example/100%25"),
    ("http://site.example/a%2Fb", "http://site.example/a%2Fb"),
    (
        "http://site.example/..a%2Fb../.well-known;v=1.2",
        "http://site.example/..a%2Fb../.well-known;v=1.2",
    ),
    ("http://site.example/?b=2&a=1&b=2", "http://site.example/?b=2&a=1&b=2"),
    ("http://site.example/?", "http://site.example/"),
    ("http://site.example/a#part?x", "http://site.example/a"),
]

BAD = [
    ("mailto:a@site.example", "scheme"),
    ("javascript:void(0)", "scheme"),
    ("//site.example/", "scheme"),
    ("", "scheme"),
    ("http://user@site.example/", "userinfo"),
    ("http://site.example/open/..%2fpit/", "traversal"),
    ("http://site.example/open/..%5Cpit/", "traversal"),
    ("http://site.example/open/..;/pit/", "traversal"),
    ("http://site.example/open/%252e%252e/pit", "traversal"),
    ("http://site.example/open%2F.%2e%2Fpit", "traversal"),
    ("http://user:secret@site.example/", "userinfo"),
    ("http:///", "host"),
    ("http://a..example/", "host"),
    ("http://exa mple/", "host"),
    ("http://a%00b.example/", "host"),
    ("http://" + "a" * 64 + ".example/", "host"),
    ("http://0x7f.1/", "host"),
    ("http://2130706433/", "host"),
    ("http://0177.0.0.1/", "host"),
    ("http://1.2.3.4.5/", "host"),
    ("http://site.example:0/", "port"),
    ("http://site.example:65536/", "port"),
    ("http://site.example:x/", "port"),
    ("http://site.example/" + "a" * 20_000, "length"),
]

SAME_KEY = [
    ("http://s.example/?utm_source=x&id=1&gclid=9", "http://s.example/?id=1"),
    ("http://s.example/p;jsessionid=0A1B?id=1", "http://s.example/p?id=1"),
    ("http://s.example/(S(abc123def))/p", "http://s.example/p"),
    ("http://s.example/?PHPSESSID=0123456789abcdef", "http://s.example/"),
    ("http://s.example/?sid=0123456789abcdef0123", "http://s.example/"),
    ("http://s.example/?sid=12&s=news", "http://s.example/?sid=12&s=news"),
    ("http://s.example/wiki/A_(b)", "http://s.example/wiki/A_(b)"),
]


@pytest.mark.parametrize(("url", "expected"), SAME)
def test_a_spelling_becomes_the_canonical_one(url: str, expected: str) -> None:
    found = canonicalise(url)
    assert isinstance(found, CanonicalUrl)
    assert found.url == expected


@pytest.mark.parametrize(("url", "reason"), BAD)
def test_a_url_that_cannot_be_fetched_is_refused_by_name(url: str, reason: str) -> None:
    assert canonicalise(url) == BadUrl(reason)


@pytest.mark.parametrize(("url", "key"), SAME_KEY)
def test_sessions_and_tracking_are_left_out_of_the_key_only(url: str, key: str) -> None:
    found = canonicalise(url)
    assert isinstance(found, CanonicalUrl)
    assert found.key == key
    assert found.url == url


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://Site.example/a", "site.example:80"),
        ("https://site.example/", "site.example:443"),
        ("https://site.example:8443/", "site.example:8443"),
        ("http://[::1]:99/", "[::1]:99"),
        ("ftp://site.example/", ""),
    ],
)
def test_a_host_key_has_its_port(url: str, key: str) -> None:
    assert host_key(url) == key


URLS = st.one_of(
    st.text(max_size=60),
    st.text(max_size=60).map("http://".__add__),
    st.text(max_size=60).map("https://site.example/".__add__),
    st.text("/.%2eEfF\\?#:;()&=a+", max_size=40).map("http://site.example/".__add__),
    st.text("/.%2eE\\?:@[]0x1", max_size=20).map("http://".__add__),
)


@given(URLS)
@example("http://site.example/%2\ne%2e/a")
@example("http://site.example/:/.//a")
@example("http://site.example/%25%32%65")
@example("http://site.example/\ud800")
def test_the_canonical_form_is_its_own_and_what_scrapy_would_send(url: str) -> None:
    found = canonicalise(url)
    if isinstance(found, BadUrl):
        assert found.reason
        return
    again = canonicalise(found.url)
    assert isinstance(again, CanonicalUrl)
    assert again.url == found.url
    assert again.host == found.host
    assert found.url.isascii()
    path = found.url.split("://", 1)[1].partition("?")[0]
    assert not {".", ".."} & set(path.split("/")[1:])
    assert Request(found.url).url == found.url


@given(URLS)
def test_the_key_is_a_url_of_the_same_host(url: str) -> None:
    found = canonicalise(url)
    if isinstance(found, CanonicalUrl):
        assert host_key(found.key) == found.host
