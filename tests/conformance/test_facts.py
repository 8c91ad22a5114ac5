"""Every fact, for every kind of input that can carry it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dq.checks import DEFINITIONS
from tests import oracle
from tests.conformance import plain
from tests.conformance.fact import KINDS, Fact, load_facts
from tests.conformance.outcome import Outcome, runs

FACTS = load_facts()


def asked() -> Iterator[tuple[Fact, str, str]]:
    """
    Every fact and kind of input that is run, and why it is known to fail, "" when it is not.

    Kind by kind and run by run, so that whoever shares the tests out seldom makes a run twice.
    """
    for kind in KINDS:
        yield from ((fact, kind, "") for run in runs(FACTS, kind) for fact in run)
        for fact in FACTS:
            reason = fact.excepted.get(kind, "")
            if kind in fact.kinds and reason and not reason.startswith("never"):
                yield fact, kind, reason


def _parameters() -> Iterator[object]:
    for fact, kind, reason in asked():
        marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
        yield pytest.param(fact, kind, id=f"{fact.name}-{kind}", marks=marks)


def _filtered(fact: Fact) -> bool:
    return "where" in fact.said.get("dq", {}) or "on" in fact.said.get("dq", {}) or fact.expected.status == "error"


def _equal(found: Any, wanted: Any) -> bool:
    if found is None or wanted is None or isinstance(wanted, str):
        return str(found) == str(wanted)
    return math.isclose(float(found), float(wanted), rel_tol=1e-12)


@pytest.mark.parametrize(("fact", "kind"), list(_parameters()))
def test_a_fact_holds(fact: Fact, kind: str, outcome_of: Callable[[Fact, str], Outcome]) -> None:
    """A check marks the rows that its fact says, whatever kind of input they come as."""
    found = outcome_of(fact, kind)
    wanted = fact.expected
    assert found.missing == (), f"no check '{fact.id}'"
    told = {"status": found.status, "bad rows": found.bad, "message": found.message}
    assert found.status == wanted.status, told
    assert found.bad == len(wanted.bad), told
    assert wanted.diverted is None or found.diverted == wanted.diverted, told
    assert found.copies == wanted.copies
    if "value" in fact.said:
        assert _equal(found.value, wanted.value), told
    for name in ("judged", "tolerated", "mode", "dataset"):
        said = getattr(wanted, name)
        assert said is None or getattr(found, "rows" if name == "judged" else name) == said, (name, told)
    assert wanted.message is None or re.search(wanted.message, found.message), told
    assert wanted.notes is None or any(re.search(wanted.notes, note) for note in found.notes), found.notes


@pytest.mark.parametrize("fact", [fact for fact in FACTS if fact.check and not _filtered(fact)], ids=lambda fact: fact.name)
def test_the_oracle_says_what_the_facts_say(fact: Fact) -> None:
    """Plain Python, which knows nothing of dq, marks the rows that a fact says."""
    said = plain.verdict(fact)
    if "value" in fact.said:
        assert _equal(said, fact.expected.value)
    else:
        assert said == fact.expected.bad


@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_a_check_has_facts_an_example_and_a_reading_in_plain_python(name: str) -> None:
    """No check is registered without facts, one docstring sentence at least, and a few lines of oracle."""
    assert [fact for fact in FACTS if fact.check == name], f"write a block in cases/ for '{name}'"
    assert (DEFINITIONS[name].function.__doc__ or "").strip()
    assert name in oracle.CHECKS, f"say in tests/oracle.py what '{name}' means"


def test_a_gap_is_declared_once() -> None:
    """An exception names an input kind that the fact would otherwise hold for."""
    assert [fact.name for fact in FACTS if set(fact.excepted) - set(fact.kinds)] == []
