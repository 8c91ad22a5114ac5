"""
The flights pipeline in a real Airflow on this machine. Run it with `make demo-airflow`; Ctrl-C ends it.

Airflow starts on loopback, with the example DAGs. A day goes through them, of which a carrier sent nonsense; then it says where
to look, and stays. With --end it ends instead: with 0 when everything came out as it is known to come out.

    python docs/demo/in_airflow.py [FOLDER] [--end]        .demo-airflow when not said
"""

from __future__ import annotations

import shutil
import signal
import sys
import threading
from pathlib import Path

import feed
import run as tour
from airflow_server import Airflow, server, wait_for

REPOSITORY = Path(__file__).parents[2]
DAGS = REPOSITORY / "integrations" / "dq_airflow" / "example_dags"
DAY = "2013-02-13"
DIVERTED = 59  # the flights of a carrier that reports seconds where minutes are meant


def main(folder: Path, *, stay: bool) -> None:
    """Tell the story, and stay."""
    shutil.rmtree(folder, ignore_errors=True)
    inbox = folder / "flights" / "inbox"
    inbox.mkdir(parents=True)
    feed.lay_out(inbox)
    feed.send(inbox / "flights.csv.zip", inbox)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    tour.heading("1. Start", f"Airflow on loopback, with the DAGs of {DAGS.relative_to(REPOSITORY)}. It takes half a minute.")
    places = {"AIRFLOW__DQ_AIRFLOW__CONTRACTS": REPOSITORY / "contracts", "DQ_FLIGHTS": folder / "flights"}
    with server(folder, DAGS, places) as airflow:
        print(f"Airflow: {airflow.url}, where nobody is asked for a password; its log is {folder / 'airflow.log'}")
        surprises = story(airflow)
        if stay:
            look_around(airflow, folder)
    if surprises:
        sys.exit(f"not as it should be: {'; '.join(surprises)}")


def story(airflow: Airflow) -> list[str]:
    """Run the DAGs; what was not as it is known to be."""
    tour.heading(
        "2. Run",
        f"dq_flights takes {DAY} from raw over staged to mart; the tables that flights refer to come first. That day US Airways",
        "reported its delays in seconds: those flights are set aside, the others go on.",
    )
    states = [airflow.run("dq_flights_reference", "reference"), airflow.run("dq_flights", DAY, f"{DAY}T00:00:00Z")]
    gates = {name: airflow.told("dq_flights", DAY, name) for name in ("raw", "staged", "mart")}
    for name, told in gates.items():
        print(
            f"{name:<8}{told['outcome']:<13}{told['rows_good']:>5} rows went on, {told['rows_quarantined']:>3} are dead letters"
        )
    tour.heading(
        "3. Stop",
        "Where not one bad row may pass, the same day is blocked. dq_branch_to_repair does not fail then: it asks the carrier.",
    )
    states.append(airflow.run("dq_branch_to_repair", "branch"))
    blocked = airflow.told("dq_branch_to_repair", "branch", "gate")
    print(f"gate    {blocked['outcome']}: {', '.join(blocked['blocked_by'])}")
    wait_for(lambda: airflow.ask("GET", "/api/v2/dags/dq_consumer/dagRuns")["dag_runs"], "dq_consumer")
    found = (gates["raw"]["rows_quarantined"], gates["mart"]["outcome"], blocked["outcome"])
    return [
        *([f"a run is not a success: {states}"] if states != ["success"] * 3 else []),
        *([f"raw, mart and branch came to {found}"] if found != (DIVERTED, "passed", "blocked") else []),
    ]


def look_around(airflow: Airflow, folder: Path) -> None:
    """Say where to look, and stay until somebody has seen enough."""
    tour.heading(
        "4. Look",
        f"why {DIVERTED} flights were set aside  {airflow.tab('dq_flights', DAY, 'raw')}",
        f"what blocked the other run    {airflow.tab('dq_branch_to_repair', 'branch', 'gate')}",
        f"who ran when mart published   {airflow.url}/dags/dq_consumer",
        f"what came with the asset      {airflow.url}/assets",
        f"a replay that waits for you   {airflow.url}/dags/dq_replay_after_approval   (trigger it, then approve)",
        f"another day                   {airflow.url}/dags/dq_flights   (trigger it, logical date 2013-02-04 to 2013-02-24)",
        "",
        f"The store is {folder}/dq/store.db, the files are in {folder}/flights. Ctrl-C ends it all.",
    )
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print("\nAirflow ends; that takes up to half a minute.")


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  a terminal that has no lines to draw
    given = [word for word in sys.argv[1:] if word != "--end"]
    main(Path(given[0] if given else ".demo-airflow").resolve(), stay="--end" not in sys.argv)
