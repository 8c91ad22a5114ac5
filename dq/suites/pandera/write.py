"""Checks of dq as a pandera schema: Python source, or the object. What pandera has no word for is listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dq.checks import DEFINITIONS, NONE_BAD, Ask, Check, Foreign, Gap, Header, Keys, Mode, Rows, Shape
from dq.checks.conformity import FORMATS
from dq.errors import UsageError
from dq.sql import Base, Kind, Missing, any_of, column
from dq.suites.model import Declared, Written
from dq.suites.pandera.model import Api
from dq.suites.pandera.scripts import OneCheck, library

_DTYPES = {
    Api.PANDAS: {
        Base.TEXT: "str",
        Base.INTEGER: "Int64",
        Base.NUMBER: "float64",
        Base.BOOLEAN: "boolean",
        Base.DATE: "date",
        Base.TIMESTAMP: "datetime64[ns]",
        Base.TIMESTAMP_TZ: "datetime64[ns, UTC]",
    },
    Api.POLARS: {
        Base.TEXT: "String",
        Base.INTEGER: "Int64",
        Base.NUMBER: "Float64",
        Base.BOOLEAN: "Boolean",
        Base.DATE: "Date",
        Base.TIME: "Time",
        Base.TIMESTAMP: "Datetime",
    },
}


@dataclass(frozen=True, slots=True)
class Call:
    """A call in the schema's source: `pa.Column("str", nullable=True)`."""

    name: str
    given: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)

    def text(self, indent: int = 0) -> str:
        """It as Python source, over several lines where it is long."""
        parts = [_text(item, indent + 4) for item in self.given]
        parts += [f"{key}={_text(value, indent + 4)}" for key, value in self.named.items()]
        line = f"{self.name}({', '.join(parts)})"
        if len(line) + indent <= 100 and "\n" not in line:
            return line
        space = "\n" + " " * (indent + 4)
        return f"{self.name}({space}{f',{space}'.join(parts)},\n{' ' * indent})"

    def made(self, modules: Mapping[str, Any]) -> Any:
        """What it makes, with its names looked up in *modules*."""
        home, _, rest = self.name.partition(".")
        made = modules[home]
        for part in rest.split("."):
            made = getattr(made, part) if part else made
        return made(
            *(_made(item, modules) for item in self.given), **{key: _made(item, modules) for key, item in self.named.items()}
        )


@dataclass(slots=True)
class _Column:
    """What is said of one column so far."""

    dtype: Any = None
    coerce: bool = False
    nullable: bool = True
    unique: bool = False
    required: bool = True
    regex: bool = False
    checks: list[Call] = field(default_factory=list)

    def call(self) -> Call:
        return Call("pa.Column", self._given, self._named)

    def level(self, name: str) -> Call:
        """It as a level of an index."""
        return Call("pa.Index", self._given, {"name": name, **self._named})

    @property
    def _given(self) -> tuple[Any, ...]:
        return (self.dtype,) if self.dtype is not None else ()

    @property
    def _named(self) -> dict[str, Any]:
        named: dict[str, Any] = {"checks": self.checks} if self.checks else {}
        usual = {"nullable": False, "unique": False, "coerce": False, "required": True, "regex": False}
        return named | {key: not value for key, value in usual.items() if getattr(self, key) is not value}


def written(
    name: str,
    columns: Sequence[Declared],
    checks: Sequence[Check],
    gaps: Sequence[Gap] = (),
    *,
    api: str = "pandas",
    sources: Mapping[str, str] | None = None,
) -> Written:
    """
    *checks* on *columns* as a pandera schema for frames of *api*; *sources* are what the data calls columns otherwise.

    Raises:
        UsageError: there is no such *api*. MissingExtra: only by `build`, when pandera or its frames are not installed.
    """
    if api not in set(Api):
        raise UsageError(f"pandera for '{api}' is not written", "", f"say one of {', '.join(Api)}")
    writer = _Writer(Api(api), columns, sources or {})
    for check in sorted(checks, key=_first):
        reason = writer.take(check)
        if reason:
            writer.left_out.append(Gap(check.clause, reason, rule=check.id, column=", ".join(check.columns)))
    call = writer.call(name)
    imports = [f"import pandera.{api} as pa"]
    imports += [line for mark, line in _IMPORTS.items() if mark in call.text()]
    source = "\n".join([*sorted(imports), "", f"schema = {call.text()}", ""])

    def build() -> Any:
        modules: dict[str, Any] = {"pa": library(Api(api)), "Decimal": Decimal, "datetime": datetime, "date": date}
        if "pl." in source:
            import polars as pl  # noqa: PLC0415  the schema is for its frames

            modules["pl"] = pl
        return call.made(modules)

    return Written(source, (*writer.left_out, *gaps), build)


_IMPORTS = {
    "pl.": "import polars as pl",
    "Decimal(": "from decimal import Decimal",
    "datetime.from": "from datetime import datetime",
    " date.from": "from datetime import date",
}


