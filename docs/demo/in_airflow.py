"""
The flights pipeline in a real Airflow on this machine. Run it with `make demo-airflow`; Ctrl-C ends it.

    python docs/demo/in_airflow.py [FOLDER]        .demo-airflow when not said
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path

import feed

REPOSITORY = Path(__file__).parents[2]
SAYS = """
Airflow starts at {url} and asks nobody for a password; give it half a minute. Then, in the UI:

  1. trigger dq_flights_reference: the tables that flights refer to
  2. trigger dq_flights with the logical date 2013-02-12: the day before it goes raw -> staged -> mart.
     On the 11th a carrier sent fleet numbers; look at the task `raw`, tab "Contract report".
  3. dq_consumer runs by itself when mart has published
  4. trigger dq_branch_to_repair; then dq_replay_after_approval, and approve its task

The store is {folder}/dq/store.db, the files are in {folder}/flights.
"""


def main(folder: Path) -> None:
    """Lay out the files, and become `airflow standalone`."""
    shutil.rmtree(folder, ignore_errors=True)
    inbox = folder / "flights" / "inbox"
    inbox.mkdir(parents=True)
    feed.lay_out(inbox)
    feed.send(inbox / "flights.csv.zip", inbox)
    port = _port(8080)
    os.environ |= {name: str(value) for name, value in variables(folder, port).items()}
    print(SAYS.format(url=f"http://127.0.0.1:{port}", folder=folder), flush=True)
    beside = Path(sys.executable).parent
    os.environ["PATH"] = f"{beside}{os.pathsep}{os.environ['PATH']}"
    os.execv(str(beside / "airflow"), ["airflow", "standalone"])  # noqa: S606  it stays till Ctrl-C


def variables(folder: Path, port: int) -> dict[str, object]:
    """What Airflow and the example DAGs are told."""
    return {
        "AIRFLOW_HOME": folder,
        "AIRFLOW__CORE__DAGS_FOLDER": REPOSITORY / "integrations" / "dq_airflow" / "example_dags",
        "AIRFLOW__CORE__LOAD_EXAMPLES": False,
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": False,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": True,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": port,
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__DQ_AIRFLOW__CONTRACTS": REPOSITORY / "contracts",
        "DQ_FLIGHTS": folder / "flights",
    }


def _port(wanted: int) -> int:
    """*wanted* when it is free, else any."""
    for port in (wanted, 0):
        with socket.socket() as found:
            try:
                found.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(found.getsockname()[1])
    raise SystemExit("no port is free")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".demo-airflow").resolve())
