"""Text is read strictly, and alike on every engine: what natives take beyond that (`1e3`, `infinity`, `2024-2-3`) is null."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from dq.sql import Base, Kind, ReadAs, column, gaps, grammar, literal, pattern_problem, render
from dq.sql.dialects import DIALECTS
from tests.sql.databases import Lab, database
from tests.sql.reading import read

KINDS = [
    Kind(Base.INTEGER),
    Kind(Base.NUMBER),
    Kind(Base.DECIMAL, 10, 2),
    Kind(Base.DECIMAL, 5, 0),
    Kind(Base.DECIMAL, 3, 3),
    Kind(Base.BOOLEAN),
    Kind(Base.DATE),
    Kind(Base.TIME),
    Kind(Base.TIMESTAMP),
    Kind(Base.TIMESTAMP_TZ),
    Kind(Base.UUID),
]

# Every text that made an engine of six read something else than another, and its relatives.
HOSTILE: list[str] = json.loads(Path(__file__).with_name("hostile_texts.json").read_text("utf-8"))
_ALPHABET = [*"0123456789019 \t\n-:/.,TZz+eE_abfF{}()é\u0661\u0663\u00a0😀", "24", "  ", "00", "12", "31", "29", ".0"]


def mutated(seeds: Sequence[str], number: int, seed: int) -> list[str]:
    """Texts that nearly are what *seeds* are."""
    chance = random.Random(seed)  # noqa: S311  the same texts every time
    found = []
    for _ in range(number):
        text = list(chance.choice(seeds))
        for _ in range(chance.choice([1, 1, 2, 3])):
            place = chance.randrange(len(text) + 1)
            if chance.random() < 0.6 and place < len(text):
                text[place] = chance.choice(_ALPHABET)
            elif chance.random() < 0.5 and place < len(text):
                del text[place]
            else:
                text.insert(place, chance.choice(_ALPHABET))
        found.append("".join(text))
    return found


def told(value: Any, kind: Kind, dialect: str) -> Any:
    """A value of Python as the database returns it."""
    if value is None or dialect in ("duckdb", "postgres"):
        return value
    if dialect == "mariadb":
        if kind.base is Base.TIME:
            return timedelta(0, value.hour * 3600 + value.minute * 60 + value.second, value.microsecond)
        return str(value) if kind.base is Base.UUID else value
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f").rjust(26, "0")
    if kind.base is Base.TIME:
        return value.isoformat(timespec="microseconds")
    if kind.base is Base.DECIMAL:
        return float(value)
    return str(value) if kind.base in (Base.DATE, Base.UUID) else value


def agrees(got: Any, expected: Any) -> bool:
    """Whether two values are the same; SQLite may be one step of a float away."""
    if isinstance(expected, float) and isinstance(got, float):
        return math.isclose(got, expected, rel_tol=3e-16, abs_tol=5e-324)
    return bool(got == expected and isinstance(got, bool) >= isinstance(expected, bool) - 1)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_text_reads_as_a_plain_reader_says(lab: Lab, kind: Kind) -> None:
    """Hostile texts, and thousands that nearly are values, read as the oracle says."""
    tree = ReadAs(this=column("x"), to=kind)
    valid = [text for text in HOSTILE if read(text, kind) is not None]
    texts = HOSTILE + mutated(valid, 1500, seed=1)
    texts = [text for text in texts if "\0" not in text]
    with lab({"x": "text"}, [(text,) for text in texts]) as made:
        shown = _as_utc(tree) if kind.base is Base.TIMESTAMP_TZ else tree
        for text, got in zip(texts, made.values(shown), strict=True):
            expected = read(text, kind)
            if kind.base is Base.TIMESTAMP_TZ and expected is not None:
                expected = expected.replace(tzinfo=None)
            assert agrees(got, told(expected, kind, made.dialect)), (text, got, expected)


def _as_utc(tree: Any) -> Any:
    from sqlglot import exp

    return exp.AtTimeZone(this=tree, zone=literal("UTC"))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_grammar_is_a_portable_pattern(dialect: str, kind: Kind) -> None:
    """The guards are made of the same patterns as users' own, and every dialect has every kind, or says that it has not."""
    form = grammar(kind)
    assert form is not None
    assert pattern_problem(form) is None
    missing = gaps(ReadAs(this=column("x"), to=kind), dialect)
    expected = {
        **dict.fromkeys(("spark", "databricks", "oracle", "clickhouse", "teradata"), frozenset({Base.TIME})),
        "hive": {Base.TIME, Base.TIMESTAMP_TZ},
        "druid": {Base.TIME, Base.TIMESTAMP, Base.TIMESTAMP_TZ, Base.DECIMAL},
    }
    assert bool(missing) == (kind.base in expected.get(dialect, ())), missing


def test_a_guard_stands_before_every_cast() -> None:
    """No cast is outside a CASE, where an engine could evaluate it before the guard."""
    for dialect in DIALECTS:
        for kind in KINDS:
            tree = ReadAs(this=column("x"), to=kind)
            if not gaps(tree, dialect):
                assert render(tree, dialect).startswith("CASE "), (dialect, kind)


# -- formats ---------------------------------------------------------------------------------------------------------

