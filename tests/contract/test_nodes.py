"""YAML is read safely, within limits, into JSON types."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dq.contract.document import parse
from dq.errors import ContractError

BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(20)
)


def _problem(text: str) -> str:
    with pytest.raises(ContractError) as raised:
        parse(text, "c.yaml")
    (fault,) = raised.value.faults
    return f"{fault.place.line}: {fault.problem}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1: the file is empty"),
        ("# nothing\n", "1: the file is empty"),
        ("~\n", "1: the file is empty"),
        ("a: 1\n---\nb: 2\n", "2: a second document starts here"),
        ("a: b: c", "1: not YAML at column 5: mapping values are not allowed in this context"),
        ("a: 'open", "1: not YAML at column 9: found unexpected end of stream, while scanning a quoted scalar"),
        ("a: [1", "2: not YAML at column 1: did not find expected ',' or ']', while parsing a flow sequence"),
        ("a: \x07", "1: the character U+0007 may not be written in YAML"),
        ("a: 1\nb: *nobody", "2: the alias *nobody has no anchor &nobody before it"),
        ("a: &self [*self]", "1: the alias *self holds itself"),
        ("- " * 101 + "1", "1: nested deeper than 100 levels"),
        ("{a: " * 1_000_000, "larger than 2 MB"),
        ("{a: " * 400_000, "1: nested deeper than 100 levels"),
        ("[" * 1_900_000, "1: nested deeper than 100 levels"),
        ("[" + "1," * 250_000 + "]", "1: more than 200,000 values"),
        ("a: &x " + "[" * 60 + "]" * 60 + "\nb: " + "[" * 60 + "*x" + "]" * 60, "2: nested deeper than 100 levels"),
        (BOMB, "5: aliases repeat more than 10,000 values"),
        ("a: " + "x" * 2_000_001, "larger than 2 MB"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_one_fault(text: str, problem: str) -> None:
    """Text that is no YAML, or beyond a limit, is one fault with its line, found at once."""
    started = time.process_time()
    assert problem in _problem(text)
    assert time.process_time() - started < 10


def test_a_tab_is_told_as_a_tab() -> None:
    """A tab that indents is refused with the mend to use spaces."""
    with pytest.raises(ContractError, match="indent with spaces, never with tabs"):
        parse("a:\n\tb: 1\n", "c.yaml")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2024-01-01", "2024-01-01"),
        ("2024-01-01T10:00:00Z", "2024-01-01T10:00:00Z"),
        ("12:30:00", "12:30:00"),
        ("yes", "yes"),
        ("NO", "NO"),
        ("on", "on"),
        ("1_000", "1_000"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-7", -7),
        ("0o17", 15),
        ("0x1F", 31),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("'12'", "12"),
        ("!!str 12", "12"),
        ("!!int '12'", 12),
        ("!!float 1", 1.0),
        ("! 12", "12"),
        ("|\n  long\n  text\n", "long\ntext\n"),
    ],
)
def test_values_are_those_of_json(written: str, value: object) -> None:
    """Scalars follow the core schema of YAML 1.2: dates, times and words such as yes are text."""
    read = parse(f"a: {written}", "c.yaml").value["a"]
    assert read == value
    assert type(read) is type(value)


def test_keys_are_text() -> None:
    """A key is the text that is written, whatever it looks like."""
    assert parse("on: 1\n5: 2\ntrue: 3\n~: 4\n", "c.yaml").value == {"on": 1, "5": 2, "true": 3, "~": 4}


def test_a_merge_gives_way_to_own_keys() -> None:
    """`<<` merges one mapping or several; a key of one's own wins, then the earlier mapping."""
    text = "one: &one {a: 1, b: 1}\ntwo: &two {b: 2, c: 2}\nall: {c: 3, <<: [*one, *two]}\n"
    assert parse(text, "c.yaml").value["all"] == {"c": 3, "a": 1, "b": 1}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a: {<<: 5}", ["1 a.<<: '<<' merges mappings, nothing else"]),
        ("a: &a {k: 1}\n? *a\n: 2\nb: 3", ["2: a key is a list or a mapping"]),
        ("a: 1\nb: 2\na: 3\nb: 4", ["3 a: the key 'a' is said twice", "4 b: the key 'b' is said twice"]),
        ("a: !!timestamp 2024-01-01", ["1 a: the tag !!timestamp is not allowed"]),
        ("a: !secret x\nb: !!set {c}", ["1 a: the tag !secret is not allowed", "2 b: the tag !!set is not allowed"]),
        ("a: 1e999", ["1 a: the number 1e999 is too large"]),
        ("a: " + "9" * 5000, ["1 a: a whole number of 5000 digits"]),
        ("schema:\n- name: o\n  properties:\n  - {name: c, name: d}", ["4 schema.o.c.name: the key 'name' is said twice"]),
    ],
)
def test_what_can_be_read_on_is_collected(text: str, faults: list[str]) -> None:
    """Duplicate keys, foreign tags and impossible numbers are faults that do not hide others."""
    found = [f"{fault.place.line} {fault.place.path}".rstrip() + f": {fault.problem}" for fault in parse(text, "c.yaml").faults]
    assert len(found) == len(faults)
    assert all(said.startswith(wanted) for said, wanted in zip(found, faults, strict=True))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=100), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JSON, st.booleans())
def test_json_is_read_as_it_is(value: Any, ascii_only: bool) -> None:  # noqa: FBT001  hypothesis draws it
    """Any JSON text, escapes beyond U+FFFF included, is read to its value; keys are short."""
    text = json.dumps([value], ensure_ascii=ascii_only)
    assert parse(text, "c.json").value == [value]
