"""The bot page: everything a webmaster asks, on one page that loads nothing from anywhere."""

import re

import pytest
from lxml import html

from crawler.identity.bot_page import Proof, render_bot_page
from crawler.identity.ip_ranges import read_ranges
from crawler.identity.uses import PROFILE_WORDS, USE_WORDS
from crawler.policy.model import Profile, Use
from crawler.policy.signals import catalogue
from tests.identity.samples import CONTACT, operator

DIRECTORY = "https://bot.example/.well-known/http-message-signatures-directory"
PROOF = Proof("thumbprint", DIRECTORY, read_ranges(["8.8.8.0/24", "2606:4700::/32"]))


def drawn(proof: Proof = PROOF, purpose: str = "", **given: object) -> html.HtmlElement:
    """The page, parsed."""
    page = render_bot_page(operator(**given), catalogue(), proof, purpose)
    assert page.media_type == "text/html; charset=utf-8"
    return html.document_fromstring(page.text)


def words(page: html.HtmlElement) -> str:
    """What a reader sees."""
    return " ".join(str(page.text_content()).split())


def test_it_says_who_what_for_how_to_refuse_and_whom_to_write_to() -> None:
    page = drawn(purpose="We study <harbours> & tides.")
    text = words(page)
    assert "Testbot/0.1 (+https://bot.example/bot.html)" in text
    assert "We study <harbours> & tides." in text
    assert "training generative AI" in text
    assert "User-agent: Testbot Disallow: /" in text
    assert page.xpath("//a[@href='mailto:bot@bot.example']")
    headings = [str(one) for one in page.xpath("//h2/text()")]
    assert headings == [
        "Who it is",
        "What the pages are used for",
        "How to refuse",
        "How it behaves",
        "Contact",
    ]


def test_every_signal_that_can_refuse_is_listed_with_its_specification() -> None:
    page = drawn()
    listed = {str(one) for one in page.xpath("//tbody//th/a/@href")}
    refusing = [signal for signal in catalogue() if signal.uses]
    assert listed == {signal.spec for signal in refusing}
    assert len(page.xpath("//tbody/tr")) == len(refusing)


def test_it_links_the_addresses_and_the_key_directory() -> None:
    page = drawn()
    assert page.xpath("string(//head/link[@rel='client-ranges']/@href)") == "client-ranges.json"
    assert page.xpath(f"//a[@href='{DIRECTORY}']")
    assert "8.8.8.0/24, 2606:4700::/32" in words(page)


def test_without_ranges_and_key_it_claims_none() -> None:
    page = drawn(Proof())
    assert not page.xpath("//link")
    assert "Signature" not in words(page)
    assert "Addresses" not in words(page)


def test_it_loads_nothing_and_follows_the_readers_light_or_dark() -> None:
    source = render_bot_page(operator(), catalogue(), PROOF).text
    page = html.document_fromstring(source)
    assert not page.xpath("//script | //img | //iframe | //link[@rel='stylesheet'] | //*[@src]")
    assert "url(" not in source
    assert "@import" not in source
    assert "prefers-color-scheme: dark" in source
    assert page.get("lang") == "en"
    assert page.xpath("//meta[@name='viewport']")
    assert not re.search(r"\$\w", source)


def test_without_a_mailbox_the_contact_is_the_page_given() -> None:
    page = drawn(from_email="")
    assert page.xpath(f"//a[@href='{CONTACT}']")
    assert "mailto" not in html.tostring(page, encoding="unicode")


@pytest.mark.parametrize("profile", Profile)
def test_the_profile_is_told_in_words(profile: Profile) -> None:
    assert PROFILE_WORDS[profile] in words(drawn(profile=profile))


def test_every_use_has_words() -> None:
    assert set(USE_WORDS) == set(Use)
    assert "building an index for AI answers" in words(drawn(uses=(Use.AI_INDEX,)))


def test_what_an_operator_writes_is_text_and_never_markup() -> None:
    contact = "https://bot.example/?a=1&b='\"><script>"
    page = drawn(purpose="</p><script>alert(1)</script>", contact_url=contact.partition('"')[0])
    assert not page.xpath("//script")
    assert "</p><script>alert(1)</script>" in words(page)
