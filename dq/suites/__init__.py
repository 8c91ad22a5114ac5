"""Expectations written for other tools, as checks of dq's own; and dq's checks, written for other tools."""

from dq.suites.load import custom, load
from dq.suites.model import Suite

__all__ = ["Suite", "custom", "load"]
