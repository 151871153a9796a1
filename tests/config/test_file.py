"""heed.toml: what is sound, and thirty ways in which one is not."""

import json
from pathlib import Path
from typing import Final

import jsonschema
import pytest

from crawler.config.file import STARTER, Configuration, FaultsError, read_file
from crawler.config.sections import Document

CRAWL: Final = '[[crawl]]\nname = "nightly"\nseeds = ["https://a.example/"]\n'
AUDIT: Final = '[[audit]]\nname = "weekly"\nsites = ["a.example"]\n'
DAILY: Final = 'cron = "0 3 * * *"\n'

BROKEN: Final = {
    "a misspelt section": ("[identiy]\n", "identiy", "{}", "identity"),
    "a misspelt key": ('[identity]\nproduct_tokn = "X"\n', "product_tokn", "'X'", "product_token"),
    "text where text is due": ("[identity]\ncontact_url = 5\n", "contact_url", "5", "in quotes"),
    "an empty name": ('[identity]\nproduct_token = ""\n', "product_token", "''", '"YourBot"'),
    "an unknown profile": ('[policy]\nprofile = "lax"\n', "profile", "'lax'", "strict"),
    "an unknown use": ('[policy]\nuses = ["fun"]\n', "uses", "['fun']", "train-ai"),
    "no use at all": ("[policy]\nuses = []\n", "uses", "[]", "train-ai"),
    "uses as text": ('[policy]\nuses = "search"\n', "uses", "'search'", "list in brackets"),
    "a negative delay": ("[pace]\ndelay = -1\n", "delay", "-1", "delay = 5.0"),
    "a delay that is text": ('[pace]\ndelay = "5"\n', "delay", "'5'", "a number"),
    "a delay without end": ("[pace]\ndelay = inf\n", "delay", "inf", "finite"),
    "host bits in a network": (
        '[pace]\nallow_net = ["10.0.0.1/8"]\n', "allow_net[1]", "'10.0.0.1/8'", "10.0.0.0/8",
    ),
    "a port beyond the last": (
        "[pace]\nallow_ports = [80, 70000]\n", "allow_ports[2]", "70000", "[8080]",
    ),
    "an extractor that is none": ('[output]\nextract = "best"\n', "extract", "'best'", "accurate"),
    "a compression that is none": ('[output]\ncompress = "rar"\n', "compress", "'rar'", '"gz"'),
    "a setting that is none": (
        "[settings]\nHEED_MAX_BODIES = 1\n", "HEED_MAX_BODIES", "1", "HEED_MAX_BODY",
    ),
    "a setting out of bounds": (
        "[settings]\nHEED_MAX_REDIRECTS = 99\n", "HEED_MAX_REDIRECTS", "99", "= 5",
    ),
    "metrics for everybody": (
        '[metrics]\nlisten = "0.0.0.0:9464"\n', "listen", "'0.0.0.0:9464'", "127.0.0.1:9464",
    ),
    "an alert of nothing": (
        '[[alert]]\non = "rain"\nwebhook = "https://a.example/"\n', "on", "'rain'", "job_failed",
    ),
    "an alert to nobody": ('[[alert]]\non = "disk_low"\n', "webhook", "missing", "https://"),
    "a webhook that is no URL": (
        '[[alert]]\non = "disk_low"\nwebhook = "chat"\n', "webhook", "'chat'", "https://",
    ),
    "a crawl without a cron line": (CRAWL, '"nightly": cron', "missing", '"15 2 * * *"'),
    "a minute that no hour has": (
        CRAWL + 'cron = "61 * * * *"\n', '"nightly": cron', "'61 * * * *'", "bad minute",
    ),
    "a day that never comes": (
        CRAWL + 'cron = "0 0 30 2 *"\n', "cron", "'0 0 30 2 *'", "day",
    ),
    "a zone of nowhere": (
        CRAWL + DAILY + 'timezone = "Mars/Base"\n', "timezone", "'Mars/Base'", "Europe/Berlin",
    ),
    "a seed that is no URL": (
        '[[crawl]]\nname = "n"\nseeds = ["ftp://a.example/"]\n' + DAILY,
        "seeds[1]", "'ftp://a.example/'", "https://example.org/",
    ),
    "no seed at all": ('[[crawl]]\nname = "n"\n' + DAILY, "seeds", "[]", "seeds_file"),
    "a file of seeds that is not there": (
        '[[crawl]]\nname = "n"\nseeds_file = "no.txt"\n' + DAILY, "seeds_file", "'no.txt'", "path",
    ),
    "two sources of seeds": (
        CRAWL + DAILY + 'seeds_file = "s.txt"\n', "seeds_file", "'s.txt'", "one of the two",
    ),
    "no pages at all": (CRAWL + DAILY + "max_pages = 0\n", "max_pages", "0", "max_pages = 10000"),
    "half a page": (CRAWL + DAILY + "max_pages = 1.5\n", "max_pages", "1.5", "whole number"),
    "a truth for a number": (CRAWL + DAILY + "max_depth = true\n", "max_depth", "True", "number"),
    "a window that is none": (
        CRAWL + DAILY + 'window = "at night"\n', "window", "'at night'", "22:00-06:00",
    ),
    "a jitter of weeks": (CRAWL + DAILY + "jitter = 999999\n", "jitter", "999999", "300"),
    "a name with a slash": (
        '[[crawl]]\nname = "a/b"\nseeds = ["a.example"]\n' + DAILY, "name", "'a/b'", "letters",
    ),
    "two jobs of one name": (
        CRAWL + DAILY + AUDIT.replace("weekly", "Nightly") + DAILY, "name", "'Nightly'", "its own",
    ),
    "one frontier for two crawls": (
        '[output]\nfrontier = "f.db"\n' + CRAWL + DAILY + CRAWL.replace("nightly", "b") + DAILY,
        "frontier", "'f.db'", "leave it out",
    ),
    "an audit of nothing": ('[[audit]]\nname = "a"\n' + DAILY, "sites", "[]", "sites_file"),
    "a table where a list of tables is due": ("[crawl]\nname = 5\n", "crawl", "{", "list"),
    "no TOML": ("[identity\n", "TOML", "line 1", "toml.io"),
}  # fmt: skip
"""Text of the file, and what its error names: key, value, remedy."""


