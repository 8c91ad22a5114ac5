"""
The whole campaign: `python -m tests.faults [--attempts N] [--seed S] [--store sqlite|postgres|both]`.

It ends with 1 when a law was broken, or a named point missed. With `--mutants [NAME …]` it sows faults into the protocol,
all of them when none is named, and ends with 1 when one is not found.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.faults.campaign import Report, run
from tests.faults.mutants import MUTANTS, sown
from tests.postgres import server

ENOUGH = 200  # attempts to find a fault that was sown


def main() -> int:
    """Run it, and say what happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Kill dq at every step; nothing may be lost.")
    parser.add_argument("--attempts", type=int, default=2400, help="processes to start, over all stores")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--mutants", nargs="*", metavar="NAME", help=f"of: {', '.join(MUTANTS)}")
    parser.add_argument("--keep", type=Path, help="a folder for the remains of histories that went wrong")
    said = parser.parse_args()
    if said.mutants is not None:
        return _hunt(said.mutants or list(MUTANTS), said.seed)
    stores = ("sqlite", "postgres") if said.store == "both" else (said.store,)
    reports = [_campaign(store, said.attempts // len(stores), said) for store in stores]
    return int(any(report.wrong or report.missed for report in reports))


def _campaign(store: str, attempts: int, said: argparse.Namespace) -> Report:
    if store == "sqlite":
        report = run(attempts, said.seed, keep=said.keep)
    else:
        with server() as fresh:
            report = run(attempts, said.seed, fresh, keep=said.keep)
    print(f"{store}: {report}", flush=True)
    return report


def _hunt(names: list[str], seed: int) -> int:
    survived = 0
    for name in names:
        with sown(name):
            report = run(ENOUGH, seed, hunt=True)
        survived += not report.wrong
        found = report.wrong[0].splitlines()[-1] if report.wrong else "NOT FOUND"
        print(f"{name}: {report.attempts} attempts: {found}", flush=True)
    return int(survived > 0)


if __name__ == "__main__":
    sys.exit(main())
