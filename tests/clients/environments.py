"""Environments of the clients' own: what they pin is not what Heed needs (datatrove: trafilatura).

Made with uv, exact in the clients themselves, outside of the checkout.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

REQUIREMENTS: Final = {
    "curation": (
        "datatrove[io,processing]==0.10.1",
        "datasets==5.2.0",
        "pandas==3.1.1",
        "duckdb>=1.4",
        # Google's package of that name breaks warcio, whose bodies in br need this one.
        "brotlipy==0.7.0",
    ),
    "dolma": ("dolma==1.2.1",),
    "archives": ("pywb==2.10.0", "wacz==0.6.0", "setuptools<81"),
}
"""Packages by environment."""


def make_environment(root: Path, name: str) -> Path:
    """The Python of the environment `name` below `root`, made where it is not there yet."""
    folder = root / name
    python = folder / "bin" / "python"
    done = folder / "complete"
    if not done.exists():
        beside = Path(sys.executable).with_name("uv")
        # uv tells the processes that it starts where it is itself.
        uv = os.environ.get("UV") or (str(beside) if beside.exists() else "uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", str(folder)], check=True)  # noqa: S603 (our words)
        install = [uv, "pip", "install", "--quiet", "--python", str(python), *REQUIREMENTS[name]]
        subprocess.run(install, check=True)  # noqa: S603 (the table above)
        # Dolma fetches this on its first import where it is not there; it is not needed here.
        (folder / "nltk_data" / "tokenizers" / "punkt").mkdir(parents=True)
        done.touch()
    return python
