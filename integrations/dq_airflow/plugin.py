"""The plugin: the tab "Contract report" on a task, and the route that serves it. Found by the entry point `airflow.plugins`."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from airflow.plugins_manager import AirflowPlugin

from dq_airflow._compat import conf
from dq_airflow.links import PREFIX

_QUERY = "dag_id={DAG_ID}&run_id={RUN_ID}&task_id={TASK_ID}&map_index={MAP_INDEX}"


async def report_app(scope: Any, receive: Any, send: Any) -> None:
    """The routes, made when the first request comes: every task process loads plugins, and none of them serves."""
    from dq_airflow.pages import app  # noqa: PLC0415  heavy

    await app()(scope, receive, send)


class DqPlugin(AirflowPlugin):
    """The page about a run, on its task instance."""

    name = "dq_airflow"
    fastapi_apps = [{"app": report_app, "url_prefix": PREFIX, "name": "dq reports"}]  # noqa: RUF012  as Airflow declares it
    external_views = [  # noqa: RUF012
        {
            "name": "Contract report",
            "href": f"{urlsplit(conf.get('api', 'base_url', fallback='') or '').path.rstrip('/')}{PREFIX}/report?{_QUERY}",
            "destination": "task_instance",
            "url_route": "contract_report",
        }
    ]
