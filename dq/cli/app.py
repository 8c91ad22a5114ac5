"""The application: its commands, and how a run ends."""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Annotated

import typer

from dq import __version__
from dq.cli import auditing, contract, enforce, erase, profile, quarantine, replay, report, retention, runs, store, validate
from dq.cli.output import complain, explain, forgive, write
from dq.errors import DqError, WorldError

EPILOG = "Exit codes: 0 pass or warn, 1 a rule failed, 2 wrong usage or contract or it cannot run, 3 the world failed: try again."

app = typer.Typer(
    name="dq",
    help="Check data against versioned data contracts.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("validate", epilog=EPILOG)(validate.validate)
app.command("check", epilog=EPILOG, help="The same as validate.")(validate.validate)
app.command("profile")(profile.profile)
app.command("report")(report.report)
app.command("enforce", epilog=enforce.EPILOG)(enforce.enforce)
for way_out in (replay.replay, replay.accept, replay.discard, replay.withdraw):
    quarantine.app.command(way_out.__name__, epilog=replay.EPILOG)(way_out)
app.add_typer(contract.app, name="contract")
for _more in (retention, erase, auditing):
    for _command in _more.COMMANDS:
        quarantine.app.command()(_command)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(runs.app, name="runs")
app.add_typer(store.app, name="store")


def _version(asked: bool) -> None:  # noqa: FBT001  as typer calls it
    if asked:
        version()
        raise typer.Exit


@app.callback()
def _options(
    *, _: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version, help="Print the version and stop.")] = False
) -> None: ...


@app.command()
def version() -> None:
    """Print the version of dq and of what it stands on."""
    from importlib import metadata  # noqa: PLC0415  only here
    from platform import python_version  # noqa: PLC0415

    def of(package: str) -> str:
        try:
            return metadata.version(package)
        except metadata.PackageNotFoundError:
            return "not installed"

    parts = [f"Python {python_version()}", *(f"{name} {of(name)}" for name in ("duckdb", "sqlglot", "pyarrow"))]
    write(f"dq {__version__} ({', '.join(parts)})\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run `dq` with *arguments* (those of the process when not said) and return its exit code.

    Errors are printed to stderr, with a traceback when `--debug` is among the arguments.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    forgive(sys.stdout)
    stopped: list[int] = []
    with _signals(stopped):
        try:
            app(given, prog_name="dq")
        except SystemExit as stop:
            return _code(stop, stopped)
        except BaseException as error:  # noqa: BLE001  the last one to know
            if stopped or isinstance(error, KeyboardInterrupt):
                return _code(SystemExit(130), stopped)
            if "--debug" in given:
                explain(traceback.format_exc())
            return _told(error)
    return 0


def _told(error: BaseException) -> int:
    """Print *error*; its exit code."""
    if isinstance(error, OSError | MemoryError):
        error = WorldError(str(error) or type(error).__name__, "", "check disk, memory and permissions")
    if not isinstance(error, DqError):
        complain(f"{type(error).__name__}: {error}", mend="this is a fault of dq itself; --debug shows where")
        return 2
    count = len(getattr(error, "faults", ()))
    complain(f"{count} faults\n{error}" if count > 1 else str(error), mend="a retry may help" if error.retryable else "")
    return error.exit_code


def _code(stop: SystemExit, stopped: list[int]) -> int:
    """The exit code of a stop: 130 after Ctrl-C, 143 after a request to end."""
    if stopped:
        explain("stopped")
        return 128 + stopped[0]
    return stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 2


@contextmanager
def _signals(stopped: list[int]) -> Iterator[None]:
    """While inside, Ctrl-C and a request to end are noted in *stopped* and unwind, so that spilled data is removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _: FrameType | None) -> None:
        stopped.append(number)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
