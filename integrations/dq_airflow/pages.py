"""The page about what a gate found, for whoever may see its task: behind the authentication of Airflow."""

from __future__ import annotations

import contextlib
import functools
import html
import json
from typing import Annotated, Any

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.core_api.security import requires_access_dag
from airflow.models.xcom import XComModel
from airflow.utils.session import create_session
from fastapi import Depends, FastAPI, Query
from fastapi.responses import HTMLResponse

import dq
from dq_airflow._compat import AirflowNotFoundException
from dq_airflow.outcome import SUMMARY
from dq_airflow.surroundings import surroundings

# The page is made of data: whatever it holds, it may neither act as who reads it nor ask anybody anything.
_HEADERS = {
    "Content-Security-Policy": "sandbox allow-scripts allow-popups; default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_BARE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title>Contract report</title><style>body { font: 1rem/1.5 system-ui, sans-serif; margin: 1.5rem; opacity: .75 }</style>"""


@functools.cache
def app() -> FastAPI:
    """The routes. Without a token they answer 401, and 403 to who may not see task instances of the DAG."""
    routes = FastAPI(title="dq reports", docs_url=None, redoc_url=None, openapi_url=None)
    guards = [
        Depends(requires_access_dag("GET", DagAccessEntity.TASK_INSTANCE)),
        Depends(requires_access_dag("GET", DagAccessEntity.XCOM)),
    ]
    routes.get("/report", dependencies=guards, response_class=HTMLResponse)(report)
    return routes


def report(
    dag_id: Annotated[str, Query(min_length=1)],
    run_id: Annotated[str, Query(min_length=1)],
    task_id: Annotated[str, Query(min_length=1)],
    map_index: str = "-1",
) -> HTMLResponse:
    """The page of the run that the task's summary names."""
    index = int(map_index) if map_index.lstrip("-").isdecimal() else -1  # the tab says {MAP_INDEX} when nothing is mapped
    summary = _summary(dag_id, run_id, task_id, index)
    if not summary or not summary.get("run_id"):
        return _said("No contract was judged by this task yet.", 404)
    try:
        history = dq.History(surroundings(summary.get("dq_conn_id")).settings)
        run = history.run(str(summary["run_id"]))
        if (run.origin.get("airflow") or {}).get("dag_id") != dag_id:  # an XCom may be written by hand, and name what others ran
            return _said("That run is not of this DAG.", 404)
        result = history.result(run.id)
    except dq.DqError as error:
        return _said(str(error), 503 if isinstance(error, dq.WorldError) else 404)
    except AirflowNotFoundException as error:
        return _said(f"{error}: the store cannot be found without it.", 404)
    return HTMLResponse(dq.report.html(result, outcome=str(run.outcome or ""), batch=run.batch), headers=_HEADERS)


def _summary(dag_id: str, run_id: str, task_id: str, map_index: int) -> dict[str, Any]:
    """What the newest try of the task pushed; empty when it pushed nothing, or not as this does."""
    query = XComModel.get_many(run_id=run_id, key=SUMMARY, task_ids=task_id, dag_ids=dag_id, map_indexes=map_index)
    with create_session() as session:
        found = session.scalars(query).first()
        value = None if found is None else XComModel.deserialize_value(found)
    with contextlib.suppress(ValueError):  # a backend of somebody's own may have put it elsewhere
        value = json.loads(value) if isinstance(value, str) else value
    return value if isinstance(value, dict) else {}


def _said(text: str, status: int) -> HTMLResponse:
    return HTMLResponse(f"{_BARE}<p>{html.escape(text)}", status_code=status, headers=_HEADERS)
