"""Outcomes of facts, each run made once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance.databases import database
from tests.conformance.fact import Fact, load_facts
from tests.conformance.outcome import Outcome, ask, runs
from tests.mariadb import mariadb
from tests.postgres import postgres

__all__ = ["database", "mariadb", "postgres"]

Answer = Outcome | Exception


@pytest.fixture(scope="session")
def outcome_of(tmp_path_factory: pytest.TempPathFactory, database: Callable[[str], str]) -> Callable[[Fact, str], Outcome]:
    """What dq makes of a fact, as an input of a kind. With `DQ_FACTS_ALONE=1` no fact shares a run."""
    facts = load_facts()
    alone = bool(os.environ.get("DQ_FACTS_ALONE"))
    groups = {
        (fact.name, kind): [fact] if alone else group for kind in _kinds(facts) for group in runs(facts, kind) for fact in group
    }
    answers: dict[tuple[str, str], Answer] = {}

    def find(fact: Fact, kind: str) -> Outcome:
        key = (fact.name, kind)
        if key not in answers:
            group = groups.get(key, [fact])
            folder = tmp_path_factory.mktemp("fact")
            try:
                found: list[Answer] = list(ask(group, kind, folder, database))
            except Exception as error:  # noqa: BLE001  told by the fact's own test
                found = [_alone(item, kind, folder, database) for item in group] if len(group) > 1 else [error]
            answers.update({(item.name, kind): answer for item, answer in zip(group, found, strict=True)})
        answer = answers[key]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return find


def _alone(fact: Fact, kind: str, folder: Path, database: Callable[[str], str]) -> Answer:
    try:
        return ask([fact], kind, folder, database)[0]
    except Exception as error:  # noqa: BLE001  told by the fact's own test
        return error


def _kinds(facts: tuple[Fact, ...]) -> list[str]:
    return sorted({kind for fact in facts for kind in fact.kinds})
