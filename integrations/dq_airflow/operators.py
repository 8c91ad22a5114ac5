"""Operators: the gate that enforces a contract at a stage, and the validation that only reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

import dq
from dq_airflow._compat import BaseOperator, BaseOperatorLink, Context
from dq_airflow.attempt import Attempt
from dq_airflow.errors import ContractViolated, GateError, StageBlocked
from dq_airflow.handed import covered, output_of, source_of
from dq_airflow.lineage import Lineage
from dq_airflow.links import ViolationReportLink
from dq_airflow.outcome import Blocking, mark_assets, reasons, skips, tell
from dq_airflow.surroundings import Surroundings, surroundings

if TYPE_CHECKING:
    from dq_airflow.outcome import OnBlocked

_CONDITIONS = ("contract", "suites", "source", "stage", "conn_id", "dq_conn_id", "where", "schema", "dataset", "references", "at")


class _OverSource(BaseOperator, Lineage):  # a mixin in front would be taken for an operator, and its defaults for ours
    """What both operators take, and how they read it."""

    template_fields_renderers = {"where": "sql", "policy": "json"}  # noqa: RUF012  as Airflow declares it
    operator_extra_links: Sequence[BaseOperatorLink] = (ViolationReportLink(),)
    ui_color = "#e8f3ec"

    contract: Any
    suites: Any
    stage: str | None
    conn_id: str | None
    dq_conn_id: str | None
    where: str | None
    schema: str | None
    dataset: str | None
    at: Any
    reports: str = ""
    summary: Mapping[str, Any] | None = None

    @property
    def source(self) -> Any:
        """What is handed in; rows out of XCom are covered, so that Airflow does not show them."""
        return self._source

    @source.setter
    def source(self, value: Any) -> None:
        self._source = covered(value)

    @property
    def references(self) -> Any:
        """Other datasets; rows among them are covered likewise."""
        return self._references

    @references.setter
    def references(self, value: Any) -> None:
        self._references = {name: covered(item) for name, item in value.items()} if isinstance(value, Mapping) else value

    def _surroundings(self, context: Mapping[str, Any]) -> Surroundings:
        folder = getattr(context.get("dag"), "folder", None)
        found = surroundings(self.dq_conn_id, executor=self.executor, beside=folder)
        self.reports = found.reports
        return found

    def _shown(self) -> dict[str, str]:
        """Where the page about the run is looked for."""
        return {"dq_conn_id": self.dq_conn_id} if self.dq_conn_id else {}

    def _words(self, attempt: Attempt, settings: dq.Settings) -> dict[str, Any]:
        """The words that `dq.enforce` and `dq.validate` share."""
        if self.source is None:
            raise GateError(f"{attempt.where}: there is no source\n  say source=…; did the task before push nothing?")
        said = {
            "source": source_of(self.source, self.conn_id),
            "contract": self.contract,
            "schema": self.schema,
            "dataset": self.dataset,
            "where": self.where,
            "references": {name: source_of(item, self.conn_id) for name, item in (self.references or {}).items()},
            "at": attempt.moment(self.at),
            "settings": settings,
            "origin": attempt.origin,
        }
        return said | ({"suites": self.suites} if self.suites else {})


@skips
class ContractGateOperator(_OverSource, Blocking):
    """
    Enforce a contract at a stage: bad rows are put safely away, good rows go on, and a blocked stage is not retried.

    It returns a small summary, also in XCom as `dq_summary`, which is there when it fails, too; XCom `output` is where the good
    rows are: ``gate.output["output"]``. The link "Violation report"
    and the tab "Contract report" show the page of its run.

    :param contract: a path, a reference such as ``flights@^1``, or a loaded contract. (templated)
    :param stage: the point of the pipeline, such as ``raw``. (templated)
    :param source: a path, a URL, an ``ObjectStoragePath``, a list of them; with ``conn_id`` a table or a query; or the
        output of a task: rows or a frame. (templated)
    :param conn_id: the Airflow connection of a database, or of an object store when the source is a URL. (templated)
    :param output: where good rows go: ``good.parquet``, ``good/{key}.csv``, a folder; or a table. (templated)
    :param output_conn_id: the connection of the database that the output is a table of. (templated)
    :param key: the part of the dataset that this is; None: the data interval with the map index, else run, task and map
        index. Enforcing a key again replaces, it never adds. (templated)
    :param at: the logical time; None: the end of the data interval. (templated)
    :param policy: a ``dq.Policy``, or its words: ``{"max_mode": "warn", "budget": "2%"}``. (templated)
    :param on_blocked: ``fail`` this task; ``skip`` it; ``short_circuit``: skip all that follows; ``branch`` to the tasks of
        ``blocked_branch``, which are skipped otherwise.
    :param blocked_branch: ids of tasks, or of task groups, directly downstream.
    :param suites: suites of other tools, beside the contract. (templated)
    :param schema: which schema object, when the contract has several. (templated)
    :param dataset: the name that results are recorded under. (templated)
    :param where: a SQL condition: only rows that pass it are the dataset. (templated)
    :param references: other datasets that relationships look into: sources by name. (templated)
    :param dq_conn_id: a connection of type ``dq``; None: the one that ``[dq_airflow] conn_id`` names. (templated)
    """

    template_fields: Sequence[str] = (*_CONDITIONS, "output_to", "output_conn_id", "key", "policy")

    def __init__(
        self,
        *,
        contract: Any,
        stage: str,
        source: Any,
        conn_id: str | None = None,
        output: Any = None,
        output_conn_id: str | None = None,
        key: str | None = None,
        at: str | datetime | None = None,
        policy: Any = None,
        on_blocked: OnBlocked = "fail",
        blocked_branch: str | list[str] | None = None,
        suites: Any = None,
        schema: str | None = None,
        dataset: str | None = None,
        where: str | None = None,
        references: Any = None,
        dq_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.contract = contract
        self.stage = stage
        self.source = source
        self.conn_id = conn_id
        self.output_to = output  # an operator's `output` is what it returns
        self.output_conn_id = output_conn_id
        self.key = key
        self.at = at
        self.policy = policy
        self.on_blocked = on_blocked
        self.blocked_branch = blocked_branch
        self.suites = suites
        self.schema = schema
        self.dataset = dataset
        self.where = where
        self.references = references
        self.dq_conn_id = dq_conn_id
        self._check_decision()

    def execute(self, context: Context) -> Mapping[str, Any]:
        """Enforce, tell Airflow, and decide whether the pipeline goes on."""
        attempt = Attempt.of(context)
        with attempt.translated():
            done = self._enforced(context, attempt)
        self.result, self.summary = done.result, {**done.summary(), **self._shown()}
        tell(context, self.summary)
        why = f"{attempt.where}: stage '{self.stage}' is {done.outcome}: {reasons(self.summary)}"
        if done.outcome == "error":
            raise GateError(f"{why}\n  a rule could not run; see the report")
        if not done.ok:
            self._stop(context, StageBlocked(f"{why}\n  {done.result.headline}", self.summary, done.result))
            return self.summary
        self.log.info("%s", done.result.headline)
        mark_assets(context, self, self.summary)
        self._go_on(context)
        return self.summary

    def _enforced(self, context: Mapping[str, Any], attempt: Attempt) -> dq.Enforcement:
        settings = self._surroundings(context).settings
        words = self._words(attempt, settings)
        output = output_of(self.output_to, self.output_conn_id)
        if output is None:
            mend = "say output=…; to look only, use ContractValidateOperator; to hand rows on, @task.contract_gate"
            raise dq.UsageError("the good rows have nowhere to go", "output", mend)
        policy = policy_of(self.policy)
        key = self.key or default_key(self, context, attempt)
        return dq.enforce(
            words.pop("source"), words.pop("contract"), stage=self.stage or "", key=key, output=output, policy=policy, **words
        )


class ContractValidateOperator(_OverSource):
    """
    Read data, change nothing in it, and say what breaks a contract; arguments as of `ContractGateOperator`.

    :param on_failed: ``fail`` this task when a rule fails, or ``continue``: the summary tells.
    """

    template_fields: Sequence[str] = _CONDITIONS

    def __init__(
        self,
        *,
        contract: Any,
        source: Any,
        stage: str | None = None,
        conn_id: str | None = None,
        at: str | datetime | None = None,
        on_failed: str = "fail",
        suites: Any = None,
        schema: str | None = None,
        dataset: str | None = None,
        where: str | None = None,
        references: Any = None,
        dq_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.contract = contract
        self.stage = stage
        self.source = source
        self.conn_id = conn_id
        self.at = at
        self.on_failed = on_failed
        self.suites = suites
        self.schema = schema
        self.dataset = dataset
        self.where = where
        self.references = references
        self.dq_conn_id = dq_conn_id
        if on_failed not in ("fail", "continue"):
            raise ValueError(f"{self.task_id}: on_failed='{on_failed}' is none of fail, continue")

    def execute(self, context: Context) -> Mapping[str, Any]:
        """Validate, record, and fail when a rule does."""
        attempt = Attempt.of(context)
        with attempt.translated():
            words = self._words(attempt, self._surroundings(context).settings)
            source, contract = words.pop("source"), words.pop("contract")
            self.result = dq.validate(source, contract, stage=self.stage, record=True, **words)
        self.summary = {**self.result.summary(), **self._shown()}
        tell(context, self.summary)
        if not self.result.ok and self.on_failed == "fail":
            raise ContractViolated(f"{attempt.where}: {self.result.headline}", self.summary, self.result)
        self.log.info("%s", self.result.headline)
        mark_assets(context, self, self.summary)
        return self.summary


def policy_of(said: Any) -> dq.Policy:
    """
    The policy that was said, by its words or whole; None: the default.

    Raises:
        UsageError: it is neither, or one of the words is none.
    """
    if said is None or isinstance(said, dq.Policy):
        return said or dq.Policy()
    try:
        return dq.Policy(**said)
    except TypeError:
        mend = "its words are: " + ", ".join(item.name for item in fields(dq.Policy))
        raise dq.UsageError(f"policy={said!r} is no policy", "policy", mend) from None


def default_key(operator: BaseOperator, context: Mapping[str, Any], attempt: Attempt) -> str:
    """The key of the attempt; without the map index when every index is a dataset of its own."""
    if not attempt.is_mapped:
        return attempt.key()
    if _is_mapped_over(context, operator.task_id, "dataset"):
        return attempt.key(index=False)
    operator.log.warning(
        "%s is mapped, and the order of what it is mapped over may change: give it key= or dataset=", attempt.where
    )
    return attempt.key()


def _is_mapped_over(context: Mapping[str, Any], task_id: str, name: str) -> bool:
    """Whether each index has a value of its own for the argument *name*."""
    declared = context["dag"].task_dict[task_id]
    partial = getattr(declared, "partial_kwargs", None)
    if partial is not None:
        names = _names(declared.expand_input)
        crossed = isinstance(declared.expand_input.value, Mapping) and len(names) > 1  # every value with every other
        return name not in partial and name in names and not crossed
    return hasattr(getattr(declared, name, None), "iter_references")  # an argument of a mapped task group


def _names(expand_input: Any) -> Sequence[str]:
    """The arguments that are mapped over; what only the run knows names none."""
    value = expand_input.value
    if isinstance(value, Mapping):
        return tuple(value)
    if isinstance(value, Sequence) and value and all(isinstance(item, Mapping) for item in value):
        return tuple(set.intersection(*(set(item) for item in value)))
    return ()
