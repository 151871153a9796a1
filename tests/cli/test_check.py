"""`heed init` and `heed check` as typed: a file to start from, its faults, its exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import environment, heed


def test_what_init_writes_is_sound_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "heed.toml"
    assert heed("init", file).code == 0
    checked = heed("check", file)
    assert (checked.code, checked.err) == (0, "")
    assert "is sound" in checked.out
    again = heed("init", file)
    assert again.code == 2
    assert "is there already" in again.err


def test_a_broken_file_exits_1_when_checked_and_2_when_used(tmp_path: Path) -> None:
    file = tmp_path / "heed.toml"
    file.write_text('[pace]\ndelay = "soon"\n[policy]\nprofile = "lax"\n')
    checked = heed("check", file)
    assert checked.code == 1
    assert [line.partition(" cannot")[0] for line in checked.out.splitlines()] == [
        f"{file}: [policy] profile = 'lax'",
        f"{file}: [pace] delay = 'soon'",
    ]
    told = json.loads(heed("check", file, "--json").out)
    assert (told["ok"], len(told["faults"])) == (False, 2)
    for words in (("crawl", "127.71.9.9", "--config", file), ("schedule", "--config", file)):
        used = heed(*words)
        assert used.code == 2
        assert "profile = 'lax'" in used.err
        assert "Traceback" not in used.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[identity]\nproduct_token = "GPTBot"\n', "'GPTBot'"),
        ('[identity]\nfrom_email = "nobody"\n', "'nobody'"),
        ('[[crawl]]\nname = "a"\nseeds = ["a.example"]\ncron = "0 3 * * *"\n', "contact"),
        ('[[audit]]\nname = "a"\nsites = ["a.example"]\ncron = "0 3 * * *"\n', "contact"),
    ],
)
def test_a_file_that_no_crawl_could_use_is_not_sound(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "heed.toml").write_text(text)
    checked = heed("check", "--config", tmp_path / "heed.toml")
    assert checked.code == 1
    assert said in checked.out


def test_flags_beat_the_environment_and_the_environment_beats_the_file(tmp_path: Path) -> None:
    (tmp_path / "heed.toml").write_text(
        '[identity]\nproduct_token = "FileBot"\ncontact_url = "https://file.example/bot"\n'
    )

    def token(*words: str, **env: str) -> str:
        done = subprocess.run(  # noqa: S603 (our own command)
            [sys.executable, "-m", "crawler.cli", "identity", "--json", *words],
            cwd=tmp_path,
            capture_output=True,
            check=True,
            env=environment(PYTHONPATH=os.pathsep.join(sys.path), **env),
        )
        found: str = json.loads(done.stdout)["fields"]["User-Agent"]
        return found.partition("/")[0]

    assert token() == "FileBot"
    assert token(HEED_PRODUCT_TOKEN="EnvBot") == "EnvBot"  # noqa: S106 (a name)
    assert token("--product-token", "FlagBot", HEED_PRODUCT_TOKEN="EnvBot") == "FlagBot"  # noqa: S106 (a name)
