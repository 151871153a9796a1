"""The ledger over SQLAlchemy: `runtime.Ledger` on SQLite (a path) or PostgreSQL (a URL).

Nothing is written before `commit`, which writes everything in one transaction or nothing: what
could not be written stays recorded and is tried again with the next commit.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from threading import RLock
from typing import Final, cast

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, select

from crawler.ledger.buffer import (
    Buffer,
    Failed,
    Run,
    SeenSiteFile,
    SeenState,
    put_in_words,
)
from crawler.ledger.errors import storage_errors
from crawler.ledger.findings import digest_of
from crawler.ledger.opening import BUSY_SECONDS, hold_on, open_engine
from crawler.ledger.schema import host_paces, marks, pages, payloads
from crawler.ledger.schema import runs as run_table
from crawler.ledger.site_files import advance, read_state
from crawler.ledger.sites import ListedSite
from crawler.ledger.writing import write
from crawler.policy.model import Decision, Outcome, Resource, Use
from crawler.records.remembered import KeptPayload, SiteFileState

# Asked for every page, so built once: to build a query takes as long as to run it.
FIRST_SEEN: Final = select(pages.c.first_seen).where(pages.c.page == bindparam("page"))
PAYLOAD: Final = select(payloads.c.record_id, payloads.c.url, payloads.c.date).where(
    payloads.c.job == bindparam("job"), payloads.c.digest == bindparam("digest")
)


class SqlLedger:
    """Implements `runtime.Ledger`. May be used from several threads; every call is short.

    `place` is a path or a URL. Raises `ConfigurationError` and `StorageError` as `open_engine`
    does; every read and `commit` may raise `StorageError` too.
    """

    def __init__(self, place: str) -> None:
        self.engine: Engine = open_engine(place)
        """For queries of history (`schema` names the tables); what is buffered is not in it."""
        self._buffer = Buffer()
        self._lock = RLock()
        self._own_marks: dict[str, set[str]] = {}

    def record_site_file(self, origin: str, path: str, resource: Resource) -> None:
        """Append one observation; `resource.retrieved_at` must be known.

        The same observation given twice is kept once. Of the front page ("/") the body is not
        kept, only its digest.
        """
        if resource.retrieved_at is None:
            message = f"an observation of {origin}{path} needs the time of its fetch"
            raise ValueError(message)
        with self._lock:
            seen = SeenSiteFile(origin, path, resource, resource.retrieved_at)
            self._buffer.site_files.setdefault((origin, path), []).append(seen)

    def site_file(self, origin: str, path: str) -> SiteFileState | None:
        """The state of a site file by everything recorded; None where it was never asked for."""
        with self._lock:
            recent = sorted(
                self._buffer.site_files.get((origin, path), ()), key=lambda seen: seen.at
            )
            with storage_errors(self.engine.url), self.engine.connect() as connection:
                state = read_state(connection, origin, path)
        for seen in recent:
            state = advance(state, seen.resource, seen.at)
        return state

    def record_decision(
        self, decision: Decision, uses: tuple[Use, ...], *, kept: bool, stage: str, at: datetime
    ) -> None:
        """Append `decision` where it changes what is known of the page, else count it.

        Of a refused page its statements are kept (verbatim text cut by the model), no body.
        """
        decided = put_in_words(decision, uses, kept=kept, stage=stage, at=at)
        with self._lock:
            self._buffer.decisions.append(decided)

    def record_site_state(self, seen: SeenState) -> None:
        """Append what one look of an audit found a site to say."""
        with self._lock:
            self._buffer.site_states.append(seen)

    def record_sites(self, listed: Iterable[ListedSite]) -> None:
        """Keep what a list says of sites, in place of what it said before."""
        with self._lock:
            self._buffer.listed.extend(listed)

    def record_failure(self, url: str, outcome: Outcome, detail: str, at: datetime) -> None:
        """Append a fetch of a page that brought no answer or an error."""
        with self._lock:
            self._buffer.failures.append(Failed(url, outcome, detail, at))

    def first_seen(self, url: str, at: datetime) -> datetime:
        """When `url` was first kept; `at`, from now on, where this is the first time."""
        page = digest_of(url)
        with self._lock:
            known = self._buffer.first_seen.get(page)
            if known is None:
                with storage_errors(self.engine.url), self.engine.connect() as connection:
                    known = connection.execute(FIRST_SEEN, {"page": page}).scalar()
            if known is None:
                known = self._buffer.first_seen[page] = at
        return known

    def find_payload(self, job: str, digest: str) -> KeptPayload | None:
        """The payload `digest` if `job` kept it before."""
        with self._lock:
            if found := self._buffer.payloads.get((job, digest)):
                return found
            with storage_errors(self.engine.url), self.engine.connect() as connection:
                row = connection.execute(PAYLOAD, {"job": job, "digest": digest}).first()
        return None if row is None else KeptPayload(digest, row.record_id, row.url, row.date)

    def keep_payload(self, job: str, payload: KeptPayload) -> None:
        """Remember a payload whose records and row have been written; the first one stays."""
        with self._lock:
            self._buffer.payloads.setdefault((job, payload.digest), payload)

    def host_paces(
        self, hosts: Collection[str] | None = None
    ) -> Mapping[str, Mapping[str, float | str]]:
        """The paces of `hosts`, None for all, as `save_host_pace` was given them."""
        query = select(host_paces.c.host, host_paces.c.pace)
        if hosts is not None:
            query = query.where(host_paces.c.host.in_(sorted(hosts)))
        with self._lock:
            with storage_errors(self.engine.url), self.engine.connect() as connection:
                rows = connection.execute(query).all()
            stored = {
                host: cast("Mapping[str, float | str]", json.loads(pace)) for host, pace in rows
            }
            recent = self._buffer.host_paces
            return stored | {
                host: pace for host, pace in recent.items() if hosts is None or host in hosts
            }

    def save_host_pace(self, host: str, pace: Mapping[str, float | str]) -> None:
        """Remember a host's pace over restarts."""
        with self._lock:
            self._buffer.host_paces[host] = dict(pace)

    def marks(self) -> Mapping[str, int]:
        """Lengths of the files that any worker of any job has open, by path, as last set.

        Of all jobs, since whichever starts finishes what those that died have left in its folder.
        """
        query = select(marks.c.path, marks.c.length)
        with self._lock:
            with storage_errors(self.engine.url), self.engine.connect() as connection:
                stored = {row.path: row.length for row in connection.execute(query)}
            dropped, pending = self._buffer.dropped_marks, self._buffer.marks.values()
            left = {path: length for path, length in stored.items() if path not in dropped}
            return left | {path: length for each in pending for path, length in each.items()}

    def set_marks(self, job: str, marks: Mapping[str, int]) -> None:
        """Replace the marks that this process has set for `job`; other workers' stay."""
        with self._lock:
            gone = self._own_marks.get(job, set()) - set(marks)
            self._buffer.marks[job] = dict(marks)
            self._own_marks[job] = set(marks)
            self._buffer.dropped_marks.update(gone)

    def drop_marks(self, paths: Collection[str]) -> None:
        """Forget the marks of files that are open no more, whoever set them."""
        with self._lock:
            self._buffer.dropped_marks.update(paths)

    def start_run(self, run: str, job: str, at: datetime, facts: Mapping[str, object]) -> None:
        """Note that the run `run` (a name used once) of `job` began; `facts` is plain JSON."""
        with self._lock:
            self._buffer.runs[run] = Run(run, job, at, facts=json.dumps(facts, sort_keys=True))

    def end_run(self, run: str, at: datetime, reason: str, facts: Mapping[str, object]) -> None:
        """Note that `run` ended; `facts` are added to those of its start."""
        with self._lock, storage_errors(self.engine.url), self.engine.connect() as connection:
            begun = self._buffer.runs.get(run) or _read_run(connection, run)
            both = json.loads(begun.facts) | dict(facts)
            self._buffer.runs[run] = replace(
                begun, ended_at=at, reason=reason, facts=json.dumps(both, sort_keys=True)
            )

    def knows_run(self, runs: Collection[str], job: str | None = None) -> bool:
        """See `RunMemory.knows_run`."""
        noted = (self._buffer.runs[run] for run in self._buffer.runs.keys() & set(runs))
        if any(job in (None, run.job) for run in noted):
            return True
        named = run_table.c.run.in_(runs)
        return self._has_run(named if job is None else named & (run_table.c.job == job))

    def last_facts(self, job: str) -> Mapping[str, object]:
        """See `RunMemory.last_facts`; of a run that is committed."""
        query = select(run_table.c.facts).where(run_table.c.job == job)
        latest = query.order_by(run_table.c.started_at.desc()).limit(1)
        with self._lock, storage_errors(self.engine.url), self.engine.connect() as connection:
            facts = connection.execute(latest).scalar()
        return cast("Mapping[str, object]", json.loads(facts)) if facts else {}

    def knows_job(self, job: str) -> bool:
        """See `RunMemory.knows_job`."""
        noted = any(run.job == job for run in self._buffer.runs.values())
        return noted or self._has_run(run_table.c.job == job)

    def _has_run(self, condition: ColumnElement[bool]) -> bool:
        query = select(run_table.c.run).where(condition).limit(1)
        with self._lock, storage_errors(self.engine.url), self.engine.connect() as connection:
            return connection.execute(query).first() is not None

    def commit(self, wait: float = BUSY_SECONDS) -> None:
        """Put everything recorded on disk in one transaction; raises `StorageError`.

        That is `BusyError` where another process holds the file for more than `wait` seconds.
        After an error nothing of it is on disk, and all of it is tried again by the next call.
        """
        with self._lock:
            if self._buffer.empty:
                return
            with storage_errors(self.engine.url), self.engine.connect() as connection:
                hold_on(connection, wait)
                writing = connection.execution_options(writes=True)
                with writing.begin():
                    write(writing, self._buffer)
            self._buffer = Buffer()

    def close(self, wait: float = BUSY_SECONDS) -> None:
        """Commit and let go; the connections are let go even where the commit fails."""
        try:
            self.commit(wait)
        finally:
            self.engine.dispose()


def _read_run(connection: Connection, run: str) -> Run:
    row = connection.execute(select(run_table).where(run_table.c.run == run)).one()
    return Run(row.run, row.job, row.started_at, row.ended_at, row.reason, row.facts)
