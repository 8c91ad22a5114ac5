"""Where good rows go: a folder with a part per key, a path with `{key}` in it, or one file that belongs to one key."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dq.errors import EngineError, UsageError, WorldError
from dq.quarantine.key import folder_name
from dq.source import Format
from dq.store import Turn, faults

_SUFFIXES = {".parquet": Format.PARQUET, ".csv": Format.CSV, ".jsonl": Format.JSON, ".ndjson": Format.JSON, ".json": Format.JSON}
_SLOT, _BATCH = "dq_slot", "dq_batch"

WriteGood = Callable[[str, Format, Mapping[str, str]], int]  # a path, a format, facts for the footer -> rows written


@dataclass(frozen=True, slots=True)
class Target:
    """The one file that holds the good rows of one key."""

    path: Path
    format: Format

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who wrote a published file: the slot, and the batch whose good rows it holds."""

    slot: str
    batch: str


def target(output: str, key: str) -> Target:
    """
    The file of *key* in *output*: `out.parquet` is that file, `out/{key}.csv` has one a key, a folder one in `dq_key=<key>/`.

    The format is that of the suffix; in a folder, Parquet. Characters of a key that a file name cannot hold are percent-encoded.

    Raises:
        UsageError: it is a URL, or its suffix is none that dq writes.
    """
    if "://" in output:
        raise UsageError("good rows go to local files or folders", output, "give a local path, and upload it afterwards")
    safe = folder_name(key)
    path = Path(output.replace("{key}", safe))
    if (written := _SUFFIXES.get(path.suffix.lower())) is not None and not path.is_dir():
        return Target(path.absolute(), written)
    if path.suffix and not path.is_dir() and not output.endswith("/"):
        raise UsageError(
            f"cannot write good rows as '{path.suffix}'", output, f"end the name in {', '.join(_SUFFIXES)}, or give a folder"
        )
    folder = path if "{key}" in output else path / f"dq_key={safe}"
    return Target((folder / "good.parquet").absolute(), Format.PARQUET)


def root(output: str) -> Path:
    """The folder that holds the files of every key of *output*."""
    before = output.partition("{key}")[0] if "{key}" in output else output
    path = Path(before)
    is_folder = before.endswith("/") or (not path.suffix and "{key}" not in output) or path.is_dir()
    return (path if is_folder else path.parent).absolute()


def owner(place: Target) -> Owner | None:
    """
    Who wrote the file at *place*; None when there is no file.

    Raises:
        UsageError: a file is there that dq did not write, or did not finish.
    """
    if not place.path.exists():
        return None
    facts = _footer(place.path) if place.format is Format.PARQUET else _beside(place.path)
    if facts is None:
        raise UsageError("a file is there that dq did not write", str(place), "move it away, or give another output")
    return Owner(facts.get(_SLOT, ""), facts.get(_BATCH, ""))


def may_write(place: Target, slot: str) -> None:
    """
    Refuse an output that belongs to another key, before any data is read.

    Raises:
        UsageError: it does; or a file is there that dq did not write.
    """
    found = owner(place)
    if found is not None and found.slot != slot:
        raise UsageError("the output belongs to another key", str(place), "give a folder, or a path with {key} in it")


def publish(place: Target, turn: Turn, write: WriteGood) -> int:
    """
    Replace what *place* holds by the good rows of the turn's batch, in one rename; nothing when it holds them already.

    The rows are written beside it first, and the turn is confirmed last: a try that was overtaken changes nothing.

    Returns:
        how many good rows *place* holds.

    Raises:
        WorldError: the folder cannot be written; nothing was published. Fenced: the turn was lost.
    """
    slot, edition = turn.batch.slot.text, turn.edition
    try:
        place.path.parent.mkdir(parents=True, exist_ok=True)
        if owner(place) == Owner(slot, edition):
            return turn.batch.rows_good
        may_write(place, slot)
        staged = place.path.with_name(f".{place.path.name}.{turn.batch.id[:16]}.{os.getpid()}.tmp")
        staged.unlink(missing_ok=True)
        try:
            rows = write(str(staged), place.format, {_SLOT: slot, _BATCH: edition})
            _sync(staged)
            if rows != turn.batch.rows_good:
                problem = f"{rows:,} rows were written, but {turn.batch.rows_good:,} are good"
                raise EngineError(problem, str(place), "nothing was published; see what else writes to the source")
            faults.at("after-stage")
            turn.confirm()
            _move(staged, place, {_SLOT: slot, _BATCH: edition})
        finally:
            staged.unlink(missing_ok=True)
    except OSError as error:
        raise WorldError(
            f"good rows cannot be published: {error.strerror or error}",
            str(place),
            "make room or give write permission, then run again",
        ) from error
    return rows


def _move(staged: Path, place: Target, facts: Mapping[str, str]) -> None:
    """Beside a text file, which has no footer, its facts are kept with its size and time: they hold for that file only."""
    if place.format is not Format.PARQUET:
        found = staged.stat()
        note = _note(place.path)
        draft = note.with_name(note.name + ".tmp")
        draft.write_text(
            json.dumps({**facts, "size": found.st_size, "mtime_ns": found.st_mtime_ns, **_older(place.path)}), "utf-8"
        )
        _sync(draft)
        draft.replace(note)
    faults.at("before-rename")
    staged.replace(place.path)
    _sync(place.path.parent)
    faults.at("after-rename")


def _footer(path: Path) -> Mapping[str, str] | None:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        facts = pq.read_metadata(path).metadata or {}
    except (pa.ArrowInvalid, OSError):
        return None
    known = {name.decode(): value.decode() for name, value in facts.items() if name in (_SLOT.encode(), _BATCH.encode())}
    return known or None


def _note(path: Path) -> Path:
    return path.with_name(f".{path.name}.dq")


def _beside(path: Path) -> Mapping[str, str] | None:
    """The facts kept beside a text file: of the file that is there, be it the new one or still the old one."""
    try:
        said = json.loads(_note(path).read_text("utf-8"))
        found = path.stat()
    except (OSError, ValueError):
        return None
    for facts in (said, said.get("older") or {}):
        if (facts.get("size"), facts.get("mtime_ns")) == (found.st_size, found.st_mtime_ns):
            return {_SLOT: facts[_SLOT], _BATCH: facts[_BATCH]}
    return None


def _older(path: Path) -> dict[str, object]:
    """What the note says of the file that is about to be replaced: a crash may leave the new note beside the old file."""
    if not path.exists() or (facts := _beside(path)) is None:
        return {}
    found = path.stat()
    return {"older": {**facts, "size": found.st_size, "mtime_ns": found.st_mtime_ns}}


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
