"""
A tour over real data: the flights out of New York City in 2013. Run it with `make demo`.

Two tables of the year are looked at; then three weeks of February go through a pipeline, day by day: once, again, and two days
once more with corrected files. It ends with 0 when everything came out as it is known to come out.

    python docs/demo/run.py [FOLDER [FIRST LAST]]        .demo, from 2013-02-04 to 2013-02-24, when not said
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import feed
import pipeline

import dq

REPOSITORY = Path(__file__).parents[2]
ARCHIVE, INBOX = Path("inbox/flights.csv.zip"), Path("inbox")
CORRECTED = (date(2013, 2, 13), date(2013, 2, 16))


def main(folder: Path, days: list[date]) -> None:
    """Tell the whole story in *folder*, which is emptied first."""
    start = Path.cwd()
    lay_out(folder)
    os.chdir(folder)
    surprises = look()
    walk(days)
    surprises += again(days)
    correct([day for day in CORRECTED if day in days])
    surprises += balance()
    close(start, folder)
    if surprises:
        sys.exit(f"not as it should be: {'; '.join(surprises)}")


def lay_out(folder: Path) -> None:
    """A folder as a project has it: what arrives in inbox/, and the settings."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / INBOX).mkdir(parents=True)
    (folder / "report").mkdir()
    feed.lay_out(folder / INBOX)
    feed.send(folder / ARCHIVE, folder / INBOX)
    (folder / "dq.toml").write_text(f'contracts = "{os.path.relpath(REPOSITORY / "contracts", folder)}"\n', "utf-8")


# -- look ------------------------------------------------------------------------------------------------------------


def look() -> list[str]:
    """Check two tables of the year, and write a page about each."""
    heading("1. Look", "A year of weather and a year of flights, beside what their contracts promise. Nothing is changed.")
    others = [part for name in pipeline.REFERENCES for part in ("--with", f"{name}=inbox/{name}.csv")]
    surprises = []
    for file, more, blocks in (("weather.csv", [], 2), ("flights.csv.zip", others, 4)):
        table = file.partition(".")[0]
        page = Path("report", f"{table}.html")
        if command("validate", str(INBOX / file), "--contract", table, *more, "--out", str(page), blocks=blocks) != 1:
            surprises.append(f"validate {table}")
        print(f"\nAll of it, to open in a browser:\n{page.resolve().as_uri()}")
    return surprises


def command(*words: str, blocks: int = sys.maxsize) -> int:
    """Show and run `dq …`; its exit code. Of what it prints the first *blocks*."""
    print(f"\n$ dq {' '.join(words)}\n", flush=True)
    width = str(shutil.get_terminal_size((100, 24)).columns)
    colour = {"FORCE_COLOR": "1"} if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else {}
    program = Path(sys.executable).with_name("dq")
    environment = {**os.environ, "COLUMNS": width, "PYTHONIOENCODING": "utf-8", **colour}
    done = subprocess.run([program, *words], check=False, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment)
    printed = done.stdout.rstrip("\n").split("\n\n")
    print("\n\n".join(printed[:blocks]))
    if left := printed[blocks:]:
        print(f"\n… and {sum(block.count(chr(10)) + 2 for block in left)} lines more")
    return done.returncode


# -- enforce ---------------------------------------------------------------------------------------------------------


def walk(days: list[date]) -> None:
    """Run *days* for the first time."""
    heading(
        "2. Enforce",
        "Three weeks of February, day by day, raw -> staged -> mart. Good rows go on; bad rows are put",
        "away, with all their reasons (-20). First the tables that flights refer to.",
    )
    for done in pipeline.refer():
        print(_line(Path(done.output).stem, [done]))
    print(f"\n{'':11}{'raw':11}{'staged':11}{'mart':13}not kept")
    for day in days:
        print(_line(f"{day:%a} {day.day:2} {day:%b}", list(pipeline.run(day))), flush=True)


def _line(name: str, stages: list[dq.Enforcement]) -> str:
    """One key: the good rows of each of its stages, how many were put away, and the first promise that was not kept."""
    cells = []
    for done in stages:
        away = f" -{done.rows_quarantined:,}" if done.rows_quarantined else ""
        cells.append(f"{done.rows_good:,}{away}" if done.ok else str(done.outcome))
    return f"{name:11}{''.join(f'{cell:11}' for cell in cells):35}{_broken(stages)[:54]}".rstrip()


def _broken(stages: list[dq.Enforcement]) -> str:
    """What blocked a stage, else what a row was put away for, else what warned."""
    checks = [item for done in stages for item in done.result.checks if item.check.mode != "observe"]
    for stop in (*(done.blocked_by for done in stages), ("fail",), ("error",), ("warn",)):
        if told := [item.check.says for item in checks if item.check.id in stop or str(item.status) in stop]:
            return told[0]
    return ""


