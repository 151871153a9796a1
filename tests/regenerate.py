"""`python -m tests.regenerate`: write anew what is drawn from the code."""

import sys
from typing import Final

from crawler.policy.signal_table import render_signal_table
from crawler.policy.signals import catalogue
from tests.shared import ROOT

COMMAND: Final = "python -m tests.regenerate"
OPENING: Final = "<!-- signals -->\n"
CLOSING: Final = "<!-- /signals -->\n"
README: Final = ROOT / "README.md"


def regenerate(readme: str) -> str:
    """`readme` with the table between its markers drawn anew; ValueError without the markers."""
    before, opening, rest = readme.partition(OPENING)
    _, closing, after = rest.partition(CLOSING)
    if not opening or not closing:
        message = f"README.md needs {OPENING.strip()} and {CLOSING.strip()}, each on its own line"
        raise ValueError(message)
    return f"{before}{opening}{render_signal_table(catalogue())}{closing}{after}"


def main() -> None:
    """Write the README's table of signals anew."""
    README.write_text(regenerate(README.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{README.name}: the table of signals is up to date\n")


if __name__ == "__main__":
    main()
