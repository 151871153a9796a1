"""A report at its full size, and one of nothing."""

import json
import os
import resource
from pathlib import Path

import pytest

from crawler.errors import ConfigurationError
from crawler.reports.material import Material, Wanted, gather
from tests.command import heed
from tests.reports.history import BLOCKING, HOUSEKEEPING, SIGNAL

FULL = os.environ.get("HEED_FULL_BARS") == "1"
SECONDS, OCTETS = 10, 10_000_000


def test_of_nothing_there_is_no_report(material: Material) -> None:
    with pytest.raises(ConfigurationError, match="heed import"):
        gather(material.engine, [], {}, Wanted())


@pytest.mark.skipif(not FULL, reason="the full size: HEED_FULL_BARS=1")
def test_two_hundred_sites_at_twenty_dates_are_told_in_ten_seconds_and_megabytes(
    tmp_path: Path,
) -> None:
    pad = "".join(f"Disallow: /{n}/\n" for n in range(60))
    rows = [
        {
            "site": f"site{k}.example",
            "fetched_at": f"2024-{1 + j // 2:02}-{1 + 14 * (j % 2):02}T10:00:00Z",
            "body": (HOUSEKEEPING, BLOCKING, SIGNAL)[(k + j // 7) % 3] + pad + f"# {k} {j // 4}\n",
        }
        for k in range(200)
        for j in range(20)
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert heed("import", tmp_path / "rows.jsonl", "--ledger", tmp_path / "ledger.db").code == 0
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = heed("report", "--ledger", tmp_path / "ledger.db", "--html", tmp_path / "html")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run.code == 0, run.err
    # Of the processor, so that whatever else the machine does is not counted.
    assert after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime < SECONDS
    assert sum(file.stat().st_size for file in tmp_path.glob("html/**/*.*")) < OCTETS
