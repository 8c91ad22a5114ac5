"""`dq …`, a thin mirror of the Python interface: reads arguments, calls one function, prints, and ends with an exit code."""

from dq.cli.app import main

__all__ = ["main"]
