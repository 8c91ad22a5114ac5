"""A contract's schema object becomes a plan: every clause a check or a gap. Pure; no data, no engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from dq.checks import DEFINITIONS, Answer, Check, Clause, Gap, GapKind, Limit, Looks, Measure, Mode, Op, Rows, Shape, Tree, Unit
from dq.checks.model import NONE_BAD, Definition, Dimension, Keys
from dq.contract.model import Contract, Extension, Property, Relationship, Rule, SchemaObject
from dq.errors import ContractError, Fault, Place, UsageError
from dq.plan.clauses import Promise, options, rule_promise
from dq.plan.kinds import field_of
from dq.plan.model import Plan
from dq.sql import AnyOf, MapValues, Part, column, condition

MEANING = 1  # raised when the same contract would judge the same rows differently

RECORD = "record"  # the check that every record of a text file can be read
COLUMNS = "columns"  # the check that the declared columns are there


@dataclass(frozen=True, slots=True)
class Selection:
    """Which clauses of an object a run wants; empty means all. *rules*, *dimensions* and *tags* name what they name."""

    stage: str | None = None
    rules: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    metadata_only: bool = False

    def wants(self, item: Check) -> bool:
        """Whether *item* belongs to it. Records that cannot be read are always told."""
        if item.id == RECORD:
            return True
        if self.rules and not {item.id, item.rule} & set(self.rules):
            return False
        if self.dimensions and item.dimension not in self.dimensions:
            return False
        if self.tags and not set(self.tags) & set(item.tags):
            return False
        return not self.metadata_only or isinstance(item.subject, Shape) or item.name == "fits_type"


EVERYTHING = Selection()


def compile(contract: Contract, schema: SchemaObject, *, dataset: str | None = None, select: Selection = EVERYTHING) -> Plan:  # noqa: A001
    """
    The plan of *schema*: checks in document order, and a gap for every clause that nobody enforces.

    Raises:
        ContractError: rules that cannot mean anything (unknown check, wrong arguments, a pattern outside the subset), all at once.
        UsageError: a rule, dimension or tag is asked for that the contract does not have.
    """
    compiler = _Compiler(contract, schema, select.stage)
    compiler.run()
    if compiler.faults:
        raise ContractError(compiler.faults)
    checks = _distinct(compiler.checks)
    _known(select, checks, contract)
    words = json.dumps([contract.sha256, schema.name, select.stage, MEANING, sorted(select.rules), sorted(select.dimensions), sorted(select.tags)])
    return Plan(
        dataset=dataset or f"{contract.name}.{schema.name}",
        contract=contract.ref,
        object=schema.name,
        fields=tuple(field_of(item) for item in schema.properties),
        checks=tuple(item for item in checks if select.wants(item)),
        gaps=tuple(compiler.gaps),
        sha256=hashlib.sha256(words.encode()).hexdigest(),
        zone=contract.default_timezone or "UTC",
        owners=contract.owners,
    )


def _known(select: Selection, checks: list[Check], contract: Contract) -> None:
    for what, asked, known in (
        ("rule", select.rules, {item.id for item in checks} | {item.rule for item in checks}),
        ("dimension", select.dimensions, set(Dimension)),
        ("tag", select.tags, {tag for item in checks for tag in item.tags}),
    ):
        if missing := [name for name in asked if name not in known]:
            listed = ", ".join(sorted(known - {""}))
            raise UsageError(f"no {what} '{missing[0]}'", contract.ref, f"known {what}s: {listed or 'none'}")


def _distinct(checks: list[Check]) -> list[Check]:
    """The checks, with ids made different by a number."""
    seen: dict[str, int] = {}
    out = []
    for item in checks:
        seen[item.id] = count = seen.get(item.id, 0) + 1
        out.append(item if count == 1 else replace(item, id=f"{item.id}#{count}"))
    return out


@dataclass(frozen=True, slots=True)
class _At:
    """Where checks of a property apply: its path, the extensions around it (nearest first), and how to get there from a row."""

    path: str
    root: str
    reach: Callable[[Callable[[Tree], Tree]], Tree]  # a predicate over the value -> a predicate over the row
    extensions: tuple[Extension, ...]
    tags: tuple[str, ...]
    nested: bool


class _Compiler:
    """Collects checks, gaps and faults while it walks one schema object."""

    def __init__(self, contract: Contract, schema: SchemaObject, stage: str | None) -> None:
        self.contract, self.schema, self.stage = contract, schema, stage
        self.checks: list[Check] = []
        self.gaps: list[Gap] = []
        self.faults: list[Fault] = []
        self.around = (schema.extension, contract.extension)

    def run(self) -> None:
        self._shape()
        for item in self.schema.properties:
            name = item.name
            self._property(item, _At(name, name, _row(name), (item.extension, *self.around), item.tags, nested=False))
        self._primary_key()
        for relation in self.schema.relationships:
            self._relationship(relation, self.around)
        for rule in self.schema.rules:
            self._rule(rule, None)
        for sla in self.contract.slas:
            text = f"{sla.property}: {sla.value} {sla.unit}".strip()
            self.gaps.append(Gap(self._clause(sla.place, text), "a service level needs a store and a time", GapKind.NOT_JUDGED))

    # -- structure ----------------------------------------------------------------------------------------------------

    def _shape(self) -> None:
        self._add_plain(
            Check(
                id=RECORD,
                name=RECORD,
                dimension=Dimension.CONFORMITY,
                says="every record can be read",
                columns=(),
                subject=Rows(exp.false()),
                clause=self._clause(self.schema.place, "records"),
            )
        )
        if not self.schema.properties:
            return
        extra, order = (_said(self.around, name) for name in ("extra", "order"))
        subject = Shape(extra=Mode(extra) if extra else Mode.OBSERVE, order=Mode(order) if order else None)
        names = tuple(item.name for item in self.schema.properties)
        self._add_plain(
            Check(
                id=COLUMNS,
                name=COLUMNS,
                dimension=Dimension.CONFORMITY,
                says="the declared columns are there",
                columns=names,
                subject=subject,
                clause=self._clause(self.schema.place, "properties"),
                mode=Mode.BLOCK,
            )
        )

    def _property(self, item: Property, at: _At) -> None:
        for promise in options(item):
            if isinstance(promise, Gap):
                self.gaps.append(promise)
            else:
                self._promise(promise, at)
        if item.unique:
            if at.nested:
                self._gap(item.at("unique"), "unique: true", "uniqueness of a nested value is not checked", column=at.path)
            else:
                self._keyed("unique", (item.name,), Clause(item.at("unique"), "unique: true"), at.extensions, tags=at.tags)
        for relation in item.relationships:
            if at.nested:
                self._gap(relation.place, f"to: {', '.join(relation.to)}", "a relationship of a nested value is not checked", column=at.path)
            else:
                self._relationship(relation, at.extensions)
        for rule in item.rules:
            self._rule(rule, at)
        needed = item.options.get("required") or ()
        for said in item.properties:
            part = replace(said, required=True) if said.name in needed else said
            self._property(part, self._inside(at, part.name, part, lambda value, name=part.name: Part(this=value, expression=exp.Literal.string(name))))
        if item.items:
            self._property(item.items, self._elements(at, item))

    def _inside(self, at: _At, name: str, item: Property, step: Callable[[Tree], Tree]) -> _At:
        return replace(
            at,
            path=f"{at.path}.{name}",
            reach=lambda bad: at.reach(lambda value: bad(step(value))),
            extensions=(item.extension, *at.extensions),
            tags=at.tags + item.tags,
            nested=True,
        )

    def _elements(self, at: _At, item: Property) -> _At:
        assert item.items is not None  # noqa: S101  the caller looked
        alias = f"__dq_e{at.path.count('[]')}"
        is_map = item.logical_type == "map"

        def reach(bad: Callable[[Tree], Tree]) -> Tree:
            return at.reach(
                lambda value: AnyOf(
                    this=MapValues(this=value) if is_map else value, alias=exp.to_identifier(alias), expression=bad(column(alias))
                )
            )

        return replace(
            at, path=f"{at.path}[]", reach=reach, extensions=(item.items.extension, *at.extensions), tags=at.tags + item.items.tags, nested=True
        )

    def _primary_key(self) -> None:
        keys = sorted((item for item in self.schema.properties if item.primary_key), key=lambda item: item.primary_key_position)
        if not keys:
            return
        place = keys[0].at("primaryKey")
        names = tuple(item.name for item in keys)
        self._keyed("unique", names, Clause(place, "primaryKey: true"), (keys[0].extension, *self.around), name="primary_key")

    def _relationship(self, relation: Relationship, extensions: tuple[Extension, ...]) -> None:
        clause = Clause(relation.place, f"{', '.join(relation.columns)} -> {', '.join(relation.to)}")
        targets = [target_of(to) for to in relation.to]
        if len({target for target, _ in targets}) != 1 or len(targets) != len(relation.columns):
            self.faults.append(Fault(relation.place, "a relationship joins one other dataset, column by column", "write to: planes.tailnum"))
            return
        arguments = {"to": targets[0][0], "to_columns": tuple(name for _, name in targets)}
        self._keyed("foreign_key", relation.columns, clause, (relation.extension, *extensions), arguments=arguments)

    # -- rules --------------------------------------------------------------------------------------------------------

    def _rule(self, rule: Rule, at: _At | None) -> None:
        stages = _said((rule.extension, *(at.extensions if at else self.around)), "stages")
        clause = Clause(rule.place, _rule_text(rule))
        if stages is not None and self.stage is not None and self.stage not in stages:
            self.gaps.append(Gap(clause, f"holds at {', '.join(stages)}", GapKind.NOT_JUDGED, rule=rule.id or rule.name))
            return
        try:
            promise = rule_promise(rule, clause, at.path if at else "")
        except UsageError as error:
            self.faults.append(Fault(rule.place, error.what, error.mend))
            return
        if isinstance(promise, Gap):
            waived = {name for part in (rule.extension, *self.around) for name in part.waive or ()}
            self.gaps.append(replace(promise, waived=bool({rule.id, rule.name, promise.rule} & waived - {""}), column=at.path if at else ""))
        else:
            self._promise(promise, at, rule)

    def _promise(self, promise: Promise, at: _At | None, rule: Rule | None = None) -> None:
        """Turn a promise into a check, its arguments checked."""
        extensions = ((rule.extension,) if rule else ()) + (at.extensions if at else self.around)
        if promise.check == "sql":
            query = str(promise.arguments["query"])
            self._add(promise, "sql", Dimension.ACCURACY, promise.says or "the answer of a query", (at.root,) if at else (), Answer(query), at, rule, extensions)
            return
        definition = DEFINITIONS.get(promise.check)
        if definition is None:
            self.faults.append(Fault(promise.clause.place, f"unknown check '{promise.check}'", _did_you_mean(promise.check)))
            return
        arguments = dict(promise.arguments)
        columns = tuple(arguments.pop("columns", ()) or ((at.root,) if at else ()))
        if definition.takes != "table" and not columns:
            self.faults.append(Fault(promise.clause.place, f"check '{promise.check}' needs a column", "write it on a property, or say column: NAME"))
            return
        if at and at.nested and definition.looks is not Looks.ROWS:
            self._gap(promise.clause.place, promise.clause.text, f"{promise.check} of a nested value is not checked", column=at.path)
            return
        try:
            _check_arguments(definition, arguments)
            subject = _subject(definition, columns, arguments, at)
        except UsageError as error:
            self.faults.append(Fault(promise.clause.place, error.what, error.mend))
            return
        shown = at.path if at and not promise.arguments.get("columns") else ", ".join(columns)
        says = promise.says or _says(definition, shown, arguments)
        self._add(promise, promise.name or definition.name, definition.dimension, says, columns, subject, at, rule, extensions)

    def _keyed(
        self,
        check: str,
        columns: tuple[str, ...],
        clause: Clause,
        extensions: tuple[Extension, ...],
        *,
        name: str = "",
        arguments: Mapping[str, Any] | None = None,
        tags: tuple[str, ...] = (),
    ) -> None:
        keep = {"keep": _said(extensions, "keep") or "none"} if check == "unique" else {}
        at = _At(", ".join(columns), columns[0], _row(columns[0]), extensions, tags, nested=False)
        self._promise(Promise(check, clause, {"columns": columns, **keep, **(arguments or {})}, name=name), at)

    def _add(
        self,
        promise: Promise,
        name: str,
        dimension: Dimension,
        says: str,
        columns: tuple[str, ...],
        subject: Rows | Keys | Measure | Answer,
        at: _At | None,
        rule: Rule | None,
        extensions: tuple[Extension, ...],
    ) -> None:
        prefix = at.path if at and not promise.arguments.get("columns") else ", ".join(columns) if columns and name != "sql" else ""
        said = _said(extensions, "where")
        place = promise.clause.place
        try:
            where = condition(said, str(place)) if said else None
        except UsageError as error:
            self.faults.append(Fault(place, f"where: {error.what}", error.mend))
            return
        check = Check(
            id=(rule.id if rule else "") or ".".join(part for part in (prefix, name) if part),
            name=name,
            dimension=Dimension(rule.dimension) if rule and rule.dimension in set(Dimension) else dimension,
            says=(rule.description or rule.name if rule else "") or says,
            columns=columns,
            subject=subject,
            clause=promise.clause,
            limits=promise.limits,
            where=where,
            rule=(rule.id or rule.name) if rule else "",
            tags=(rule.tags if rule else ()) + (at.tags if at else ()) + self.schema.tags,
            on="good" if _said(extensions, "on") == "good" else "arrived",
            warning=promise.warning,
        )
        mode = _said(extensions, "mode")
        self.checks.append(replace(check, mode=_mode(mode, rule.severity if rule else "", is_row=check.is_row_check)))

    def _add_plain(self, check: Check) -> None:
        self.checks.append(check)

    def _gap(self, place: Place, text: str, reason: str, column: str = "") -> None:
        self.gaps.append(Gap(self._clause(place, text), reason, column=column))

    def _clause(self, place: Place, text: str) -> Clause:
        return Clause(place, text, self.contract.sha256)


def _row(name: str) -> Callable[[Callable[[Tree], Tree]], Tree]:
    return lambda bad: bad(column(name))


def _said(extensions: Collection[Extension], name: str) -> Any:  # noqa: ANN401  a key has its own type
    """What the nearest extension says of *name*."""
    return next((value for item in extensions if (value := getattr(item, name)) is not None), None)


def _mode(said: str | None, severity: str, *, is_row: bool) -> Mode:
    """The mode of a rule: as said, else from ODCS `severity`. A dataset check has no rows to divert: it blocks."""
    if said:
        mode = Mode(said)
    else:
        word = severity.strip().lower()
        mode = {
            "info": Mode.OBSERVE,
            "warning": Mode.WARN,
            "low": Mode.WARN,
            "minor": Mode.WARN,
            "critical": Mode.BLOCK,
            "blocker": Mode.BLOCK,
        }.get(word, Mode.QUARANTINE)
    return Mode.BLOCK if mode is Mode.QUARANTINE and not is_row else mode


def _subject(definition: Definition, columns: tuple[str, ...], arguments: Mapping[str, Any], at: _At | None) -> Rows | Keys | Measure:
    function = definition.function
    if definition.takes == "table":
        made = function(**arguments)
    elif definition.takes == "columns":
        made = function(*columns, **arguments)
    elif definition.looks is Looks.ROWS and at and columns == (at.root,):
        made = at.reach(lambda value: function(value, **arguments))
    else:
        made = function(column(columns[0]), **arguments)
    if isinstance(made, Keys):
        return made
    return Rows(made) if definition.looks is Looks.ROWS else Measure(made)


def _check_arguments(definition: Definition, arguments: Mapping[str, Any]) -> None:
    known = definition.parameters
    if unknown := sorted(set(arguments) - set(known)):
        raise UsageError(f"check '{definition.name}' takes no '{unknown[0]}'", "", f"it takes: {', '.join(known) or 'nothing'}")
    if missing := [name for name, item in known.items() if item.default is item.empty and name not in arguments]:
        raise UsageError(f"check '{definition.name}' needs '{missing[0]}'", "", f"it takes: {', '.join(known)}")


def _says(definition: Definition, shown: str, arguments: Mapping[str, Any]) -> str:
    words = {key: _words(value) for key, value in arguments.items()}
    return definition.says.format(column=shown, columns=shown, **words)


def _words(value: object) -> str:
    if isinstance(value, list | tuple):
        shown = ", ".join(str(item) for item in value[:12])
        return f"{shown}, … ({len(value)} in all)" if len(value) > 12 else shown
    return str(value)


def _rule_text(rule: Rule) -> str:
    limits = ", ".join(f"{name}: {value}" for name, value in rule.operators)
    return " ".join(part for part in (rule.metric or rule.query or rule.engine or rule.type, limits, rule.unit if rule.unit == "percent" else "") if part)


def _did_you_mean(name: str) -> str:
    import difflib  # noqa: PLC0415  only for a mistake

    near = difflib.get_close_matches(name, DEFINITIONS, n=1)
    hint = f"did you mean '{near[0]}'? " if near else ""
    return f"{hint}known checks: {', '.join(sorted(DEFINITIONS))}"


def target_of(reference: str) -> tuple[str, str]:
    """The dataset and column that an ODCS reference names: `planes.tailnum`, `/schema/planes/properties/tailnum`, …"""
    parts = [part for part in reference.replace("#", "/").split("/") if part]
    if "properties" in parts:
        at = parts.index("properties")
        return parts[at - 1], parts[at + 1] if at + 1 < len(parts) else ""
    head, _, tail = parts[-1].rpartition(".")
    return head, tail
