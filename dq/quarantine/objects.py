"""Where payload objects lie: a folder, or an object store reached through fsspec. Bytes only."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Protocol

from dq.errors import DqError, MissingExtra, UsageError, WorldError

_PLUGINS = {"s3": "s3", "s3a": "s3"}  # protocol -> extra that installs it


@dataclass(frozen=True, slots=True)
class Found:
    """An object that is there."""

    path: str
    size: int
    changed: datetime


class Sink(Protocol):
    """Takes bytes in order."""

    def write(self, data: Any) -> int | None:
        """Take *data*: bytes, or anything that holds them."""
        ...


class Objects(Protocol):
    """A place for objects that are written once. Paths are relative, with `/`."""

    @property
    def name(self) -> str:
        """For people; it holds no secret."""
        ...

    def create(self, path: str, fill: Callable[[Sink], None]) -> None:
        """
        Write a new object by *fill*, safe on disk when this returns.

        Raises:
            WorldError: it exists already, or cannot be written.
        """
        ...

    def open(self, path: str) -> IO[bytes]:
        """
        The bytes of an object.

        Raises:
            FileNotFoundError: it is not there.
        """
        ...

    def delete(self, path: str) -> None:
        """Remove an object; that it is gone already is no error."""
        ...

    def walk(self, folder: str) -> Iterator[Found]:
        """The objects below *folder*."""
        ...


def objects(root: str, storage: Mapping[str, Any] | None = None) -> Objects:
    """
    The place that *root* names: a folder, or a URL that fsspec knows.

    Raises:
        UsageError: nothing here can read such a URL.
        MissingExtra: what reads it is not installed.
    """
    protocol, separator, rest = root.partition("://")
    if not separator:
        return Folder(Path(root))
    if protocol == "file":
        return Folder(Path(rest))
    import fsspec  # noqa: PLC0415  heavy

    try:
        system, base = fsspec.core.url_to_fs(root, **(storage or {}))
    except ImportError:
        raise MissingExtra(f"what reads {protocol}://", _PLUGINS.get(protocol, protocol)) from None
    except ValueError:
        raise UsageError(
            f"nothing reads {protocol}:// URLs", "quarantine_url", "give a folder, or an object store such as s3://"
        ) from None
    return Bucket(system, str(base).rstrip("/"), without_secrets(root))


def without_secrets(url: str) -> str:
    """The URL without user, password and query."""
    protocol, separator, rest = re.split(r"[?#]", url, maxsplit=1)[0].partition("://")
    place, slash, path = rest.partition("/")
    return f"{protocol}{separator}{place.rpartition('@')[2]}{slash}{path}"


@contextmanager
def telling(what: str, where: str, mend: str) -> Iterator[None]:
    """Failures of disk and network leave as WorldError."""
    try:
        yield
    except DqError:
        raise
    except FileExistsError:
        raise WorldError(f"{what}: it exists already", where, "nothing was overwritten; try again") from None
    except Exception as error:
        if isinstance(error, OSError) or type(error).__module__.partition(".")[0] in _NETWORK:
            raise WorldError(f"{what}: {error}", where, mend) from None
        raise


_NETWORK = {"botocore", "aiobotocore", "aiohttp", "gcsfs", "google", "azure", "requests", "urllib3"}


@dataclass(frozen=True, slots=True)
class Folder:
    """A local folder; what is written there survives a power cut."""

    root: Path

    @property
    def name(self) -> str:
        """The folder."""
        return str(self.root)

    def create(self, path: str, fill: Callable[[Sink], None]) -> None:
        """Write, flush to disk, and flush the names of the folders that lead there."""
        target = self.root / path
        with telling("a payload object cannot be written", str(target), "is the folder writable, the disk not full?"):
            existing = _make_folders(target.parent)
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                fill(_Whole(file))
                fsync(file.fileno(), target)
            for folder in (target.parent, *target.parent.parents):
                _fsync_folder(folder)
                if folder == existing and folder in (self.root, *self.root.parents):
                    break

    def open(self, path: str) -> IO[bytes]:
        """The bytes of an object."""
        target = self.root / path
        with telling("a payload object cannot be read", str(target), "can the folder be read?"), suppress(FileNotFoundError):
            return target.open("rb")
        raise FileNotFoundError(path)

    def delete(self, path: str) -> None:
        """Remove an object, and folders that are empty then."""
        target = self.root / path
        with telling("a payload object cannot be removed", str(target), "is the folder writable?"):
            target.unlink(missing_ok=True)
            for folder in target.parents:
                if folder == self.root or self.root not in folder.parents:
                    break
                try:
                    folder.rmdir()
                except OSError:  # not empty
                    break

    def walk(self, folder: str) -> Iterator[Found]:
        """The objects below *folder*."""
        for base, _, files in os.walk(self.root / folder):
            for name in files:
                path = Path(base, name)
                with suppress(FileNotFoundError):
                    stat = path.stat()
                    yield Found(path.relative_to(self.root).as_posix(), stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))


class _Whole:
    """A raw file that takes all of what it is given, however little a call takes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, data: Any) -> int:
        """Write every byte."""
        view = memoryview(data).cast("B")
        done = 0
        while done < len(view):
            done += write(self._file.fileno(), view[done:])
        return done


