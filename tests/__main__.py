"""`python -m tests`: everything that must hold before a change is merged, one check after another.

`python -m tests STYLE…` runs only the checks named.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.shared import ROOT

TOOLS: Final = Path(sys.executable).parent
# Half of what tests do is wait for processes: more than twice as many at once as two
# cores carry. The order of tests/conftest.py must stand: no long file is left for the end.
CHECKS: Final = {
    "style": (("ruff", "check"), ("ruff", "format", "--check")),
    "types": (("mypy",),),
    "rooms": (("lint-imports",),),
    "packages": (("deptry", "."),),
    "tests": (("pytest", "-q", "-n", "5", "--dist", "loadfile", "--no-loadscope-reorder"),),
}
"""Commands by the name of their check; each must end with 0."""


def main(names: list[str]) -> int:
    """Run the checks `names`, or all of them; the number of those that failed."""
    # Hundreds of processes start: none is to compile what another has compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    failed = [name for name in names or CHECKS if not _holds(name)]
    if failed:
        sys.stdout.write(f"these checks do not hold: {', '.join(failed)}\n")
    return len(failed)


def _holds(name: str) -> bool:
    sys.stdout.write(f"== {name}\n")
    sys.stdout.flush()
    return all(
        subprocess.run([TOOLS / tool, *words], cwd=ROOT, check=False).returncode == 0  # noqa: S603 (the table above)
        for tool, *words in CHECKS[name]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
