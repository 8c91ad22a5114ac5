"""`@task.contract_gate`: contracts on what a TaskFlow task gets and returns; and its typed twin, `contract_gate`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.decorators.python import _PythonDecoratedOperator

import dq
from dq_airflow._compat import BaseOperatorLink, Context, task_decorator_factory
from dq_airflow.attempt import Attempt
from dq_airflow.errors import GateError, StageBlocked
from dq_airflow.lineage import Lineage
from dq_airflow.links import ViolationReportLink
from dq_airflow.operators import default_key, policy_of
from dq_airflow.outcome import Blocking, check_fits, mark_assets, reasons, skips, tell
from dq_airflow.surroundings import surroundings

if TYPE_CHECKING:
    from dq_airflow.outcome import OnBlocked

_TEMPLATED = ("contract", "stage", "key", "at", "inputs", "output_to", "policy", "schema", "dataset", "references", "dq_conn_id")


@skips
class ContractGateDecoratedOperator(_PythonDecoratedOperator, Lineage, Blocking):
    """The task around a function that has a gate; see `contract_gate`."""

    custom_operator_name = "@task.contract_gate"
    template_fields: Sequence[str] = (*_PythonDecoratedOperator.template_fields, *_TEMPLATED)
    operator_extra_links: Sequence[BaseOperatorLink] = (ViolationReportLink(),)
    ui_color = "#e8f3ec"
    reports: str = ""
    summary: Mapping[str, Any] | None = None

    def __init__(
        self,
        *,
        python_callable: Callable[..., Any],
        op_args: Collection[Any],
        op_kwargs: Mapping[str, Any],
        stage: str,
        contract: Any = None,
        key: str | None = None,
        at: str | datetime | None = None,
        inputs: Mapping[str, Any] | None = None,
        output: Any = None,
        policy: Any = None,
        schema: str | None = None,
        dataset: str | None = None,
        references: Any = None,
        on_blocked: OnBlocked = "fail",
        blocked_branch: str | list[str] | None = None,
        dq_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("show_return_value_in_logs", False)  # rows may be secret
        super().__init__(python_callable=python_callable, op_args=op_args, op_kwargs=op_kwargs, **kwargs)
        if contract is None and not inputs:
            raise ValueError(f"{self.task_id}: the gate has no contract; say contract='orders@^1', or inputs={{…}}")
        self.contract = contract
        self.stage = stage
        self.key = key
        self.at = at
        self.inputs = inputs
        self.output_to = output
        self.policy = policy
        self.schema = schema
        self.dataset = dataset
        self.references = references
        self.on_blocked = on_blocked
        self.blocked_branch = blocked_branch
        self.dq_conn_id = dq_conn_id
        self._check_decision()

    def execute(self, context: Context) -> Any:
        """Call the function inside its gate, and tell Airflow."""
        attempt = Attempt.of(context)
        done: list[dq.Enforcement] = []
        try:
            with attempt.translated():
                self.python_callable = self._gated(context, attempt, done)
                made = super().execute(context)
        except GateError as error:
            if not (done and not done[-1].ok and isinstance(error.__cause__, dq.ViolationError)):
                raise
        summary = self._tell(context, done)
        if not done[-1].ok:
            why = f"{attempt.where}: stage '{self.stage}' is {done[-1].outcome}: {reasons(summary)}"
            if done[-1].outcome == "error":
                raise GateError(f"{why}\n  a rule could not run; see the report")
            self._stop(context, StageBlocked(f"{why}\n  {done[-1].result.headline}", summary, done[-1].result))
            return None
        if self.do_xcom_push:
            check_fits(made, attempt.where)
        mark_assets(context, self, summary)
        self._go_on(context)
        return made

    def _gated(self, context: Mapping[str, Any], attempt: Attempt, done: list[dq.Enforcement]) -> Callable[..., Any]:
        """The function in its gate; every enforcement, also one that blocks, is added to *done*."""

        def enforcing(given: object, contract: Any, *, origin: Mapping[str, Any], **words: Any) -> dq.Enforcement:
            done.append(dq.enforce(given, contract, origin={**origin, **attempt.origin}, **words))
            return done[-1]

        found = surroundings(self.dq_conn_id, executor=self.executor, beside=getattr(context.get("dag"), "folder", None))
        self.reports = found.reports
        at = attempt.moment(self.at)
        gate = dq.gate(
            self.contract,
            stage=self.stage,
            key=self.key or _literal(default_key(self, context, attempt)),
            at=None if at is None else at.isoformat(),
            inputs=self.inputs,
            output=self.output_to,
            policy=policy_of(self.policy),
            schema=self.schema,
            dataset=self.dataset,
            references=self.references,
            settings=found.settings,
            enforcing=enforcing,
        )
        return gate(self.python_callable)

    def _tell(self, context: Mapping[str, Any], done: Sequence[dq.Enforcement]) -> Mapping[str, Any]:
        """The last enforcement is what the task came to; those before are of its inputs."""
        said = [item.summary() for item in done]
        conn = {"dq_conn_id": self.dq_conn_id} if self.dq_conn_id else {}
        self.summary = {**said[-1], **({"inputs": said[:-1]} if said[:-1] else {}), **conn}
        self.result = done[-1].result
        tell(context, self.summary)
        return self.summary


def _literal(text: str) -> str:
    """*text* as a template that means itself."""
    return text.replace("{", "{{").replace("}", "}}")


def contract_gate(
    python_callable: Callable[..., Any] | None = None,
    *,
    stage: str,
    contract: Any = None,
    key: str | None = None,
    at: str | datetime | None = None,
    inputs: Mapping[str, Any] | None = None,
    output: Any = None,
    policy: Any = None,
    schema: str | None = None,
    dataset: str | None = None,
    references: Any = None,
    on_blocked: OnBlocked = "fail",
    blocked_branch: str | list[str] | None = None,
    dq_conn_id: str | None = None,
    multiple_outputs: bool | None = None,
    **kwargs: Any,
) -> Any:
    """
    Make a function a task whose inputs and result are enforced: it gets good rows only, and good rows only go on.

    Rows, a frame or a path; as `@dq.gate` with Airflow's surroundings: the key is by default the data interval with the map
    index, and all of it is templated. `on_blocked` is as of `ContractGateOperator`.

    Args:
        python_callable: the function.
        contract: what the returned rows must be; None: only inputs are enforced.
        stage: the point of the pipeline.
        key: a template over the function's arguments: `"{day}"`; None: the data interval, else the run and the task.
        at: the logical time; None: the end of the data interval.
        inputs: contracts by the name of an argument; a mapping says more, as a path among the arguments needs.
        output: where good rows of a path go.
        policy: a `dq.Policy`, or its words.
        schema: which schema object of the contract.
        dataset: the name that results are recorded under.
        references: other datasets that relationships look into.
        on_blocked: `fail`, `skip`, `short_circuit` or `branch`.
        blocked_branch: ids of tasks for `branch`.
        dq_conn_id: a connection of type `dq`.
        multiple_outputs: as of `@task`.
        kwargs: as of every operator: retries, pool, …
    """
    said = {
        "stage": stage,
        "contract": contract,
        "key": key,
        "at": at,
        "inputs": inputs,
        "output": output,
        "policy": policy,
        "schema": schema,
        "dataset": dataset,
        "references": references,
        "on_blocked": on_blocked,
        "blocked_branch": blocked_branch,
        "dq_conn_id": dq_conn_id,
    }
    return task_decorator_factory(
        python_callable=python_callable,
        multiple_outputs=multiple_outputs,
        decorated_operator_class=ContractGateDecoratedOperator,
        **said,
        **kwargs,
    )
