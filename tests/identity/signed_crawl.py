"""Run as a program: one crawl of the seed named, quick, on loopback, as the environment says."""

import os
import sys

from rich.console import Console

from crawler.cli.running import Plan, run
from crawler.config import read_options

SETTINGS = {
    **{name: value for name, value in os.environ.items() if name.startswith("HEED_")},
    "HEED_ALLOW_NET": ["127.0.0.0/8"],
    "HEED_DELAY": 0,
    "HEED_LINGER": 0.5,
    "HEED_JOB": "signed",
    "HEED_EXTRACT": "none",
}


def main(seed: str, *ports: str) -> int:
    """Crawl from `seed`; all `ports` may be asked."""
    options = read_options({**SETTINGS, "HEED_ALLOW_PORTS": ports})
    return run(Plan(options, "seeds", (seed,)), Console(stderr=True)).exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
