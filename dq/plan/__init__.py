"""Contract and suites become a plan; a plan and columns become passes. Pure: no data is read here."""

from dq.plan.bind import TYPED, Columns, as_declared, bind
from dq.plan.compile import COLUMNS, EVERYTHING, READABLE, RECORD, Selection, compile
from dq.plan.each import for_columns
from dq.plan.guess import guesses
from dq.plan.model import Field, KeySet, Passes, Plan, Predicate, Unable, Visit
from dq.plan.prune import needed

__all__ = [
    "COLUMNS",
    "EVERYTHING",
    "READABLE",
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
    "Visit",
    "as_declared",
    "bind",
    "compile",
    "for_columns",
    "guesses",
    "needed",
]
