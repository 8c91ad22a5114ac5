"""The link on a task to the page about what its gate found."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dq_airflow._compat import BaseOperatorLink, conf

PREFIX = "/dq_airflow"


class ViolationReportLink(BaseOperatorLink):
    """To the page about the run: where reports are published, else served by Airflow itself. Computed in the task."""

    name = "Violation report"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """The address; empty when nothing was judged."""
        summary = getattr(operator, "summary", None)
        if not summary or not summary.get("run_id"):
            return ""
        if reports := getattr(operator, "reports", ""):
            return f"{reports}/runs/{summary['run_id']}"
        base = (conf.get("api", "base_url", fallback="") or "").rstrip("/")
        index = -1 if ti_key.map_index is None else ti_key.map_index
        said = {"dag_id": ti_key.dag_id, "run_id": ti_key.run_id, "task_id": ti_key.task_id, "map_index": index}
        return f"{base}{PREFIX}/report?{urlencode(said)}"
