"""
Scores dq on third-party cases: `python -m tests.peers [SET …] [--engine ENGINE] [--failures FILE]`.

They are read from DQ_PEER_DATA (default: `../shared/data` beside the repository). A set that is not there is skipped.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.peers import datacontract_cli, dbt_vectors, gx_cases, odcs, taxi
from tests.peers.score import PeerSet, Score, data

SETS: tuple[PeerSet, ...] = (odcs.SET, datacontract_cli.SET, taxi.SET, gx_cases.SET, dbt_vectors.SET)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line for each set and engine; 2 for a set that nobody knows."""
    parser = argparse.ArgumentParser(prog="python -m tests.peers", description="Score dq on third-party cases.")
    parser.add_argument("sets", metavar="SET", nargs="*", help=f"one of {', '.join(item.name for item in SETS)}; default all")
    parser.add_argument("--engine", help="only this engine")
    parser.add_argument("--failures", type=Path, help="write every miss to this file, as JSON lines")
    said = parser.parse_args(arguments)
    if unknown := [name for name in said.sets if name not in {item.name for item in SETS}]:
        print(f"no set '{unknown[0]}'; known sets: {', '.join(item.name for item in SETS)}", file=sys.stderr)
        return 2
    scores: list[Score] = []
    for item in SETS:
        if not said.sets or item.name in said.sets:
            scores += _scored(item, said.engine)
    if said.failures:
        misses = [{"set": one.set, "engine": one.engine, **asdict(miss)} for one in scores for miss in one.misses]
        said.failures.write_text("".join(f"{json.dumps(miss, ensure_ascii=False)}\n" for miss in misses), "utf-8")
    return 0


def _scored(item: PeerSet, engine: str | None) -> list[Score]:
    folder = data() / item.name
    if not folder.is_dir():
        print(f"skipped: {item.name}: no folder {folder}")
        return []
    found = []
    for name in item.engines:
        if engine in (None, name):
            for score in item.score(folder, name):
                print(score, flush=True)
                found.append(score)
    return found


sys.exit(main())
