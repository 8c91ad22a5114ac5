"""What the refusal of a user's word says: what it is, in the user's words, and which words there are."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from sqlglot import exp

_FUNCTIONS = """
    abs avg ceil coalesce contains count count_if current_date current_timestamp date_trunc day ends_with extract floor greatest
    hour if isodow least left length lower matches max median min minute mod month now nullif percentile_cont quantile_cont
    regexp_like regexp_matches replace right round second starts_with stddev substring sum trim upper year
"""
FUNCTIONS = tuple(_FUNCTIONS.split())
_NAMES: Mapping[type[exp.Expr], str] = {
    exp.Alias: "an alias",
    exp.Block: "';'",
    exp.Exists: "a sub-select",
    exp.Parameter: "a parameter",
    exp.Placeholder: "a parameter",
    exp.Select: "a sub-select",
    exp.Star: "'*'",
    exp.Subquery: "a sub-select",
    exp.Union: "a sub-select",
    exp.Window: "a window function",
}


def shown(text: str) -> str:
    """A user's text in quotes, short enough for a message."""
    line = " ".join(text.split())
    return f"'{line[:77]}…'" if len(line) > 80 else f"'{line}'"


def called(node: exp.Expr) -> str:
    """What a refused node is, in a user's words."""
    if type(node) in _NAMES:
        return _NAMES[type(node)]
    if isinstance(node, exp.Anonymous):
        return f"unknown function '{node.name}'"
    if isinstance(node, exp.Func):
        return f"function '{node.sql_name().lower()}'"
    return f"{type(node).__name__} in {shown(node.sql())}"


def near(node: exp.Expr) -> str:
    """A mend for a function that is not known."""
    if not isinstance(node, exp.Func):
        return ""
    name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
    close = difflib.get_close_matches(name.lower(), FUNCTIONS, n=1, cutoff=0.75)
    guess = f"did you mean '{close[0]}'? " if close else ""
    return f"{guess}functions: {', '.join(FUNCTIONS)}"
