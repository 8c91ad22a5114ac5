"""Where text goes: terminals, pipes, files. A reader that went away, a closed stream or a poor encoding end nothing."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from dq.errors import UsageError, WorldError
from dq.report.hostile import shown_lines

_NARROWEST, _WIDEST = 40, 140


def write(text: str, *, encoding: str | None = None) -> None:
    """
    Write *text* to standard output, in *encoding* when said; what it cannot hold is escaped.

    A reader that went away is no error: the exit code still tells the verdict.

    Raises:
        WorldError: the output cannot be written, say the disk is full.
    """
    try:
        _put(sys.stdout, text, encoding)
    except BrokenPipeError:
        _silence(sys.stdout)
    except OSError as error:
        _silence(sys.stdout)
        raise WorldError(f"cannot write: {error.strerror}", "standard output") from None


def complain(text: str, *, mend: str = "") -> None:
    """Write an error to standard error, safe to print, *mend* below it. Never fails."""
    red, plain = ("\x1b[1;31m", "\x1b[0m") if wants_colour(sys.stderr) else ("", "")
    hint = f"\n  {mend}" if mend else ""
    with suppress(OSError, ValueError):
        _put(sys.stderr, f"{red}error:{plain} {shown_lines(text)}{hint}\n", None)


def explain(text: str) -> None:
    """Write *text*, say a traceback, to standard error, safe to print. Never fails."""
    with suppress(OSError, ValueError):
        _put(sys.stderr, f"{shown_lines(text)}\n", None)


def _put(stream: TextIO | None, text: str, encoding: str | None) -> None:
    if stream is None:  # closed before the process began
        return
    stream.flush()
    if (buffer := getattr(stream, "buffer", None)) is None:
        stream.write(text)
    else:
        buffer.write(text.encode(encoding or stream.encoding or "utf-8", "backslashreplace"))
    stream.flush()


def forgive(stream: TextIO | None) -> None:
    """Let *stream* escape what its encoding cannot hold, also what others, say the help page, write to it."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def _silence(stream: TextIO) -> None:
    """Let what is still to come go nowhere, so that the end of the process does not complain."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person is watching *stream*."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def wants_colour(stream: TextIO | None) -> bool:
    """Whether *stream* is a terminal with colours and nobody said NO_COLOR; or somebody said FORCE_COLOR."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (is_terminal(stream) and os.environ.get("TERM") != "dumb")


def page() -> dict[str, object]:
    """Width, colour and encoding of standard output, as `dq.report.terminal` takes them."""
    width = shutil.get_terminal_size((100, 24)).columns
    return {
        "width": min(max(width, _NARROWEST), _WIDEST),
        "colour": wants_colour(sys.stdout),
        "encoding": getattr(sys.stdout, "encoding", None) or "utf-8",
    }


def writable(path: Path, option: str) -> None:
    """
    Refuse a place that nothing can be written to, before any work is done.

    Raises:
        UsageError: its folder is not there or may not be written to, or it is a folder.
    """
    folder = path.absolute().parent
    if path.is_dir():
        raise UsageError(f"{path} is a folder", option, "name a file")
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}", option, "make it first")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise UsageError(f"{path} may not be written", option, "name another place")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside *path* to write to; it takes its place when all went well. What is no ordinary file is written as it is."""
    if path.exists() and not path.is_file():
        yield path
        return
    path = path.resolve()
    part = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise WorldError(f"cannot write: {error.strerror}", str(path)) from None
    finally:
        part.unlink(missing_ok=True)
