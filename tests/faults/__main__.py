"""
The whole campaign: `python -m tests.faults [--attempts N] [--seed S] [--store sqlite|postgres|both] [--mutant NAME]`.

It ends with 1 when a law was broken; with --mutant, when none was.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from tests.faults import mutants
from tests.faults.campaign import Report, run
from tests.postgres import server


def main() -> int:
    """Run it, and say what happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Kill dq at every step; nothing may be lost.")
    parser.add_argument("--attempts", type=int, default=2400, help="processes to start, over all stores")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--mutant", choices=sorted(mutants.MUTANTS), help="sow this fault; the campaign must find it")
    parser.add_argument("--keep", type=Path, help="a folder for the remains of histories that went wrong")
    said = parser.parse_args()
    stores = ("sqlite", "postgres") if said.store == "both" else (said.store,)
    wrong = 0
    for store in stores:
        with mutants.sown(said.mutant) if said.mutant else contextlib.nullcontext():
            report = _campaign(store, said.attempts // len(stores), said)
        print(f"{store}: {report}", flush=True)
        wrong += bool(report.wrong)
    found = wrong == len(stores) if said.mutant else wrong == 0
    return 0 if found else 1


def _campaign(store: str, attempts: int, said: argparse.Namespace) -> Report:
    hunt = said.mutant is not None
    if store == "sqlite":
        return run(attempts, said.seed, hunt=hunt, keep=said.keep)
    with server() as fresh:
        return run(attempts, said.seed, fresh, hunt=hunt, keep=said.keep)


if __name__ == "__main__":
    sys.exit(main())
