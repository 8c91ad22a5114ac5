"""
Times without a zone, taken for those of a zone: the same instants on every engine.

Of an hour that is there twice the second is meant, and of one that is left out the time that clocks nobody changed would show: so
PostgreSQL and DuckDB have it, by databases of zones of their own.
"""

from __future__ import annotations

from calendar import isleap, weekday
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_FIRST, _LAST = 1850, 2129  # years whose changes are looked up; before them is none, after them the rules repeat
_CYCLE = range(_LAST - 28, _LAST)  # years of all fourteen kinds: with and without a 29 February, beginning with each weekday
_STEP = timedelta(hours=12)  # no zone changes twice in less
_SECOND = timedelta(seconds=1)


def in_utc(moment: datetime, zone: ZoneInfo) -> datetime:
    """*moment*, which has no zone, as one of *zone* in UTC; without its zone. Beyond the calendar it is the calendar's end."""
    try:
        return max(moment.replace(tzinfo=zone, fold=fold).astimezone(UTC).replace(tzinfo=None) for fold in (0, 1))
    except OverflowError:
        return datetime.min if moment.year == 1 else datetime.max  # noqa: DTZ901  it is in UTC


@lru_cache(maxsize=64)
def offsets(name: str) -> tuple[tuple[datetime, int], ...]:
    """
    From which local time on clocks of the zone *name* are how many seconds before UTC, first to last; to the end of `_CYCLE`.

    Raises:
        OSError, ValueError: there is no such zone.
    """
    return tuple(_offsets(ZoneInfo(name)))


def alike(year: int) -> int:
    """A year of `_CYCLE` whose days fall on the same weekdays as those of *year*, so that clocks change on the same ones."""
    return next(item for item in _CYCLE if kind_of(item) == kind_of(year))


def last_year() -> int:
    """The year from which on clocks change as in one that is `alike`."""
    return _LAST


def kind_of(year: int) -> tuple[bool, int]:
    """Whether *year* has a 29 February, and on which weekday it begins."""
    return isleap(year), weekday(year, 1, 1)


def _offsets(zone: ZoneInfo) -> Iterator[tuple[datetime, int]]:
    at, end = datetime(_FIRST, 1, 1, tzinfo=UTC), datetime(_LAST, 1, 1, tzinfo=UTC)
    before = _offset(at, zone)
    yield datetime(1, 1, 1), before  # noqa: DTZ001  local time
    while at < end:
        following = at + _STEP
        if (after := _offset(following, zone)) != before:
            change = _change(at, following, zone)
            yield change.replace(tzinfo=None) + after * _SECOND, after
            before = after
        at = following


def _change(at: datetime, following: datetime, zone: ZoneInfo) -> datetime:
    """The second, between the two times, at which the offset changes."""
    before = _offset(at, zone)
    while (seconds := (following - at) // _SECOND) > 1:
        middle = at + seconds // 2 * _SECOND
        at, following = (middle, following) if _offset(middle, zone) == before else (at, middle)
    return following


def _offset(at: datetime, zone: ZoneInfo) -> int:
    found = at.astimezone(zone).utcoffset()
    assert found is not None  # noqa: S101  a zone has one
    return round(found.total_seconds())
