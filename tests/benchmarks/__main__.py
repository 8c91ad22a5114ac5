"""
dq beside its peers: the orders workload, every tool in a process of its own, reading included.

    python -m tests.benchmarks [--rows N] [--only peers,memory,checks,start] [--repeat N] [--memory-limit 256MB] [--strict]

Times are the fastest of the repeats; memory is the peak of the whole process. Each figure stands beside its bound.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.benchmarks import many, tables
from tests.benchmarks.measure import Run, best, fastest, run
from tests.postgres import server

HERE = Path(__file__).parent
FOLDER = Path(".bench")
PEER_PYTHON = str(FOLDER / "venv" / "bin" / "python")
PEERS = ("dataframely", "pandera", "pointblank", "great_expectations")
IN_TABLES = "great_expectations_table"
OTHERS = (*PEERS, "gx_suite", IN_TABLES)  # run in the Python that has them
TIMED_IMPORT = "import time; t = time.perf_counter(); import dq; print('{\"seconds\":', time.perf_counter() - t, '}')"
SLOW = ("great_expectations", "gx_suite", IN_TABLES)  # measured once: it takes longer than all the others together
PARTS = ("peers", "memory", "checks", "start", "quarantine", "tables", "suites")


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure, what it may be at most, and what is hoped for."""

    what: str
    figure: float
    at_most: float
    unit: str = "×"

    def __str__(self) -> str:
        verdict = "reached" if self.figure <= self.at_most else "MISSED"
        return f"{self.what:<66} {self.figure:>9.3f} {self.unit:<2} at most {self.at_most:>7.3g}  {verdict}"


