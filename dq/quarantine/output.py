"""Where good rows go: a folder with a part per key, a path with `{key}` in it, or one file that belongs to one key."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dq.errors import EngineError, UsageError, WorldError
from dq.quarantine.key import folder_name
from dq.source import Format
from dq.store import Turn, faults

_SUFFIXES = {".parquet": Format.PARQUET, ".csv": Format.CSV, ".jsonl": Format.JSON, ".ndjson": Format.JSON, ".json": Format.JSON}
_SLOT, _BATCH = "dq_slot", "dq_batch"

WriteGood = Callable[[str, Format, Mapping[str, str]], int]  # a path, a format, facts for the footer -> rows written
WriteMore = Callable[[str, Format, Mapping[str, str], str], int]  # and a file whose rows come first ("": none) -> rows added


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose rows a target holds: the slot's, of these *editions* of its batches (in the order they came)."""

    slot: str
    editions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """How many rows of the turn's batch a target holds, and the editions that it holds now."""

    rows: int
    editions: tuple[str, ...]


class Target(Protocol):
    """
    Where the good rows of one key go.

    Both ways of writing are all or nothing, change nothing when the turn's edition is there already, and confirm the turn
    last before they change anything.
    """

    def owner(self) -> Owner | None:
        """Whose rows it holds; None when there is nothing yet."""
        ...

    def publish(self, turn: Turn, write: WriteGood) -> Placed:
        """Put the rows of the turn's batch in the place of whatever it holds."""
        ...

    def extend(self, turn: Turn, write: WriteMore) -> Placed:
        """Add the rows of the turn's batch to what it holds."""
        ...

    def remove(self, slot: str, edition: str) -> bool:
        """Take back what it holds of *slot* when that is this *edition* and nothing else; whether it did."""
        ...