FORMATS = [
    ("%Y-%m-%d", Base.DATE, ["2024-01-31", " 2024-01-31 ", "2024-1-31", "2024-02-30", "infinity", "2024-01-31x", "31.01.2024"]),
    ("%d.%m.%Y", Base.DATE, ["31.01.2024", "1.1.2024", "30.02.2024", "31/01/2024", "epoch"]),
    ("%m/%d/%Y %H:%M", Base.TIMESTAMP, ["01/31/2024 23:59", "01/31/2024 24:00", "13/01/2024 10:00", "01/31/2024"]),
    ("%Y%m%dT%H%M%S", Base.TIMESTAMP, ["20240131T235959", "20240131 235959", "20240230T000000"]),
    ("%H:%M:%S.%g", Base.TIME, ["23:59:59.123", "23:59:59", "24:00:00.000"]),
]


@pytest.mark.parametrize(("form", "base", "texts"), FORMATS, ids=[item[0] for item in FORMATS])
def test_a_format_is_read_as_strictly_as_iso(lab: Lab, form: str, base: Base, texts: list[str]) -> None:
    """A `strptime` format takes what it says with all its digits, and blanks around it; nothing else."""
    tree = ReadAs(this=column("x"), to=Kind(base), format=literal(form))
    expected: list[Any] = []
    for text in texts:
        try:
            moment = datetime.strptime(text.strip(), form.replace("%g", "%f"))  # noqa: DTZ007  without a zone, as it is
        except ValueError:
            expected.append(None)
            continue
        exact = moment.strftime(form.replace("%g", "%f")).removesuffix("000" if "%g" in form else "") == text.strip()
        value = {Base.DATE: moment.date(), Base.TIME: moment.time(), Base.TIMESTAMP: moment}[base] if exact else None
        expected.append(value)
    with lab({"x": "text"}, [(text,) for text in texts]) as made:
        assert made.values(tree) == [told(value, Kind(base), made.dialect) for value in expected]


LENIENT = [
    (
        "%-d.%-m.%Y",
        Base.DATE,
        ["31.01.2024", "1.1.2024", "3.10.0042", "30.2.2024", "29.2.2024", "1.1.24", "001.1.2024"],
    ),
    ("%Y%-m%-d", Base.DATE, ["20240131", "2024111", "2024129", "2024-1-1", "20241"]),
    ("%-m/%-d/%Y %-H:%-M", Base.TIMESTAMP, ["1/31/2024 3:9", " 12/01/2024 23:59 ", "12/01/2024 24:00", "13/1/2024 1:00"]),
    ("%-H:%-M:%-S.%f", Base.TIME, ["3:4:5.12", "23:59:59.000001", "03:04:05", "03:04:05.", "3:4:60.1"]),
    ("%Y-%m-%dT%H:%M:%S.%f", Base.TIMESTAMP, ["2024-01-31T01:02:03.5", "2024-01-31T01:02:03", "2024-02-30T01:02:03.5"]),
    ("(%Y) [%-d^%-m$", Base.DATE, ["(2024) [1^2$", "(2024) [1^2", "2024 1^2$"]),
]


@pytest.mark.parametrize(("form", "base", "texts"), LENIENT, ids=[item[0] for item in LENIENT])
def test_digits_of_varying_number_are_read_as_python_reads_them(lab: Lab, form: str, base: Base, texts: list[str]) -> None:
    """`%-d` takes one digit or two, the most that leaves enough for what follows; a day that is none is null."""
    tree = ReadAs(this=column("x"), to=Kind(base), format=literal(form))
    expected: list[Any] = []
    for text in texts:
        try:
            moment = datetime.strptime(text.strip(), form.replace("%-", "%"))  # noqa: DTZ007  without a zone, as it is
        except ValueError:
            expected.append(None)
            continue
        expected.append({Base.DATE: moment.date(), Base.TIME: moment.time(), Base.TIMESTAMP: moment}[base])
    with lab({"x": "text"}, [(text,) for text in texts]) as made:
        assert made.values(tree) == [told(value, Kind(base), made.dialect) for value in expected]


def test_formats_with_names_are_duckdbs_alone() -> None:
    """Names of months and hours of half a day are read by DuckDB; elsewhere they are a gap that names the format."""
    tree = ReadAs(this=column("x"), to=Kind(Base.TIMESTAMP), format=literal("%-d %b %Y %-I:%M %p"))
    with database(
        "duckdb",
        {"x": "text"},
        [("2 Jan 2024 1:05 pm",), ("02 JAN 2024 12:00 AM",), ("2 Foo 2024 1:05 pm",), ("2 Jan 2024 13:05 pm",)],
    ) as made:
        assert made.values(tree) == [datetime(2024, 1, 2, 13, 5), datetime(2024, 1, 2), None, None]  # noqa: DTZ001  no zone
    assert gaps(tree, "postgres") == ("ReadAs timestamp as %-d %b %Y %-I:%M %p",)


def test_an_offset_in_a_format_is_taken_off() -> None:
    """With `%z` the time is in UTC, without a zone."""
    tree = ReadAs(this=column("x"), to=Kind(Base.TIMESTAMP), format=literal("%Y-%m-%d %H:%M:%S%z"))
    with database(
        "duckdb", {"x": "text"}, [("2024-01-02 10:00:00+0100",), ("2024-01-02 10:00:00+01:00",), ("2024-01-02 10:00:00",)]
    ) as made:
        assert made.values(tree) == [datetime(2024, 1, 2, 9), datetime(2024, 1, 2, 9), None]  # noqa: DTZ001  no zone


def test_a_uuid_is_a_uuid() -> None:
    """DuckDB gives back its own type."""
    with database("duckdb", {"x": "text"}, [("550E8400-E29B-41D4-A716-446655440000",)]) as made:
        assert made.values(ReadAs(this=column("x"), to=Kind(Base.UUID))) == [UUID("550e8400-e29b-41d4-a716-446655440000")]
