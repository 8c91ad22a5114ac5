"""Integration tests of dbt-expectations and dbt-utils: the same verdict, and how many of their tests dq knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv

import dq
from dq.result import NotRun
from tests.peers.score import Miss, PeerSet, Score, lines

_REF = re.compile(r"ref\(\s*['\"]([^'\"]+)['\"]\s*\)")


def _table(path: Path) -> pa.Table:
    """A seed, typed as dbt types it: by what all of a column can be."""
    options = csv.ConvertOptions(strings_can_be_null=True, null_values=[""], timestamp_parsers=[csv.ISO8601, "%Y-%m-%d %H:%M"])
    return csv.read_csv(path, convert_options=options)


def _suite(case: Mapping[str, Any]) -> dict[str, Any]:
    config = {name: value for name, value in case["args"].items() if name in ("where", "severity")}
    arguments = {name: value for name, value in case["args"].items() if name not in config}
    test = {case["test"]: {"arguments": arguments, "config": config}}
    model: dict[str, Any] = {"name": case["table"]}
    if case.get("column"):
        model["columns"] = [{"name": case["column"], "data_tests": [test]}]
    else:
        model["data_tests"] = [test]
    return {"models": [model]}


def _others(folder: Path, case: Mapping[str, Any]) -> dict[str, pa.Table]:
    """The other models that a case names, found among the seeds."""
    prefix = Path(case["data"]).name.partition("_")[0]
    found = {}
    for name in _REF.findall(str(case["args"])):
        for seed in (f"{prefix}_{name}.csv", f"{prefix}_data_{name}.csv"):
            if (folder / "data" / seed).is_file():
                found[name] = _table(folder / "data" / seed)
    return found


def score(folder: Path, engine: str) -> Iterator[Score]:
    """Right verdicts among the tests that dq knows; the share of those is the coverage."""
    misses, answered, cases = [], 0, 0
    for case in (case for path in sorted(folder.glob("*/cases.jsonl")) for case in lines(path)):
        cases += 1
        try:
            suite = dq.load_suite(_suite(case))
            if suite.gaps:
                continue
            result = dq.validate(_table(folder / case["data"]), suite, references=_others(folder, case), why=False)
        except Exception as error:  # noqa: BLE001  one case must not stop the others
            answered += 1
            misses.append(Miss(case["id"], case["expected"], "error", f"{case['test']} {error}"))
            continue
        answered += 1
        unjudged = [item for item in result.checks if isinstance(item.found, NotRun) and item.message != "no values"]
        got = "error" if unjudged else "pass" if not result.failures else "fail"
        if got != case["expected"]:
            misses.append(Miss(case["id"], case["expected"], got, f"{case['test']} {[item.message for item in result.checks]}"))
    right = answered - len(misses)
    yield Score("dbt_vectors", engine, answered, answered, tuple(misses))
    yield Score("dbt_vectors", f"{engine}-coverage", cases, right)


SET = PeerSet("dbt_vectors", ("arrow",), score)
