"""A pandera schema as a Python object: `DataFrameSchema` or `DataFrameModel`, for pandas or Polars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from dq.errors import ContractError, Fault, Place
from dq.suites.pandera.document import named
from dq.suites.pandera.model import Api, Component, Rule, Schema


def is_schema(given: object) -> bool:
    """Whether *given* is a pandera schema or model; told by its classes' names, so that pandera is not imported for it."""
    classes = given.__mro__ if isinstance(given, type) else type(given).__mro__
    return any(
        cls.__module__.partition(".")[0] == "pandera" and cls.__name__ in ("DataFrameSchema", "DataFrameModel") for cls in classes
    )


def schema_of(given: Any, place: Place) -> Schema:
    """
    The schema that the object *given* is; *place* names it.

    Raises:
        ContractError: a model that has no schema; one for frames that dq does not hold.
    """
    if isinstance(given, type) or hasattr(given, "to_schema"):
        try:
            given = given.to_schema()
        except Exception as error:
            raise ContractError([Fault(place, f"the model has no schema: {error}", "mend it until to_schema() works")]) from error
    home = type(given).__module__
    api = next((api for api in Api if f".{api}." in home), None)
    if api is None:
        raise ContractError([Fault(place, f"a schema of {home}", "dq reads those of pandera.pandas and pandera.polars")])
    levels = getattr(given, "index", None)
    together, report = given.unique or [], given.report_duplicates
    return Schema(
        place=place,
        name=str(given.name or ""),
        api=api,
        columns=tuple(_component(_at(place, f"columns.{name}"), item, str(name)) for name, item in given.columns.items()),
        index=named(
            tuple(
                _component(_at(place, f"index[{number}]"), item, str(item.name or ""), is_index=True)
                for number, item in enumerate(getattr(levels, "indexes", [levels]) if levels is not None else ())
            )
        ),
        rules=tuple(rules(place, given.checks)),
        together=tuple(map(tuple, together))
        if together and not isinstance(together[0], str)
        else (tuple(together),)
        if together
        else (),
        index_together=tuple(getattr(levels, "unique", None) or ()) if hasattr(levels, "indexes") else (),
        report_duplicates=str(report),
        dtype=_text(given.dtype),
        coerce=bool(given._coerce),  # noqa: SLF001  `coerce` is the frame type's, too
        strict=given.strict,
        ordered=bool(given.ordered),
        add_missing_columns=bool(given.add_missing_columns),
        parsers=len(given.parsers or ()),
        unread=tuple(_unread(place, levels)),
    )


def _at(place: Place, path: str) -> Place:
    return Place(place.document, place.line, f"{place.path}.{path}".lstrip("."))


def _component(place: Place, said: Any, name: str, *, is_index: bool = False) -> Component:
    categories = getattr(said.dtype, "categories", None)
    return Component(
        place=place,
        name=name,
        dtype=_text(said.dtype),
        nullable=bool(said.nullable),
        unique=bool(said.unique),
        report_duplicates=str(getattr(said, "report_duplicates", "all")),
        coerce=bool(said.coerce),
        required=bool(getattr(said, "required", True)),
        regex=bool(getattr(said, "regex", False)),
        is_index=is_index,
        default=getattr(said, "default", None),
        categories=tuple(plain(list(categories))) if categories is not None else (),
        parsers=len(getattr(said, "parsers", None) or ()),
        warns_when_missing=getattr(said, "on_missing", None) == "warn",
        says=str(said.description or said.title or ""),
        rules=tuple(rules(place, said.checks)),
    )


def rules(place: Place, checks: Iterable[Any]) -> Iterable[Rule]:
    """What the Check objects of a schema or column say."""
    for number, check in enumerate(checks):
        built_in = _built_in(check)
        groupby = check.groupby
        said = {key: plain(value) for key, value in (check.statistics or {}).items() if key != "options"}
        yield Rule(
            place=_at(place, f"checks[{number}]"),
            name=built_in,
            shown=str(check.name or built_in or "check"),
            arguments=said if built_in else {},
            ignore_na=bool(check.ignore_na),
            warns=bool(check.raise_warning),
            says=str(check.description or check.title or ("" if built_in else check.error) or ""),
            groupby=None if groupby is None else tuple(map(str, groupby)) if isinstance(groupby, list) else (),
            element_wise=bool(check.element_wise),
            check=check,
        )


def _built_in(check: Any) -> str:
    """The name of the built-in check that *check* is; "" for a function of somebody's own, and for a hypothesis."""
    name = str(getattr(check, "registry_name", None) or "")
    known = name and type(check).__name__ == "Check" and type(check).is_builtin_check(name)
    return name if known and getattr(check._check_fn, "__name__", "") == name else ""  # noqa: SLF001  pandera has no other word


def _unread(place: Place, levels: Any) -> Iterable[tuple[Place, str, str]]:
    if getattr(levels, "strict", False):
        yield _at(place, "index"), "strict", "which levels an index has is not checked"


def _text(dtype: Any) -> str:
    return "" if dtype is None else str(dtype)


def plain(value: Any) -> Any:
    """*value* without numpy and pandas: numbers, text, moments, lists and mappings of them."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return [plain(item) for item in sorted(value, key=repr)]
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime(warn=False)
    if hasattr(value, "item") and not isinstance(value, date):
        return value.item()
    return getattr(value, "pattern", value)
