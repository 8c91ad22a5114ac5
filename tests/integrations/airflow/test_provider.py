"""The shape of the provider: what Airflow reads about it, what it imports, what it shows."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PACKAGE = Path(__file__).parents[3] / "integrations" / "dq_airflow"


def _info() -> dict[str, Any]:
    from dq_airflow.provider import get_provider_info

    return get_provider_info()


def test_the_provider_info_is_valid(airflow: Any) -> None:
    """Airflow's own schema says so; and it is JSON."""
    import jsonschema

    schema = json.loads((Path(airflow.__file__).parent / "provider_info.schema.json").read_text("utf-8"))
    jsonschema.validate(json.loads(json.dumps(_info())), schema)


def test_airflow_finds_the_provider(airflow: object) -> None:
    """By its entry point, under the name of the distribution; connection type, link, decorator and settings with it."""
    assert airflow
    from airflow.providers_manager import ProvidersManager

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of these have moved; what moved knows no more
        manager: Any = ProvidersManager()
        assert "dq-suite" in manager.providers
        assert manager.hooks["dq"].hook_name == "dq"
        assert "contract_gate" in dict(manager.taskflow_decorators)
        assert "dq_airflow.links.ViolationReportLink" in manager.extra_links_class_names
        assert "dq_airflow" in dict(manager.provider_configs)["dq-suite"]


def _named() -> Iterator[str]:
    info = _info()
    for group in ("operators", "sensors", "hooks", "triggers"):
        for item in info[group]:
            yield from item["python-modules"]
    yield from (item["class-name"] for item in info["task-decorators"])
    yield from info["extra-links"]
    yield from (item["hook-class-name"] for item in info["connection-types"])


@pytest.mark.parametrize("name", sorted(_named()))
def test_what_it_names_is_there(airflow: object, name: str) -> None:
    """Every module and class of the provider info can be imported."""
    assert airflow
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        home, _, last = name.rpartition(".")
        assert hasattr(importlib.import_module(home), last)


def test_names_that_airflow_claims_are_not_used() -> None:
    """A provider of Airflow's own has these."""
    text = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    assert "DQCheckOperator" not in text
    assert "dq_check" not in text
    assert "dq" not in _info()["config"]


def test_the_provider_and_the_plugin_are_light() -> None:
    """Every process of Airflow loads both: neither imports the engine, the store, FastAPI nor a dataframe library."""
    code = (
        "import sys, dq_airflow.provider; dq_airflow.provider.get_provider_info(); assert 'airflow' not in sys.modules\n"
        "import airflow.plugins_manager; before = set(sys.modules)\n"
        "import dq_airflow.plugin\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False)
    if "No module named 'airflow" in done.stderr:
        pytest.skip("needs airflow: pip install 'dq-suite[airflow]'")
    assert done.returncode == 0, done.stderr
    assert not {"duckdb", "pyarrow", "pandas", "fastapi", "alembic", "sqlglot"} & set(done.stdout.splitlines()[-1].split())


def test_compatibility_is_in_one_file() -> None:
    """No other file asks which Airflow it is, or tries one import and then another."""
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text("utf-8")
        assert "airflow.__version__" not in text
        if path.name not in ("_compat.py", "lineage.py"):  # lineage: an optional provider
            assert "except ImportError" not in text, path
