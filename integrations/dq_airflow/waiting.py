"""How many dead letters are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import dq
from dq_airflow.surroundings import surroundings

_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Waited:
    """What is waited for; None filters nothing."""

    dataset: str | None = None
    stage: str | None = None
    key: str | None = None
    dq_conn_id: str | None = None


def open_rows(waited: Waited, said: Mapping[str, str] | None = None) -> int:
    """
    The open dead letters of what is waited for; *said* is as of `surroundings`.

    Raises:
        dq.DqError: the store cannot be read.
    """
    history = dq.History(surroundings(waited.dq_conn_id, said=said).settings)
    found = history.batches(dataset=waited.dataset or None, stage=waited.stage or None, key=waited.key or None, limit=_ALL)
    return sum(batch.open for batch in found)
