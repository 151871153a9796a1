"""One identity, the operator's own; a name that belongs to another never leaves this machine."""

import pytest

from crawler.errors import ConfigurationError
from crawler.identity.user_agent import check_identity, identity_headers, require_contact
from crawler.policy.agents import CATALOGUE
from tests.identity.samples import AGENT, operator

NAMEABLE = [
    agent.token for agent in CATALOGUE if agent.token.replace("-", "").replace("_", "").isalpha()
]


def test_the_user_agent_names_token_version_and_contact() -> None:
    options = operator(version="2.1", from_email="")
    assert identity_headers(options) == (
        ("User-Agent", "Testbot/2.1 (+https://bot.example/bot.html)"),
    )
    assert identity_headers(operator())[1] == ("From", "bot@bot.example")


@pytest.mark.parametrize(
    "token",
    ["Googlebot", "googlebot", "GOOGLEBOT", "Google-Bot", "google_bot", "Googlebot-Image",
     "My-Googlebot", "MyGooglebotClone", "bingbot", "GPTBot", "gptbot", "GPT-Bot", "Not-GPTBot",
     "Mozilla", "mozilla", "MOZILLA", "Mozilla-Compatible", "Chrome", "HeadlessChrome", "Safari",
     "Firefox", "Edge", "OPERA", "curl", "Wget", "python-requests", "Python_Requests", "Scrapy",
     "OAI-SearchBot", "My-OAI-SearchBot", "claude-web", "CCBot", "ccbot-two", "Brightbot",
     "AdsBot-Google", "Baiduspider-render", "YandexBot", "facebookexternalhit"],
)  # fmt: skip
def test_another_bots_or_a_browsers_name_is_refused(token: str) -> None:
    with pytest.raises(ConfigurationError, match="somebody else's: set your own"):
        check_identity(operator(product_token=token))


@pytest.mark.parametrize("token", NAMEABLE)
def test_every_listed_agent_is_refused_in_any_case_and_spelling(token: str) -> None:
    for spelling in (token, token.lower(), token.upper(), token.replace("-", "_")):
        with pytest.raises(ConfigurationError, match="somebody else's"):
            check_identity(operator(product_token=spelling))


@pytest.mark.parametrize(
    "token",
    ["Heedbot", "heedbot", "Testbot", "Corpus-Builder", "Uni_Leipzig-crawler", "Edge-Of-The-Map",
     "Opera-Archive", "Code-Reader", "Spider-Lab", "Spiderweb-Library",
     "Knowledge-Edges", "Grapplebot"],
)  # fmt: skip
def test_a_name_that_only_sounds_alike_is_the_operators_own(token: str) -> None:
    check_identity(operator(product_token=token))


@pytest.mark.parametrize("token", ["", "a", "--", "_-_", "Bot 1", "Bot/1", "Bót", "Bot\n"])
def test_a_token_that_robots_txt_cannot_name_is_refused(token: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be named in a robots"):
        check_identity(operator(product_token=token))


@pytest.mark.parametrize(
    "version", ["", "1 Googlebot/2.1", "1\r\nX: y", "x", "Mozilla", "1.0-Googlebot", "1.GPTBot"]
)
def test_a_version_is_a_number_and_names_nobody(version: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot stand in a User-Agent"):
        check_identity(operator(version=version))


@pytest.mark.parametrize(
    "contact",
    ["bot.example", "ftp://bot.example/", "https://", "https:///x", "https://bot.example/ x",
     "https://bot.example/)", "https://bot.example/\r\nX: y", "https://bücher.example/",
     "https://bot.example:x/", "mailto:bot@bot.example"],
)  # fmt: skip
def test_a_contact_is_a_web_address_in_ascii(contact: str) -> None:
    with pytest.raises(ConfigurationError, match="is no web address"):
        check_identity(operator(contact_url=contact))


@pytest.mark.parametrize("contact", ["https://x.example/Googlebot", "https://gpt-bot.example/"])
def test_a_contact_cannot_smuggle_another_bots_name_in(contact: str) -> None:
    with pytest.raises(ConfigurationError, match="give the page another address"):
        check_identity(operator(contact_url=contact))


@pytest.mark.parametrize(
    "mailbox", ["bot", "bot@", "a@b", "a b@c.example", "a@b.example\n", "ä@b.c"]
)
def test_a_from_is_a_mailbox(mailbox: str) -> None:
    with pytest.raises(ConfigurationError, match="no e-mail address"):
        check_identity(operator(from_email=mailbox))


@pytest.mark.parametrize(
    "agent",
    ["http://bot.example", "bot.example", "https://bot.example/path", "https://bot.example?x",
     "https://bot.example#x", "https://me@bot.example", "https://", "https://bücher.example",
     'https://bot.example"', "https://bot.example:0", "https://bot.example:99999", "data:,x"],
)  # fmt: skip
def test_a_signature_agent_is_an_https_origin(agent: str) -> None:
    with pytest.raises(ConfigurationError, match="is no https origin: write it like"):
        check_identity(operator(signature_agent=agent, web_bot_auth_key="key.pem"))


def test_a_key_and_a_signature_agent_come_together_or_not_at_all() -> None:
    with pytest.raises(ConfigurationError, match="set HEED_SIGNATURE_AGENT"):
        check_identity(operator(web_bot_auth_key="key.pem"))
    with pytest.raises(ConfigurationError, match="set HEED_WEB_BOT_AUTH_KEY"):
        check_identity(operator(signature_agent=AGENT))
    check_identity(operator(web_bot_auth_key="key.pem", signature_agent=AGENT + ":8443/"))


def test_beyond_loopback_a_contact_is_needed() -> None:
    require_contact(operator(contact_url=""), ())
    with pytest.raises(ConfigurationError, match="to crawl https://site"):
        require_contact(operator(contact_url=""), ("https://site.example/",))
