"""A clock that ran ahead, and what is learnt once it is right again."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.errors import ConfigurationError
from crawler.ledger.ahead import TOLERATED, set_back
from crawler.ledger.store import SqlLedger
from crawler.policy.model import Use
from tests.ledger.samples import ORIGIN, after, allowed, refused_by_page, robots

AHEAD = 400 * 24.0
OPEN, CLOSED = b"User-agent: *\nAllow: /\n", b"User-agent: *\nDisallow: /\n"


def test_what_a_site_says_now_counts_whatever_the_clock_said_before(ledger: SqlLedger) -> None:
    for hours in (AHEAD, AHEAD + 1):
        ledger.record_site_file(ORIGIN, "/robots.txt", robots(OPEN, after(hours)))
    ledger.commit()
    assert set_back(ledger.engine, after(1)) == timedelta(hours=AHEAD)
    state = ledger.site_file(ORIGIN, "/robots.txt")
    assert state is not None
    assert state.latest.retrieved_at == after(1)
    ledger.record_site_file(ORIGIN, "/robots.txt", robots(CLOSED, after(2)))
    ledger.commit()
    state = ledger.site_file(ORIGIN, "/robots.txt")
    assert state is not None
    assert state.latest.body == CLOSED


def test_every_moment_moves_once_and_the_dates_of_records_stay(ledger: SqlLedger) -> None:
    ledger.start_run("run", "job", after(AHEAD), {})
    url = f"{ORIGIN}/a"
    uses = (Use.TRAIN_GENAI,)
    for decision, hours in ((refused_by_page(url), AHEAD), (allowed(url), AHEAD + 1)):
        kept = decision.refusal(uses) is None
        ledger.record_decision(decision, uses, kept=kept, stage="after", at=after(hours))
    ledger.first_seen(url, after(AHEAD + 1))
    ledger.commit()
    assert set_back(ledger.engine, after(2)) == timedelta(hours=AHEAD - 1)
    assert set_back(ledger.engine, after(2)) == timedelta()
    assert ledger.first_seen(url, after(9)) == after(2)


def test_clocks_that_differ_by_a_little_are_left_alone(ledger: SqlLedger) -> None:
    ledger.record_site_file(ORIGIN, "/robots.txt", robots(OPEN, after(0) + TOLERATED))
    ledger.commit()
    assert set_back(ledger.engine, after(0)) == timedelta()


def test_a_clock_that_is_plainly_wrong_moves_nothing(ledger: SqlLedger) -> None:
    ledger.record_site_file(ORIGIN, "/robots.txt", robots(OPEN, after(0)))
    ledger.commit()
    with pytest.raises(ConfigurationError, match=r"says 1970-01-01, .* set the clock"):
        set_back(ledger.engine, datetime(1970, 1, 1, tzinfo=UTC))
    state = ledger.site_file(ORIGIN, "/robots.txt")
    assert state is not None
    assert state.latest.retrieved_at == after(0)


def test_moments_that_are_moved_are_told_of(
    ledger: SqlLedger, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.record_site_file(ORIGIN, "/robots.txt", robots(OPEN, after(24)))
    ledger.commit()
    set_back(ledger.engine, after(0))
    assert "moments up to 1 day, 0:00:00 after this machine's clock" in caplog.text
