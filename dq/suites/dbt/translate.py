"""One data test of dbt becomes checks of dq's own, or a gap that says why not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from dq.checks import NONE_BAD, Check, Clause, Gap, GapKind, Keys, Limit, Measure, Mode, Op, Rows, Unit
from dq.checks.model import Dimension
from dq.errors import Place, UsageError
from dq.sql import Tree, condition
from dq.suites.dbt.models import MODELS, model_drafts
from dq.suites.dbt.numbers import BETWEEN, OTHERS, number_drafts
from dq.suites.dbt.rows import ROWS, row_drafts
from dq.suites.dbt.same import SAME, same_drafts
from dq.suites.draft import Draft, both
from dq.suites.gx.expectation import Expectation, NoForm, OnlyItself

TOOL = "dbt"
_WAYS: tuple[tuple[Mapping[str, object], Callable[[Expectation], Iterator[Draft]]], ...] = (
    (ROWS, row_drafts),
    (OTHERS, number_drafts),
    (BETWEEN, number_drafts),
    (MODELS, model_drafts),
    (SAME, same_drafts),
)
KNOWN = frozenset(name for words, _ in _WAYS for name in words)
_CONFIG = ("severity", "where", "error_if", "warn_if", "tags", "enabled", "limit", "store_failures", "fail_calc", "meta")
_IF = re.compile(r"\s*(>=|<=|!=|<>|=|>|<)\s*(\d+)\s*")
# `error_if: > 10` says when it fails; a limit says when it holds.
_HOLDS = {">": Op.LE, ">=": Op.LT, "!=": Op.EQ, "<>": Op.EQ, "=": Op.NE, "<": Op.GE, "<=": Op.GT}


def translate(name: str, said: Mapping[str, Any], place: Place, column: str = "") -> Iterator[Check | Gap]:
    """
    The checks of the test *name* with the arguments and configuration *said*, on *column* when it is written on one.

    Raises:
        UsageError: an argument is missing or wrong.
    """
    config = {**{word: said[word] for word in _CONFIG if word in said}, **(said.get("config") or {})}
    given = said.get("arguments") if isinstance(said.get("arguments"), Mapping) else {}
    kwargs = {word: value for word, value in {**said, **(given or {})}.items() if word not in (*_CONFIG, *_OWN)}
    clause = Clause(place, " ".join(part for part in (name, f"on {column}" if column else "", _shown(kwargs)) if part))
    if config.get("enabled") is False:
        yield Gap(clause, "it is not enabled", GapKind.NOT_JUDGED, column=column)
        return
    if name not in KNOWN:
        near = difflib.get_close_matches(name, KNOWN, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        yield Gap(clause, f"the test '{name}' is not known{hint}", column=column)
        return
    if any(isinstance(value, str) and "{{" in value and "ref(" not in value for value in kwargs.values()):
        yield Gap(clause, "its arguments are Jinja that only dbt can read", column=column)
        return
    expectation = Expectation(name, {**({"column": column} if column else {}), **_present(kwargs)}, place)
    try:
        filters = [_filter(config.get("where"), name), _filter(kwargs.get("row_condition") if name not in MODELS else None, name)]
        drafts = list(_drafts(replace(expectation, filter=both(*filters))))
    except (NoForm, OnlyItself) as reason:
        yield Gap(clause, str(reason), column=column)
        return
    for draft in drafts:
        yield _check(draft, expectation, clause, config, str(said.get("name") or ""))


_OWN = ("config", "arguments", "name", "description", "test_name")


def _present(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kwargs.items() if value is not None}


def _shown(kwargs: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in kwargs.items())


def _filter(text: object, name: str) -> Tree | None:
    return condition(str(text), f"{name}.where") if text else None


def _drafts(said: Expectation) -> Iterator[Draft]:
    return next(drafts for words, drafts in _WAYS if said.word in words)(said)


def _check(draft: Draft, said: Expectation, clause: Clause, config: Mapping[str, Any], name: str) -> Check:
    is_row = isinstance(draft.subject, Rows | Keys)
    severity = str(config.get("severity", "error")).lower()
    if severity not in ("error", "warn"):
        raise UsageError(f"unknown severity '{severity}'", "", "say error or warn")
    mode = Mode.WARN if severity == "warn" else Mode.QUARANTINE if is_row else Mode.BLOCK
    limits = draft.limits or NONE_BAD
    if is_row and (rule := config.get("warn_if" if severity == "warn" else "error_if")):
        found = _IF.fullmatch(str(rule))
        if not found:
            raise UsageError(f"the threshold '{rule}'", "", "write it as in '> 10'")
        limits = (Limit(_HOLDS[found[1]], int(found[2]), Unit.ROWS),)
    tags = config.get("tags") or ()
    shown = ", ".join(draft.columns)
    return Check(
        id=".".join(part for part in (shown, said.word.rpartition(".")[2].removeprefix("expect_"), draft.part) if part),
        name=draft.name,
        dimension=Dimension(draft.dimension),
        says=draft.says,
        columns=draft.columns,
        subject=replace(draft.subject, needs_values=False) if isinstance(draft.subject, Measure) else draft.subject,
        clause=clause,
        limits=limits,
        mode=mode,
        where=draft.where,
        rule=name or said.word,
        tags=(tags,) if isinstance(tags, str) else tuple(map(str, tags)),
        function=draft.function,
        arguments=draft.arguments,
        warning=draft.warning,
    )
