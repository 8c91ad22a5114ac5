"""Contracts written out and read again."""

from __future__ import annotations

import json

from hypothesis import given

from dq.contract import dump, read
from tests.properties.profile import bounded
from tests.properties.tables import Case, cases


@bounded(3)
@given(cases(rules=6))
def test_a_contract_written_out_reads_the_same(case: Case) -> None:
    """load(dump(c)) == c, also with hostile values in its rules."""
    contract = read(json.dumps(case.document), "random.odcs.yaml")
    assert read(dump(contract), "random.odcs.yaml") == contract
