"""The orders rules as a Great Expectations suite over a table. Argument: URL."""

from __future__ import annotations

import great_expectations as gx

from tests.benchmarks.outcome import Counts, tell
from tests.benchmarks.runners.great_expectations import SUITE, in_order


def work(url: str) -> tuple[Counts, None]:
    """Validate in the database, with the counts of SUMMARY."""
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_sql("orders", connection_string=url).add_table_asset("orders", table_name="orders")
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    suite = gx.ExpectationSuite(name="orders", expectations=list(SUITE.values()))
    results = batch.validate(suite, result_format="SUMMARY").results
    return {rule: results[number].result["unexpected_count"] for number, rule in enumerate(in_order(results))}, None


if __name__ == "__main__":
    tell(work)
