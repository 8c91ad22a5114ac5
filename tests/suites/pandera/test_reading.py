"""Schemas as people have them: YAML of every form, module:Name, objects, rules of contracts; and what is wrong with them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import dq
from dq.suites import Suite, load
from tests.suites.pandera.judging import judged

FLAT = """
schema_type: dataframe
columns:
  id:
    dtype: int64
    unique: true
    greater_than: 0
  state:
    dtype: str
    nullable: true
    isin: {allowed_values: [open, shut], raise_warning: true}
  ^n_.*:
    dtype: float64
    regex: true
    required: false
    in_range: {min_value: 0, max_value: 1, include_max: false}
strict: true
unique: [id, state]
"""
LISTED = """
schema_type: dataframe
version: 0.20.0
columns:
  id:
    title: null
    dtype: int64
    nullable: false
    checks:
    - {value: 0, options: {check_name: greater_than, raise_warning: false, ignore_na: true}}
    unique: true
    coerce: false
    required: true
    regex: false
checks: null
index: null
dtype: null
coerce: false
strict: false
"""
BY_NAME = """
columns:
  id: {dtype: int64, nullable: false, checks: {greater_than: {min_value: 0}}, unique: true}
"""


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose modules can be imported, and are forgotten afterwards."""
    pytest.importorskip("pandera")
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]


def _written(folder: Path, text: str, name: str = "schema.yaml") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


def _ids(suite: Suite) -> list[str]:
    return [check.id for check in suite.checks]


def test_yaml_is_read_without_pandera(tmp_path: Path) -> None:
    """Every key of a schema's YAML becomes checks, in its order; the same document gives the same name of its meaning."""
    suite = load(_written(tmp_path, FLAT))
    assert _ids(suite) == [
        *("present", "strict", "id.dtype", "id.type", "id.required", "id.unique", "id.greater_than"),
        *("state.dtype", "state.type", "state.isin"),
        *("^n_.*.dtype", "^n_.*.type", "^n_.*.required", "^n_.*.in_range", "^n_.*.in_range", "id, state.unique"),
    ]
    assert suite.gaps == ()
    assert suite.delegated == ()
    assert suite.sha256 == load(_written(tmp_path, FLAT, "other.yaml")).sha256
    assert [check.mode for check in suite.checks if check.id == "state.isin"] == ["warn"]


@pytest.mark.parametrize("text", [LISTED, BY_NAME])
def test_older_forms_say_the_same(text: str, tmp_path: Path) -> None:
    """Checks in a list or by name are those that keys of the column say."""
    ids = _ids(load(_written(tmp_path, text)))
    assert ids == ["present", "id.dtype", "id.type", "id.required", "id.unique", "id.greater_than"]


def test_text_files_are_read_as_declared(tmp_path: Path) -> None:
    """Values of a CSV are judged as the schema's types; what cannot be read is a bad row."""
    data = _written(tmp_path, "id,state,n_a\n1,open,0.5\nx,shut,1\n-3,ajar,0\n", "a.csv")
    result = dq.validate(data, suites=[_written(tmp_path, FLAT)], record=False)
    assert result.bad is not None
    assert [(row["__dq_row_no"], row["__dq_reasons"]) for row in result.bad] == [
        (1, "id.type; n_a.in_range#2"),
        (2, "id.greater_than; state.isin"),
    ]
    assert "id.dtype" not in [item.check.id for item in result.checks]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("columns: {a: {greater_then: 3}}\nschema_type: dataframe", 1, "no built-in check 'greater_then'"),
        ("columns:\n  a:\n    isin: {values: [1]}\n", 3, "takes no 'values'"),
        ("columns:\n  a:\n    in_range: {min_value: 1}\n", 3, "needs 'max_value'"),
        ("columns:\n  a:\n    nullable: perhaps\n", 3, "nullable is 'perhaps'"),
        ("columns:\n  a: [1]\n", 2, "not a mapping"),
        ("columns: {}\nstrict: sometimes\n", 2, "strict is 'sometimes'"),
        ("columns: {}\nschema_type: dataframe\nwhat: 1\n", 3, "unknown key 'what'"),
        ("columns: {}\nunique: 7\n", 2, "unique is 7"),
        ("schema_type: dataframe\ncolumns:\n  a: {report_duplicates: some}\n", 3, "report_duplicates is 'some'"),
    ],
)
def test_faults_of_yaml_are_placed(text: str, line: int, says: str, tmp_path: Path) -> None:
    """What has no meaning is named with its file and line."""
    path = _written(tmp_path, text)
    with pytest.raises(dq.ContractError) as caught:
        load(path)
    assert [(fault.place.document, fault.place.line) for fault in caught.value.faults] == [(str(path), line)]
    assert says in caught.value.faults[0].problem
    assert caught.value.faults[0].mend or "not a mapping" in says


