"""What the capture tests share."""

from pathlib import Path

import pytest

from tests.capture.samples import Writing


@pytest.fixture
def writing(tmp_path: Path) -> Writing:
    """A root, a clock and settings to write with."""
    return Writing(tmp_path / "out")
