"""One enforcement in a run: the key that the run gives, what Prefect is told, and what a rollback undoes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture

import dq
from dq_prefect import news
from dq_prefect.rollback import undo_with
from dq_prefect.surroundings import Here


class HandedOn(Exception):
    """A function returned a state that is no success: it is the run's own, and leaves the gate as it is."""

    def __init__(self, state: State[Any]) -> None:
        super().__init__()
        self.state = state


def enforce(
    given: object, contract: Any, *, here: Here, key: str | None, origin: Mapping[str, Any] | None = None, **words: Any
) -> dq.Enforcement:
    """
    `dq.enforce` in the surroundings *here*; *words* are its arguments.

    Raises:
        HandedOn: *given* is a state that is no success. UsageError: a state or a future holds the rows. Else as `dq.enforce`.
    """
    _check(given)
    words["settings"], run = here.settings, here.run
    if run is None:
        return dq.enforce(given, contract, key=key, origin=origin, **words)
    with news.progress(here, contract, words) as told:
        done = dq.enforce(given, contract, key=key, origin={**(origin or {}), **run.origin}, progress=told, **words)
    if done.ok:
        undo_with(run, done, here.settings)
    news.enforced(here, done)
    return done


def _check(given: object) -> None:
    if isinstance(given, PrefectFuture):
        raise dq.UsageError("a future is not yet rows", "gate", "return its .result()")
    if isinstance(given, State):
        if not given.is_completed():
            raise HandedOn(given)
        raise dq.UsageError("a state holds the rows", "gate", "return the rows; named_state=True names the state")
