"""Text files as relations of DuckDB: nothing guessed, nothing lost."""

from dq.engines.text.csv_rows import open_csv
from dq.engines.text.json_rows import open_json
from dq.engines.text.rows import TextRows

__all__ = ["TextRows", "open_csv", "open_json"]