def _first(check: Check) -> tuple[bool, bool]:
    """What is there, then what may be null: the others ask for it."""
    return not isinstance(check.subject, Header | Shape), _function(check) != "not_null"


def _function(check: Check) -> str:
    """The check function that *check* is of, whatever a contract calls it."""
    return check.function or check.name


class _Writer:
    """Collects columns and what is said of the frame."""

    def __init__(self, api: Api, columns: Sequence[Declared], sources: Mapping[str, str]) -> None:
        self.api, self.sources = api, sources
        self.columns = {item.name: _Column() for item in columns}
        self.kinds = {item.name: item for item in columns}
        self.left_out: list[Gap] = []
        self.together: list[list[str]] = []
        self.matched: set[str] = set()  # patterns that some column must match
        self.strict = self.ordered = False
        self.there: set[str] | None = set()  # columns that must be; None: all

    def call(self, name: str) -> Call:
        """The whole schema."""
        named: dict[str, Any] = {"name": name} if name else {}
        if self.strict:
            named["strict"] = True
        if self.ordered:
            named["ordered"] = True
        if self.together:
            named["unique"] = self.together if len(self.together) > 1 else self.together[0]
        for key, item in self.columns.items():
            item.required = self.kinds[key].level or self.there is None or key in self.there | self.matched
        levels = [item.level(key) for key, item in self.columns.items() if self.kinds[key].level]
        if levels and self.api is Api.PANDAS:
            named["index"] = levels[0] if len(levels) == 1 else Call("pa.MultiIndex", (levels,))
        columns = {self.sources.get(key, key): item.call() for key, item in self.columns.items() if not self.kinds[key].level}
        return Call("pa.DataFrameSchema", (columns,), named)

    def take(self, check: Check) -> str:
        """Say *check*; why that cannot be done, else ""."""
        if isinstance(check.subject, Header):
            return self._header(check, check.subject)
        if isinstance(check.subject, Shape):
            self.there = None
            self.strict = self.strict or check.subject.extra in (Mode.QUARANTINE, Mode.BLOCK)
            self.ordered = self.ordered or check.subject.order in (Mode.QUARANTINE, Mode.BLOCK)
            return ""
        if check.name == "record":
            return ""
        if check.each and check.columns[0] in self.columns:
            item = self.columns[check.columns[0]]
            item.regex = check.each != rf"{re.escape(check.columns[0])}\Z"
        if check.where is not None or check.on == "good":
            return "pandera's checks have no filter"
        if check.limits != NONE_BAD and check.name != "values_equal_set":
            return "pandera allows no share of bad rows"
        if isinstance(check.subject, Foreign):
            return self._delegated(check, check.subject)
        name = _function(check)
        if name == "unique" and isinstance(check.subject, Keys):
            return self._unique(check)
        if len(check.columns) != 1 or check.columns[0] not in self.columns:
            return f"pandera has no word for {check.name}"
        return self._column(check, name, self.columns[check.columns[0]])

    def _column(self, check: Check, name: str, item: _Column) -> str:
        if name == "fits_type":
            return self._dtype(check.columns[0], item)
        kind = self.kinds[check.columns[0]].kind
        made = list(_checks(name, _of_kind(check.arguments, kind)))
        if name == "not_null":
            if check.mode in (Mode.OBSERVE, Mode.WARN):
                return "pandera cannot only warn of null"
            item.nullable = False
            return ""
        if not made:
            return f"pandera has no word for {name}"
        options: dict[str, Any] = {"raise_warning": True} if check.mode in (Mode.OBSERVE, Mode.WARN) else {}
        if isinstance(check.subject, Rows):
            plain = DEFINITIONS[name].function(column(check.columns[0]), **check.arguments)
            if check.subject.bad == any_of(plain, Missing(this=column(check.columns[0]))):
                options["ignore_na"] = False
            elif check.subject.bad != plain:
                return "pandera does not look into nested values"
        item.checks += [Call(call.name, call.given, {**call.named, **options}) for call in made]
        return ""

    def _delegated(self, check: Check, subject: Foreign) -> str:
        """A built-in check that pandera itself runs."""
        run = subject.run
        if not isinstance(run, OneCheck) or not run.rule.name or run.rule.groupby or not check.columns:
            return "functions are Python, which is not written out"
        said: dict[str, Any] = {key: _value(value) for key, value in run.rule.arguments.items()}
        said |= {"raise_warning": True} if run.rule.warns else {}
        said |= {} if run.rule.ignore_na else {"ignore_na": False}
        self.columns[check.columns[0]].checks.append(Call(f"pa.Check.{run.rule.name}", (), said))
        return ""

    def _dtype(self, name: str, item: _Column) -> str:
        if item.dtype is not None:
            return ""
        said = self.kinds[name]
        item.dtype = said.dtype if said.dtype and self.api is Api.PANDAS else self._type(said.kind)
        item.coerce = item.dtype is not None and said.coerced
        return "" if item.dtype is not None else f"pandera has no type for {said.kind}"

    def _type(self, kind: Kind | None) -> Any:
        if kind is None:
            return None
        if kind.base is Base.DECIMAL and kind.precision:
            home = "pa" if self.api is Api.PANDAS else "pl"
            return Call(f"{home}.Decimal", (kind.precision, kind.scale))
        found = _DTYPES[self.api].get(kind.base)
        if found is None or self.api is Api.PANDAS:
            return found
        return Name(f"pl.{found}")

    def _unique(self, check: Check) -> str:
        single = len(check.columns) == 1 and check.columns[0] in self.columns
        if check.mode in (Mode.OBSERVE, Mode.WARN):
            return "pandera cannot only warn of repeated values"
        if check.subject.of == () and not all(self._never_null(name) for name in check.columns):  # type: ignore[union-attr]
            return "pandera counts nulls as one value, the contract leaves keys with null out"
        if single:
            self.columns[check.columns[0]].unique = True
        else:
            self.together.append(list(check.columns))
        return ""

    def _never_null(self, name: str) -> bool:
        return name in self.columns and not self.columns[name].nullable

    def _header(self, check: Check, subject: Header) -> str:
        if subject.ask is Ask.ONLY:
            self.strict = True
        elif subject.ask is Ask.FOLLOW:
            self.ordered = True
        elif subject.ask is Ask.TYPE and subject.names[0] in self.columns and self.api is Api.PANDAS:
            self.columns[subject.names[0]].dtype = self.kinds[subject.names[0]].dtype or subject.types[0]
        elif subject.ask is Ask.MATCH:
            self.matched |= {check.id.removesuffix(".present")}
        elif subject.ask is Ask.THERE and self.there is not None and check.mode is Mode.BLOCK:
            self.there |= set(subject.names)
        elif subject.ask is not Ask.THERE:
            return f"pandera cannot ask this of the columns: {check.says}"
        return ""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the source: `pl.Int64`."""

    name: str


def _checks(name: str, said: Mapping[str, Any]) -> Iterator[Call]:
    """The built-in checks of pandera that together mean dq's check *name*; none when it has none."""
    if name in _BOUNDS:
        yield Call(f"pa.Check.{_BOUNDS[name]}", (_value(said["value"]),))
    if name in ("in_set", "valid"):
        yield Call("pa.Check.isin", ([_value(item) for item in said["values"] if item is not None],))
    if name == "not_in_set":
        yield Call("pa.Check.notin", ([_value(item) for item in said["values"] if item is not None],))
    if name in ("matches", "valid"):
        yield Call("pa.Check.str_contains", (said["pattern"],))
    if name == "has_format":
        yield Call("pa.Check.str_contains", (FORMATS[said["format"]],))
    if name in ("min_length", "max_length"):
        yield Call("pa.Check.str_length", (), {f"{name[:3]}_value": said["length"]})
    if name == "values_equal_set":
        yield Call("pa.Check.unique_values_eq", ([_value(item) for item in said["value_set"]],))


