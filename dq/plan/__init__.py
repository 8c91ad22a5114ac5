"""Contract and suites become a plan; a plan and columns become passes. Pure: no data is read here."""

from dq.plan.bind import TYPED, as_declared, bind
from dq.plan.compile import COLUMNS, EVERYTHING, READABLE, RECORD, Selection, compile, target_of
from dq.plan.each import for_columns
from dq.plan.fixes import fixes, source_name
from dq.plan.guess import guesses
from dq.plan.kinds import physical
from dq.plan.model import Field, KeySet, Passes, Plan, Predicate, Unable, Visit
from dq.plan.names import Columns
from dq.plan.prune import needed
from dq.plan.values import base_of, type_of

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
    "base_of",
    "bind",
    "compile",
    "fixes",
    "for_columns",
    "guesses",
    "needed",
    "physical",
    "source_name",
    "target_of",
    "type_of",
]
