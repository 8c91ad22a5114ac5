"""Facts as text: what one check makes of a few rows, read from `cases/*.yaml`. README.md beside this file has the words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent / "cases"
VALUE = "value"  # the one column of a fact that has one

TYPED = ("pandas_numpy", "pandas_nullable", "pandas_arrow", "polars", "arrow", "batches", "parquet")
MIXED = ("pandas_object", "rows", "jsonl")  # every value has a type of its own
TEXT = ("csv",)
DATABASES = ("postgres", "mariadb", "sqlite")
KINDS = (*TYPED, *MIXED, *TEXT, *DATABASES)
_FAMILIES = {
    "typed": (*TYPED, *DATABASES),
    "mixed": MIXED,
    "text": TEXT,
    "pandas": tuple(kind for kind in KINDS if kind.startswith("pandas")),
    "databases": DATABASES,
}
_OWNERS = ("ours", "theirs", "never")

_ASKED = ("check", "id", "type", "property", "columns", "data", "stored", "arguments", "limits", "dq", "quality", "object")
_AROUND = ("law", "contract", "references", "validate", "rows", "only", "except", "alone")
_EXPECTED = ("bad", "diverted", "copies", "status", "value", "judged", "tolerated", "mode", "message", "dataset", "notes")
_WORDS = frozenset({*_ASKED, *_AROUND, *_EXPECTED})
_ALONE = frozenset({"object", "contract", "references", "data", "validate", "alone", "copies", "dataset", "notes"})


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns as a contract declares them, and as Arrow types store them."""

    declared: Mapping[str, Mapping[str, Any]]
    stored: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out. None: not said, so not looked at."""

    bad: frozenset[int]
    diverted: frozenset[int] | None
    copies: frozenset[int]
    status: str
    value: Any
    judged: int | None
    tolerated: int | None
    mode: str | None
    message: str | None
    dataset: str | None
    notes: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One law, one check, a few rows, and what must come out."""

    file: str
    line: int
    law: str
    check: str  # a registered check, asked for by name as a rule of id `fact`; or "", then *id* says which check is meant
    id: str
    columns: Columns
    data: tuple[str, ...]  # the columns that are in the data
    said: Mapping[str, Any]  # the entry as written
    rows: tuple[tuple[Any, ...], ...]
    expected: Expected
    excepted: Mapping[str, str]  # input kind -> why it cannot, or does not yet
    kinds: tuple[str, ...]

    @property
    def name(self) -> str:
        """Where it is written: `conformity:31`."""
        return f"{self.file}:{self.line}"

    @property
    def packs(self) -> bool:
        """
        Whether it can share a table with other facts: it looks at nothing but its own columns and rule.

        Not so when rows are compared as wholes, or when it matters what other rules divert.
        """
        if _ALONE & set(self.said) or self.check == "foreign_key" or ("dq" in self.said and not self.check):
            return False
        if any("relationships" in item or not name.isidentifier() for name, item in self.columns.declared.items()):
            return False
        diverts_as_usual = "diverted" not in self.said or (self.expected.status == "fail" and not self.expected.diverted)
        return diverts_as_usual and len(set(map(repr, self.rows))) == len(self.rows)


def load_facts(folder: Path = CASES) -> tuple[Fact, ...]:
    """
    Every fact of *folder*, file by file.

    Raises:
        ValueError: an entry has an unknown word, misses one, or names no owner of a gap.
    """
    return tuple(fact for path in sorted(folder.glob("*.yaml")) for fact in _of_file(path))


def _of_file(path: Path) -> Iterator[Fact]:
    text = path.read_text("utf-8")
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for place, said in zip(root.value if root else (), yaml.load(text, Loader=_Json), strict=True):  # noqa: S506  a safe loader
        line = place.start_mark.line + 1
        try:
            yield _fact(path.stem, line, said)
        except (KeyError, TypeError, ValueError) as error:
            msg = f"{path.name}:{line}: {error!r}"
            raise ValueError(msg) from error


class _Json(yaml.SafeLoader):
    """YAML without dates: they stay text, as in contracts."""

    yaml_implicit_resolvers = {  # noqa: RUF012  a class attribute of PyYAML
        first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _fact(file: str, line: int, said: dict[str, Any]) -> Fact:
    if unknown := set(said) - _WORDS:
        msg = f"unknown words {sorted(unknown)}"
        raise ValueError(msg)
    if not said.get("law") or not (("check" in said) ^ ("id" in said)):
        msg = "a fact has a law, and either a check or an id"
        raise ValueError(msg)
    columns = columns_of(said)
    data = tuple(said.get("data", columns.declared))
    single = "columns" not in said and "data" not in said
    rows = tuple((row,) if single else tuple(row) for row in said["rows"])
    if any(len(row) != len(data) for row in rows):
        msg = f"a row has not the columns {data}"
        raise ValueError(msg)
    excepted = _excepted(said.get("except", {}))
    return Fact(
        file=file,
        line=line,
        law=said["law"],
        check=said.get("check", ""),
        id=said.get("id", "fact"),
        columns=columns,
        data=data,
        said=said,
        rows=rows,
        expected=_expected(said),
        excepted=excepted,
        kinds=_kinds(said.get("only", list(KINDS))),
    )


def columns_of(said: Mapping[str, Any]) -> Columns:
    """The columns that *said* declares: `type` or `property` for one named `value`, else `columns`."""
    stored = said.get("stored", {})
    if "columns" in said:
        declared = {
            name: {"logicalType": item} if isinstance(item, str) else dict(item) for name, item in said["columns"].items()
        }
        return Columns(declared, stored)
    one = {"logicalType": said["type"]} if "type" in said else dict(said["property"])
    return Columns({VALUE: one}, {VALUE: stored} if isinstance(stored, str) else stored)


def _expected(said: Mapping[str, Any]) -> Expected:
    bad = frozenset(said.get("bad", ()))
    status = said.get("status", "fail" if bad else "pass")
    diverted = frozenset(said["diverted"]) if "diverted" in said else bad if status == "fail" and "value" not in said else None
    return Expected(
        bad=bad,
        diverted=diverted,
        copies=frozenset(said.get("copies", ())),
        status=status,
        value=said.get("value"),
        judged=said.get("judged"),
        tolerated=said.get("tolerated"),
        mode=said.get("mode"),
        message=said.get("message"),
        dataset=said.get("dataset"),
        notes=said.get("notes"),
    )


def _kinds(named: list[str]) -> tuple[str, ...]:
    found = [kind for name in named for kind in _FAMILIES.get(name, (name,))]
    if unknown := set(found) - set(KINDS):
        msg = f"unknown input kinds {sorted(unknown)}"
        raise ValueError(msg)
    return tuple(dict.fromkeys(found))


def _excepted(said: Mapping[str, str]) -> dict[str, str]:
    for reason in said.values():
        if reason.partition(":")[0] not in _OWNERS or not reason.partition(":")[2].strip():
            msg = f"a gap names its owner, one of {_OWNERS}, and why: {reason!r}"
            raise ValueError(msg)
    return {kind: reason for name, reason in said.items() for kind in _kinds([name])}
