"""`heed identity` as a user runs it."""

import json
import os
import stat
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from crawler.cli import main
from crawler.cli.identifying import Wish, identify, tell
from crawler.identity.ip_ranges import read_ranges
from crawler.identity.keys import make_key, read_key
from crawler.policy.signals.web_bot_auth import WELL_KNOWN
from tests.command import Run, heed
from tests.identity.samples import AGENT, CONTACT, NOW, operator, write_rsa
from tests.identity.test_reverse_dns import Zone

WHO = ("--product-token", "Testbot", "--contact", CONTACT, "--from", "bot@bot.example")
FROM_ENVIRONMENT = {"HEED_PRODUCT_TOKEN": "Envbot", "HEED_CONTACT_URL": CONTACT}
NAMELESS = {"product_token": "Heedbot", "from_email": "", "contact_url": "http://bot.example/"}


NOTHING: Mapping[str, str] = {}

Identity = Callable[..., Run]


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Identity:
    """`heed identity` with words and an environment, run in this process to be quick."""

    def run(*words: str | Path, env: Mapping[str, str] = NOTHING) -> Run:
        for name in [name for name in os.environ if name.startswith("HEED_")]:
            monkeypatch.delenv(name)
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["heed", "identity", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Run(ended.value.code, said.out, said.err)

    return run


def signing(key: Path) -> tuple[str | Path, ...]:
    """Options of an operator who signs with `key`."""
    return (*WHO, "--web-bot-auth-key", key, "--signature-agent", AGENT)


def refused(run: Run) -> str:
    """The one sentence that a wrong configuration ends in."""
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("heed: ")
    assert run.err.count("\n") == 1
    return run.err


def test_an_identity_is_checked_and_printed() -> None:
    run = heed("identity", *WHO)
    assert run.code == 0, run.err
    assert run.out.splitlines() == [
        "User-Agent: Testbot/0.1 (+https://bot.example/bot.html)",
        "From: bot@bot.example",
        "robots.txt group: User-agent: Testbot",
        "Requests are not signed: no Web Bot Auth key is set.",
    ]


def test_an_identity_comes_from_the_environment_too(tmp_path: Path, identity: Identity) -> None:
    key = make_key(tmp_path / "key.pem")
    run = identity(
        "--json",
        env={
            **FROM_ENVIRONMENT,
            "HEED_WEB_BOT_AUTH_KEY": str(tmp_path / "key.pem"),
            "HEED_SIGNATURE_AGENT": AGENT,
        },
    )
    assert run.code == 0, run.err
    told = run.summary
    assert told["fields"]["User-Agent"] == f"Envbot/0.1 (+{CONTACT})"
    assert told["fields"]["Signature-Agent"] == f'sig="{AGENT}"'
    assert (told["keyid"], told["directory"]) == (key.keyid, AGENT + WELL_KNOWN)
    assert told["ok"] is True


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path, identity: Identity) -> None:
    file = tmp_path / "key.pem"
    run = identity("--make-key", file)
    assert run.code == 0, run.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = read_key(file)
    assert key.keyid in run.out
    assert "PRIVATE" not in run.out
    before = file.read_bytes()
    assert "never overwritten" in refused(identity("--make-key", file))
    assert file.read_bytes() == before


def test_a_made_key_is_told_to_machines_without_its_secret(
    tmp_path: Path, identity: Identity
) -> None:
    file = tmp_path / "key.pem"
    told = identity("--make-key", file, "--json").summary
    key = read_key(file)
    assert told == {"file": str(file), "keyid": key.keyid, "jwk": key.jwk}


def test_one_run_makes_a_key_and_everything_public(tmp_path: Path, identity: Identity) -> None:
    file, out = tmp_path / "key.pem", tmp_path / "public"
    run = identity(*WHO, "--signature-agent", AGENT, "--make-key", file, "--out", out,
        "--ranges", "8.8.8.0/24", "2606:4700::/32", "--json",
    )  # fmt: skip
    assert run.code == 0, run.err
    assert {one["file"]: one["media_type"] for one in run.summary["written"]} == {
        str(out / "bot.html"): "text/html; charset=utf-8",
        str(out / WELL_KNOWN[1:]): "application/http-message-signatures-directory+json",
        str(out / "client-ranges.json"): "application/json",
    }
    key = read_key(file)
    assert json.loads((out / WELL_KNOWN[1:]).read_text()) == {"keys": [key.jwk]}
    ranges = json.loads((out / "client-ranges.json").read_text())
    assert ranges["prefixes"] == [{"ipv4Prefix": "8.8.8.0/24"}, {"ipv6Prefix": "2606:4700::/32"}]
    bot_page = (out / "bot.html").read_text()
    assert key.keyid in bot_page
    assert 'rel="client-ranges"' in bot_page
    secret = file.read_text().splitlines()[1]
    assert not any(secret in one.read_text() for one in out.rglob("*") if one.is_file())


