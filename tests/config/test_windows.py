"""Windows: open and closed by the host's own clock, over midnight and over clock changes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.config.windows import read_window, read_windows

NIGHT = "22:00-06:00 Europe/Berlin"


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-22T12:00:00+00:00", "2026-11-22T21:00:00+00:00"),
        ("2026-11-22T21:00:00+00:00", None),
        ("2026-11-23T04:59:59+00:00", None),
        ("2026-11-23T05:00:00+00:00", "2026-11-23T21:00:00+00:00"),
        ("2026-03-29T01:30:00+00:00", None),
        ("2026-07-01T19:59:00+00:00", "2026-07-01T20:00:00+00:00"),
    ],
)
def test_a_window_over_midnight_is_open_by_the_clock_of_its_zone(
    at: str, opens: str | None
) -> None:
    _, window = read_window(NIGHT)
    found = window.opens_at(datetime.fromisoformat(at))
    assert found == (datetime.fromisoformat(opens) if opens else None)


@given(
    minutes=st.integers(0, 2_000_000),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"]),
    hours=st.sampled_from(["22:00-06:00", "09:30-17:00", "00:00-23:59", "23:59-00:00"]),
)
def test_a_window_that_is_closed_opens_within_a_day_and_is_open_then(
    minutes: int, zone: str, hours: str
) -> None:
    _, window = read_window(f"{hours} {zone}")
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    opens = window.opens_at(at)
    if opens is not None:
        assert at < opens <= at + timedelta(hours=25)
        assert window.opens_at(opens + timedelta(seconds=1)) is None


def test_a_host_has_the_window_that_names_it() -> None:
    windows = read_windows(["22:00-06:00", "A.example=01:00-02:00 Asia/Tokyo"], "Europe/Berlin")
    assert {host: str(window) for host, window in windows.items()} == {
        "": "22:00-06:00 Europe/Berlin",
        "a.example": "01:00-02:00 Asia/Tokyo",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("night", "no window"),
        ("25:00-06:00", "beyond 23:59"),
        ("06:00-06:00", "empty"),
        ("22:00-06:00 ../etc/passwd", "no time zone"),
        ("22:00-06:00 " + "A" * 500, "no time zone"),
    ],
)
def test_what_is_no_window_is_told_with_a_remedy(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_window(text)


def test_a_second_window_for_a_host_is_refused() -> None:
    with pytest.raises(ValueError, match="second window"):
        read_windows(["a.example=01:00-02:00", "a.example=03:00-04:00"])
