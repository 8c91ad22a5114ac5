"""What a runner tells: how many rows broke each rule, and how long the work took after imports. One line of JSON on stdout."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping

Counts = Mapping[str, int]


def tell(work: Callable[[str], tuple[Counts, int | None]]) -> None:
    """Run *work* on the file that the command line names; print its counts, per rule and of bad rows (None: it cannot tell)."""
    started, used = time.perf_counter(), time.process_time()
    bad, bad_rows = work(sys.argv[1])
    told = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - used}
    print(json.dumps({"bad": dict(bad), "bad_rows": bad_rows, **told}))
