"""What Airflow is told about an outcome: XCom, asset events, and what becomes of the tasks after a blocked stage."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Literal, NoReturn, TypeVar, cast

from dq_airflow._compat import AirflowSkipException, Asset, BaseOperator, BranchMixIn
from dq_airflow.errors import GateError

SUMMARY = "dq_summary"
OUTPUT = "output"  # where good rows are: `gate.output["output"]` hands it to the next task
OnBlocked = Literal["fail", "skip", "short_circuit", "branch"]
ON_BLOCKED = ("fail", "skip", "short_circuit", "branch")


def tell(context: Mapping[str, Any], summary: Mapping[str, Any]) -> None:
    """Push the summary, there on failure too, as failed tasks keep what they pushed; and where good rows are, if anywhere."""
    context["ti"].xcom_push(key=SUMMARY, value=dict(summary))
    if summary.get("output"):
        context["ti"].xcom_push(key=OUTPUT, value=summary["output"])


def mark_assets(context: Mapping[str, Any], operator: BaseOperator, summary: Mapping[str, Any]) -> None:
    """Put what came of it on the event of every asset that the task updates."""
    for asset in operator.outlets:
        if isinstance(asset, Asset):
            context["outlet_events"][asset].extra["dq"] = dict(summary)


def check_fits(made: object, where: str) -> None:
    """
    See that XCom can hold what a task returns, by a row of it; a backend of somebody's own knows itself.

    Raises:
        GateError: it cannot. Airflow would say so later, as an error of any task's, and try again.
    """
    from airflow.sdk.bases.xcom import BaseXCom  # noqa: PLC0415  every task has it by now
    from airflow.sdk.execution_time.xcom import XCom  # noqa: PLC0415

    if XCom.serialize_value is not BaseXCom.serialize_value:
        return
    some: Any = made
    with suppress(Exception):  # what has no rows is looked at whole
        some = some[:1]
    try:
        json.dumps(XCom.serialize_value(some))
    except (TypeError, AttributeError, RecursionError, ValueError) as error:
        what = f"{type(made).__module__}.{type(made).__qualname__}"
        mend = "return rows, or a path with output=…; or say do_xcom_push=False"
        raise GateError(f"{where}: XCom cannot hold the {what} that the task returns: {error}\n  {mend}") from error


T = TypeVar("T", bound=type)


def skips(operator: T) -> T:
    """Say that an operator skips what follows, as the branches of Airflow do: else a skipped task that is cleared would run."""
    operator._can_skip_downstream = True  # type: ignore[attr-defined]  # noqa: SLF001
    operator.inherits_from_skipmixin = True  # type: ignore[attr-defined]
    return operator


class Blocking(BranchMixIn):
    """What a gate decides when its stage is blocked; the only decision taken here. It stands beside an operator."""

    task_id: str
    outlets: list[Any]
    on_blocked: str
    blocked_branch: str | list[str] | None

    def _check_decision(self) -> None:
        """Raise ValueError on a typing mistake, when the DAG is parsed."""
        if self.on_blocked not in ON_BLOCKED:
            raise ValueError(f"{self.task_id}: on_blocked='{self.on_blocked}' is none of {', '.join(ON_BLOCKED)}")
        if (self.on_blocked == "branch") != bool(self.blocked_branch):
            raise ValueError(f"{self.task_id}: say on_blocked='branch' and blocked_branch='<task id>' together")

    def _go_on(self, context: Mapping[str, Any]) -> None:
        """Of a branching gate the repair is skipped, all other tasks follow."""
        if self.on_blocked != "branch":
            return
        repair = set(self._branches())
        others = [item.task_id for item in context["task"].downstream_list if not repair & _ids(item)]
        self.skip_all_except(context["ti"], others)

    def _stop(self, context: Mapping[str, Any], failure: Exception) -> None:
        """Fail, skip, or let the tasks after it be skipped; consumers of its assets hear nothing."""
        if self.on_blocked == "fail":
            raise failure
        if self.on_blocked == "skip":
            _skip(failure)
        self.log.warning("%s", failure)
        self.outlets = []
        if self.on_blocked == "branch":
            self.do_branch(cast("Any", context), self._branches())
        elif after := [item for item in context["task"].get_flat_relatives(upstream=False) if not item.is_teardown]:
            self.skip(ti=context["ti"], tasks=after)

    def _branches(self) -> list[str]:
        said = self.blocked_branch
        return [said] if isinstance(said, str) else list(said or ())


def _ids(task: Any) -> set[str]:
    """What a branch may call a task: its id, or that of a group around it."""
    found, group = {task.task_id}, task.task_group
    while group is not None and group.group_id:
        found.add(group.group_id)
        group = group.parent_group
    return found


def _skip(failure: Exception) -> NoReturn:
    raise AirflowSkipException(str(failure)) from failure


def reasons(summary: Mapping[str, Any]) -> str:
    """Why a stage is blocked, in a line."""
    names: Iterable[str] = summary.get("blocked_by") or summary.get("failed") or ()
    return ", ".join(names)
