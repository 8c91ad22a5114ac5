"""
The flights pipeline in Prefect, on a real server. Run it with `make demo-prefect`.

A server starts on loopback, two flows are served, and four days of February are run: one file is torn, in another somebody
misspelt a carrier. Then the torn file arrives whole, and the misspelt rows are mended and replayed. It ends with 0 when
everything came out as it is known to come out.

    python docs/demo/run_prefect.py [FOLDER]        .demo-prefect when not said
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import feed
import run as tour
from prefect_server import server, stop

import dq

STAGES = ("raw", "staged", "mart")
TORN, MISSPELT = date(2013, 2, 16), date(2013, 2, 19)
ARCHIVE, INBOX = Path("inbox/flights.csv.zip"), Path("inbox")


def main(folder: Path) -> None:
    """Tell the whole story in *folder*, which is emptied first."""
    tour.lay_out(folder)
    os.chdir(folder)
    tour.heading("1. Serve", "A Prefect server on loopback, and two flows: departures/daily and mend/by-hand.")
    with server(folder / "prefect") as environment:
        os.environ.update(environment)
        print(f"Prefect: {environment['PREFECT_API_URL'].removesuffix('/api')}")
        served = _serve(environment)
        try:
            surprises = story(folder)
        finally:
            stop(served)
    if surprises:
        sys.exit(f"not as it should be: {'; '.join(surprises)}")


def _serve(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """The flows, served in a process of their own; what they print is in flows.log."""
    with Path("flows.log").open("wb") as log:
        program = [sys.executable, str(Path(__file__).with_name("flows.py"))]
        return subprocess.Popen(program, env=environment, stdout=log, stderr=subprocess.STDOUT)


def story(folder: Path) -> list[str]:
    """Run, correct, mend, in *folder*; what was not as it is known to be."""
    days = {"first": str(TORN), "last": str(MISSPELT)}
    tour.heading("2. Run", f"departures/daily from {TORN} to {MISSPELT}: the day of the torn file is blocked, the others go on.")
    surprises = [] if run("departures/daily", days) == "Failed" else ["the torn file went through"]
    show()
    tour.heading("3. Correct", "The torn file arrives whole, and the four days run again: one is new, three are left alone.")
    before = states()
    feed.correct(ARCHIVE, INBOX, TORN)
    surprises += [] if run("departures/daily", days) == "Completed" else ["the corrected file did not go through"]
    surprises += [] if before.items() <= states().items() else ["a day that was there already has changed"]
    show()
    tour.heading("4. Mend", "Somebody had written DI for Delta: mend/by-hand replays those rows as DL, beside the others.")
    wrong = dq.History().batches(stage="staged", key=str(MISSPELT), states=["published"])[0]
    rule = next(item.check for item in dq.History().reasons(wrong.id) if item.column == "carrier")
    mending = {"day": str(MISSPELT), "rule": rule, "correction": {"carrier": "'DL'"}}
    surprises += [] if run("mend/by-hand", mending) == "Completed" else ["nothing was mended"]
    left = dq.History().batch(wrong.id).open
    print(f"{wrong.slot}: {wrong.open} rows waited, {left} wait now; the others are in {Path(wrong.output).relative_to(folder)}")
    surprises += [] if wrong.open - left == 4 else ["four rows should have gone on"]
    tell(folder)
    return surprises


def run(deployment: str, parameters: dict[str, Any]) -> str:
    """Run a deployment to its end; the name of its state."""
    from prefect.deployments import run_deployment  # noqa: PLC0415  Prefect reads its settings when it is imported
    from prefect.exceptions import ObjectNotFound  # noqa: PLC0415

    until = time.monotonic() + 120
    while True:
        try:
            done: Any = run_deployment(deployment, parameters=parameters, timeout=300, poll_interval=0.5, _sync=True)
        except ObjectNotFound:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)  # it is still being served
            continue
        print(f"{deployment}: {done.state_name}. {done.state.message or ''}".split("\n")[0], flush=True)
        return str(done.state_name)


def states() -> dict[str, str]:
    """Every batch that is active, and when it was published."""
    return {item.id: str(item.published_at) for item in dq.History().batches(states=["published"], limit=1000)}


def show() -> None:
    """What the store holds of the days: how many rows came in, went on, and were put away."""
    print(f"\n{'day':12}{'stage':8}{'state':12}{'rows':>6} = good + bad")
    kept = [item for item in dq.History().batches(limit=100) if item.slot.stage != "reference"]
    for item in sorted(kept, key=lambda item: (item.slot.key, STAGES.index(item.slot.stage), item.claimed_at)):
        counts = f"{item.rows_in:>6,} = {item.rows_good:,} + {item.rows_bad:,}"
        print(f"{item.slot.key:12}{item.slot.stage:8}{item.state:12}{counts}")


def tell(folder: Path) -> None:
    """What Prefect knows of it, and how to look at it."""
    from prefect.client.orchestration import get_client  # noqa: PLC0415

    with get_client(sync_client=True) as client:
        kept = sorted({item.key for item in client.read_artifacts(limit=200) if item.key})
    tour.heading("5. Look", "Prefect holds a table and a report of every stage, and an event for every outcome.")
    print("\n".join(kept))
    program = Path(sys.executable).with_name("prefect")
    print("\nThe server ends now. To see it all in Prefect's pages, at http://127.0.0.1:4200/artifacts:\n")
    print(f"    PREFECT_HOME={folder / 'prefect'} {program} server start")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(Path(given[0]).resolve() if given else tour.REPOSITORY / ".demo-prefect")
