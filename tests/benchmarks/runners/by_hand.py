"""The numbers of the orders rules by one statement that somebody wrote. Argument: URL."""

from __future__ import annotations

import sqlalchemy as sa

from tests.benchmarks.outcome import Counts, tell
from tests.benchmarks.tables import by_hand


def work(url: str) -> tuple[Counts, None]:
    """Ask the server; no bad row is seen."""
    with sa.create_engine(url).connect() as connection:
        cursor = connection.exec_driver_sql(by_hand().replace("%", "%%"))
        names, row = list(cursor.keys()), cursor.one()
    return {name: int(count) for name, count in zip(names[1:], row[1:], strict=True)}, None


if __name__ == "__main__":
    tell(work)
