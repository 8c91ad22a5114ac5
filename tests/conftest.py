"""
Rules of every test run.

`DQ_REQUIRE` is a comma list of components (a package, or a service such as postgres). A test that lacks one is skipped on a
desk, and fails where the component is required: nothing is green because it did not run.
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Callable, Generator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True)  # what is green once stays green; desks look further every day
if os.environ.get("CI"):
    settings.load_profile("ci")

REPOSITORY = Path(__file__).parent.parent
_LACKING = re.compile(r"(?:needs |could not import ')([\w.-]+)")


def _required() -> set[str]:
    return {item.strip() for item in os.environ.get("DQ_REQUIRE", "").split(",") if item.strip()}


def _complaint(longrepr: object) -> str:
    """Why this skip is not allowed here; empty when it is."""
    reason = str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)
    found = _LACKING.search(reason)
    if found and {found[1], found[1].partition(".")[0]} & _required():
        return f"{found[1]} is in DQ_REQUIRE, so this may not be skipped: {reason}"
    return ""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip for lack of a required component is a failure."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and (complaint := _complaint(report.longrepr)):
        report.outcome, report.longrepr = "failed", complaint
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A file skipped for lack of a required component is a failure."""
    report = yield
    if report.skipped and (complaint := _complaint(report.longrepr)):
        report.outcome, report.longrepr = "failed", complaint
    return report


@pytest.fixture(autouse=True)
def zones() -> None:
    """Arrow heeds the zones of Python's times in every test: importing pandera tells it not to, for the whole process."""
    os.environ.pop("PYARROW_IGNORE_TIMEZONE", None)


@pytest.fixture
def needs() -> Callable[[str], ModuleType]:
    """
    Import an optional package, else skip the test.

    A test that lacks a service says `pytest.skip("needs postgres: …")`.
    """

    def importing(name: str) -> ModuleType:
        try:
            return importlib.import_module(name)
        except ImportError as error:
            pytest.skip(f"needs {name}: {error}")

    return importing


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds pyproject.toml."""
    return REPOSITORY
