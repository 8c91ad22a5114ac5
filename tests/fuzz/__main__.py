"""The whole campaign: `python -m tests.fuzz [--number N] [--seed S]`. It ends with 1 when a verdict was wrong."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests import mariadb, postgres
from tests.fuzz.campaign import timed
from tests.fuzz.tables import lite
from tests.sql.databases import connect


def main() -> int:
    """Run it, and say what happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Hostile names and values over every database.")
    parser.add_argument("--number", type=int, default=100_000, help="names and values")
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    with postgres.server() as pg, mariadb.server() as maria, tempfile.TemporaryDirectory() as folder:
        addresses = {"duckdb": "", "sqlite": "", "postgres": pg(), "mariadb": maria()}
        connections = {dialect: connect(dialect, address) for dialect, address in addresses.items()}
        servers = {dialect: (connections[dialect], addresses[dialect]) for dialect in ("postgres", "mariadb")}
        servers["sqlite"] = lite(Path(folder))
        return int(bool(timed(said.number, said.seed, connections, servers, Path(folder)).wrong))


if __name__ == "__main__":
    sys.exit(main())
