"""The same suite, run by Great Expectations over pandas, with the counts of SUMMARY. Argument: FILE."""

from __future__ import annotations

import json

import great_expectations as gx
import pandas as pd

from tests.benchmarks.outcome import Counts, tell
from tests.benchmarks.runners.dq_suite import SUITE


def work(path: str) -> tuple[Counts, None]:
    """Read, then validate; results do not come in the suite's order."""
    said = json.loads(SUITE.read_text("utf-8"))
    places = {
        (item["type"], str(item["kwargs"].get("column", ""))): f"expectations[{n}]" for n, item in enumerate(said["expectations"])
    }
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("orders").add_dataframe_asset("orders")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": pd.read_parquet(path)})
    suite = gx.ExpectationSuite(name="orders", expectations=said["expectations"])
    found = {}
    for result in batch.validate(suite, result_format="SUMMARY").results:
        config = result.expectation_config
        if "unexpected_count" in result.result:
            found[places[config.type, str(config.kwargs.get("column", ""))]] = result.result["unexpected_count"]
    return found, None


if __name__ == "__main__":
    tell(work)