def faults_of(file: Path, text: str) -> tuple[str, ...]:
    file.write_text(text, "utf-8")
    (file.parent / "s.txt").write_text("https://b.example/\n")
    with pytest.raises(FaultsError) as caught:
        read_file(file)
    return caught.value.sentences


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_told_by_key_value_and_remedy(name: str, tmp_path: Path) -> None:
    text, key, value, remedy = BROKEN[name]
    (sentence,) = faults_of(tmp_path / "heed.toml", text)
    assert sentence.startswith(f"{tmp_path / 'heed.toml'}: ")
    assert key in sentence
    assert value in sentence
    assert remedy in sentence
    assert "\n" not in sentence


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = '[pace]\ndelay = -1\n[policy]\nprofile = "lax"\n[settings]\nHEED_NOPE = 1\n'
    found = faults_of(tmp_path / "heed.toml", text)
    assert [name for one in found for name in ("delay", "lax", "HEED_NOPE") if name in one] == [
        "lax", "delay", "HEED_NOPE",
    ]  # fmt: skip


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "heed.toml").write_bytes(b'[identity]\nproduct_token = "\xff"\n')
    with pytest.raises(FaultsError, match="byte 28 is not UTF-8"):
        read_file(tmp_path / "heed.toml")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FaultsError, match="heed init"):
        read_file(tmp_path / "heed.toml")


@pytest.mark.parametrize("text", ["", STARTER.read_text("utf-8"), CRAWL + DAILY + AUDIT + DAILY])
def test_a_sound_file_is_read(text: str, tmp_path: Path) -> None:
    (tmp_path / "heed.toml").write_text(text, "utf-8")
    assert isinstance(read_file(tmp_path / "heed.toml"), Configuration)


def test_what_the_starter_comments_out_is_sound_too(tmp_path: Path) -> None:
    lines = STARTER.read_text("utf-8").split("\n")
    open_lines = [line.removeprefix("# ") for line in lines if " = " in line or "[" in line]
    sections = "\n".join(
        line for line in open_lines if line.startswith(("[", "HEED_")) or " = " in line
    )
    whole = "\n".join(line for line in sections.split("\n") if not line.startswith("on = site"))
    (tmp_path / "heed.toml").write_text(whole, "utf-8")
    read = read_file(tmp_path / "heed.toml")
    assert [entry.name for entry in read.entries] == ["nightly", "weekly"]
    assert [alert.on for alert in read.document.alert] == ["site_newly_refuses"]


def test_the_schema_takes_what_heed_takes_and_refuses_what_it_refuses() -> None:
    schema = json.loads(json.dumps(Document.model_json_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    crawl = {"name": "a", "seeds": ["a.example"], "cron": "0 3 * * *"}
    jsonschema.validate({"pace": {"delay": 5}, "crawl": [crawl]}, schema)
    faults: list[dict[str, object]] = [
        {"pace": {"delay": -1}},
        {"crawl": [{**crawl, "sedes": 1}]},
        {"pac": {}},
    ]
    for broken in faults:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, schema)
