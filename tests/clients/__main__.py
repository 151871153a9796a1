"""`python -m tests.clients [FOLDER]`: real programs on the output of a real crawl.

Makes environments for them (in FOLDER or a temporary folder), a crawl of 300 real pages, and asks
every client for the same numbers. Needs uv, and a package index where nothing is cached.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from crawler.clock import SystemClock
from tests.clients.environments import REQUIREMENTS, make_environment
from tests.clients.expectations import expect
from tests.clients.sample import make_sample
from tests.command import environment
from tests.shared import ROOT

PAGES: Final = 310
SCRIPTS: Final = {
    "archive_tools": "archives",
    "replaying": "archives",
    "tables": "curation",
    "datasets_loading": "curation",
    "datatrove_pipeline": "curation",
    "dolma_mixing": "dolma",
}
"""The environment of each script."""

SECONDS: Final = 600
CLOCK: Final = SystemClock()


def main(words: list[str]) -> int:
    """Run every client; the number of those that saw something else than was written."""
    with TemporaryDirectory(prefix="heed-clients-") as temporary:
        envs = Path(words[0]).absolute() if words else Path(temporary) / "environments"
        began = CLOCK.now()
        pythons = {name: make_environment(envs, name) for name in REQUIREMENTS}
        _say(f"environments: {CLOCK.now() - began:.0f} s")
        began = CLOCK.now()
        root = Path(temporary) / "sample"
        expected = expect(make_sample(root, PAGES))
        _say(f"sample: {CLOCK.now() - began:.0f} s")
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            tasks = {
                script: pool.submit(run, script, pythons[env], root)
                for script, env in SCRIPTS.items()
            }
            found = {script: task.result() for script, task in tasks.items()}
    failed = [script for script in SCRIPTS if not _holds(script, found[script], expected)]
    return len(failed)


def run(script: str, python: Path, root: Path) -> Mapping[str, Any]:
    """What one script found, and under `error` how it ended where it did not end well."""
    began = CLOCK.now()
    place = Path(__file__).parent / "scripts" / f"{script}.py"
    folder = python.parent.parent
    env = environment(
        PYTHONPATH=str(ROOT),
        HF_HUB_OFFLINE="1",
        HF_HOME=str(root / "hf"),
        NLTK_DATA=str(folder / "nltk_data"),
    )
    done = subprocess.run(  # noqa: S603 (scripts of this folder)
        [str(python), "-W", "ignore", str(place), str(root)],
        env=env,
        cwd=root,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        return {"error": done.stderr[-2000:]}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**found, "seconds": round(CLOCK.now() - began)}


def _holds(
    script: str, found: Mapping[str, Any], expected: Mapping[str, Mapping[str, Any]]
) -> bool:
    wrong = {
        name: (found.get(name), value)
        for name, value in expected[script].items()
        if found.get(name) != value
    }
    told = {name: len(one) if isinstance(one, list) else one for name, one in found.items()}
    _say(f"{'WRONG' if wrong else 'ok   '} {script}: {json.dumps(told)}")
    for name, (is_, ought) in wrong.items():
        _say(f"      {name}: {str(is_)[:300]}, expected {str(ought)[:300]}")
    if "error" in found:
        _say(found["error"])
    return not wrong and "error" not in found


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
