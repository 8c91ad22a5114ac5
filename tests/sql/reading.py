"""What text reads as, in plain Python that knows nothing of dq's grammars: the oracle of strict reading."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from dq.sql import Base, Kind

_NUMBER = re.compile(r"[+-]?(?:(\d{1,40})(?:\.(\d{1,40}))?|\.(\d{1,40}))(?:[eE][+-]?0*(\d{1,3}))?", re.ASCII)
_FAR = re.compile(r"[+-]?[1-9](?:\.\d{1,20})?[eE][+-]?\d{3}", re.ASCII)
_LARGEST = re.compile(r"[+-]?1\.797693134862315[78][eE]\+?308")
_CLOCK = r"\d\d:\d\d:\d\d(?:\.(\d{1,6})0*)?"


def read(text: str, kind: Kind) -> Any:
    """The value of *text*, None when it is none of *kind*. Times with a zone are in UTC."""
    text = text.strip(" \t")
    try:
        return _READERS[kind.base](text, kind)
    except (ValueError, OverflowError):
        return None


def _integer(text: str, _: Kind) -> int | None:
    if not re.fullmatch(r"[+-]?\d+", text, re.ASCII):
        return None
    value = int(text)
    return value if -(2**63) <= value < 2**63 else None


def _number(text: str, _: Kind) -> float | None:
    found = _NUMBER.fullmatch(text)
    if not found or abs(int(found[4] or 0)) <= 250:
        return float(text) if found else None
    value, far = float(text), _FAR.fullmatch(text)
    beyond = abs(value) > 1.797e308 and not _LARGEST.fullmatch(text)
    vanishing = found[4] == "324" and text.lstrip("+-")[0] in "12"
    return value if far and value and math.isfinite(value) and not beyond and not vanishing else None


def _decimal(text: str, kind: Kind) -> Decimal | None:
    if not re.fullmatch(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)", text, re.ASCII):
        return None
    value = Decimal(text)
    if abs(value) >= 10 ** (kind.precision - kind.scale) or value != round(value, kind.scale):
        return None
    return value


def _boolean(text: str, _: Kind) -> bool | None:
    return {"true": True, "false": False}.get(text.lower()) if text.isascii() else None


def _date(text: str, _: Kind) -> date | None:
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else None


def _time(text: str, _: Kind) -> time | None:
    found = re.fullmatch(_CLOCK, text, re.ASCII)
    return time.fromisoformat(text[:8]).replace(microsecond=_micros(found[1])) if found else None


def _micros(digits: str | None) -> int:
    return int((digits or "0")[:6].ljust(6, "0"))


def _stamp(text: str, _: Kind) -> datetime | None:
    if len(text) < 19 or text[10] not in " T":
        return None
    day, clock = _date(text[:10], Kind(Base.DATE)), _time(text[11:], Kind(Base.TIME))
    return datetime.combine(day, clock) if day and clock else None


def _zoned(text: str, _: Kind) -> datetime | None:
    found = re.fullmatch(r"(.{19,}?)(?:Z|([+-])(\d\d):(\d\d))", text, re.ASCII | re.DOTALL)
    plain = _stamp(found[1], Kind(Base.TIMESTAMP)) if found else None
    if not found or not plain or not 2 <= plain.year <= 9998:
        return None
    if found[2] and (int(found[3]) * 60 + int(found[4]) > 840 or int(found[4]) > 59):
        return None
    offset = f"{found[2]}{found[3]}:{found[4]}" if found[2] else "+00:00"
    return datetime.fromisoformat(plain.isoformat() + offset).astimezone(UTC)


def _uuid(text: str, _: Kind) -> UUID | None:
    return UUID(text) if re.fullmatch(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text) else None


_READERS = {
    Base.INTEGER: _integer,
    Base.NUMBER: _number,
    Base.DECIMAL: _decimal,
    Base.BOOLEAN: _boolean,
    Base.DATE: _date,
    Base.TIME: _time,
    Base.TIMESTAMP: _stamp,
    Base.TIMESTAMP_TZ: _zoned,
    Base.UUID: _uuid,
}