def _of_kind(said: Mapping[str, Any], kind: Kind | None) -> Mapping[str, Any]:
    """Arguments with moments that are written as text read as moments, where *kind* is one."""
    if kind is None or kind.base not in (Base.DATE, Base.TIMESTAMP, Base.TIMESTAMP_TZ):
        return said
    read = date.fromisoformat if kind.base is Base.DATE else datetime.fromisoformat

    def moment(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [moment(item) for item in value]
        return read(value) if isinstance(value, str) else value

    return {key: moment(value) for key, value in said.items()}


_BOUNDS = {"at_least": "ge", "at_most": "le", "more_than": "gt", "less_than": "lt"}


def _value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return Call("Decimal", (str(value),))
    if isinstance(value, datetime | date):
        return Call(f"{type(value).__name__}.fromisoformat", (value.isoformat(),))
    return value


def _text(value: Any, indent: int) -> str:
    if isinstance(value, Call):
        return value.text(indent)
    if isinstance(value, Name):
        return value.name
    if isinstance(value, Mapping):
        return _block("{}", [f"{key!r}: {_text(item, indent + 4)}" for key, item in value.items()], indent)
    if isinstance(value, list):
        return _block("[]", [_text(item, indent + 4) for item in value], indent)
    return repr(value)


def _block(ends: str, parts: Iterable[str], indent: int) -> str:
    parts = list(parts)
    line = f"{ends[0]}{', '.join(parts)}{ends[1]}"
    if len(line) + indent <= 90 and "\n" not in line:
        return line
    space = "\n" + " " * (indent + 4)
    return f"{ends[0]}{space}{f',{space}'.join(parts)},\n{' ' * indent}{ends[1]}"


def _made(value: Any, modules: Mapping[str, Any]) -> Any:
    if isinstance(value, Call):
        return value.made(modules)
    if isinstance(value, Name):
        home, _, rest = value.name.partition(".")
        return getattr(modules[home], rest)
    if isinstance(value, Mapping):
        return {key: _made(item, modules) for key, item in value.items()}
    if isinstance(value, list):
        return [_made(item, modules) for item in value]
    return value
