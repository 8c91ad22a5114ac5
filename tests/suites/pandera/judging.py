"""A suite run alone over a source, as `dq.validate` does it; and what pandera says of the same."""

from __future__ import annotations

import warnings
from typing import Any

import dq


def judged(given: object, schema: object) -> dq.Result:
    """What dq finds when *schema* is all that it is given."""
    return dq.validate(given, suites=[schema], record=False)


def bad_rows(result: dq.Result) -> set[int]:
    """The numbers of the rows that dq would divert."""
    assert result.bad is not None
    return {row["__dq_row_no"] for row in result.bad}


def pandera_says(frame: Any, schema: Any) -> tuple[bool, set[int]]:
    """Whether pandera takes *frame*, and the places of the rows that it names."""
    from pandera.errors import SchemaErrors

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            schema.validate(frame, lazy=True)
        except SchemaErrors as error:
            cases = error.failure_cases
            index = cases["index"].dropna() if hasattr(cases, "dropna") else cases["index"].drop_nulls()
            return False, {int(place) for place in index}
    return True, set()
