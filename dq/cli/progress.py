"""A bar on standard error while a long scan runs, when a person is watching."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dq.cli.output import is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress


@contextmanager
def watched(what: str) -> Iterator[Callable[[float], None] | None]:
    """What a run reports its progress to; None when nobody watches. The bar goes when the run ends, however it ends."""
    if not is_terminal(sys.stderr) or os.environ.get("TERM") == "dumb":
        yield None
        return
    bar = _Bar(what)
    try:
        yield bar
    finally:
        bar.close()


class _Bar:
    """Drawn from the first report on: short runs show nothing."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._drawn: Progress | None = None

    def __call__(self, share: float) -> None:
        """Show *share*, 0 to 1, of the pass that runs."""
        if self._drawn is None:
            self._drawn = _progress()
            self._drawn.add_task(self._what, total=1.0)
            self._drawn.start()
        self._drawn.update(self._drawn.task_ids[0], completed=min(max(share, 0.0), 1.0))

    def close(self) -> None:
        """Take the bar away."""
        if self._drawn is not None:
            self._drawn.stop()


def _progress() -> Progress:
    from rich.console import Console  # noqa: PLC0415  only for who watches
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
