"""A cron line taken apart for those who write times differently, or know fewer words."""

from dataclasses import dataclass
from typing import Final

from cronsim import CronSim

from crawler.clock import moment
from crawler.errors import ConfigurationError
from crawler.schedule.jobs import Job

BY_PEOPLE: Final = 5
MONTHS: Final = frozenset(range(1, 13))


@dataclass(frozen=True, slots=True)
class Line:
    """The numbers of each field, and its words; sets are sorted."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    """0 is Sunday."""
    days_and_weekdays: bool
    """Whether both must match, as where one of the two begins with a star."""
    words: tuple[str, ...]


def read_line(job: Job, reader: str, *, seconds: bool) -> Line:
    """The cron line of `job` for `reader`, who may know `seconds`.

    Raises `ConfigurationError` for what `reader` has no word for.
    """
    text = job.timetable.cron
    read = CronSim(text, moment(0))
    fields = (*read.days, *read.weekdays)
    if any(not isinstance(one, int) or one < 0 for one in fields):
        raise ConfigurationError(
            f"job {job.name!r}: cron = {text!r} names a last or nth day, which {reader} has no "
            "word for: use plain days, or let heed schedule run it."
        )
    if len(text.split()) != BY_PEOPLE and not seconds:
        raise ConfigurationError(
            f"job {job.name!r}: cron = {text!r} names seconds, which {reader} does not know: "
            "write five fields, or let heed schedule run it."
        )
    return Line(
        seconds=tuple(sorted(read.seconds)),
        minutes=tuple(sorted(read.minutes)),
        hours=tuple(sorted(read.hours)),
        days=tuple(sorted(read.days)),
        months=tuple(sorted(read.months)),
        weekdays=tuple(sorted({day % 7 for day in read.weekdays if isinstance(day, int)})),
        days_and_weekdays=read.day_and,
        words=tuple(text.upper().split()[-BY_PEOPLE:]),
    )
