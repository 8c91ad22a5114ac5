"""The schemas are the official ones."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest

from dq.contract import standard
from dq.errors import UsageError


@pytest.mark.parametrize("version", [*standard.VERSIONS, standard.STRICT])
def test_every_version_can_judge(version: str) -> None:
    """Each supported version has a schema that uses no word that is not known, with or without its `v`."""
    assert standard.schema(version).breaches([])
    assert standard.schema(version.removeprefix("v")).breaches([])


def test_an_unknown_version_is_refused() -> None:
    """A version without a schema is refused with the known ones."""
    with pytest.raises(UsageError, match=r"no ODCS schema 'v4'\n.*known versions: v3.0.0, v3.0.1"):
        standard.schema("v4")


def test_the_newest_schema_is_the_released_one() -> None:
    """The schema of v3.2.0 is byte for byte that of the package that releases it."""
    pytest.importorskip("open_data_contract_standard")
    released = resources.files("open_data_contract_standard").joinpath("schema.json").read_bytes()
    assert (Path(standard.__file__).parent / "schemas" / "odcs-json-schema-v3.2.0.json").read_bytes() == released


def test_a_version_told_as_a_difference_says_its_own_name_first() -> None:
    """v3.0.0 and the strict schema differ from the schema they are written against, and from nothing else they hold."""
    assert standard._schema("v3.0.0")["properties"]["apiVersion"]["enum"][0] == "v3.0.0"
    assert "authoritativeDefinitions" not in standard._schema("v3.0.0")["properties"]
    assert "authoritativeDefinitions" in standard._schema("v3.0.1")["properties"]
    strict = standard._schema(standard.STRICT)
    assert strict["$defs"]["Server"].pop("unevaluatedProperties") is False
    assert strict["$defs"]["Server"] == standard._schema("v3.0.2")["$defs"]["Server"]


@pytest.mark.parametrize("text", ["{", json.dumps({"patternProperties": {}})])
def test_a_house_schema_that_cannot_judge_is_refused(tmp_path: Path, text: str) -> None:
    """A JSON schema of one's own that is no JSON, or says what dq does not know, is refused by its path."""
    path = tmp_path / "house.json"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"house\.json: cannot judge by this JSON schema"):
        standard.custom(path)
