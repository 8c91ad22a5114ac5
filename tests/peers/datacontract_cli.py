"""Contracts with data, options and the overall result that their own tool's tests assert."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dq
from dq.contract import Severity, lint
from dq.result import CheckResult, NotRun
from tests.peers.score import Miss, PeerSet, Score, lines

_FIXTURES = "fixtures/"
_OPTIONS = {"data_contract_file", "server", "dimensions", "quality_ids", "tags", "metadata_only", "check_categories", "filter"}
_LINT_OPTIONS = {"data_contract_file", "schema_location", "all_errors"}


def score(folder: Path, engine: str) -> Iterator[Score]:
    """ODCS cases, and the number of those in the older format."""
    cases = lines(folder / "given" / "cases.jsonl")
    known = [case for case in cases if case["format"] == "ODCS"]
    answers = [(case, *_answer(case, folder)) for case in known]
    misses = [
        Miss(case["id"], case["expected"]["result"], got or "no answer", why)
        for case, got, why in answers
        if got != case["expected"]["result"]
    ]
    yield Score("datacontract_cli", engine, len(known), sum(bool(got) for _, got, _ in answers), tuple(misses))
    old = len(cases) - len(known)
    yield Score("datacontract_cli", "dcs-format", old, 0, scored=False)


def _answer(case: dict[str, Any], folder: Path) -> tuple[str, str]:
    """The overall result of a case in the set's words, and why; no result for what is not supported."""
    options = case.get("options", {})
    supported = _LINT_OPTIONS if case["action"] == "lint" else _OPTIONS
    if unknown := set(options) - supported:
        return "", f"options not supported: {', '.join(sorted(unknown))}"
    with tempfile.TemporaryDirectory() as scratch:
        contract = Path(scratch) / "contract.odcs.yaml"
        contract.write_text(case["contract_text"], "utf-8")
        if case["action"] == "lint":
            return _linted(contract, options, folder)
        return _tested(contract, options, [str(folder / name) for name in case["data"]])


def _linted(contract: Path, options: dict[str, Any], folder: Path) -> tuple[str, str]:
    location = options.get("schema_location")
    schema = folder / "data" / location.removeprefix(_FIXTURES) if location else None
    errors = [str(item) for item in lint(contract, schema=schema) if item.severity is Severity.ERROR]
    return ("failed", "; ".join(errors[:5])) if errors else ("passed", "")


def _tested(contract: Path, options: dict[str, Any], data: list[str]) -> tuple[str, str]:
    """
    Validate, and say the outcome in the words of the set.

    There a call that asks for a rule or server that is not there has failed; a filter that the data cannot answer is an error.
    """
    try:
        result = dq.validate(
            data if len(data) > 1 else data[0] if data else None,
            contract,
            server=options.get("server"),
            where=options.get("filter"),
            rules=options.get("quality_ids", ()),
            dimensions=options.get("dimensions", ()),
            tags=options.get("tags", ()),
            metadata_only=options.get("metadata_only", False),
        )
    except (dq.UsageError, dq.ContractError) as error:
        return "error" if error.where == "where" else "failed", str(error)
    except dq.DqError as error:
        return "error", str(error)
    except Exception as error:  # noqa: BLE001  a crash is a miss, not the end of the set
        return "", f"{type(error).__name__}: {error}"
    checks = [item for item in result.checks if _is_chosen(item, options.get("check_categories"))]
    ran = [item for item in checks if not isinstance(item.found, NotRun)]
    why = "; ".join(f"{item.check.id} {item.status}: {item.message}" for item in checks)
    if any(item.status == "fail" for item in checks):
        return "failed", why
    if any(item.status == "error" for item in checks):
        return "error", why
    return ("passed" if ran else "unknown"), why


def _is_chosen(item: CheckResult, categories: list[str] | None) -> bool:
    """Whether a check is of one of *categories*: what the schema declares, or a quality rule."""
    category = "quality" if ".quality[" in item.check.clause.place.path else "schema"
    return categories is None or category in categories


SET = PeerSet("datacontract_cli", ("duckdb",), score)
