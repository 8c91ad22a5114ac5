"""The official JSON schemas of the Open Data Contract Standard, v3.0.0 to v3.2.0."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from dq.contract.jsonschema import JsonSchema
from dq.errors import UsageError

VERSIONS = ("v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0")  # of documents that dq reads, oldest first
STRICT = "v3.0.2-strict"  # an official schema too: v3.0.2 without unknown keys
_FOLDER = Path(__file__).parent / "schemas"


@cache
def schema(version: str) -> JsonSchema:
    """
    The official schema of *version*, ready to judge by; with or without the leading `v`.

    Raises:
        UsageError: there is none; the message lists the known ones.
    """
    name = version if version.startswith("v") else f"v{version}"
    if name not in (*VERSIONS, STRICT):
        raise UsageError(f"no ODCS schema '{version}'", "", f"known versions: {', '.join((*VERSIONS, STRICT))}")
    return JsonSchema(_schema(name))


def custom(path: str | Path) -> JsonSchema:
    """
    A JSON schema of one's own, ready to judge by: an extension of the standard, a house rule.

    Raises:
        UsageError: it cannot be read, or uses a keyword that dq does not know.
    """
    import json  # noqa: PLC0415

    try:
        return JsonSchema(json.loads(Path(path).read_bytes()))
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot judge by this JSON schema: {error}", str(path)) from None


def _schema(version: str) -> Any:
    import json  # noqa: PLC0415

    whole = _FOLDER / f"odcs-json-schema-{version}.json"
    if whole.is_file():
        return json.loads(whole.read_bytes())
    said = json.loads((_FOLDER / f"{version}.json").read_bytes())
    return _merged(_schema(said["base"]), said["patch"])


def _merged(target: Any, patch: Any) -> Any:
    """JSON merge patch, RFC 7396: null takes a key away."""
    if not isinstance(patch, dict):
        return patch
    out = dict(target) if isinstance(target, dict) else {}
    for name, part in patch.items():
        if part is None:
            out.pop(name, None)
        else:
            out[name] = _merged(out.get(name), part)
    return out
