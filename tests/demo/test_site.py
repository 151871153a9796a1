"""The bundled sites read as real ones: enough text, several languages, every signal."""

import gzip
import re

from lxml import html

from crawler.demo.site import load_sites

ORIGIN = "http://127.77.0.1:8000"
SIGNALS_SHOWN = {
    "robots", "robots_ai_tokens", "aipref_robots", "aipref_header", "content_signal",
    "disallow_ai_training", "tdmrep file", "tdmrep header", "tdmrep meta", "ai_txt", "trust_txt",
    "rsl", "payment_402", "licence_evidence", "ai_disclosure", "natural_language", "robots_meta",
    "X-Robots-Tag", "noai", "noindex", "noarchive", "own token named", "plus_datamining",
    "robots.txt 503", "an open site", "sitemap", "redirect", "gzip", "404",
}  # fmt: skip


def test_the_sites_between_them_show_every_signal() -> None:
    assert {shown for site in load_sites() for shown in site.shows} >= SIGNALS_SHOWN


def test_no_two_sites_share_an_address_or_a_name() -> None:
    sites = load_sites()
    assert len({site.address for site in sites}) == len(sites)
    assert len({site.name for site in sites}) == len(sites)


def test_every_site_answers_for_its_rules_and_has_a_front_page() -> None:
    for site in load_sites():
        assert site.answers.keys() >= {"/robots.txt", "/"}


def test_every_page_has_text_enough_to_be_extracted() -> None:
    for site in load_sites():
        for path in site.answers:
            answer = site.answer(path, ORIGIN)
            if not dict(answer.headers)["Content-Type"].startswith("text/html") or not answer.body:
                continue
            body = answer.body
            if ("Content-Encoding", "gzip") in answer.headers:
                body = gzip.decompress(body)
            prose = " ".join(str(one.text) for one in html.fromstring(body.decode()).iter("p"))
            letters_a_word = 2 if re.search(r"[\u3040-\u30ff]", prose) else 5
            assert len(prose) > 60 * letters_a_word, (site.name, path)


def test_at_least_five_languages_and_three_scripts_are_spoken() -> None:
    bodies = [site.answer("/", ORIGIN).body.decode() for site in load_sites()]
    languages = {re.findall(r'<html lang="(\w+)"', body)[0] for body in bodies}
    assert languages >= {"en", "de", "fr", "es", "el", "uk", "ja", "ar"}


def test_a_site_names_itself_by_the_address_it_is_served_at() -> None:
    whistle = next(site for site in load_sites() if site.name == "whistle")
    assert f"License: {ORIGIN}/license.xml".encode() in whistle.answer("/robots.txt", ORIGIN).body


def test_what_a_site_does_not_have_is_not_found() -> None:
    assert load_sites()[0].answer("/no-such-page", ORIGIN).status == 404
