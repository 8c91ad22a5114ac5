"""A schema as `pandera.io` writes it, in YAML or JSON, every version of that form. Read safely, without pandera."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dq.contract.document import Document
from dq.errors import ContractError, Fault
from dq.suites.pandera.model import Api, Component, Rule, Schema

_APIS = {"dataframe": Api.PANDAS, "polars_dataframe": Api.POLARS}
_OPTIONS = (
    "check_name",
    "ignore_na",
    "raise_warning",
    "n_failure_cases",
    "groupby",
    "groups",
    "error",
    "name",
    "title",
    "description",
)
_COMPONENT = {
    "title", "description", "dtype", "nullable", "checks", "name", "unique", "coerce", "required", "regex", "default",
    "report_duplicates", "drop_invalid_rows", "metadata",
}  # fmt: skip
_SCHEMA = {
    "schema_type", "version", "api", "columns", "checks", "index", "multiindex", "dtype", "coerce", "strict", "name", "ordered",
    "unique", "report_duplicates", "unique_column_names", "add_missing_columns", "title", "description", "drop_invalid_rows",
    "metadata", "dataframe_library",
}  # fmt: skip
_DUPLICATES = ("all", "exclude_first", "exclude_last")
Path = tuple[str | int, ...]


def is_schema(value: object) -> bool:
    """Whether a parsed document is a pandera schema."""
    return isinstance(value, Mapping) and (
        str(value.get("schema_type")) in _APIS or (set(value) <= _SCHEMA and "columns" in value)
    )


def schema_of(document: Document) -> Schema:
    """
    The schema that *document* says.

    Raises:
        ContractError: what is said has no meaning there; every fault with its line.
    """
    reader = _Reader(document)
    schema = reader.schema()
    if faults := (*document.faults, *reader.faults):
        raise ContractError(sorted(faults, key=lambda fault: fault.place.line))
    return schema


class _Reader:
    """Walks one document and collects what is wrong with it."""

    def __init__(self, document: Document) -> None:
        self.document, self.faults = document, list[Fault]()

    def fault(self, path: Path, problem: str, mend: str = "") -> None:
        self.faults.append(self.document.fault(path, problem, mend))

    def schema(self) -> Schema:
        said = self.mapping((), self.document.value)
        kind = str(said.get("schema_type", "dataframe"))
        if kind not in _APIS:
            self.fault(("schema_type",), f"dq reads no schema of type '{kind}'", f"known types: {', '.join(_APIS)}")
        for key in (key for key in said if key not in _SCHEMA):
            self.fault((key,), f"unknown key '{key}'", f"known keys: {', '.join(sorted(_SCHEMA))}")
        columns = tuple(self.columns(said.get("columns")))
        index = tuple(self.component(("index", place), item, is_index=True) for place, item in enumerate(self.listed("index")))
        several = self.mapping(("multiindex",), said.get("multiindex"))
        strict = said.get("strict") or False
        if strict not in (True, False, "filter"):
            self.fault(("strict",), f"strict is {strict!r}", "say true, false or filter")
        return Schema(
            place=self.document.place(()),
            name=str(said.get("name") or ""),
            api=_APIS.get(kind, Api.PANDAS),
            columns=columns,
            index=named(index),
            rules=tuple(self.rules((), said)),
            together=self.together(("unique",), said.get("unique")),
            index_together=next(iter(self.together(("multiindex", "unique"), several.get("unique"))), ()),
            report_duplicates=self.duplicates((), said),
            dtype=str(said.get("dtype") or ""),
            coerce=self.flag((), said, "coerce"),
            strict=strict,
            ordered=self.flag((), said, "ordered"),
            add_missing_columns=self.flag((), said, "add_missing_columns"),
            document=dict(said),
        )

    def columns(self, said: object) -> Iterator[Component]:
        if isinstance(said, list):
            for place, item in enumerate(said):
                yield self.component(("columns", place), item)
            return
        for name, item in self.mapping(("columns",), said).items():
            yield self.component(("columns", name), item, name)

    def component(self, path: Path, said: object, name: str = "", *, is_index: bool = False) -> Component:
        said = self.mapping(path, said)
        name = name or str(said.get("name") or "")
        if not name and not is_index:
            self.fault(path, "a column without a name", "say name: …")
        return Component(
            place=self.document.place(path),
            name=name,
            dtype=str(said.get("dtype") or ""),
            nullable=self.flag(path, said, "nullable"),
            unique=self.flag(path, said, "unique"),
            report_duplicates=self.duplicates(path, said),
            coerce=self.flag(path, said, "coerce"),
            required=self.flag(path, said, "required", default=True),
            regex=self.flag(path, said, "regex"),
            is_index=is_index,
            default=said.get("default"),
            says=str(said.get("description") or said.get("title") or ""),
            rules=tuple(self.rules(path, said)),
        )

    def rules(self, path: Path, said: Mapping[str, Any]) -> Iterator[Rule]:
        """Checks in a list, in a mapping by name, or, of a column, as keys of its own."""
        checks = said.get("checks")
        if isinstance(checks, list):
            for place, item in enumerate(checks):
                said_here = self.mapping((*path, "checks", place), item)
                options = self.mapping((*path, "checks", place, "options"), said_here.get("options"))
                yield from self.rule((*path, "checks", place), str(options.get("check_name") or ""), said_here)
        else:
            for name, item in self.mapping((*path, "checks"), checks).items():
                yield from self.rule((*path, "checks", name), name, item)
        for name in (key for key in said if path and key not in _COMPONENT):
            yield from self.rule((*path, name), name, said[name])

    def rule(self, path: Path, name: str, said: Any) -> Iterator[Rule]:
        if not name:
            self.fault(path, "a check without a name", "say options: {check_name: isin}")
            return
        arguments = dict(said) if isinstance(said, Mapping) else {} if said is None else {"value": said}
        options = dict(self.mapping((*path, "options"), arguments.pop("options", None)))
        options |= {key: arguments.pop(key) for key in _OPTIONS if key in arguments}
        groupby = options.get("groupby")
        yield Rule(
            place=self.document.place(path),
            name=name,
            shown=str(options.get("name") or name),
            arguments=arguments | ({"groups": options["groups"]} if options.get("groups") else {}),
            ignore_na=bool(options.get("ignore_na", True)),
            warns=bool(options.get("raise_warning")),
            says=str(options.get("error") or options.get("description") or options.get("title") or ""),
            groupby=None if not groupby else tuple([groupby] if isinstance(groupby, str) else groupby),
        )

    def together(self, path: Path, said: object) -> tuple[tuple[str, ...], ...]:
        if not said:
            return ()
        items = [said] if isinstance(said, str) else said
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            return (tuple(items),)
        if isinstance(items, list) and all(isinstance(item, list) for item in items):
            return tuple(tuple(map(str, item)) for item in items)
        self.fault(path, f"unique is {said!r}", "name one column, a list of columns, or lists of columns")
        return ()

    # -- values ------------------------------------------------------------------------------------------------------

    def mapping(self, path: Path, said: object) -> Mapping[str, Any]:
        if said is None or isinstance(said, Mapping):
            return said or {}
        self.fault(path, f"not a mapping: {said!r}"[:200], "write key: value")
        return {}

    def listed(self, key: str) -> list[Any]:
        said = self.mapping((), self.document.value).get(key)
        if said is None or isinstance(said, list):
            return said or []
        self.fault((key,), "not a list", "write one entry per level: - {dtype: int64}")
        return []

    def flag(self, path: Path, said: Mapping[str, Any], key: str, *, default: bool = False) -> bool:
        value = said.get(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.fault((*path, key), f"{key} is {value!r}", "say true or false")
        return default

    def duplicates(self, path: Path, said: Mapping[str, Any]) -> str:
        value = said.get("report_duplicates") or "all"
        if value not in _DUPLICATES:
            self.fault((*path, "report_duplicates"), f"report_duplicates is {value!r}", f"say one of {', '.join(_DUPLICATES)}")
        return str(value)


def named(index: tuple[Component, ...]) -> tuple[Component, ...]:
    """Levels of an index with the names that `reset_index` gives those that have none."""
    alone = len(index) == 1
    return tuple(
        level if level.name else replace(level, name="index" if alone else f"level_{place}") for place, level in enumerate(index)
    )
