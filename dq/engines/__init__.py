"""Engines: where data is read. DuckDB for frames and files."""

from dq.engines.model import Engine, Findings, Progress, Seen, View, Write

__all__ = ["Engine", "Findings", "Progress", "Seen", "View", "Write"]
