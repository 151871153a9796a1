"""How long imports, verdicts and questions take on large ledgers: prints, asserts nothing.

Run: python -m tests.bench.ledger import [BODIES]          (imports, and judges all bots)
     python -m tests.bench.ledger build FILE [SITES DATES]  (a ledger of SITES x DATES observations)
     python -m tests.bench.ledger ask FILE                  (every kind of question, in turn)
"""

import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Final

from crawler.ledger.opening import open_engine
from crawler.ledger.rows import add_rows
from crawler.ledger.schema import bodies, observations, resources
from crawler.ledger.site_files import key_of
from tests.command import environment
from tests.history import bodies as history

START: Final = datetime(2024, 1, 1, tzinfo=UTC)
ROBOTS: Final = "/robots.txt"
DISTINCT: Final = 10_000
REAL: Final = len({row["body"] for row in history()})
CHANGES_A_SITE: Final = 3
ROWS_A_TIME: Final = 100_000


def distinct_bodies(count: int) -> Iterator[bytes]:
    """The real bodies, and after them the same with a line of their own."""
    real = list(dict.fromkeys(row["body"] for row in history()))
    for number in range(count):
        version, place = divmod(number, len(real))
        line = f"\nuser-agent: gptbot\ndisallow: /section-{version}/\n" if version else ""
        yield (real[place] + line).encode()


def run_heed(*words: str) -> None:
    """Run the command, and tell how long it took."""
    began, used = time.perf_counter(), cpu_of_children()
    with tempfile.TemporaryFile() as out:
        subprocess.run(  # noqa: S603 (our own command)
            [sys.executable, "-m", "crawler.cli", *words],
            stdout=out, stderr=subprocess.DEVNULL, env=environment(), check=False,
        )  # fmt: skip
        size = out.tell()
    print(
        f"{time.perf_counter() - began:7.1f} s  {cpu_of_children() - used:7.1f} s CPU  "
        f"{size:>11,} octets  heed {' '.join(words)}"
    )


def cpu_of_children() -> float:
    """Seconds of processor that ended children used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def bring_in(count: int) -> None:
    """Bar: 10,000 distinct files, imported and judged for all bots, in under 5 minutes."""
    with tempfile.TemporaryDirectory() as folder:
        file, ledger = Path(folder) / "bodies.jsonl.gz", str(Path(folder) / "ledger.db")
        with gzip.open(file, "wt", encoding="utf-8", compresslevel=1) as lines:
            for number, body in enumerate(distinct_bodies(count)):
                row = {"site": f"site-{number}.example", "fetched_at": "2025-01-01"}
                lines.write(json.dumps({**row, "body": body.decode()}) + "\n")
        run_heed("import", str(file), "--ledger", ledger)
        run_heed("report", "--ledger", ledger, "--csv", "-")
        run_heed("report", "--ledger", ledger, "--csv", "-")


def build(place: str, sites: int, dates: int) -> None:
    """A ledger of `sites` x `dates` observations of `DISTINCT` bodies that change now and then."""
    engine, chance = open_engine(place), Random(1)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        kept = [{"sha256": sha256(body).hexdigest(), "body": body}
                for body in distinct_bodies(DISTINCT)]  # fmt: skip
        numbered = [{**row, "id": number} for number, row in enumerate(kept, 1)]
        add_rows(connection, bodies, numbered)
        names = [f"https://site-{number}.example" for number in range(sites)]
        add_rows(connection, resources, [
            {"id": number, "key": key_of(name, ROBOTS), "origin": name, "path": ROBOTS}
            for number, name in enumerate(names, 1)
        ])  # fmt: skip
        rows: list[dict[str, object]] = []
        for number in range(1, sites + 1):
            rows.extend(seen(number, dates, chance))
            if len(rows) >= ROWS_A_TIME:
                add_rows(connection, observations, rows)
                rows.clear()
        add_rows(connection, observations, rows)
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def seen(site: int, dates: int, chance: Random) -> Iterator[dict[str, object]]:
    """One site's observations; now and then nobody answers."""
    body = chance.randint(1, DISTINCT)
    for date in range(dates):
        if chance.random() < CHANGES_A_SITE / dates:
            # Another version of the same file: most changes are of a few lines.
            body = (body - 1 + chance.choice((-1, 1)) * REAL) % DISTINCT + 1
        answered = chance.random() > 0.02
        yield {
            "resource_id": site,
            "fetched_at": START + timedelta(days=30 * date, seconds=site),
            "outcome": "ok" if answered else "timeout",
            "answered": answered,
            "status": 200 if answered else None,
            "headers": "[]",
            "url": "",
            "body_id": body if answered else 1,
        }


def ask(place: str) -> None:
    """Bar: any question of a ledger of a million observations in under 5 s, once judged."""
    some = ("--ledger", place, "--bots", "GPTBot,CCBot")
    for words in (
        ("report", "site-7.example", *some),
        ("report", "--csv", "-", "--at", "latest", *some),
        ("report", "--csv", "-", "--at", "latest", *some),
        ("report", "--csv", "-", "--at", "2025-03-01", *some),
        ("report", "--jsonl", "-", "--at", "latest", *some),
        ("report", "--parquet", "-", "--at", "latest", *some),
        ("report", "--dpi-json", "-", "--at", "latest", *some),
        ("report", "--dpi-json", "-", "--at", "latest", *some),
        ("report", "site-7.example", "--ledger", place),
        ("changes", "--since", "2025-11-01", *some, "--json"),
        ("changes", "--since", "2025-11-01", *some, "--json"),
        ("changes", "--sites", "site-7.example,site-8.example", *some),
        ("report", "--csv", "-", "--sites", "site-7.example", *some),
    ):
        run_heed(*words)


def main(words: Sequence[str]) -> None:
    """Do what the first word says."""
    what, *rest = words or ("import",)
    if what == "import":
        bring_in(int(rest[0]) if rest else DISTINCT)
    elif what == "build":
        build(rest[0], *(map(int, rest[1:]) if len(rest) > 1 else (41_667, 24)))
    else:
        ask(rest[0])


if __name__ == "__main__":
    main(sys.argv[1:])
