"""A campaign: so many names and values over all databases, with a canary in each."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.fuzz import tables, trees
from tests.fuzz.canary import Canary
from tests.fuzz.trees import Tally

_SHARE = 5  # every fifth batch is a contract over whole tables


def run(number: int, seed: int, connections: Mapping[str, Any], servers: Mapping[str, tuple[Any, str]], folder: Path) -> Tally:
    """
    At least *number* names and values, the same for the same *seed*.

    *connections* by dialect are for trees; *servers*, each a connection and an address, for contracts.
    """
    chance, tally = random.Random(seed), Tally()  # noqa: S311  the same every time
    every = {**dict(connections), **{f"{dialect} on disk": raw for dialect, (raw, _) in servers.items() if dialect == "sqlite"}}
    canaries = {called: Canary(called.partition(" ")[0], connection) for called, connection in every.items()}
    place = 0
    while tally.tried < number and len(tally.wrong) < 20:
        place += 1
        if place % _SHARE:
            trees.batch(chance, dict(connections), tally)
        else:
            tables.batch(chance, servers, folder, tally)
        tally.wrong += [
            f"batch {place}: the canary of {called} is hurt" for called, canary in canaries.items() if not canary.alive()
        ]
    return tally


def told(tally: Tally, seconds: float) -> str:
    """What the campaign did, in a line."""
    return (
        f"{tally.tried:,} names and values, {tally.checked:,} verdicts, {tally.refused:,} refused by dq,"
        f" {tally.unkept:,} names that a database cannot have, {len(tally.wrong)} wrong, {seconds:.0f} s"
    )


def timed(number: int, seed: int, connections: Mapping[str, Any], servers: Mapping[str, tuple[Any, str]], folder: Path) -> Tally:
    """Run it, and say what happened."""
    begun = time.perf_counter()
    tally = run(number, seed, connections, servers, folder)
    print(told(tally, time.perf_counter() - begun))
    for line in tally.wrong:
        print(ascii(line)[:1000])
    return tally