CODE = """
import pandera.pandas as pa
from pandera.typing.pandas import Series

orders = pa.DataFrameSchema({"a": pa.Column(int, pa.Check.gt(0))})

class Orders(pa.DataFrameModel):
    a: Series[int] = pa.Field(gt=0)

    @pa.check("a")
    def even(cls, values):
        return values % 2 == 0

def positive(values):
    return values > 0

number = 3
"""


@pytest.mark.parametrize("name", ["orders", "Orders"])
def test_code_runs_where_it_is_allowed(name: str, code: Path) -> None:
    """A schema or model of a listed module is read."""
    _written(code, CODE, "shop_checks.py")
    settings = dq.Settings(allow_code=("shop_checks",))
    result = dq.validate(pd.DataFrame({"a": [1, 2, -4]}), suites=[f"shop_checks:{name}"], settings=settings, record=False)
    assert result.bad is not None
    reasons = {"orders": {2: "a.greater_than"}, "Orders": {0: "a.even", 2: "a.greater_than"}}[name]
    assert {row["__dq_row_no"]: row["__dq_reasons"] for row in result.bad} == reasons


@pytest.mark.parametrize(
    ("reference", "allowed", "says", "mend"),
    [
        ("shop_checks:orders", (), "may not be run", 'allow_code = ["shop_checks"]'),
        ("shop_checks.more:orders", ("shop_checks",), "may not be run", "allow_code"),
        ("shop_checks:missing", ("shop_checks",), "has no 'missing'", "orders"),
        ("shop_checks:number", ("shop_checks",), "is a builtins.int", "DataFrameSchema"),
        ("no_such_module:orders", ("no_such_module",), "there is no module", "PYTHONPATH"),
        ("shop_raises:orders", ("shop_raises",), "raises ZeroDivisionError: division by zero", "python -c 'import shop_raises'"),
        ("shop_exits:orders", ("shop_exits",), "raises SystemExit", "python -c"),
        ("shop_needs:orders", ("shop_needs",), "needs 'not_installed_at_all'", "install"),
    ],
)
def test_code_that_cannot_run_is_named(reference: str, allowed: tuple[str, ...], says: str, mend: str, code: Path) -> None:
    """A module that is not listed, not there, or raises, and a name it does not have: said, with the way out."""
    _written(code, CODE + f"\nopen({str(code / 'ran')!r}, 'w').close()\n", "shop_checks.py")
    _written(code, "1 / 0\n", "shop_raises.py")
    _written(code, "raise SystemExit(3)\n", "shop_exits.py")
    _written(code, "import not_installed_at_all\n", "shop_needs.py")
    with pytest.raises(dq.ContractError) as caught:
        load(reference, allow_code=allowed)
    (fault,) = caught.value.faults
    assert fault.place.document == reference
    assert says in fault.problem
    assert mend in fault.mend
    assert (code / "ran").exists() == ("shop_checks" in allowed and "more" not in reference)


def test_a_bad_built_in_of_an_object_is_named() -> None:
    """What is no schema is refused by its class."""
    with pytest.raises(dq.UsageError, match=r"builtins.object is no suite"):
        load(object())


CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: shop
name: shop
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - name: a
        logicalType: integer
        quality:
          - {id: on_column, type: custom, engine: pandera, implementation: IMPLEMENTATION}
"""


@pytest.mark.parametrize(
    ("said", "bad"),
    [
        ("{greater_than: 1}", {0, 2}),
        ("{check: isin, allowed_values: [1, 2]}", {2}),
        ("{isin: [1, 2], less_than: 2}", {1, 2}),
        ('"greater_than: 1"', {0, 2}),
        ("shop_checks:positive", {2}),
        ("shop_checks:orders", {2}),
        ("{columns: {a: {dtype: int64, less_than: 2}}}", {1}),
    ],
)
def test_a_contract_may_ask_pandera(said: str, bad: set[int], code: Path) -> None:
    """A rule of `engine: pandera` is a schema, the keys of a column, or Python; it has the rule's name and place."""
    _written(code, CODE, "shop_checks.py")
    path = _written(code, CONTRACT.replace("IMPLEMENTATION", said), "shop.odcs.yaml")
    settings = dq.Settings(allow_code=("shop_checks",))
    result = dq.validate(pd.DataFrame({"a": [1, 2, -4]}), path, settings=settings, record=False)
    assert result.bad is not None
    assert {row["__dq_row_no"] for row in result.bad} == bad
    failing = [item for item in result.checks if item.status == "fail"]
    assert {item.check.rule for item in failing} == {"on_column"}
    assert {item.check.clause.place.line for item in failing} == {14}


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("{greater_then: 1}", "no built-in check 'greater_then'"),
        ("{greater_than: {max_value: 1}}", "takes no 'max_value'"),
        ("shop_checks:positive", "may not be run"),
        ("just words", "says no schema"),
        ("{}", "says no check"),
    ],
)
def test_faults_of_a_rule_have_its_place(said: str, says: str, tmp_path: Path) -> None:
    """What a rule of `engine: pandera` says wrongly is a fault of the contract, on its line."""
    path = _written(tmp_path, CONTRACT.replace("IMPLEMENTATION", said), "shop.odcs.yaml")
    with pytest.raises(dq.ContractError) as caught:
        dq.validate([{"a": 1}], path, record=False)
    assert [fault.place.line for fault in caught.value.faults] == [14]
    assert says in caught.value.faults[0].problem


def test_reading_imports_no_pandera(tmp_path: Path) -> None:
    """A schema's YAML is read, and judged where its checks are native, without importing pandera."""
    import subprocess

    schema, data = _written(tmp_path, BY_NAME), _written(tmp_path, "id\n1\n-2\n", "a.csv")
    code = (
        "import sys, dq\n"
        f"result = dq.validate({str(data)!r}, suites=[{str(schema)!r}], record=False)\n"
        "print(result.bad_rows, 'pandera' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "False"]


def test_objects_and_yaml_say_the_same() -> None:
    """A schema and what `pandera.io` writes of it have the same checks."""
    library = pytest.importorskip("pandera.pandas")
    from pandera.io.pandas_io import to_yaml

    check = library.Check
    schema: Any = library.DataFrameSchema(
        {
            "a": library.Column(int, [check.in_range(0, 10), check.isin([1, 2], raise_warning=True)], unique=True),
            "^b_.*": library.Column(str, [check.str_matches("x"), check.str_length(1, 3)], regex=True, required=False),
            "c": library.Column(float, [check.gt(0), check.gt(1)], nullable=True, coerce=True),
        },
        index=library.Index(int, check.ge(0), name="i"),
        ordered=True,
        unique=["a", "c"],
    )
    import yaml

    def told(suite: Suite) -> list[tuple[Any, ...]]:
        return [(item.id, item.subject, item.limits, item.mode, item.each) for item in suite.checks]

    assert told(load(yaml.safe_load(to_yaml(schema)))) == told(load(schema))
    assert judged(pd.DataFrame({"a": [1], "b_1": ["x"], "c": [2.0]}).rename_axis("i"), schema).ok
