"""A Prefect server on loopback, with a home of its own: nothing of the person's own Prefect is read or changed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 180  # seconds; a busy machine takes ten times as long as an idle one


@contextmanager
def server(home: Path) -> Iterator[dict[str, str]]:
    """
    A running server, and the environment of processes that talk to it; its log is `server.log` in *home*.

    Raises:
        RuntimeError: it ended, or did not answer in time; the message holds the end of its log.
    """
    home.mkdir(parents=True, exist_ok=True)
    process, environment = _started(home, tries=3)
    try:
        yield environment
    finally:
        stop(process)


def _started(home: Path, *, tries: int) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    """A server that answers; when it ends at once, somebody else may have taken the port that was free: then another one."""
    port = _free_port()
    known = {name: value for name, value in os.environ.items() if not name.startswith(("DQ_", "PREFECT_"))}
    own = {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LEVEL": "WARNING",
    }
    environment = {**known, **own}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with (home / "server.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=home)
    try:
        _wait(process, f"{own['PREFECT_API_URL']}/health", home / "server.log")
    except RuntimeError:
        if process.poll() is None or tries == 1:
            stop(process)
            raise
        return _started(home, tries=tries - 1)
    except BaseException:
        stop(process)
        raise
    return process, environment


def stop(process: subprocess.Popen[bytes]) -> None:
    """End *process*, gently first."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], health: str, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(health, timeout=5):  # noqa: S310  our own address
                return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"Prefect's server did not start\n{log.read_text('utf-8', errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])