class Bench:
    """The measurements of one call of the program, and the bounds that they meet or miss."""

    def __init__(self, rows: int, repeat: int, memory_limit: str) -> None:
        self.rows, self.repeat, self.memory_limit = rows, repeat, memory_limit
        self.bounds: list[Bound] = []
        self.runs: dict[str, Run] = {}

    def orders(self, rows: int) -> str:
        """The file of *rows* orders, written now if it is not there. In its own process, so that this one stays small."""
        path = str(FOLDER / f"orders-{rows}.parquet")
        done = fastest(1, (sys.executable, "-m", "tests.benchmarks.orders", str(rows), path))
        if done.exit_code:
            sys.exit(f"the orders were not written: {done.complaint}")
        return path

    def take(self, name: str, runner: str, *arguments: str, repeat: int = 0) -> Run:
        """The fastest of some runs of a runner; a runner that fails ends the benchmark."""
        return self.together({name: (runner, *arguments)}, repeat=repeat)[name]

    def together(self, runners: Mapping[str, Sequence[str]], *, repeat: int = 0) -> dict[str, Run]:
        """The fastest runs of several runners, in turns, so that a busy minute of the machine is nobody's alone."""
        taken: dict[str, list[Run]] = {name: [] for name in runners}
        for turn in range(repeat or self.repeat):
            for name, (runner, *arguments) in runners.items():
                if turn and runner in SLOW:
                    continue
                python = PEER_PYTHON if runner in OTHERS else sys.executable
                done = run((python, "-m", f"tests.benchmarks.runners.{runner}", *arguments), GX_ANALYTICS_ENABLED="false")
                if done.exit_code or not done.told:
                    sys.exit(f"{runner} failed with {done.exit_code}: {done.complaint}")
                taken[name].append(done)
        found = {name: best(runs) for name, runs in taken.items()}
        for name, done in found.items():
            print(f"  {name:<24} {done.wall:>8.2f} s {done.cpu:>8.2f} s {done.peak:>8.0f} MB {_count(done):>12}", flush=True)
        self.runs |= found
        return found

    def bound(self, what: str, figure: float, at_most: float, unit: str = "×") -> None:
        """Note a figure beside its bound."""
        self.bounds.append(Bound(what, figure, at_most, unit))

    # -- the parts ----------------------------------------------------------------------------------------------------

    def peers(self) -> None:
        """Time and memory of every tool over the same file, and whether they found the same."""
        path = self.orders(self.rows)
        truth = fastest(1, (sys.executable, "-m", "tests.benchmarks.runners.referee", path)).told
        print(f"\n{self.rows:,} orders, 13 row checks and one unique key\n")
        print(f"  {'':<24} {'wall':>10} {'processor':>10} {'peak':>11} {'bad rows':>12}")
        ours = {"decode 11 columns": ("decode", path), "dq": ("dq", path, "", self.memory_limit)}
        found = self.together({**ours, **{name: (name, path) for name in PEERS}})
        decode, dq, others = found["decode 11 columns"], found["dq"], {name: found[name] for name in PEERS}
        for name, done in {"dq": dq, **others}.items():
            _agree(name, done, truth)
        peer = min(others, key=lambda name: others[name].wall)
        self.bound(f"time: dq / {peer}, the fastest peer", dq.wall / others[peer].wall, 0.6)
        self.bound("time: dq / Great Expectations", dq.wall / others["great_expectations"].wall, 0.08)
        self.bound("time: dq / DuckDB decoding the same columns (hoped for: 2.5)", dq.work / decode.work, 4)
        for name in ("decode 11 columns", peer, "great_expectations"):
            print(f"  processor time: dq / {name.replace('_', ' ')}: {dq.cpu / found[name].cpu:.2f}")

    def memory(self) -> None:
        """Peak memory at the size asked for, and at five times that."""
        one, five = self.orders(self.rows), self.orders(5 * self.rows)
        print(f"\nmemory, with memory_limit {self.memory_limit}\n")
        small = self.take(f"dq, {self.rows:,}", "dq", one, "", self.memory_limit)
        large = self.take(f"dq, {5 * self.rows:,}", "dq", five, "", self.memory_limit, repeat=1)
        self.bound(f"memory: peak at {self.rows:,} rows", small.peak, 512, "MB")
        self.bound(f"memory: peak at {5 * self.rows:,} rows / at {self.rows:,}", large.peak / small.peak, 1.15)

    def checks(self) -> None:
        """Two hundred checks beside twenty."""
        path = self.orders(self.rows)
        print("\nmany checks\n")
        few = self.take("dq, 20 checks", "dq", path, str(many.write(20, FOLDER)), self.memory_limit)
        lots = self.take("dq, 200 checks", "dq", path, str(many.write(200, FOLDER)), self.memory_limit)
        self.bound("checks: 200 / 20", lots.wall / few.wall, 4)

    def quarantine(self) -> None:
        """What it costs to put bad rows away, and to write the good ones."""
        path, place, wide = self.orders(self.rows), FOLDER / "enforced", FOLDER / "wide-1000000.parquet"
        print("\nquarantine\n")
        fastest(1, (sys.executable, "-m", "tests.benchmarks.wide", "1000000", str(wide)))
        rules, copied = str(HERE / "orders.odcs.yaml"), str(FOLDER / "copied.parquet")
        found = self.together(
            {
                "DuckDB copies the orders": ("copy", path, copied),
                "the same, in Parquet v2": ("copy", path, copied, "PARQUET_VERSION v2"),
                "dq enforces the orders": ("enforce", path, rules, str(place), "1GB"),
                "dq diverts 1,000,000 rows": ("enforce", str(wide), str(FOLDER / "wide.odcs.yaml"), str(place / "wide"), "1GB"),
            }
        )
        copy, second, orders, diverted = found.values()
        payload = sum(item.stat().st_size for item in (place / "wide" / "dead").rglob("*.parquet"))
        for name, other in {"DuckDB copies": copy, "the same, in Parquet v2": second}.items():
            times, efforts = orders.work / other.work, orders.effort / other.effort
            print(f"  after imports: dq enforces / {name}: {times:.2f} × the time, {efforts:.2f} × the processor time")
        self.bound("quarantine: enforce with good rows to Parquet / DuckDB copying the file", orders.work / copy.work, 1.4)
        self.bound("quarantine: seconds for 1,000,000 × 20 bad rows (500,000 rows/s)", diverted.work, 2, "s")
        self.bound("quarantine: payload / the same rows as plain zstd Parquet", payload / wide.stat().st_size, 1.3)

    def tables(self) -> None:
        """A table of PostgreSQL of half as many rows: dq, the same numbers written by hand, Great Expectations."""
        rows = self.rows // 2
        path, rules = self.orders(rows), str(tables.contract(FOLDER))
        print(f"\n{rows:,} orders in PostgreSQL, 20 checks\n")
        with server() as fresh:
            url = fresh()
            if (loaded := run((sys.executable, "-m", "tests.benchmarks.tables", path, url))).exit_code:
                sys.exit(f"the orders were not loaded: {loaded.complaint}")
            found = self.together(
                {"by hand": ("by_hand", url), "dq, in the table": ("table", url, rules), "GX, in the table": (IN_TABLES, url)}
            )
            bad = self.take(f"dq, {rows:,} bad rows", "table", url, str(tables.all_bad(FOLDER)), repeat=1)
        hand, ours, theirs = found.values()
        wanted = {name: count for name, count in hand.told["bad"].items() if count}
        told = {name.replace(".", "_"): count for name, count in ours.told["bad"].items() if count}
        if told != wanted:
            sys.exit(f"dq counts {told}, by hand they are {wanted}")
        self.bound("tables: dq / the same aggregates written by hand", ours.work / hand.work, 1.5)
        self.bound(f"tables: peak with {rows:,} bad rows streamed out", bad.peak, 200, "MB")
        print(f"  dq / Great Expectations, which runs 14 of the checks and fetches no bad rows: {ours.work / theirs.work:.2f}")

    def suites(self) -> None:
        """One suite as Great Expectations saves it, run by it over pandas and by dq, and whether they found the same."""
        path = self.orders(self.rows)
        print("\na suite of Great Expectations\n")
        found = self.together({"dq, the suite": ("dq_suite", path), "Great Expectations": ("gx_suite", path)})
        ours, theirs = found.values()
        if ours.told["bad"] != theirs.told["bad"]:
            sys.exit(f"dq counts {ours.told['bad']}, Great Expectations {theirs.told['bad']}")
        self.bound("suites: dq / Great Expectations", ours.wall / theirs.wall, 0.1)

    def start(self) -> None:
        """What everybody waits for: the import, and a small file from the command line."""
        print("\nsmall things\n")
        imported = fastest(5, (sys.executable, "-c", TIMED_IMPORT))
        self.bound("start: import dq", imported.work, 0.3, "s")
        path = FOLDER / "orders-1000.csv"
        if not path.exists():
            self._csv(path)
        command = (str(Path(sys.executable).with_name("dq")), "validate", str(path), "--contract", str(HERE / "orders.odcs.yaml"))
        validated = fastest(5, command)
        if validated.exit_code != 1:
            sys.exit(f"dq validate ended with {validated.exit_code}: {validated.complaint}")
        self.bound("start: dq validate of 1,000 rows of CSV", validated.wall, 1, "s")

    def _csv(self, path: Path) -> None:
        write = f"import duckdb; duckdb.sql(\"COPY (FROM '{self.orders(1000)}') TO '{path}' (FORMAT csv, HEADER)\")"
        fastest(1, (sys.executable, "-c", write))