@dataclass(frozen=True, slots=True)
class FileTarget:
    """The one file that holds the good rows of one key."""

    path: Path
    format: Format

    def __str__(self) -> str:
        return str(self.path)

    def owner(self) -> Owner | None:
        """
        Who wrote the file; None when there is none.

        Raises:
            UsageError: a file is there that dq did not write, or did not finish.
        """
        if not self.path.exists():
            return None
        facts = _footer(self.path) if self.format is Format.PARQUET else _beside(self.path)
        if facts is None:
            raise UsageError("a file is there that dq did not write", str(self), "move it away, or give another output")
        return Owner(facts.get(_SLOT, ""), tuple(facts.get(_BATCH, "").split()))

    def may_write(self, slot: str) -> Owner | None:
        """
        Refuse an output that belongs to another key, before any data is read; else the owner.

        Raises:
            UsageError: it does; or a file is there that dq did not write.
        """
        found = self.owner()
        if found is not None and found.slot != slot:
            raise UsageError("the output belongs to another key", str(self), "give a folder, or a path with {key} in it")
        return found

    def publish(self, turn: Turn, write: WriteGood) -> Placed:
        """
        Replace what the file holds by the good rows of the turn's batch, in one rename; nothing when it holds them already.

        The rows are written beside it first, and the turn is confirmed last: a try that was overtaken changes nothing.

        Raises:
            WorldError: the folder cannot be written; nothing was published. Fenced: the turn was lost.
        """
        with self._telling():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            there = self.may_write(turn.batch.slot.text)
            if there is not None and turn.edition in there.editions:
                return Placed(turn.batch.rows_due, there.editions)
            return self._replace(turn, (turn.edition,), lambda path, facts: write(path, self.format, facts))

    def extend(self, turn: Turn, write: WriteMore) -> Placed:
        """
        Replace the file by one with its rows and then those of the turn's batch, in one rename; nothing when they are there.

        Raises:
            WorldError: the file lacks what the key has published, or cannot be written; nothing was published.
            Fenced: the turn was lost.
        """
        with self._telling():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            there = self.may_write(turn.batch.slot.text)
            editions = there.editions if there else ()
            if turn.edition in editions:
                return Placed(turn.batch.rows_due, editions)
            self.must_hold(turn.beside, editions)
            before = str(self.path) if there else ""
            return self._replace(turn, (*editions, turn.edition), lambda path, facts: write(path, self.format, facts, before))

    def remove(self, slot: str, edition: str) -> bool:
        """
        Remove the file when it holds this *edition* of *slot* and nothing else; whether it did. The slot is held by who asks.

        Raises:
            UsageError: a file is there that dq did not write. WorldError: it cannot be removed.
        """
        with self._telling("good rows cannot be taken back"):
            if self.owner() != Owner(slot, (edition,)):
                return False
            self.path.unlink()
            _note(self.path).unlink(missing_ok=True)
            _sync(self.path.parent)
            return True

    def must_hold(self, published: Mapping[str, str], editions: Iterable[str]) -> None:
        """
        Refuse to add to a file that lacks, among its *editions*, one of those *published* there.

        Raises:
            WorldError: it does.
        """
        if missing := sorted({edition for edition, where in published.items() if where == str(self)} - set(editions)):
            batch = missing[0].partition(":")[0][:12]
            mend = "put the file back, or publish it again: enforce the key again, then `dq quarantine recover`"
            raise WorldError(f"the file does not hold what batch {batch} published there", str(self), mend)

    def _replace(self, turn: Turn, editions: tuple[str, ...], write: Callable[[str, Mapping[str, str]], int]) -> Placed:
        facts = {_SLOT: turn.batch.slot.text, _BATCH: " ".join(editions)}
        staged = self.path.with_name(f".{self.path.name}.{turn.batch.id[:16]}.{os.getpid()}.tmp")
        staged.unlink(missing_ok=True)
        try:
            rows = write(str(staged), facts)
            _sync(staged)
            if rows != turn.batch.rows_due:
                problem = f"{rows:,} rows were written, but {turn.batch.rows_due:,} are good"
                raise EngineError(problem, str(self), "nothing was published; see what else writes to the source")
            faults.at("after-stage")
            turn.confirm()
            _move(staged, self, facts)
        finally:
            staged.unlink(missing_ok=True)
        return Placed(rows, editions)

    @contextmanager
    def _telling(self, what: str = "good rows cannot be published") -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise WorldError(
                f"{what}: {error.strerror or error}",
                str(self),
                "make room or give write permission, then run again",
            ) from error


def target(output: str, key: str) -> FileTarget:
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
        return FileTarget(path.absolute(), written)
    if path.suffix and not path.is_dir() and not output.endswith("/"):
        raise UsageError(
            f"cannot write good rows as '{path.suffix}'", output, f"end the name in {', '.join(_SUFFIXES)}, or give a folder"
        )
    folder = path if "{key}" in output else path / f"dq_key={safe}"
    return FileTarget((folder / "good.parquet").absolute(), Format.PARQUET)


def placed(path: str) -> FileTarget:
    """
    The file that good rows were published to.

    Raises:
        UsageError: it is none that dq writes.
    """
    if "://" in path:
        mend = "fix them where they come from, and enforce the key again: it replaces what the key has published"
        raise UsageError("replayed rows cannot be added to a table yet", path, mend)
    if (written := _SUFFIXES.get(Path(path).suffix.lower())) is None:
        raise UsageError("rows cannot be added to this", path, f"name a file that ends in {', '.join(_SUFFIXES)}")
    return FileTarget(Path(path).absolute(), written)


def root(output: str) -> Path:
    """The folder that holds the files of every key of *output*."""
    before = output.partition("{key}")[0] if "{key}" in output else output
    path = Path(before)
    is_folder = before.endswith("/") or (not path.suffix and "{key}" not in output) or path.is_dir()
    return (path if is_folder else path.parent).absolute()


def _move(staged: Path, place: FileTarget, facts: Mapping[str, str]) -> None:
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
