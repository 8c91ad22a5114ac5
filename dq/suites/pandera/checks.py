"""A pandera schema becomes a suite: built-in checks natively, Python in pandera itself, and what nobody enforces as gaps."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dq.checks import (
    DEFINITIONS,
    NONE_BAD,
    Ask,
    Check,
    Clause,
    Dimension,
    Foreign,
    Gap,
    GapKind,
    Header,
    Limit,
    Measure,
    Mode,
    Op,
    Rows,
    Subject,
    Unit,
)
from dq.errors import ContractError, Fault, Place, UsageError
from dq.sql import Base, Kind, Missing, any_of, column
from dq.suites.model import Declared, Suite
from dq.suites.pandera.dtypes import ANY, dtype, is_nothing
from dq.suites.pandera.model import Api, Component, Rule, Schema
from dq.suites.pandera.native import Native, differing, natively
from dq.suites.pandera.repeats import repeats
from dq.suites.pandera.scripts import OneCheck

TOOL = "pandera"
_NONE = (Limit(Op.EQ, 0, Unit.VALUE),)


def suite_of(schema: Schema, *, document: Mapping[str, Any] | None = None, source: str = "") -> Suite:
    """
    What *schema* demands, every clause once. *document* is what is kept of it, *source* where it can be read again.

    Raises:
        ContractError: a check that pandera does not know, or whose arguments it would not take; all of them.
    """
    writer = _Writer(schema)
    writer.run()
    if writer.faults:
        raise ContractError(writer.faults)
    words = json.dumps([schema.document or repr(schema), [_code(item) for item in _functions(schema)]], default=str)
    return Suite(
        place=schema.place,
        name=schema.name or schema.place.document,
        tool=TOOL,
        checks=tuple(writer.checks),
        gaps=tuple(writer.gaps),
        sha256=hashlib.sha256(words.encode()).hexdigest(),
        document=schema.document if document is None else document,
        source=source,
        columns=tuple(_declared(schema)),
    )


def _functions(schema: Schema) -> Iterator[Any]:
    for rules in (schema.rules, *(part.rules for part in (*schema.columns, *schema.index))):
        yield from (rule.check for rule in rules if rule.check is not None and not rule.name)


def _code(check: Any) -> str:
    """What makes another function another suite: its byte code and constants, not where it lies."""
    code = getattr(check._check_fn, "__code__", None)  # noqa: SLF001  pandera has no other word
    if code is None:
        return repr(getattr(check._check_fn, "__qualname__", type(check._check_fn)))  # noqa: SLF001
    constants = [item for item in code.co_consts if isinstance(item, str | int | float | bool | None)]
    return f"{code.co_code.hex()} {constants} {code.co_names} {check.statistics}"


def _components(schema: Schema) -> Iterator[Component]:
    """Columns and levels; a type that is said of the frame is that of every column, where none is named."""
    yield from schema.columns
    if not schema.columns and schema.dtype:
        yield Component(schema.place, ".*", schema.dtype, nullable=True, required=False, regex=True)
    yield from schema.index


def _declared(schema: Schema) -> Iterator[Declared]:
    """The columns, by name or by the pattern of their names, with the kind of their values."""
    for item in _components(schema):
        said = dtype(schema.dtype or item.dtype)
        name, coerced = _name_and_pattern(item, schema)[0], item.coerce or schema.coerce
        yield Declared(name, said.kind, coerced, schema.dtype or item.dtype, item.is_index)


@dataclass(slots=True)
class _Writer:
    """Collects checks, gaps and faults while it walks one schema."""

    schema: Schema
    checks: list[Check] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def run(self) -> None:
        """Walk the schema in its own order."""
        schema = self.schema
        if schema.parsers:
            self._parsed(schema.place, "the schema", schema.parsers)
        if schema.presence:
            self._presence()
        for item in _components(schema):
            self._component(item)
        for columns in (*schema.together, *((schema.index_together,) if schema.index_together else ())):
            self._unique(schema.place, columns, schema.report_duplicates, each="")
        for rule in schema.rules:
            self._foreign(rule, "", "")
        for place, text, reason in schema.unread:
            self.gaps.append(Gap(Clause(place, text), reason))

    # -- the columns that are there --------------------------------------------------------------------------------------

    def _presence(self) -> None:
        schema, place = self.schema, self.schema.place
        wanted = [item for item in schema.columns if item.required and not self._may_lack(item)]
        if names := tuple(item.name for item in wanted if not item.regex):
            self._header("present", place, "the columns are there", Header(Ask.THERE, names))
        for item in wanted:
            if item.regex:
                said = f"a column matches {item.name}"
                self._header(f"{item.name}.present", item.place, said, Header(Ask.MATCH, (_pattern(item, schema.api),)))
        patterns = tuple(_pattern(item, schema.api) for item in schema.columns)
        if schema.strict is True:
            self._header("strict", place, "there are no other columns", Header(Ask.ONLY, patterns))
        elif schema.strict == "filter":
            self.gaps.append(Gap(Clause(place, "strict: filter"), "dq changes no data: other columns go on", GapKind.NOT_JUDGED))
        if schema.ordered:
            self._header("ordered", place, "the columns are in this order", Header(Ask.FOLLOW, patterns))
        if schema.add_missing_columns:
            reason = "dq adds no columns: those that may be added may be missing"
            self.gaps.append(Gap(Clause(place, "add_missing_columns"), reason, GapKind.NOT_JUDGED))
        for item in schema.columns:
            if item.warns_when_missing and not item.required and not item.regex:
                said = f"{item.name} is there"
                self._header(f"{item.name}.present", item.place, said, Header(Ask.THERE, (item.name,)), mode=Mode.WARN)

    def _may_lack(self, item: Component) -> bool:
        return self.schema.add_missing_columns and (item.nullable or item.default is not None)

    def _header(self, name: str, place: Place, says: str, subject: Header, mode: Mode = Mode.BLOCK) -> None:
        self._add(name, subject, place, name=name.rpartition(".")[2], dimension=Dimension.CONFORMITY, says=says, mode=mode)

    # -- a column or a level -----------------------------------------------------------------------------------------------

    def _component(self, item: Component) -> None:
        name, each = _name_and_pattern(item, self.schema)
        if item.parsers:
            self._parsed(item.place, item.name, item.parsers)
        self._type(item, name, each)
        if _needs_value(item):
            self._native(item.place, Native("not_null"), name, each, "required")
        if item.default is not None:
            reason = f"dq fills nothing in: null passes, where pandera puts {item.default!r}"
            self.gaps.append(Gap(Clause(item.place, "default"), reason, GapKind.NOT_JUDGED, column=item.name))
        if item.unique:
            self._unique(item.place, (name,), item.report_duplicates, each=each)
        said = dtype(self.schema.dtype or item.dtype)
        for rule in item.rules:
            self._rule(rule, name, each, said.kind if said is not ANY or not item.dtype else Kind(Base.UNKNOWN))

    def _type(self, item: Component, name: str, each: str) -> None:
        text = self.schema.dtype or item.dtype
        said = dtype(text)
        clause = f"dtype: {text}"
        if said is ANY:
            if not is_nothing(text):
                self.gaps.append(Gap(Clause(item.place, clause), f"dq has no values of type {text}", column=item.name))
            return
        coerced = item.coerce or self.schema.coerce
        if said.names and not coerced:
            subject = Header(Ask.TYPE, (name,), types=said.names, of_texts=False)
            says = f"{name} is stored as {text}"
            self._add(
                f"{name}.dtype",
                subject,
                item.place,
                name="dtype",
                dimension=Dimension.CONFORMITY,
                says=says,
                columns=(name,),
                clause=clause,
                mode=Mode.BLOCK,
                each=each or _pattern(item, self.schema.api),  # a column that is not there has no type
            )
        if said.kind is not None:
            self._native(item.place, Native("fits_type", {"kind": str(said.kind)}), name, each, "type", clause=clause)
        if item.categories:
            self._native(item.place, Native("in_set", {"values": item.categories}), name, each, "categories", clause=clause)

    def _unique(self, place: Place, columns: tuple[str, ...], report: str, *, each: str) -> None:
        if self.schema.api is Api.POLARS:
            report = "all"  # as pandera's checks for Polars do
        listed = ", ".join(columns)
        never = {_name_and_pattern(item, self.schema)[0] for item in _components(self.schema) if _needs_value(item)}
        subject = repeats(columns, report, has_nulls=not never >= set(columns))
        self._add(
            f"{listed}.unique",
            subject,
            place,
            name="unique",
            dimension=Dimension.UNIQUENESS,
            says=f"{listed} is unique",
            columns=columns,
            clause="unique",
            each=each,
        )

    # -- checks --------------------------------------------------------------------------------------------------------------

    def _rule(self, rule: Rule, name: str, each: str, kind: Kind | None) -> None:
        if not rule.name or rule.groupby is not None or rule.element_wise:
            self._foreign(rule, name, each)
            return
        try:
            found = natively(rule, self.schema.api, kind)
        except UsageError as error:
            self.faults.append(Fault(rule.place, error.what, error.mend))
            return
        if found is None:
            self._foreign(rule, name, each)
        for native in found or ():
            mode = Mode.WARN if rule.warns else None
            self._native(
                rule.place,
                native,
                name,
                each,
                rule.shown,
                mode=mode,
                says=rule.says,
                fails_null=_fails_null(rule, self.schema.api),
            )

    def _native(
        self,
        place: Place,
        native: Native,
        name: str,
        each: str,
        shown: str,
        *,
        clause: str = "",
        mode: Mode | None = None,
        says: str = "",
        fails_null: bool = False,
    ) -> None:
        values = native.arguments.get("value_set")
        subject: Subject
        if values is not None:
            subject, dimension, limits = Measure(differing(column(name), values)), Dimension.CONFORMITY, _NONE
            sentence = f"{name} has the values {', '.join(map(str, values[:12]))}, and no other"
        else:
            definition = DEFINITIONS[native.check]
            bad = definition.function(column(name), **native.arguments)
            subject = Rows(any_of(bad, Missing(this=column(name))) if fails_null else bad)
            sentence, dimension, limits = definition.sentence(name, native.arguments), definition.dimension, NONE_BAD
        self._add(
            f"{name}.{shown}",
            subject,
            place,
            name=native.check,
            dimension=dimension,
            says=says or sentence,
            columns=(name,),
            clause=clause or shown,
            mode=mode,
            each=each,
            limits=limits,
            arguments=native.arguments,
        )

    def _foreign(self, rule: Rule, name: str, each: str) -> None:
        """Somebody's Python, and built-in checks that dq has no equal of, run in pandera."""
        if each and rule.groupby == ():
            reason = "a function that groups is run on columns whose names are known"
            self.gaps.append(Gap(Clause(rule.place, rule.shown), reason, rule=rule.shown, column=name))
            return
        groups = rule.groupby if name else None
        columns = () if not name or groups == () else (name, *(item for item in groups or () if item != name))
        run = OneCheck(self.schema.api, rule, (name if columns == () else "") if name else None)
        subject = Foreign(run, TOOL, per_row=rule.groupby is None, columns=columns, in_batches=rule.element_wise)
        shown = rule.shown.strip("<>") or "check"
        says = rule.says or f"{name or 'every row'} passes {shown}"
        mode = Mode.WARN if rule.warns else None
        self._add(
            f"{name}.{shown}".lstrip("."),
            subject,
            rule.place,
            name=shown,
            dimension=Dimension.ACCURACY,
            says=says,
            columns=(name,) if name else (),
            clause=shown,
            mode=mode,
            each=each,
        )

    def _parsed(self, place: Place, what: str, parsers: int) -> None:
        reason = f"{parsers} functions change {what} before it is checked; dq changes no data and checks it as it came"
        self.gaps.append(Gap(Clause(place, "parsers"), reason, column=what if what != "the schema" else ""))

    def _add(
        self,
        id_: str,
        subject: Subject,
        place: Place,
        *,
        name: str,
        dimension: Dimension,
        says: str,
        columns: tuple[str, ...] = (),
        clause: str = "",
        mode: Mode | None = None,
        each: str = "",
        limits: tuple[Limit, ...] = NONE_BAD,
        arguments: Mapping[str, Any] | None = None,
    ) -> None:
        check = Check(
            id=id_,
            name=name,
            dimension=dimension,
            says=says,
            columns=columns,
            subject=subject,
            clause=Clause(place, clause or name),
            limits=limits,
            rule=id_,
            function=name if name in DEFINITIONS and arguments is not None else "",
            arguments=arguments or {},
            each=each,
        )
        self.checks.append(replace(check, mode=mode or (Mode.QUARANTINE if check.is_row_check else Mode.BLOCK)))


def _needs_value(item: Component) -> bool:
    return not item.nullable and item.default is None


def _fails_null(rule: Rule, api: Api) -> bool:
    """Whether null breaks the check; in pandas, what compares with null is false, and so "not one of these" is true."""
    return not rule.ignore_na and (api is Api.POLARS or rule.name not in ("not_equal_to", "notin"))


def _name_and_pattern(item: Component, schema: Schema) -> tuple[str, str]:
    """The name that checks of *item* have, and the pattern of the columns that they are made for, "" when it is that one."""
    if item.regex:
        return item.name, _pattern(item, schema.api)
    optional = not item.required or (schema.add_missing_columns and (item.nullable or item.default is not None))
    return item.name, _pattern(item, schema.api) if optional else ""


def _pattern(item: Component, api: Api) -> str:
    """What the names of its columns match from the start; a pattern is that of the whole name for Polars only."""
    if not item.regex:
        return rf"{re.escape(item.name)}\Z"
    return rf"(?:{item.name})\Z" if api is Api.POLARS else item.name
