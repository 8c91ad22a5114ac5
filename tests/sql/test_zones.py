"""Laws of zones: a time without a zone is the same instant everywhere, also in hours that are there twice or not at all."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlglot import exp

from dq.sql import column, in_utc, literal
from dq.sql.zones import alike, last_year, offsets
from tests.sql.databases import Connect, Lab, table
from tests.sql.test_servers import MOMENT, of_type, plain

ZONES = ("Europe/Paris", "America/New_York", "Asia/Kolkata", "Africa/Casablanca", "Europe/Dublin", "Australia/Lord_Howe")


def _moments(zone: str) -> list[datetime]:
    """Times around every change of the clocks, to the microsecond, far ones, and any."""
    chance = random.Random(zone)  # noqa: S311  the same times in every run
    near = [
        moment + step
        for moment, _ in offsets(zone)[1:]
        for step in map(timedelta, (0, 0, 0), (0, -1, -3600), (0, 999_999, 1))
        if moment.year < 2100
    ]
    any_ = [datetime(1, 1, 2) + timedelta(seconds=chance.randrange(9998 * 365 * 86400)) for _ in range(200)]  # noqa: DTZ001
    return [*near, *any_, datetime(2128, 7, 1, 12), datetime(2129, 7, 1, 12), datetime(9999, 7, 1, 12)]  # noqa: DTZ001


def _wanted(moment: datetime, zone: str) -> datetime:
    """Of an hour that is there twice the second, said in another way."""
    first, second = (moment.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC).replace(tzinfo=None) for fold in (0, 1))
    return max(second, first)


@pytest.mark.parametrize("zone", ZONES)
def test_the_list_of_offsets_says_what_the_zone_says(zone: str) -> None:
    """From a local time on clocks are so far before UTC: for every time up to the last year, and for one alike after it."""
    changes = offsets(zone)
    for moment in _moments(zone):
        at = moment if moment.year < last_year() else moment.replace(year=alike(moment.year))
        offset = next(seconds for since, seconds in reversed(changes) if since <= at)
        assert moment - timedelta(seconds=offset) == in_utc(moment, ZoneInfo(zone)) == _wanted(moment, zone), moment


def test_beyond_the_calendar_is_its_end() -> None:
    """The first night of the calendar in Paris, and the last in New York, are no error."""
    first, last = datetime.min, datetime.max  # noqa: DTZ901  local times
    assert (in_utc(first, ZoneInfo("Europe/Paris")), in_utc(last, ZoneInfo("America/New_York"))) == (first, last)


@pytest.mark.parametrize("zone", ZONES)
def test_every_server_knows_every_hour(zone: str, lab: Lab) -> None:
    """An hour that is there twice is the second, one that is left out is told by clocks that nobody changed; on every server."""
    moments = [moment for moment in _moments(zone) if 1950 < moment.year < 2024]  # of others their own lists may differ
    tree = exp.AtTimeZone(this=exp.AtTimeZone(this=column("x"), zone=literal(zone)), zone=literal("UTC"))
    with of_type(lab, MOMENT, [item.isoformat(" ") for item in moments]) as made:
        found = [plain(value) for value in made.values(tree)]
    wanted = [plain(in_utc(item, ZoneInfo(zone))) for item in moments]
    assert [pair for pair in zip(moments, found, wanted, strict=True) if pair[1] != pair[2]] == []


@pytest.mark.parametrize("zone", ZONES)
def test_the_list_is_used_as_python_uses_it(zone: str, servers: Connect) -> None:
    """MariaDB, which is told the list, has every time of the calendar as Python has it; its ends stay what they are."""
    moments = [item for item in _moments(zone) if 1 < item.year < 9999]
    tree = exp.AtTimeZone(this=exp.AtTimeZone(this=column("x"), zone=literal(zone)), zone=literal("UTC"))
    with table("mariadb", servers("mariadb"), {"x": "DATETIME(6)"}, [(item.isoformat(" "),) for item in moments]) as made:
        found = made.values(tree)
    wanted = [in_utc(item, ZoneInfo(zone)) for item in moments]
    assert [pair for pair in zip(moments, found, wanted, strict=True) if pair[1] != pair[2]] == []