def write(descriptor: int, data: memoryview) -> int:
    """`os.write`, by a name of its own so that tests can let a disk fill up."""
    return os.write(descriptor, data)


def fsync(descriptor: int, path: Path) -> None:
    """`os.fsync`; *path* is for tests that cut the power."""
    del path
    os.fsync(descriptor)


def _make_folders(folder: Path) -> Path:
    """Make *folder*; the nearest one above it that was there."""
    existing = next(item for item in (folder, *folder.parents) if item.exists())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return existing


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fsync(descriptor, folder)
    finally:
        os.close(descriptor)


class Bucket:
    """An object store; an object is there whole, or not at all."""

    def __init__(self, system: Any, base: str, name: str) -> None:
        self._system = system
        self._base = base
        self._name = name

    @property
    def name(self) -> str:
        """The URL, without secrets."""
        return self._name

    def create(self, path: str, fill: Callable[[Sink], None]) -> None:
        """Put a new object: by a conditional put where the store has one, else after looking."""
        target = f"{self._base}/{path}"
        with telling("a payload object cannot be written", f"{self.name}/{path}", "can the object store be reached and written?"):
            if self._system.exists(target):
                raise FileExistsError(target)
            try:
                file = self._system.open(target, "xb")
            except (NotImplementedError, ValueError):  # no conditional put; paths are never used twice anyway
                file = self._system.open(target, "wb")
            try:
                fill(file)
            except BaseException:
                self._forget(file, target)
                raise
            file.close()

    def _forget(self, file: Any, target: str) -> None:
        """What was half written must not appear, not even when *file* is closed by the garbage collector."""
        with suppress(Exception):
            file.discard()
        with suppress(AttributeError):
            file.closed = True
        with suppress(Exception):
            self._system.rm_file(target)

    def open(self, path: str) -> IO[bytes]:
        """The bytes of an object."""
        with telling("a payload object cannot be read", f"{self.name}/{path}", "can the object store be reached and read?"):
            self._system.invalidate_cache()
            if self._system.exists(f"{self._base}/{path}"):
                opened: IO[bytes] = self._system.open(f"{self._base}/{path}", "rb")
                return opened
        raise FileNotFoundError(path)

    def delete(self, path: str) -> None:
        """Remove an object."""
        with (
            telling("a payload object cannot be removed", f"{self.name}/{path}", "may dq delete there?"),
            suppress(FileNotFoundError),
        ):
            self._system.rm_file(f"{self._base}/{path}")

    def walk(self, folder: str) -> Iterator[Found]:
        """The objects below *folder*."""
        with telling("payload objects cannot be listed", self.name, "may dq list there?"):
            self._system.invalidate_cache()
            try:
                found = self._system.find(f"{self._base}/{folder}", detail=True)
            except FileNotFoundError:
                return
        for path, about in found.items():
            said = (about.get(name) for name in ("LastModified", "created", "mtime", "last_modified"))
            changed = _moment(next((value for value in said if value is not None), None))
            yield Found(path.removeprefix(f"{self._base}/"), int(about["size"]), changed)


def _moment(said: object) -> datetime:
    """When an object changed, as its store says it; when that cannot be read, now: such an object is never old."""
    if isinstance(said, int | float):
        return datetime.fromtimestamp(said, UTC)
    if isinstance(said, datetime):
        return said if said.tzinfo else said.replace(tzinfo=UTC)
    return datetime.now(UTC)
