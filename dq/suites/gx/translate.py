"""An entry of a suite becomes checks of dq's own, a check that runs in Great Expectations, or a gap that says why neither."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dq.checks import NONE_BAD, Check, Clause, Foreign, Gap, Keys, Limit, Mode, Op, Rows, Unit
from dq.checks.model import Dimension
from dq.errors import Fault, Place, UsageError
from dq.suites.draft import Draft, both, there
from dq.suites.gx.aggregates import NUMBERS, SETS, aggregate_drafts
from dq.suites.gx.columns import ALL_ROWS, VALUES, column_drafts
from dq.suites.gx.conditions import row_condition
from dq.suites.gx.expectation import Expectation, NoForm, OnlyItself
from dq.suites.gx.foreign import Expected, custom_class
from dq.suites.gx.parameters import resolved
from dq.suites.gx.several import SEVERAL, several_drafts
from dq.suites.gx.tables import TABLES, table_drafts
from dq.suites.gx.vocabulary import ARGUMENTS, EVERYWHERE, check_arguments, did_you_mean, type_name

TOOL = "Great Expectations"
_MODES = {"warning": Mode.WARN, "info": Mode.OBSERVE}
_PER_ROW = ("expect_column_values_to_match_json_schema", "expect_column_values_to_be_dateutil_parseable")


@dataclass(slots=True)
class Translation:
    """What became of the entries so far."""

    checks: list[Check] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def translate(
    entries: Iterable[tuple[Mapping[str, Any], Place]],
    *,
    parameters: Mapping[str, Any],
    allow_code: Sequence[str] = (),
    into: Translation | None = None,
) -> Translation:
    """
    The checks of the *entries* of a suite, each with its place; faults are collected, not raised.

    *allow_code* are the modules whose own expectations may run.
    """
    found = into or Translation()
    for entry, place in entries:
        clause = Clause(place, _text(entry))
        try:
            checks = list(_checks(entry, place, clause, parameters, allow_code))
        except UsageError as error:
            found.faults.append(Fault(place, error.what, error.mend))
        except NoForm as reason:
            found.gaps.append(Gap(clause, str(reason), rule=str(entry.get("id") or "")))
        else:
            found.checks += checks
    return found


def _text(entry: Mapping[str, Any]) -> str:
    said = {
        name: value for name, value in (entry.get("kwargs") or {}).items() if name not in EVERYWHERE or name == "row_condition"
    }
    return f"{_type(entry)} {json.dumps(said, default=str, ensure_ascii=False)}"


def _type(entry: Mapping[str, Any]) -> str:
    return type_name(str(entry.get("type") or entry.get("expectation_type") or ""))


def _checks(
    entry: Mapping[str, Any], place: Place, clause: Clause, parameters: Mapping[str, Any], allow_code: Sequence[str]
) -> Iterator[Check]:
    type_, kwargs = _type(entry), entry.get("kwargs") or {}
    if not type_ or not isinstance(kwargs, Mapping):
        raise UsageError("an entry without a type and kwargs", "", 'write {"type": "expect_…", "kwargs": {…}}')
    if type_ not in ARGUMENTS:
        yield from _custom(type_, entry, clause, allow_code)
        return
    check_arguments(type_, frozenset(kwargs))
    said = resolved(kwargs, parameters)
    given = _expectation(type_, said, entry, place)
    try:
        given = replace(given, filter=row_condition(said.get("row_condition"), said.get("condition_parser")))
        drafts = list(_drafts(given))
    except OnlyItself as reason:
        drafts = [_delegated(given, said, str(reason))]
    for draft in drafts:
        yield _check(draft, given, clause)


def _expectation(type_: str, said: Mapping[str, Any], entry: Mapping[str, Any], place: Place) -> Expectation:
    own = {name: value for name, value in said.items() if name not in EVERYWHERE and name != "mostly" and value is not None}
    mostly = said.get("mostly")
    mostly = 1 if mostly is None else mostly
    if isinstance(mostly, bool) or not isinstance(mostly, int | float) or not 0 <= mostly <= 1:
        raise UsageError(f"mostly is {mostly!r}", "", "give a share from 0 to 1: 0.95")
    notes = entry.get("description") or entry.get("notes") or ""
    severity = str(entry.get("severity") or said.get("severity") or "").lower()
    if severity not in ("", "critical", "warning", "info"):
        raise UsageError(f"unknown severity '{severity}'", "", "say critical, warning or info")
    own_words = (entry.get("meta") or {}).get("dq") or {}
    mode = own_words.get("mode")
    if mode is not None and mode not in set(Mode):
        raise UsageError(f"unknown mode '{mode}'", "", f"say one of {', '.join(Mode)}")
    return Expectation(
        type_,
        own,
        place,
        severity,
        str(own_words.get("rule") or entry.get("id") or ""),
        mostly,
        notes=notes if isinstance(notes, str) else "",
        mode=Mode(mode) if mode else None,
    )


_WAYS: tuple[tuple[Callable[[str], bool], Callable[[Expectation], Iterator[Draft]]], ...] = (
    (lambda name: name in VALUES or name in ALL_ROWS, column_drafts),
    (lambda name: name in SEVERAL, several_drafts),
    (lambda name: name in NUMBERS or name in SETS or name == "expect_column_quantile_values_to_be_between", aggregate_drafts),
    (lambda name: name in TABLES, table_drafts),
)


def _drafts(said: Expectation) -> Iterator[Draft]:
    """The native checks of an expectation. OnlyItself: it has none."""
    for knows, drafts in _WAYS:
        if knows(said.word):
            return drafts(said)
    raise OnlyItself("no native form")


def _delegated(said: Expectation, kwargs: Mapping[str, Any], why: str) -> Draft:
    """The same expectation in Great Expectations itself: bad rows where it tells them, else its verdict."""
    per_row = (said.word in _PER_ROW or said.word in VALUES) and said.filter is None and not kwargs.get("row_condition")
    columns = _columns(said)
    run = Expected(said.word, json.dumps(kwargs, default=str), per_row=per_row)
    says = said.notes or f"{' and '.join(columns) or 'the table'} {said.word.removeprefix('expect_').replace('_', ' ')}"
    everything = bool(kwargs.get("row_condition")) or not columns
    subject = Foreign(run, TOOL, per_row=per_row, columns=() if everything else columns)
    where = both(there(said.column), said.filter) if per_row else None
    limits = said.tolerance if per_row else (Limit(Op.EQ, value=True, unit=Unit.VALUE),)
    return Draft(
        said.word,
        subject,
        says,
        columns,
        limits,
        where,
        arguments=dict(said.said),
        warning="" if why == "no native form" else why,
    )


def _columns(said: Expectation) -> tuple[str, ...]:
    names = [said.said[name] for name in ("column", "column_A", "column_B") if name in said.said]
    listed = said.said.get("column_list") if said.word not in TABLES else ()
    return tuple(name for name in (*names, *(listed or ())) if isinstance(name, str))


def _custom(type_: str, entry: Mapping[str, Any], clause: Clause, allow_code: Sequence[str]) -> Iterator[Check]:
    """An expectation of somebody's own, from a module that may run."""
    module = custom_class(type_, allow_code)
    if module is None:
        raise UsageError(f"unknown expectation '{type_}'" if type_ else "an entry without a type", "", did_you_mean(type_))
    kwargs = entry.get("kwargs") or {}
    said = _expectation(type_, kwargs, entry, clause.place)
    run = Expected(type_, json.dumps(kwargs, default=str), per_row=False, module=module)
    says = said.notes or type_.removeprefix("expect_").replace("_", " ")
    limits = (Limit(Op.EQ, value=True, unit=Unit.VALUE),)
    yield _check(Draft(type_, Foreign(run, TOOL, per_row=False), says, _columns(said), limits), said, clause)


def _check(draft: Draft, said: Expectation, clause: Clause) -> Check:
    is_row = isinstance(draft.subject, Rows | Keys) or (isinstance(draft.subject, Foreign) and draft.subject.per_row)
    mode = said.mode or _MODES.get(said.severity, Mode.QUARANTINE if is_row else Mode.BLOCK)
    shown = ", ".join(draft.columns)
    name = said.word.removeprefix("expect_")
    return Check(
        id=".".join(part for part in (shown, name, draft.part.replace(".", "_")) if part),
        name=draft.name,
        dimension=Dimension(draft.dimension),
        says=said.notes or draft.says,
        columns=draft.columns,
        subject=draft.subject,
        clause=clause,
        limits=draft.limits or (NONE_BAD if is_row else ()),
        mode=mode,
        where=draft.where,
        rule=said.id or said.word,
        function=draft.function,
        arguments=draft.arguments,
        warning=draft.warning,
    )
