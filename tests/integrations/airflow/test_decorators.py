"""`@task.contract_gate` and its typed twin, without a server."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import dq
from tests.integrations.airflow.tasks import Task

Run = Callable[..., Task]
Rows = list[dict[str, int]]
KEY = "2024-05-01T00:00:00Z--2024-05-02T00:00:00Z"


def made(function: Callable[..., Any], *args: Any, **said: Any) -> Any:
    """The operator around *function*, called with *args* in a DAG of its own."""
    from airflow.sdk import DAG

    from dq_airflow import contract_gate

    function.__name__ = "made" if function.__name__ == "<lambda>" else function.__name__
    with DAG("day", schedule=None):
        return contract_gate(**{"stage": "staged", "contract": "people", **said})(function)(*args).operator


def rows(*ages: int) -> Rows:
    """A person for every age."""
    return [{"id": number, "age": age} for number, age in enumerate(ages)]


def test_the_task_returns_good_rows_only(task: Run) -> None:
    """What it returns is enforced under the data interval; the summary is told."""

    def people() -> Rows:
        return rows(30, 141)

    ran = task(made(people))
    assert ran.run() == rows(30)
    assert (ran.xcom["dq_summary"]["key"], ran.xcom["dq_summary"]["outcome"]) == (KEY, "quarantined")
    assert dq.History().run(ran.xcom["dq_summary"]["run_id"]).origin["airflow"]["dag_id"] == "day"


def test_the_task_gets_good_rows_only(task: Run) -> None:
    """Inputs are enforced before it runs; a gate may have inputs alone."""
    seen: list[Rows] = []

    def look(people: Rows) -> int:
        seen.append(people)
        return len(people)

    assert task(made(look, rows(30, 141), contract=None, inputs={"people": "people"})).run() == 1
    assert seen == [rows(30)]


def test_a_path_comes_back_as_the_path_that_was_written(task: Run, tmp_path: Path) -> None:
    """A task may return where its rows are."""
    (tmp_path / "made.csv").write_text("id,age\n1,30\n2,141\n", "utf-8")

    def people() -> str:
        return "made.csv"

    path = task(made(people, output="good/{key}.csv", key="{{ ds }}")).run()
    assert path == str(tmp_path / "good" / "2024-05-01.csv")
    assert Path(path).read_text("utf-8").splitlines() == ["id,age", "1,30"]


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_what_xcom_cannot_hold_is_not_tried_again(task: Run, needs: Callable[[str], Any], library: str) -> None:
    """The message names the DAG, the task and the mend; who pushes nothing may return anything."""
    from dq_airflow import GateError

    library_ = needs(library)

    def people() -> Any:
        table = {"id": [1, 2], "age": [30, 141]}
        return library_.table(table) if library == "pyarrow" else library_.DataFrame(table)

    with pytest.raises(GateError, match=rf"(?s)DAG 'day', task 'people': XCom cannot hold the {library}.*return rows, or a path"):
        task(made(people)).run()
    assert task(made(people, do_xcom_push=False)).run().shape == (1, 2)


def test_the_key_is_a_template_over_jinja_and_the_arguments(task: Run) -> None:
    """`{{ }}` is Airflow's, `{ }` are the arguments of the function."""

    def people(region: str) -> Rows:
        assert region
        return rows(30)

    ran = task(made(people, "north", key="{{ ds }} {region}"))
    ran.run()
    assert ran.xcom["dq_summary"]["key"] == "2024-05-01 north"


def test_a_run_whose_name_has_braces_is_its_key(task: Run) -> None:
    """What is not a template is not taken for one."""
    ran = task(made(lambda: rows(30)), -1, "manual__{x}", interval=False)
    ran.run()
    assert "manual__{x}" in ran.xcom["dq_summary"]["key"]


def test_a_coroutine_has_a_gate(task: Run) -> None:
    """An async task is enforced as any other."""

    async def people() -> Rows:
        return rows(30, 141)

    with ThreadPoolExecutor() as threads:  # where there is no event loop yet, Airflow makes one and closes it
        assert threads.submit(task(made(people)).run).result() == rows(30)


def test_a_blocked_input_fails_for_good_and_the_function_is_not_called(task: Run) -> None:
    """Nothing goes in; the summary of the input is told."""
    from dq_airflow import StageBlocked

    def look(people: Rows) -> Rows:
        pytest.fail(f"called with {people}")

    ran = task(made(look, rows(141), inputs={"people": "people"}))
    with pytest.raises(StageBlocked, match="task 'look': stage 'staged' is blocked"):
        ran.run()
    assert (ran.xcom["dq_summary"]["outcome"], ran.xcom["dq_summary"]["key"]) == ("blocked", f"{KEY} [people]")


def test_errors_of_the_function_are_its_own(task: Run) -> None:
    """What it raises leaves as it is, and Airflow retries it as ever; nothing is told."""

    def breaks() -> Rows:
        raise OSError("the disk is full")

    ran = task(made(breaks))
    with pytest.raises(OSError, match="the disk is full"):
        ran.run()
    assert ran.xcom == {}


@pytest.mark.parametrize("value", [None, 3, {"id": 1}, object()])
def test_what_holds_no_rows_is_refused(task: Run, value: object) -> None:
    """It fails for good, and says what a task may return."""
    from dq_airflow import GateError

    with pytest.raises(GateError, match=r"DAG 'day', task '.*': "):
        task(made(lambda: value)).run()


def test_a_gate_without_a_contract_is_a_typing_mistake(airflow: object) -> None:
    """It is found when the DAG is parsed."""
    assert airflow
    with pytest.raises(ValueError, match=r"the gate has no contract; say contract='orders@\^1', or inputs={…}"):
        made(lambda: rows(30), contract=None)


def test_it_is_the_decorator_of_the_provider(airflow: object) -> None:
    """`@task.contract_gate` and `contract_gate` make the same operator."""
    assert airflow
    from airflow.sdk import DAG, task

    from dq_airflow import contract_gate

    def people() -> Rows:
        return []

    with DAG("day", schedule=None):
        one: Any = task.contract_gate(stage="staged", contract="people")(people)()
        two: Any = contract_gate(stage="staged", contract="people")(people)()
    assert type(one.operator) is type(two.operator)
    assert one.operator.custom_operator_name == "@task.contract_gate"
