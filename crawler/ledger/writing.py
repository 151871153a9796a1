"""Writes a buffer into the ledger: a few statements a kind, whatever the number of rows."""

import json
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from sqlalchemy import Connection, delete

from crawler.ledger.buffer import DETAIL_LIMIT, Buffer, Failed, Run, SeenSiteFile, storable
from crawler.ledger.changes import write_decisions
from crawler.ledger.findings import digest_of
from crawler.ledger.headers import write_headers
from crawler.ledger.rows import add_missing, add_rows, in_chunks, number_rows, replace_rows
from crawler.ledger.schema import (
    bodies,
    failures,
    host_paces,
    marks,
    observations,
    pages,
    payloads,
    resources,
    runs,
)
from crawler.ledger.site_files import answered, key_of
from crawler.ledger.site_states import write_site_states
from crawler.ledger.sites import write_sites

FRONT_PAGE: Final = "/"
"""The path of a page, not of a site file: its body is never kept."""


def write(connection: Connection, buffer: Buffer) -> None:
    """Write all of `buffer` within the open transaction of `connection`."""
    _write_site_files(connection, list(chain.from_iterable(buffer.site_files.values())))
    write_decisions(connection, buffer.decisions)
    write_site_states(connection, buffer.site_states)
    write_sites(connection, buffer.listed)
    _write_failures(connection, buffer.failures)
    _write_pages(connection, buffer)
    _write_paces(connection, buffer.host_paces)
    _drop_marks(connection, sorted(buffer.dropped_marks))
    for job, lengths in sorted(buffer.marks.items()):
        _write_marks(connection, job, lengths)
    _write_runs(connection, list(buffer.runs.values()))


def _write_site_files(connection: Connection, seen: Sequence[SeenSiteFile]) -> None:
    keys = [key_of(each.origin, each.path) for each in seen]
    resource_ids = number_rows(
        connection,
        resources,
        "key",
        (
            {"key": key, "origin": storable(each.origin), "path": storable(each.path)}
            for key, each in zip(keys, seen, strict=True)
        ),
    )
    body_ids = number_rows(
        connection,
        bodies,
        "sha256",
        (
            {
                "sha256": each.resource.sha256,
                "body": None if each.path == FRONT_PAGE else each.resource.body,
            }
            for each in seen
        ),
    )
    rows = [
        {
            "resource_id": resource_ids[key],
            "body_id": body_ids[each.resource.sha256],
            **_observed(each),
        }
        for key, each in zip(keys, seen, strict=True)
    ]
    add_missing(connection, observations, rows)


def _observed(seen: SeenSiteFile) -> dict[str, object]:
    resource = seen.resource
    expected = resource.url == seen.origin + seen.path
    return {
        "fetched_at": seen.at,
        "outcome": resource.outcome.value,
        "answered": answered(resource.outcome),
        "status": resource.status,
        "headers": write_headers(resource.headers),
        "url": "" if expected else storable(resource.url),
    }


def _write_failures(connection: Connection, failed: Sequence[Failed]) -> None:
    rows = [
        {
            "page": digest_of(each.url),
            "url": storable(each.url),
            "at": each.at,
            "outcome": each.outcome.value,
            "detail": storable(each.detail[:DETAIL_LIMIT]),
        }
        for each in failed
    ]
    add_rows(connection, failures, rows)


def _write_pages(connection: Connection, buffer: Buffer) -> None:
    seen = [
        {"page": page, "first_seen": first_seen}
        for page, first_seen in sorted(buffer.first_seen.items())
    ]
    add_missing(connection, pages, seen)
    held = [
        {
            "job": job,
            "digest": digest,
            "record_id": payload.record_id,
            "url": storable(payload.url),
            "date": payload.date,
        }
        for (job, digest), payload in sorted(buffer.payloads.items())
    ]
    add_missing(connection, payloads, held)


def _write_paces(connection: Connection, paces: Mapping[str, Mapping[str, float | str]]) -> None:
    rows = [{"host": host, "pace": json.dumps(dict(paces[host]))} for host in sorted(paces)]
    replace_rows(connection, host_paces, rows)


def _write_marks(connection: Connection, job: str, lengths: Mapping[str, int]) -> None:
    rows = [{"job": job, "path": path, "length": lengths[path]} for path in sorted(lengths)]
    replace_rows(connection, marks, rows)


def _drop_marks(connection: Connection, paths: Sequence[str]) -> None:
    for chunk in in_chunks(paths):
        connection.execute(delete(marks).where(marks.c.path.in_(chunk)))


def _write_runs(connection: Connection, given: Sequence[Run]) -> None:
    rows = [
        {
            "run": run.run,
            "job": run.job,
            "started_at": run.started_at,
            "ended_at": run.ended_at,
            "reason": run.reason,
            "facts": run.facts,
        }
        for run in given
    ]
    replace_rows(connection, runs, rows)
