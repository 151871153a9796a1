"""What is recorded can be read, at once and after the ledger was closed and opened again."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from crawler.errors import ConfigurationError
from crawler.ledger.schema import bodies, failures, observations, runs
from crawler.ledger.store import SqlLedger
from crawler.policy.model import Outcome, Resource
from crawler.records.remembered import KeptPayload, SiteFileState
from tests.ledger.samples import ORIGIN, START, after, no_answer, robots

ROBOTS = "/robots.txt"


def reopen(ledger: SqlLedger, place: str) -> SqlLedger:
    ledger.close()
    return SqlLedger(place)


def test_a_site_file_is_read_as_it_was_recorded(ledger: SqlLedger, place: str) -> None:
    first = robots(b"User-agent: *\nDisallow: /\xff\0", START)
    ledger.record_site_file(ORIGIN, ROBOTS, first)
    assert ledger.site_file(ORIGIN, ROBOTS) == SiteFileState(first, first, 0, None)
    ledger = reopen(ledger, place)
    kept = ledger.site_file(ORIGIN, ROBOTS)
    assert kept is not None
    assert kept.latest.body == first.body
    assert kept.latest.retrieved_at == START
    assert kept.latest.headers == (("Content-Type", "text/plain"), ("ETag", '"1"'))
    assert ledger.site_file(ORIGIN, "/ai.txt") is None
    assert ledger.site_file("https://other.example", ROBOTS) is None
    ledger.close()


@pytest.mark.parametrize("committed", [False, True])
def test_failures_are_counted_since_the_last_answer(
    ledger: SqlLedger, place: str, *, committed: bool
) -> None:
    good = robots(b"User-agent: *\nAllow: /", START)
    for resource in (good, no_answer(after(1)), no_answer(after(2))):
        ledger.record_site_file(ORIGIN, ROBOTS, resource)
    ledger = reopen(ledger, place) if committed else ledger
    state = ledger.site_file(ORIGIN, ROBOTS)
    assert state is not None
    assert state.latest.outcome is Outcome.TIMEOUT
    assert state.last_good is not None
    assert state.last_good.body == good.body
    assert (state.failures, state.failing_since) == (2, after(1))
    ledger.record_site_file(ORIGIN, ROBOTS, robots(b"", after(3), Outcome.NOT_FOUND, 404))
    state = ledger.site_file(ORIGIN, ROBOTS)
    assert state is not None
    assert (state.failures, state.failing_since) == (0, None)
    ledger.close()


def test_a_site_that_never_answered_has_no_good_copy(ledger: SqlLedger, place: str) -> None:
    ledger.record_site_file(ORIGIN, ROBOTS, no_answer(START))
    ledger = reopen(ledger, place)
    ledger.record_site_file(ORIGIN, ROBOTS, no_answer(after(1)))
    state = ledger.site_file(ORIGIN, ROBOTS)
    assert state is not None
    assert (state.last_good, state.failures, state.failing_since) == (None, 2, START)
    ledger.close()


def test_the_same_observation_twice_is_one_and_a_body_is_kept_once(ledger: SqlLedger) -> None:
    for at in (START, START, after(1), after(2)):
        ledger.record_site_file(ORIGIN, ROBOTS, robots(b"User-agent: *", at))
        ledger.commit()
    with ledger.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(observations)).scalar() == 3
        assert connection.execute(select(func.count()).select_from(bodies)).scalar() == 1


def test_of_a_front_page_the_digest_is_kept_and_not_the_body(ledger: SqlLedger) -> None:
    page = Resource(f"{ORIGIN}/", b"<html>secret</html>", retrieved_at=START)
    ledger.record_site_file(ORIGIN, "/", page)
    ledger.commit()
    with ledger.engine.connect() as connection:
        assert connection.execute(select(bodies.c.sha256, bodies.c.body)).one() == (
            page.sha256,
            None,
        )
    state = ledger.site_file(ORIGIN, "/")
    assert state is not None
    assert state.latest.body == b""


def test_an_observation_without_its_time_is_refused(ledger: SqlLedger) -> None:
    with pytest.raises(ValueError, match="needs the time of its fetch"):
        ledger.record_site_file(ORIGIN, ROBOTS, Resource(f"{ORIGIN}/robots.txt"))


def test_a_path_longer_than_an_index_takes_is_kept(ledger: SqlLedger) -> None:
    path = "/licence?" + "0123456789abcdef" * 1000
    resource = Resource(ORIGIN + path, b"<rsl/>", retrieved_at=START)
    ledger.record_site_file(ORIGIN, path, resource)
    ledger.first_seen(ORIGIN + path, START)
    ledger.record_failure(ORIGIN + path, Outcome.DNS, "no such name", START)
    ledger.commit()
    state = ledger.site_file(ORIGIN, path)
    assert state is not None
    assert state.latest.url == ORIGIN + path


def test_a_page_is_first_seen_once(ledger: SqlLedger, place: str) -> None:
    assert ledger.first_seen(f"{ORIGIN}/p", START) == START
    assert ledger.first_seen(f"{ORIGIN}/p", after(1)) == START
    ledger = reopen(ledger, place)
    assert ledger.first_seen(f"{ORIGIN}/p", after(2)) == START
    assert ledger.first_seen(f"{ORIGIN}/q", after(2)) == after(2)
    ledger.close()


def test_a_payload_belongs_to_its_job_and_the_first_one_stays(
    ledger: SqlLedger, place: str
) -> None:
    first = KeptPayload("sha1:AAA", "<urn:uuid:1>", f"{ORIGIN}/1", START)
    second = KeptPayload("sha1:AAA", "<urn:uuid:2>", f"{ORIGIN}/2", after(1))
    ledger.keep_payload("news", first)
    ledger.keep_payload("news", second)
    assert ledger.find_payload("news", "sha1:AAA") == first
    ledger = reopen(ledger, place)
    ledger.keep_payload("news", second)
    ledger.commit()
    assert ledger.find_payload("news", "sha1:AAA") == first
    assert ledger.find_payload("books", "sha1:AAA") is None
    ledger.close()


def test_a_worker_replaces_its_own_marks_and_no_other_worker_s(
    ledger: SqlLedger, place: str
) -> None:
    ledger.set_marks("news", {"a.warc.gz.open": 10, "b.jsonl.gz.open": 2**40})
    ledger.set_marks("books", {"c": 1})
    ledger = reopen(ledger, place)
    assert ledger.marks() == {"a.warc.gz.open": 10, "b.jsonl.gz.open": 2**40, "c": 1}
    ledger.set_marks("news", {"d": 3})
    ledger.set_marks("news", {"e": 4})
    left = {"a.warc.gz.open": 10, "b.jsonl.gz.open": 2**40, "c": 1, "e": 4}
    assert ledger.marks() == left
    ledger = reopen(ledger, place)
    assert ledger.marks() == left
    ledger.drop_marks(["a.warc.gz.open", "b.jsonl.gz.open", "unknown"])
    assert ledger.marks() == {"c": 1, "e": 4}
    ledger = reopen(ledger, place)
    assert ledger.marks() == {"c": 1, "e": 4}
    ledger.close()


def test_paces_of_hosts_outlive_the_run(ledger: SqlLedger, place: str) -> None:
    ledger.save_host_pace("site.example:443", {"delay": 5.0, "why": "Crawl-delay"})
    ledger.save_host_pace("other.example:80", {"until": 1e12})
    ledger = reopen(ledger, place)
    ledger.save_host_pace("site.example:443", {"delay": 7.5})
    assert ledger.host_paces() == {
        "site.example:443": {"delay": 7.5},
        "other.example:80": {"until": 1e12},
    }
    ledger.close()


def test_runs_say_when_and_why_they_ended(ledger: SqlLedger, place: str) -> None:
    ledger.start_run("run-1", "news", START, {"profile": "strict"})
    ledger = reopen(ledger, place)
    ledger.end_run("run-1", after(2), "finished", {"pages": 3})
    ledger.commit()
    with ledger.engine.connect() as connection:
        row = connection.execute(select(runs)).one()
    assert (row.job, row.started_at, row.ended_at, row.reason) == (
        "news",
        START,
        after(2),
        "finished",
    )
    assert row.facts == '{"pages": 3, "profile": "strict"}'
    ledger.close()


def test_a_place_that_is_no_known_database_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match=r"mysql://.* cannot be used"):
        SqlLedger("mysql://server/heed")


MOMENTS = st.integers(0, 10**12).map(lambda us: START + timedelta(microseconds=us))


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    url=st.text(max_size=60),
    detail=st.text(max_size=600),
    body=st.binary(max_size=300),
    headers=st.lists(st.tuples(st.text(max_size=20), st.text(max_size=40)), max_size=5),
    status=st.none() | st.integers(0, 999),
    at=MOMENTS,
)
def test_anything_that_a_site_can_send_is_kept(
    ledger: SqlLedger,
    url: str,
    detail: str,
    body: bytes,
    headers: list[tuple[str, str]],
    status: int | None,
    at: datetime,
) -> None:
    origin = f"https://{url}"
    resource = Resource(origin + ROBOTS, body, status, tuple(headers), Outcome.OK, at)
    before = ledger.site_file(origin, ROBOTS)
    ledger.record_site_file(origin, ROBOTS, resource)
    ledger.record_failure(url, Outcome.CONNECTION, detail, at)
    ledger.commit()
    state = ledger.site_file(origin, ROBOTS)
    assert state is not None
    if before is None:
        assert (state.latest.body, state.latest.status) == (body, status)
        assert set(state.latest.headers) <= set(headers)
        assert state.latest.retrieved_at == at
    with ledger.engine.connect() as connection:
        kept = connection.execute(
            select(failures.c.detail).order_by(failures.c.id.desc()).limit(1)
        ).scalar_one()
    assert len(kept) == min(len(detail), 500)