def test_a_new_key_is_published_beside_the_one_in_use(tmp_path: Path, identity: Identity) -> None:
    old, new, out = make_key(tmp_path / "old"), make_key(tmp_path / "new"), tmp_path / "public"
    run = identity(*signing(tmp_path / "old"), "--also-key", tmp_path / "new", "--out", out)
    assert run.code == 0, run.err
    found = json.loads((out / WELL_KNOWN[1:]).read_text())["keys"]
    assert [one["kid"] for one in found] == [old.keyid, new.keyid]


def test_how_each_file_is_to_be_served_is_told(tmp_path: Path, identity: Identity) -> None:
    make_key(tmp_path / "key.pem")
    run = identity(*signing(tmp_path / "key.pem"), "--out", tmp_path / "o", "--ranges", "9.9.9.9")
    assert run.code == 0, run.err
    assert "as application/http-message-signatures-directory+json at " + AGENT in run.out
    assert f"as text/html; charset=utf-8 at {CONTACT}" in run.out
    assert "make it anew every day" in run.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "A contact URL is needed"),
        (("--contact", "bot.example"), "is no web address"),
        ((*WHO, "--product-token", "Googlebot"), "somebody else's"),
        ((*WHO, "--product-token", "mozilla"), "somebody else's"),
        ((*WHO, "--web-bot-auth-key", "k"), "set HEED_SIGNATURE_AGENT"),
        ((*WHO, "--signature-agent", AGENT), "set HEED_WEB_BOT_AUTH_KEY"),
        ((*WHO, "--ranges", "8.8.8.8/24"), "write 8.8.8.0/24"),
        ((*WHO, "8.8.8.0/24"), "ranges stand after --ranges"),
        ((*WHO, "--check-dns", "bot.example"), "is no IP address"),
        ((*WHO, "--also-key", "k"), "set --web-bot-auth-key too"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(
    words: tuple[str, ...], told: str, identity: Identity
) -> None:
    assert told in refused(identity(*words))


def test_a_key_that_cannot_sign_is_told(tmp_path: Path, identity: Identity) -> None:
    rsa = write_rsa(tmp_path / "rsa.pem")
    assert "signs with Ed25519" in refused(identity(*signing(rsa)))
    assert "cannot be read" in refused(identity(*signing(tmp_path / "gone.pem")))
    plain = ("--web-bot-auth-key", str(rsa), "--signature-agent", "http://bot.example")
    assert "is no https origin" in refused(identity(*WHO, *plain))


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path, identity: Identity) -> None:
    (tmp_path / "file").write_text("")
    assert "name a folder" in refused(identity(*WHO, "--out", tmp_path / "file"))
    missing = tmp_path / "missing" / "key.pem"
    assert "cannot be written" in refused(identity("--make-key", missing))


def test_a_wrong_configuration_leaves_no_key_behind(tmp_path: Path, identity: Identity) -> None:
    file = tmp_path / "key.pem"
    words = ("--make-key", file, "--out", tmp_path / "out", "--signature-agent", "http://x.example")
    assert "is no https origin" in refused(identity(*WHO, *words))
    assert not file.exists()


def test_an_address_that_is_not_the_operators_is_a_finding(identity: Identity) -> None:
    run = identity(*WHO, "--check-dns", "127.0.0.1")
    assert run.code == 1, run.err
    assert "reverse DNS of 127.0.0.1: not confirmed: " in run.out


def test_every_address_must_confirm() -> None:
    zone = Zone({"8.8.4.4": ("c.bot.example",)}, {"c.bot.example": ("8.8.4.4",)})
    good = identify(operator(), Wish(check_dns=("8.8.4.4",)), NOW, zone)
    assert good.exit_code == 0
    assert "reverse DNS of 8.8.4.4: confirmed as c.bot.example" in tell(good, operator())
    both = identify(operator(), Wish(check_dns=("8.8.4.4", "8.8.8.8")), NOW, zone)
    assert both.exit_code == 1
    assert both.as_json()["dns"] == [
        {"address": "8.8.4.4", "name": "c.bot.example", "reason": None},
        {"address": "8.8.8.8", "name": None, "reason": "no PTR record gives it a name"},
    ]


def test_what_could_be_better_is_remarked(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    make_key(key)
    key.chmod(0o644)
    options = operator(
        **NAMELESS,
        web_bot_auth_key=str(key),
        signature_agent=AGENT,
    )
    found = identify(options, Wish(ranges=read_ranges(["192.0.2.0/24"])), NOW, Zone({}, {}))
    told = "\n".join(found.remarks)
    for words in ("everybody", "no mailbox", "not on https", "chmod 600", "documentation"):
        assert words in told
    assert found.exit_code == 0
