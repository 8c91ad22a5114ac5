"""A stored result, read again: the inverse of the JSON report, for everything that a renderer needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from json import JSONDecodeError, loads
from typing import Any

from sqlglot import exp

from dq.checks.model import (
    Answer,
    Ask,
    Check,
    Clause,
    Dimension,
    Foreign,
    Gap,
    GapKind,
    Header,
    Keys,
    Limit,
    Measure,
    Mode,
    Op,
    Rows,
    Shape,
    Status,
    Subject,
    Unit,
)
from dq.errors import Place, UsageError
from dq.result import (
    SCHEMA_VERSION,
    Bin,
    CheckResult,
    ColumnProfile,
    Counted,
    Coverage,
    Measured,
    NotRun,
    Result,
    Sample,
    Standout,
)

_VERSION = re.compile(r"(\d+)\.(\d+)")
Said = Mapping[str, Any]


def from_json(text: str, where: str = "result") -> Result:
    """
    The result that `json` wrote, without its rows and without the trees of its checks: for reports, not for another run.

    Keys that it does not know are left out, and keys of a later minor version that are not there are empty.

    Raises:
        UsageError: *text* is no result, or one of another major version of the schema; *where* names it.
    """
    try:
        said = loads(text)
    except (JSONDecodeError, RecursionError) as error:
        raise UsageError(f"this is not JSON: {error}", where, "give a file that 'dq validate --format json' wrote") from None
    if not isinstance(said, dict) or "schema_version" not in said:
        raise UsageError("this is not a result of dq", where, "give a file that 'dq validate --format json' wrote")
    _readable(str(said["schema_version"]), where)
    try:
        return _result(said)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        told = f"lacks {error}" if isinstance(error, KeyError) else f"holds what does not fit: {error}"
        raise UsageError(f"this result {told}", where, "write it again with 'dq validate --format json'") from None


def _readable(version: str, where: str) -> None:
    found, own = _VERSION.fullmatch(version), _VERSION.fullmatch(SCHEMA_VERSION)
    if found and own and found[1] == own[1]:
        return
    newer = bool(found and own and int(found[1]) > int(own[1]))
    mend = "upgrade dq-suite, or run the checks again" if newer else "run the checks again with this version of dq"
    raise UsageError(f"a result of schema version {version} cannot be read; this is {SCHEMA_VERSION}", where, mend)


def _result(said: Said) -> Result:
    return Result(
        contract=said["contract"],
        object=said.get("object", ""),
        dataset=said["dataset"],
        source=said.get("source", ""),
        engine=said.get("engine", ""),
        stage=said.get("stage", ""),
        status=Status(said["status"]),
        rows=said["rows"],
        bad_rows=said["bad_rows"],
        checks=tuple(_check(item) for item in said["checks"]),
        coverage=_coverage(said["coverage"]),
        now=datetime.fromisoformat(said["now"]),
        seconds=said.get("seconds", 0.0),
        columns=dict(said.get("columns", {})),
        notes=tuple(said.get("notes", ())),
        owners=tuple(said.get("owners", ())),
        plan=said.get("plan", ""),
        profile=tuple(_profile(item) for item in said.get("profile", ())),
    )


def _coverage(said: Said) -> Coverage:
    skipped = tuple(_gap(item, GapKind.SKIPPED) for item in said["skipped"])
    return Coverage(said["enforced"], skipped, tuple(_gap(item, GapKind.NOT_JUDGED) for item in said["not_judged"]))


def _gap(said: Said, kind: GapKind) -> Gap:
    return Gap(_clause(said), said["reason"], kind, said["waived"], said["rule"], said["column"] or "")


def _clause(said: Said) -> Clause:
    place = said["place"]
    return Clause(Place(place["document"], place["line"] or 0, place["path"]), said["clause"])


# -- checks ----------------------------------------------------------------------------------------------------------


def _check(said: Said) -> CheckResult:
    where = said.get("where")
    check = Check(
        id=said["id"],
        name=said["name"],
        dimension=Dimension(said["dimension"]),
        says=said["says"],
        columns=tuple(said["columns"]),
        subject=_subject(said),
        clause=_clause(said),
        limits=tuple(_limit(item) for item in said["limits"]),
        mode=Mode(said["mode"]),
        where=None if where is None else exp.var(where),  # printed as it was
        rule=said.get("rule", ""),
        tags=tuple(said.get("tags", ())),
        on="good" if said.get("on") == "good" else "arrived",
    )
    samples = tuple(Sample(item["row"], item["values"], item["source"], item["line"]) for item in said.get("samples", ()))
    why = tuple(Standout(**{name: item[name] for name in Standout.__slots__}) for item in said.get("why", ()))
    return CheckResult(check, Status(said["status"]), _found(said), said["message"], said.get("sql", ""), samples, why)


def _subject(said: Said) -> Subject:
    """What the check looks at, without its trees. Results of version 1.0 do not say: then by what was found."""
    empty: dict[str, Callable[[], Subject]] = {
        "rows": lambda: Rows(exp.true()),
        "keys": lambda: Keys(tuple(said["columns"]), exp.select(), reference=said.get("reference", "")),
        "measure": lambda: Measure(exp.null()),
        "answer": lambda: Answer(""),
        "shape": Shape,
        "header": lambda: Header(Ask.THERE),
        "foreign": lambda: Foreign.told(said.get("tool", ""), per_row=bool(said.get("row_check"))),
    }
    guess = "measure" if isinstance(_found(said), Measured) else "rows" if said.get("row_check") else "shape"
    return empty[said.get("looks", guess)]()


def _found(said: Said) -> Counted | Measured | NotRun:
    if said["reason"] is not None:
        return NotRun(said["reason"])
    if said["percent"] is not None:
        return Counted(said["rows"], said["bad_rows"])
    return Measured(said["value"], said["rows"])


def _limit(said: Said) -> Limit:
    value = said["value"]
    return Limit(Op(said["op"]), tuple(value) if isinstance(value, list) else value, Unit(said["unit"]))


def _profile(said: Said) -> ColumnProfile:
    return ColumnProfile(
        name=said["name"],
        type=said["type"],
        rows=said["rows"],
        nulls=said["nulls"],
        distinct=said["distinct"],
        low=said["low"],
        high=said["high"],
        mean=said["mean"],
        stddev=said["stddev"],
        quantiles=tuple(said["quantiles"]),
        lengths=None if said["lengths"] is None else (said["lengths"][0], said["lengths"][1], said["lengths"][2]),
        top=tuple((value, rows) for value, rows in said["top"]),
        patterns=tuple((shape, rows) for shape, rows in said["patterns"]),
        histogram=tuple(Bin(item["low"], item["high"], item["rows"]) for item in said["histogram"]),
    )
