"""`dq report`: a stored result, or a run of the store, written again in another form; no data is read."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dq.cli.formats import Format, chosen_format, rendered
from dq.cli.options import Debug
from dq.cli.output import page, replacing, writable, write
from dq.errors import UsageError, WorldError

if TYPE_CHECKING:
    from dq.result import Result

_RUN = re.compile(r"[0-9a-f]{4,32}")


def report(
    given: Annotated[
        str,
        typer.Argument(
            metavar="FILE|RUN", help="What 'dq validate --format json' wrote, - is standard input; or a run of 'dq runs list'."
        ),
    ],
    *,
    form: Annotated[Format | None, typer.Option("--format", "-f", help="Default: by the suffix of --out, else terminal.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write there, not here.")] = None,
    debug: Debug = False,
) -> None:
    """
    Write a stored result again: as a page, a comment, annotations. It reads no data.

    A run of the store has verdicts, samples, columns and coverage, but no SQL, no profile, and not where bad rows concentrate.

    Exit codes: 0 written, whatever the verdict; 2 no result or run that this version reads; 3 it cannot be read or written.
    """
    del debug  # the application reads it
    if out is not None:
        writable(out, "--out")
        if out.resolve() == Path(given).resolve():
            raise UsageError(f"{out} is the file that is read", "--out", "name another file")
    form = chosen_format(form, out)
    text = rendered(_result(given), form, page() if form is Format.TERMINAL and out is None else {})
    if out is None:
        write(text, encoding=None if form is Format.TERMINAL else "utf-8")
        return
    with replacing(out) as part:
        part.write_text(text, "utf-8")


def _result(given: str) -> Result:
    """The result in the file *given*, else of the run whose id begins so."""
    if _RUN.fullmatch(given) and not Path(given).exists():
        from dq.history import History  # noqa: PLC0415  heavy

        return History().result(given)
    from dq.report import from_json  # noqa: PLC0415  parsers of SQL come with it

    return from_json(_read(Path(given)), given)


def _read(file: Path) -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8") if str(file) == "-" else file.read_text("utf-8")
    except FileNotFoundError:
        raise UsageError("there is no such file", str(file), "dq validate … --format json --out result.json writes one") from None
    except UnicodeDecodeError:
        raise UsageError("this is not UTF-8", str(file), "give a file that 'dq validate --format json' wrote") from None
    except OSError as error:
        raise WorldError(f"cannot be read: {error.strerror}", str(file)) from None
