"""A promise at a site becomes a check: its arguments held against the check's, its mode and filter as said around it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dq.checks import DEFINITIONS, Answer, Check, Keys, Looks, Measure, Mode, Rows
from dq.checks.model import Definition, Dimension
from dq.errors import UsageError
from dq.plan.arguments import check_arguments
from dq.plan.clauses import Promise
from dq.plan.site import Site
from dq.sql import all_of, column, columns_of, condition

_SEVERITIES = {
    "info": Mode.OBSERVE,
    "warning": Mode.WARN,
    "low": Mode.WARN,
    "minor": Mode.WARN,
    "critical": Mode.BLOCK,
    "blocker": Mode.BLOCK,
}


class NestedKeys(UsageError):
    """A check that needs whole columns is written on a part of one."""


def check_of(promise: Promise, site: Site) -> Check:
    """
    The check that *promise* is at *site*.

    Raises:
        UsageError: it cannot mean anything: an unknown check, a missing or unknown argument, a condition that does not
            parse. NestedKeys: the check cannot look into a value.
    """
    if promise.check == "sql":
        if site.rule and (site.rule.extension.where or site.rule.extension.on):
            raise UsageError("a sql rule has neither `where` nor `on`", "", "write the filter into its query")
        columns = (site.root,) if site.root else ()
        answer = Answer(str(promise.arguments["query"]))
        draft = _draft(promise, site, (site.path, "sql"), Dimension.ACCURACY, "the answer of a query", columns, answer)
    else:
        draft = _registered(promise, site)
    rule = site.rule
    where = site.said("where")
    check = replace(
        draft,
        says=(rule.description or rule.name if rule else "") or draft.says,
        dimension=Dimension(rule.dimension) if rule and rule.dimension in set(Dimension) else draft.dimension,
        where=condition(where, f"{promise.clause.place}.where") if where else None,
        rule=(rule.id or rule.name) if rule else "",
        on="good" if site.said("on") == "good" else "arrived",
    )
    waived = {name for part in site.extensions for name in part.waive or ()}
    check = replace(check, waived=bool({check.id, check.rule} & waived - {""}))
    return replace(check, mode=_mode(site.said("mode"), rule.severity if rule else "", is_row=check.is_row_check))


def at_site(check: Check, site: Site) -> Check:
    """
    *check*, made of a rule of another tool, with what is said around the rule: its name, mode, filter, tags.

    Raises:
        UsageError: the filter does not parse.
    """
    rule, where = site.rule, site.said("where")
    assert rule is not None  # noqa: S101  it is made of a rule
    said = [condition(where, f"{rule.place}.where")] if where else []
    name = rule.id or rule.name
    waived = {word for part in site.extensions for word in part.waive or ()}
    mode = check.mode
    if site.said("mode") or rule.severity:
        mode = _mode(site.said("mode"), rule.severity, is_row=check.is_row_check)
    return replace(
        check,
        id=rule.id or check.id,
        says=rule.description or check.says,
        dimension=Dimension(rule.dimension) if rule.dimension in set(Dimension) else check.dimension,
        where=all_of(*said, *([check.where] if check.where is not None else [])) if said else check.where,
        rule=name or check.rule,
        tags=site.tags,
        mode=mode,
        waived=bool({check.id, name} & waived - {""}),
    )


def _registered(promise: Promise, site: Site) -> Check:
    definition = DEFINITIONS.get(promise.check)
    if definition is None:
        raise UsageError(f"unknown check '{promise.check}'", "", _did_you_mean(promise.check))
    arguments = dict(promise.arguments)
    named = tuple(arguments.pop("columns", ()))
    columns = named or ((site.root,) if site.root else ())
    if definition.takes != "table" and not columns:
        raise UsageError(f"check '{promise.check}' needs a column", "", "write it on a property, or say column: NAME")
    if site.is_nested and definition.looks is not Looks.ROWS:
        raise NestedKeys(f"{promise.check} of a nested value is not checked")
    if "keep" in definition.parameters and "keep" not in arguments:
        arguments["keep"] = site.said("keep") or "none"
    check_arguments(definition, arguments)
    shown = ", ".join(named) or site.path
    says = definition.sentence(shown, arguments)
    name = promise.name or definition.name
    subject = _subject(definition, columns, named, arguments, site)
    if isinstance(subject, Rows) and definition.takes == "table":
        columns = columns_of(subject.bad)
    draft = _draft(promise, site, (shown, name), definition.dimension, says, columns, subject)
    return replace(draft, function=definition.name, arguments=arguments)


def _draft(  # noqa: PLR0917  in the order of Check
    promise: Promise,
    site: Site,
    named: tuple[str, str],
    dimension: Dimension,
    says: str,
    columns: tuple[str, ...],
    subject: Rows | Keys | Measure | Answer,
) -> Check:
    rule_id = site.rule.id if site.rule else ""
    return Check(
        id=rule_id or ".".join(part for part in named if part),
        name=named[1],
        dimension=dimension,
        says=says,
        columns=columns,
        subject=subject,
        clause=promise.clause,
        limits=promise.limits,
        tags=site.tags,
        warning=promise.warning,
    )


def _subject(
    definition: Definition, columns: tuple[str, ...], named: tuple[str, ...], arguments: Mapping[str, Any], site: Site
) -> Rows | Keys | Measure:
    function = definition.function
    if definition.takes == "table":
        made = function(**arguments)
    elif definition.takes == "columns":
        made = function(*columns, **arguments)
    elif definition.looks is Looks.ROWS and not named:
        made = site.reach(lambda value: function(value, **arguments))
    else:
        made = function(column(columns[0]), **arguments)
    if isinstance(made, Keys):
        return made
    return Rows(made) if definition.looks is Looks.ROWS else Measure(made)


def _mode(said: str | None, severity: str, *, is_row: bool) -> Mode:
    """The mode of a rule: as said, else from ODCS `severity`. A dataset check has no rows to divert: it blocks."""
    mode = Mode(said) if said else _SEVERITIES.get(severity.strip().lower(), Mode.QUARANTINE)
    return Mode.BLOCK if mode is Mode.QUARANTINE and not is_row else mode


def _did_you_mean(name: str) -> str:
    near = difflib.get_close_matches(name, DEFINITIONS, n=1)
    hint = f"did you mean '{near[0]}'? " if near else ""
    return f"{hint}known checks: {', '.join(sorted(DEFINITIONS))}"