# -- again, and corrected --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ledger:
    """What the store holds: of every batch its state, and when it was published; and how many runs it counts."""

    batches: dict[str, tuple[str, str]]
    runs: int

    def __str__(self) -> str:
        published = sum(state == "published" for state, _ in self.batches.values())
        return f"{len(self.batches)} batches, {published} of them published, {self.runs} runs"


def ledger() -> Ledger:
    """Read it from the store."""
    history = dq.History()
    batches = {item.id: (str(item.state), str(item.published_at)) for item in history.batches(limit=10_000)}
    return Ledger(batches, len(history.runs(limit=10_000)))


def again(days: list[date]) -> list[str]:
    """Run *days* again: only the number of runs may change."""
    heading("3. Again", "Schedulers retry, and people press buttons twice. The same days with the same files:")
    before = ledger()
    for day in days:
        list(pipeline.run(day))
    after = ledger()
    same = after.batches == before.batches
    print(f"before  {before}\nafter   {after}")
    print(f"\n{'The same batches, none of them published again.' if same else 'Not the same batches!'}")
    return [] if same else ["the second run changed something"]


def correct(days: list[date]) -> None:
    """Let the files of *days* arrive again, as they should have been."""
    heading("4. Correct", "Two files arrive again: the 13th with delays in minutes, the 16th whole. A day is replaced.")
    feed.correct(ARCHIVE, INBOX, *days)
    for day in days:
        print(_line(f"{day:%a} {day.day:2} {day:%b}", list(pipeline.run(day))), flush=True)
    for day in days:
        command("quarantine", "list", "--key", str(day))


def balance() -> list[str]:
    """Every row that came in went on, or was put away: as the store says, and as the files hold them."""
    heading("5. Count", "Each row that came in is in one place: in the files that went on, or among the dead letters.")
    history = dq.History()
    surprises = []
    print(f"{'':12}{'in':>10}{'went on':>12}{'put away':>12}")
    for stage in ("raw", "staged", "mart"):
        current = history.batches(stage=stage, states=["published"], limit=10_000)
        came = sum(batch.rows_in for batch in current)
        away = sum(rows.num_rows for batch in current for rows in history.rows(batch.id))
        [(good,)] = duckdb.execute("SELECT count(*) FROM read_parquet(?)", [f"{stage}/*/good.parquet"]).fetchall()
        print(f"{stage:12}{came:>10,}{good:>12,}{away:>12,}")
        surprises += [f"{stage} does not add up"] if came != good + away else []
    return surprises


def close(start: Path, folder: Path) -> None:
    """Say what to do next, with ids that are there."""
    history = dq.History()
    torn = next(item for item in history.batches(stage="raw", limit=10_000) if item.open)
    run = history.runs(stage="raw", key=torn.slot.key)[0].id
    heading("Go on", "Everything is in one folder; the store is in its .dq/.")
    print(f"source {_from(start, Path(sys.prefix, 'bin', 'activate'))}\ncd {_from(start, folder)}\n")
    for words, says in (
        ("quarantine list --state published -n 9", "what was put away lately"),
        (f"quarantine show {torn.id[:12]}", "all about one batch"),
        (f"quarantine rows {torn.id[:12]}", "its rows, and why they were put away"),
        ("quarantine list --state superseded", "what a corrected file has replaced"),
        ("runs list --stage staged -n 9", "what ran, and how it ended"),
        (f"report {run[:12]} --out report/run.html", "a page about one of them"),
        ("contract show departures", "what is promised, and at which stage"),
    ):
        print(f"dq {words:50}  # {says}")
    script = os.path.relpath(Path(__file__).with_name("pipeline.py"), folder)
    print(f"\nMend inbox/{torn.slot.key}.csv in an editor, and run its day: python {script} {torn.slot.key}")


def _from(start: Path, path: Path) -> Path:
    """*path* as somebody in *start* writes it."""
    return path.relative_to(start) if path.is_relative_to(start) else path


def heading(title: str, *text: str) -> None:
    """A chapter begins."""
    print(f"\n{'─' * 100}\n{title}\n\n{chr(10).join(text)}\n", flush=True)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  a terminal that has no lines to draw
    given = sys.argv[1:]
    first, last = map(date.fromisoformat, given[1:3]) if given[1:] else (feed.FIRST, feed.LAST)
    main(Path(given[0]).resolve() if given else REPOSITORY / ".demo", pipeline.days(first, last))
