"""A result as workflow commands of GitHub Actions: each failing check at its line of the contract."""

from __future__ import annotations

from collections.abc import Iterator

from dq.checks.model import Status
from dq.errors import Place
from dq.report import words
from dq.report.hostile import shown
from dq.result import CheckResult, Result

_MOST = 50  # GitHub shows ten of a kind a step, and fifty a job
_LEVELS = {Status.FAIL: "error", Status.ERROR: "error", Status.WARN: "warning", Status.SKIP: "warning"}


def github(result: Result) -> str:
    """
    The result as lines that GitHub Actions turns into annotations, worst first, and one line for the whole at the end.

    What has no line in a file is annotated without a place. The form is that of the toolkit of GitHub Actions: `%` and line
    ends as percent codes, in properties also `:` and `,`.
    """
    return "\n".join(_lines(result)) + "\n"


def _lines(result: Result) -> Iterator[str]:
    items = words.troubled(result)
    for item in items[:_MOST]:
        yield _command(_level(item), item.check.clause.place, item.check.id, _said(item))
    if len(items) > _MOST:
        yield _command("warning", None, result.dataset, f"{len(items) - _MOST:,} more checks did not pass")
    for gap in words.unchecked(result)[:_MOST]:
        if not gap.waived:
            yield _command("warning", gap.clause.place, gap.rule or gap.column or "not enforced", f"not enforced: {gap.reason}")
    level = "notice" if result.ok else "error"
    yield _command(level, None, f"{result.contract} {words.VERBS[result.status]}".strip(), result.headline)


def _level(item: CheckResult) -> str:
    return "notice" if words.is_observed(item) else _LEVELS[item.status]


def _said(item: CheckResult) -> str:
    why = f"; {words.standout(item, item.why[0])}" if item.why else ""
    return f"{words.finding(item)}{why}"


def _command(level: str, place: Place | None, title: str, message: str) -> str:
    said = {"title": shown(title, 200)}
    if place is not None and place.document:
        said = {"file": shown(place.document), **({"line": str(place.line)} if place.line else {}), **said}
    properties = ",".join(f"{name}={_property(text)}" for name, text in said.items())
    return f"::{level} {properties}::{_data(shown(message, 1500))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
