"""A contract's schema object becomes a plan: every clause a check or a gap. Pure; no data, no engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from dq.checks import Check, Clause, Gap, GapKind, Header, Mode, Rows, Shape
from dq.checks.model import Dimension
from dq.contract.model import Contract, Property, Relationship, Rule, SchemaObject
from dq.errors import ContractError, Fault, UsageError
from dq.plan.checked import NestedKeys, at_site, check_of
from dq.plan.clauses import Promise, options, rule_promise
from dq.plan.each import distinct
from dq.plan.kinds import field_of, fields_of
from dq.plan.model import Field, Plan
from dq.plan.site import Site
from dq.sql import Base, Kind, Misfit, column
from dq.suites import Suite, custom
from dq.suites.numbers import numbers

MEANING = 1  # raised when the same contract would judge the same rows differently

RECORD = "record"  # the check that every record of a text file can be read
READABLE = "readable"  # the check that a column of text, which a suite takes for numbers, holds numbers
COLUMNS = "columns"  # the check that the declared columns are there
_OF_TYPES = ("type", "fits_type")  # the check of a declared type, and the one that a rule asks for


@dataclass(frozen=True, slots=True)
class Selection:
    """Which clauses of an object a run wants; empty means all. *rules*, *dimensions* and *tags* name what they name."""

    stage: str | None = None
    rules: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    metadata_only: bool = False

    def wants(self, item: Check) -> bool:
        """Whether *item* belongs to it. Where rows are read, records that cannot be are always told."""
        if item.id == RECORD:
            return not self.metadata_only
        if self.rules and not {item.id, item.rule} & set(self.rules):
            return False
        if self.dimensions and item.dimension not in self.dimensions:
            return False
        if self.tags and not set(self.tags) & set(item.tags):
            return False
        return not self.metadata_only or isinstance(item.subject, Shape | Header) or item.name in _OF_TYPES or item.counts_rows


EVERYTHING = Selection()


def compile(  # noqa: A001  the verb
    contract: Contract,
    schema: SchemaObject,
    *,
    dataset: str | None = None,
    select: Selection = EVERYTHING,
    suites: Sequence[Suite] = (),
    allow_code: Sequence[str] = (),
) -> Plan:
    """
    The plan of *schema* and *suites*: checks in document order, and a gap for every clause that nobody enforces.

    *allow_code* are the modules whose Python may run.

    Raises:
        ContractError: rules that cannot mean anything (unknown check, wrong arguments, refused pattern), all at once.
        UsageError: a rule, dimension or tag is asked for that the contract does not have.
    """
    compiler = _Compiler(contract, schema, select.stage, tuple(allow_code))
    compiler.run()
    if compiler.faults:
        raise ContractError(compiler.faults)
    fields = tuple(field_of(item) for item in schema.properties)
    suited = fields_of((item for suite in suites for item in suite.columns), fields)
    guessed = _guessed(suites, (*fields, *suited))
    of_suites = [check for suite in suites for check in suite.checks]
    checks = distinct([*compiler.checks, *of_suites, *_readable(guessed, suites)])
    _known(select, checks, contract)
    words = json.dumps(
        [
            contract.sha256,
            schema.name,
            repr([*_words(schema.rules), *(word for item in schema.properties for word in _property_words(item))]),
            select.stage,
            MEANING,
            sorted(select.rules),
            sorted(select.dimensions),
            sorted(select.tags),
            [suite.sha256 for suite in suites],
        ]
    )
    return Plan(
        dataset=dataset or f"{contract.name}.{schema.name}",
        contract=contract.ref,
        object=schema.name,
        fields=fields,
        checks=tuple(item for item in checks if select.wants(item)),
        gaps=(*compiler.gaps, *(gap for suite in suites for gap in suite.gaps)),
        sha256=hashlib.sha256(words.encode()).hexdigest(),
        zone=contract.default_timezone or "UTC",
        owners=contract.owners,
        suited=suited,
        guessed=guessed,
    )


def _guessed(suites: Sequence[Suite], fields: Sequence[Field]) -> tuple[Field, ...]:
    """The columns that suites take for numbers and nobody says the kind of: in text files they are read so."""
    known = {name for item in fields if item.kind for name in (item.name, item.source)}
    names = dict.fromkeys(name for suite in suites for name in numbers(suite.checks) if name not in known)
    return tuple(Field(name, name, Kind(Base.NUMBER)) for name in names)


def _readable(guessed: Iterable[Field], suites: Sequence[Suite]) -> Iterator[Check]:
    """Of a text file: that the values of such a column are numbers, where a suite judges them."""
    judged = {name: suite for suite in reversed(suites) for name in numbers(suite.checks, judged=True)}
    for name in (item.name for item in guessed if item.name in judged):
        clause = Clause(judged[name].place, f"{name} is compared with numbers")
        says, test = f"{name} can be read as number", Rows(Misfit(this=column(name)))
        yield Check(f"{name}.type", READABLE, Dimension.CONFORMITY, says, (name,), test, clause)


def _known(select: Selection, checks: list[Check], contract: Contract) -> None:
    for what, asked, known in (
        ("rule", select.rules, {item.id for item in checks} | {item.rule for item in checks}),
        ("dimension", select.dimensions, set(Dimension)),
        ("tag", select.tags, {tag for item in checks for tag in item.tags}),
    ):
        if missing := [name for name in asked if name not in known]:
            listed = ", ".join(sorted(known - {""}))
            raise UsageError(f"no {what} '{missing[0]}'", contract.ref, f"known {what}s: {listed or 'none'}")


def _words(rules: Iterable[Rule]) -> Iterator[object]:
    """What rules say, variables resolved, wherever it is written."""
    for rule in rules:
        yield rule.arguments, rule.implementation, rule.operators


def _property_words(item: Property) -> Iterator[object]:
    yield item.options, item.enum
    yield from _words(item.rules)
    for part in (*item.properties, *((item.items,) if item.items else ())):
        yield from _property_words(part)


class _Compiler:
    """Collects checks, gaps and faults while it walks one schema object."""

    def __init__(self, contract: Contract, schema: SchemaObject, stage: str | None, allow_code: tuple[str, ...]) -> None:
        self.contract, self.schema, self.stage, self.allow_code = contract, schema, stage, allow_code
        self.checks: list[Check] = []
        self.gaps: list[Gap] = []
        self.faults: list[Fault] = []
        self.site = Site("", "", (schema.extension, contract.extension), schema.tags)

    def run(self) -> None:
        """Walk the object in document order."""
        self._structure()
        for item in self.schema.properties:
            extensions = (item.extension, *self.site.extensions)
            self._property(item, Site(item.name, item.name, extensions, item.tags + self.site.tags))
        self._primary_key()
        for relation in self.schema.relationships:
            self._relationship(relation, self.site)
        for rule in self.schema.rules:
            self._rule(rule, self.site)
        for sla in self.contract.slas:
            text = f"{sla.property}: {sla.value} {sla.unit}".strip()
            self.gaps.append(Gap(Clause(sla.place, text), "a service level needs a store and a time", GapKind.NOT_JUDGED))

    def _structure(self) -> None:
        clause = Clause(self.schema.place, "records")
        says = "every record can be read"
        self.checks.append(Check(RECORD, RECORD, Dimension.CONFORMITY, says, (), Rows(exp.false()), clause))
        if not self.schema.properties:
            return
        extra, order = self.site.said("extra"), self.site.said("order")
        subject = Shape(extra=Mode(extra) if extra else Mode.OBSERVE, order=Mode(order) if order else None)
        names = tuple(item.name for item in self.schema.properties if self._is_here(item))
        clause = Clause(self.schema.place, "properties")
        says = "the declared columns are there"
        self.checks.append(Check(COLUMNS, COLUMNS, Dimension.CONFORMITY, says, names, subject, clause, mode=Mode.BLOCK))

    def _is_here(self, item: Property) -> bool:
        """Whether a column is to be there at this stage; one that later stages add is not missing yet."""
        stages = item.extension.stages
        return stages is None or self.stage is None or self.stage in stages

    def _property(self, item: Property, site: Site) -> None:
        for promise in options(item):
            self._promise(promise, site)
        if item.unique:
            clause = Clause(item.at("unique"), "unique: true")
            self._promise(Promise("unique", clause), site)
        for relation in item.relationships:
            self._relationship(relation, site)
        for rule in item.rules:
            self._rule(rule, site)
        needed = item.options.get("required") or ()
        for part in item.properties:
            self._property(replace(part, required=True) if part.name in needed else part, site.field(part))
        if item.items:
            self._property(item.items, site.elements(item.items, of_map=item.logical_type == "map"))

    def _primary_key(self) -> None:
        keys = sorted((item for item in self.schema.properties if item.primary_key), key=lambda item: item.primary_key_position)
        if keys:
            clause = Clause(keys[0].at("primaryKey"), "primaryKey: true")
            names = tuple(item.name for item in keys)
            tags = tuple(dict.fromkeys(tag for item in keys for tag in item.tags)) + self.site.tags
            site = replace(self.site, extensions=(keys[0].extension, *self.site.extensions), tags=tags)
            self._promise(Promise("unique", clause, {"columns": names}, name="primary_key"), site)

    def _relationship(self, relation: Relationship, site: Site) -> None:
        clause = Clause(relation.place, f"{', '.join(relation.columns)} -> {', '.join(relation.to)}")
        targets = [target_of(to) for to in relation.to]
        if len({target for target, _ in targets}) != 1 or len(targets) != len(relation.columns):
            problem = "a relationship joins one other dataset, column by column"
            self.faults.append(Fault(relation.place, problem, "write to: planes.tailnum"))
            return
        arguments = {"columns": relation.columns, "to": targets[0][0], "to_columns": tuple(name for _, name in targets)}
        site = replace(site, extensions=(relation.extension, *site.extensions))
        self._promise(Promise("foreign_key", clause, arguments), site)

    def _rule(self, rule: Rule, site: Site) -> None:
        clause = Clause(rule.place, _rule_text(rule))
        if rule.type == "custom" and self._foreign(rule, clause, site.of(rule)):
            return
        try:
            promise = rule_promise(rule, clause, site.path)
        except UsageError as error:
            self.faults.append(Fault(rule.place, error.what, error.mend))
            return
        self._promise(promise, site.of(rule))

    def _foreign(self, rule: Rule, clause: Clause, site: Site) -> bool:
        """The checks of a rule that is written for another tool; whether it is."""
        try:
            found = custom(rule, site.path, allow_code=self.allow_code)
        except ContractError as error:
            self.faults += error.faults
            return True
        except UsageError as error:
            self.faults.append(Fault(rule.place, error.what, error.mend))
            return True
        if found is None:
            return False
        name, stages = rule.id or rule.name, site.said("stages")
        if stages is not None and self.stage is not None and self.stage not in stages:
            self.gaps.append(Gap(clause, f"holds at {', '.join(stages)}", GapKind.NOT_JUDGED, rule=name, column=site.path))
            return True
        checks, gaps = found
        self.checks += [at_site(check, site) for check in checks]
        self.gaps += [replace(gap, rule=name, waived=_is_waived(name, site), column=site.path) for gap in gaps]
        return True

    def _promise(self, promise: Promise | Gap, site: Site) -> None:
        """A promise becomes a check, or a gap that says why not."""
        stages = site.said("stages")
        rule = (site.rule.id or site.rule.name) if site.rule else ""
        if isinstance(promise, Gap):
            self.gaps.append(replace(promise, waived=_is_waived(rule, site), column=site.path))
        elif stages is not None and self.stage is not None and self.stage not in stages:
            self._gap(promise, site, f"holds at {', '.join(stages)}", GapKind.NOT_JUDGED)
        else:
            try:
                self.checks.append(check_of(promise, site))
            except NestedKeys as error:
                self._gap(promise, site, error.what, GapKind.SKIPPED)
            except UsageError as error:
                self.faults.append(Fault(promise.clause.place, error.what, error.mend))

    def _gap(self, promise: Promise, site: Site, reason: str, kind: GapKind) -> None:
        rule = (site.rule.id or site.rule.name) if site.rule else ""
        self.gaps.append(Gap(promise.clause, reason, kind, waived=_is_waived(rule, site), rule=rule, column=site.path))


def _is_waived(rule: str, site: Site) -> bool:
    return bool(rule) and any(rule in (part.waive or ()) for part in site.extensions)


def _rule_text(rule: Rule) -> str:
    limits = ", ".join(f"{name}: {value}" for name, value in rule.operators)
    percent = "percent" if rule.unit == "percent" else ""
    return " ".join(part for part in (rule.metric or rule.query or rule.engine or rule.type, limits, percent) if part)


def target_of(reference: str) -> tuple[str, str]:
    """The dataset and column that an ODCS reference names: `planes.tailnum`, or `/schema/planes/properties/tailnum`."""
    parts = [part for part in reference.replace("#", "/").split("/") if part]
    if "properties" in parts:
        at = parts.index("properties")
        return parts[at - 1], parts[at + 1] if at + 1 < len(parts) else ""
    head, _, tail = parts[-1].rpartition(".")
    return head, tail