def _count(done: Run) -> str:
    rows = done.told.get("bad_rows")
    return f"{rows:,}" if rows is not None else "not told"


def _table(runs: Mapping[str, Run]) -> str:
    """The tools side by side, as Markdown."""
    lines = ["| | seconds | processor seconds | peak memory | against dq |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, done in runs.items():
        if name in ("dq", *PEERS):
            times = f"{done.wall / runs['dq'].wall:.1f} ×"
            lines.append(f"| {name.replace('_', ' ')} | {done.wall:.1f} | {done.cpu:.1f} | {done.peak:,.0f} MB | {times} |")
    return "\n".join(lines) + "\n"


def _agree(name: str, done: Run, truth: dict[str, object]) -> None:
    """
    Say where a tool counts otherwise than the referee.

    Tools over Polars count null keys as equal to each other, which the SQL standard, ODCS and dq do not.
    """
    expected = truth["bad"]
    assert isinstance(expected, dict)
    nulls = {"order_id.unique": expected["order_id.unique"] + expected["order_id.required"]}
    for rule, count in expected.items():
        found = done.told["bad"].get(rule, 0)
        if found == nulls.get(rule, -1):
            print(f"  {name} counts {found:,} for {rule}: null keys equal each other there")
        elif found != count:
            print(f"  {name} counts {found:,} for {rule}, the referee {count:,}")
    if name == "dq" and done.told["bad_rows"] != truth["bad_rows"]:
        sys.exit(f"dq found {done.told['bad_rows']:,} bad rows, the referee {truth['bad_rows']:,}")


def main() -> None:
    """Measure what is asked for, print it, and keep it in .bench/: result.json, and table.md for the README."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[1] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--only", default=",".join(PARTS), help=f"a comma list of {', '.join(PARTS)}")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--memory-limit", default="256MB", help="the embedded engine's limit")
    parser.add_argument("--strict", action="store_true", help="end with 1 when a bound is missed")
    asked = parser.parse_args()
    parts = asked.only.split(",")
    if unknown := sorted(set(parts) - set(PARTS)):
        parser.error(f"no part '{unknown[0]}'; parts: {', '.join(PARTS)}")
    FOLDER.mkdir(exist_ok=True)
    bench = Bench(asked.rows, asked.repeat, asked.memory_limit)
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    print(f"Python {platform.python_version()} on {platform.machine()}, {cores} cores, fastest of {asked.repeat}")
    if load > cores / 2:
        print(f"The machine is busy (load {load:.1f}): wall times, and the bounds on them, mean little now.")
    for part in parts:
        getattr(bench, part)()
    print("\n" + "\n".join(str(bound) for bound in bench.bounds))
    if asked.rows != parser.get_default("rows"):
        print(f"\nThe bounds are meant for {parser.get_default('rows'):,} rows; at {asked.rows:,} they are only a hint.")
    kept = {
        "rows": asked.rows,
        "bounds": [asdict(item) for item in bench.bounds],
        "runs": {k: asdict(v) for k, v in bench.runs.items()},
    }
    (FOLDER / "result.json").write_text(json.dumps(kept, indent=1), "utf-8")
    (FOLDER / "table.md").write_text(_table(bench.runs), "utf-8")
    if asked.strict and any(item.figure > item.at_most for item in bench.bounds):
        sys.exit(1)


if __name__ == "__main__":
    main()
