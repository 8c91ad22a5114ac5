"""Contract and suites become a plan; a plan and columns become passes. Pure: no data is read here."""

from dq.plan.bind import TYPED, Columns, as_declared, bind
from dq.plan.compile import COLUMNS, EVERYTHING, RECORD, Selection, compile
from dq.plan.fixes import fixes, source_name
from dq.plan.guess import guesses
from dq.plan.model import Field, KeySet, Passes, Plan, Predicate, Unable
from dq.plan.prune import needed
from dq.plan.values import base_of

__all__ = [
    "COLUMNS",
    "EVERYTHING",
    "RECORD",
    "TYPED",
    "Columns",
    "Field",
    "KeySet",
    "Passes",
    "Plan",
    "Predicate",
    "Selection",
    "Unable",
    "as_declared",
    "base_of",
    "bind",
    "compile",
    "fixes",
    "guesses",
    "needed",
    "source_name",
]
