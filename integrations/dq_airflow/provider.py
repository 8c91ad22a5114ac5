"""What Airflow asks a provider; found by the entry point `apache_airflow_provider`. Imports nothing."""

from __future__ import annotations

from typing import Any

_TEXT = {"type": ["string", "null"]}
_PLACES = {
    "store_url": ("Store URL", "Where runs and batches are remembered: postgresql://user@host/db"),
    "quarantine_url": ("Quarantine URL", "Where bad rows go: a folder, or s3://bucket/prefix"),
    "contracts": ("Contracts", "The folder of contracts: <name>/<version>.odcs.yaml"),
    "report_url": ("Report base URL", "Where pages of runs are published; empty: Airflow serves them itself"),
}


def get_provider_info() -> dict[str, Any]:
    """The provider, as `provider_info.schema.json` of Airflow has it."""
    return {
        "package-name": "dq-suite",
        "name": "dq",
        "description": "Data contracts, quarantine and replay around the stages of a DAG.",
        "integrations": [{"integration-name": "dq", "tags": ["software"]}],
        "operators": [
            {"integration-name": "dq", "python-modules": ["dq_airflow.operators", "dq_airflow.replay", "dq_airflow.assets"]}
        ],
        "sensors": [{"integration-name": "dq", "python-modules": ["dq_airflow.sensors"]}],
        "hooks": [{"integration-name": "dq", "python-modules": ["dq_airflow.hooks"]}],
        "triggers": [{"integration-name": "dq", "python-modules": ["dq_airflow.triggers"]}],
        "task-decorators": [{"name": "contract_gate", "class-name": "dq_airflow.decorators.contract_gate"}],
        "extra-links": ["dq_airflow.links.ViolationReportLink"],
        "asset-uris": [{"schemes": ["dq"], "handler": None}],
        "connection-types": [
            {
                "connection-type": "dq",
                "hook-class-name": "dq_airflow.hooks.DqHook",
                "hook-name": "dq",
                "ui-field-behaviour": {"hidden-fields": ["host", "schema", "port", "login", "password"], "relabeling": {}},
                "conn-fields": {
                    name: {"label": label, "description": told, "schema": _TEXT} for name, (label, told) in _PLACES.items()
                },
            }
        ],
        "config": {
            "dq_airflow": {
                "description": "Where the gates of dq find their store, and what is shown. A connection of type dq goes first.",
                "options": {
                    "conn_id": _option("The connection of type dq that holds when a task names none.", "dq_default"),
                    **{name: _option(f"{told}.", None, secret=name.endswith("_url")) for name, (_, told) in _PLACES.items()},
                },
            }
        },
    }


def _option(description: str, example: str | None, *, secret: bool = False) -> dict[str, Any]:
    said = {"description": description, "version_added": "0.1.0", "type": "string", "example": example, "default": None}
    return said | ({"sensitive": True} if secret else {})
