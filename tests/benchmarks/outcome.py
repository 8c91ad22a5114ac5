"""What a runner tells: how many rows broke each rule, and how long the work took after imports. One line of JSON on stdout."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping

Counts = Mapping[str, int]


def tell(work: Callable[[str], tuple[Counts, int | None]]) -> None:
    """Run *work* on the file that the command line names; print its counts, per rule and of bad rows (None: it cannot tell)."""
    started = time.perf_counter()
    bad, bad_rows = work(sys.argv[1])
    seconds = time.perf_counter() - started
    print(json.dumps({"bad": dict(bad), "bad_rows": bad_rows, "seconds": seconds}))
