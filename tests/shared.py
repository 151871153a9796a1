"""Where the shared vectors and data lie, for tests that read real input.

They stand beside the checkout and are not part of it; a test that needs them skips without.
"""

from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
SHARED: Final = ROOT.parent / "shared"

needs_shared: Final = pytest.mark.skipif(
    not (SHARED / "vectors").is_dir(),
    reason=f"the shared vectors and data are not beside the checkout ({SHARED.name}/)",
)
