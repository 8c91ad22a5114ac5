"""Expectations written for other tools, as checks of dq's own; and dq's checks, written for other tools."""

from dq.suites.load import as_contract, custom, load
from dq.suites.model import Suite, Written

__all__ = ["Suite", "Written", "as_contract", "custom", "load"]
