"""The naive stack once a core, each process with its share of the URLs: what the machine can give.

Two processors that share what is behind them are less than twice one, and by how much depends on
the machine; this tells it apart from what Heed makes of them.
Run: python -m crawler.bench.once_a_core URLS FOLDER PIPELINE…
"""

import json
import os
import subprocess
import sys
from pathlib import Path

CORES = os.cpu_count() or 1


def main() -> None:
    """Crawl; the count of pages is the last line of standard output."""
    listed, folder, *wanted = sys.argv[1:]
    urls = Path(listed).read_text("utf-8").splitlines()
    started = [_start(urls[core::CORES], Path(folder) / str(core), wanted) for core in range(CORES)]
    ended = [(one, one.communicate()[0]) for one in started]
    if any(one.returncode for one, _ in ended):
        sys.exit("a process of the naive stack came to a bad end")
    print(json.dumps({"pages": sum(json.loads(said)["pages"] for _, said in ended)}))


def _start(urls: list[str], folder: Path, wanted: list[str]) -> "subprocess.Popen[str]":
    folder.mkdir()
    share = folder / "urls.txt"
    share.write_text("\n".join(urls) + "\n", encoding="utf-8")
    words = ["-m", "crawler.bench.naive", str(share), str(folder), *wanted]
    return subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True)  # noqa: S603 (our own words)


if __name__ == "__main__":
    main()
