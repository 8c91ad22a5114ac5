"""Documents that are not what they should be as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from dq.contract import Severity, faults, lint, load, read
from dq.errors import ContractError, UsageError

HEAD = "apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\n"


SPECIFICATION = """\
c.yaml:1 dataContractSpecification: this is a Data Contract Specification, not an Open Data Contract Standard document
  convert it to ODCS v3.1.0"""
OLD = """\
c.yaml:1 apiVersion: 'v2.2.2' is not supported
  dq reads v3.0.0, v3.0.1, v3.0.2, v3.1.0, v3.2.0"""
NO_V = """\
c.yaml:1 apiVersion: unknown apiVersion '3.1.0'
  did you mean 'v3.1.0'? known: v3.2.0, v3.1.0, v3.0.2, v3.0.1, v3.0.0, v2.2.2, v2.2.1, v2.2.0"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a\n", "c.yaml:1: must be a mapping, not a list"),
        ("just text", "c.yaml:1: must be a mapping, not the text 'just text'"),
        ("dataContractSpecification: 1.1.0\nid: x\n", SPECIFICATION),
        ("apiVersion: v2.2.2\nkind: DataContract\n", OLD),
        (HEAD.replace("v3.1.0", "3.1.0"), NO_V),
        (HEAD.replace("DataContract", "Pipeline"), "c.yaml:2 kind: unknown kind 'Pipeline'\n  known: DataContract"),
        (
            HEAD + "\x1b[31m: 1\n",
            "c.yaml:6: the character U+001B may not be written in YAML\n  write it as an escape in double quotes",
        ),
    ],
    ids=lambda value: value[:20],
)
def test_a_document_that_is_something_else(text: str, told: str) -> None:
    """A list, an older format, another kind: one fault that says what it is."""
    with pytest.raises(ContractError) as raised:
        read(text, "c.yaml")
    assert str(raised.value) == told


def test_hostile_keys_are_shown_harmless() -> None:
    """A key with control characters or of great length is shown shortened and without them."""
    with pytest.raises(ContractError) as raised:
        read(HEAD + '"\\e[31m' + "x" * 500 + '": 1\n', "c.yaml")
    assert "\x1b" not in str(raised.value)
    assert all(len(line) < 400 for line in str(raised.value).splitlines())


def test_the_schema_of_a_version_can_be_asked_for() -> None:
    """`faults` judges by the version of the document, or by the one that is given, whatever the document says."""
    assert faults(HEAD, "c.yaml") == ()
    (fault,) = faults(HEAD, "c.yaml", api_version="v3.0.2")
    assert fault.problem == "unknown apiVersion 'v3.1.0'"
    assert faults(HEAD, "c.yaml", api_version="3.2.0") == ()
    with pytest.raises(UsageError, match=r"known versions: v3\.0\.0"):
        faults(HEAD, "c.yaml", api_version="v9")


def test_faults_are_returned_for_what_is_no_yaml() -> None:
    """`faults` raises nothing for a broken document: it returns why it is broken."""
    assert [fault.problem for fault in faults("a: [", "c.yaml")] == [
        "not YAML at column 1: did not find expected node content, while parsing a flow node"
    ]


def test_a_contract_nested_to_the_limit_is_judged() -> None:
    """Nesting within the limit of a hundred levels is judged without exhausting the stack."""
    inner = "{name: x, logicalType: object, properties: [" * 45 + "{name: y, logicalTyp: string}" + "]}" * 45
    text = HEAD + f"schema: [{{name: o, properties: [{inner}]}}]\n"
    with pytest.raises(ContractError) as raised:
        read(text, "c.yaml")
    assert [fault.problem for fault in raised.value.faults] == ["unknown key 'logicalTyp'"]


def test_lint_judges_by_a_schema_of_one_s_own(tmp_path: Path) -> None:
    """A house schema replaces the official one: what it allows is allowed, what it demands is demanded."""
    house = tmp_path / "house.json"
    house.write_text('{"type": "object", "required": ["owner"], "properties": {"kind": {"const": "DataContract"}}}', "utf-8")
    path = tmp_path / "c.yaml"
    path.write_text(HEAD + "change_management: strict\n", "utf-8")
    assert [item.fault.problem for item in lint(path)] == ["unknown key 'change_management'"]
    assert [str(item).replace(str(path), "c.yaml") for item in lint(path, schema=house)] == [
        "error: c.yaml:1: 'owner' is missing\n  add owner"
    ]


def test_lint_of_a_sound_contract_is_empty() -> None:
    """There is nothing to say about a sound contract but what is marked in it."""
    found = lint(Path(__file__).parent / "whole.odcs.yaml")
    assert [(item.severity, item.fault.place.path) for item in found] == [
        (Severity.WARNING, "schema.orders.quality[0].mustBeBetween")
    ]


def test_lint_says_when_file_and_version_differ(tmp_path: Path) -> None:
    """A version file that says another version is advice, wherever it lies."""
    path = tmp_path / "1.1.0.odcs.yaml"
    path.write_text(HEAD, "utf-8")
    (found,) = lint(path)
    assert found.fault.problem == "the file is named 1.1.0, but its version is 1.0.0"


def test_lint_of_what_cannot_be_read_tells_why(tmp_path: Path) -> None:
    """A file that is not there, or no YAML, is lint as well."""
    assert [item.fault.problem for item in lint(tmp_path / "none.yaml")] == ["no such file"]


def test_json_is_a_contract_too(tmp_path: Path) -> None:
    """A contract in JSON is read like one in YAML, with lines."""
    path = tmp_path / "c.json"
    path.write_text(
        '{\n"apiVersion": "v3.1.0",\n\t"kind": "DataContract", "id": "\\ud83d\\ude00",\n"version": 1, "status": "active"}',
        "utf-8",
    )
    with pytest.raises(ContractError, match=r"c\.json:4 version: must be text, not the number 1"):
        load(path)
