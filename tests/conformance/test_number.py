"""
What README.md and docs/databases.md say about agreement is what the tests run.

`DQ_WRITE_GOLDEN=1 pytest tests/conformance/test_number.py` writes it anew.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

from tests.conformance.fact import DATABASES, KINDS, load_facts
from tests.conformance.test_facts import asked

REPOSITORY = Path(__file__).parents[2]
_NAMES = {"postgres": "PostgreSQL", "mariadb": "MariaDB", "sqlite": "SQLite"}
EMBEDDED = f"DuckDB, over {len(KINDS) - len(DATABASES)} kinds of frames and files"
FACTS = load_facts()


def _engine(kind: str) -> str:
    return _NAMES.get(kind, EMBEDDED)


def _counted() -> tuple[Counter[str], Counter[str], Counter[str]]:
    """By engine: facts that must hold, facts that are known not to hold, and gaps that are declared."""
    holding = Counter(_engine(kind) for _, kind, reason in asked() if not reason)
    failing = Counter(_engine(kind) for _, kind, reason in asked() if reason)
    declared = Counter(_engine(kind) for fact in FACTS for kind in fact.kinds if fact.excepted.get(kind, "").startswith("never"))
    return holding, failing, declared


def _sentence() -> str:
    holding, failing, declared = _counted()
    others = len(FACTS) * len(KINDS) - sum(len(fact.kinds) for fact in FACTS)
    return (
        f"**{len(FACTS)} facts × {len(KINDS)} kinds of input on {len(_NAMES) + 1} engines: {holding.total():,} agreements, "
        f"{failing.total()} disagreements, {declared.total()} declared gaps, {len(_undeclared())} undeclared.** "
        f"The other {others:,} pairs are laws about other inputs, say about the fields of a CSV file."
    )


def _undeclared() -> set[tuple[str, str]]:
    """Facts that hold for a kind of input, but are neither run nor a gap."""
    run = {(fact.name, kind) for fact, kind, _ in asked()}
    left = {(fact.name, kind) for fact in FACTS for kind in fact.kinds if fact.excepted.get(kind, "").startswith("never")}
    assert not run & left
    return {(fact.name, kind) for fact in FACTS for kind in fact.kinds} - run - left


def _table() -> str:
    holding, failing, declared = _counted()
    lines = ["| engine | agreements | disagreements | declared gaps |", "| --- | ---: | ---: | ---: |"]
    lines += [f"| {name} | {holding[name]:,} | {failing[name]} | {declared[name]} |" for name in (EMBEDDED, *_NAMES.values())]
    gaps = [
        (kind, reason.partition(": ")[2], fact.law)
        for kind in DATABASES
        for fact in FACTS
        if (reason := fact.excepted.get(kind, "")).startswith("never")
    ]
    lines += ["", "| | a fact that is not asked of it | why |", "| --- | --- | --- |"]
    lines += [f"| {_NAMES[kind]} | {law} | {why} |" for kind, why, law in gaps]
    return "\n".join(lines)


def _held(document: str, name: str, text: str) -> None:
    path = REPOSITORY / document
    begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
    page = path.read_text("utf-8")
    assert page.count(begin) == page.count(end) == 1
    written = re.sub(f"{begin}.*{end}", lambda _: f"{begin}\n{text}\n{end}", page, flags=re.DOTALL)
    if os.environ.get("DQ_WRITE_GOLDEN"):
        path.write_text(written, "utf-8")
    assert written == path.read_text("utf-8")


def test_the_number_in_the_readme_is_that_of_the_tests() -> None:
    """Facts, kinds of input, agreements and declared gaps are counted where they are run."""
    _held("README.md", "facts", _sentence())


def test_the_page_lists_every_gap_of_a_database() -> None:
    """What is not asked of a database is listed, with the reason; nothing else is left out."""
    _held("docs/databases.md", "facts", _table())


def test_every_fact_is_asked_of_every_input_that_it_is_about() -> None:
    """A fact is run, once, or a declared gap; of an input that its law is not about, nobody asks it."""
    assert _undeclared() == set()
    assert set(Counter((fact.name, kind) for fact, kind, _ in asked()).values()) == {1}


def test_nothing_is_known_to_disagree() -> None:
    """A disagreement is a failing test: no fact is expected to fail on any engine."""
    assert [(fact.name, kind, reason) for fact, kind, reason in asked() if reason] == []
