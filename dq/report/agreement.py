"""A contract for people at a terminal: objects, columns, what is promised and which check keeps it, and what nobody keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dq.checks.model import NONE_BAD, Check, GapKind
from dq.contract.model import Contract, Property, SchemaObject, Server
from dq.plan import COLUMNS, RECORD, Plan
from dq.report import words
from dq.report.hostile import shown
from dq.report.paper import NARROWEST, WIDTH, after, labelled, packed, printed
from dq.sql import spoken


def contract(
    contract: Contract, plans: Mapping[str, Plan], *, width: int | None = None, colour: bool = False, encoding: str = "utf-8"
) -> str:
    """The contract as a page of at most *width* columns (100 when not said); *plans* by the name of their schema object."""
    width = max(width or WIDTH, NARROWEST)
    return printed(_page(contract, plans, width), width=width, colour=colour, encoding=encoding)


def _page(contract: Contract, plans: Mapping[str, Plan], width: int) -> Iterator[RenderableType]:
    facts = (contract.status, f"ODCS {contract.api_version}", f"owned by {', '.join(contract.owners)}" if contract.owners else "")
    yield Text(shown(contract.ref, 200), "bold")
    yield packed([Text(shown(fact, 200)) for fact in (contract.place.document, *facts) if fact], width)
    for server in contract.servers:
        yield labelled("server", _server(server))
    for sla in contract.slas:
        yield labelled("sla", shown(f"{sla.property} {sla.value} {sla.unit} {sla.element}".strip(), 200))
    for item in contract.objects:
        yield Text()
        yield from _object(contract, item, plans[item.name], width)
    if not contract.objects:
        yield Text("no schema objects: there is nothing to check", "yellow")


def _server(server: Server) -> str:
    place = next((server.said[key] for key in ("path", "location", "host", "database") if key in server.said), "")
    return shown(f"{server.name} ({server.type}) {place}".strip(), 200)


def _object(contract: Contract, item: SchemaObject, plan: Plan, width: int) -> Iterator[RenderableType]:
    physical = f" ({shown(item.physical_name, 100)})" if item.physical_name not in ("", item.name) else ""
    checks = [check for check in plan.checks if check.id not in (RECORD, COLUMNS)]
    head = Text(shown(item.name, 100), "bold").append(physical, "not bold")
    yield packed([head, Text(words.count(len(item.properties), "column")), Text(words.count(len(checks), "check"))], width)
    if item.properties:
        yield Padding(_columns(item, checks), (0, 0, 0, 2))
    for check in checks:
        if _is_rule(check):
            yield after(Text("  ✓ ", "green"), _rule(check))
    for gap in plan.gaps:
        if gap.kind is GapKind.SKIPPED:
            name = shown(gap.rule or gap.column or gap.clause.text, 80)
            waived = " (waived)" if gap.waived else ""
            yield after(
                Text("  - ", "yellow"),
                Text(f"{name}: not enforced: {shown(gap.reason, 200)}{waived}, line {gap.clause.place.line}"),
            )
    levels = {sla.place for sla in contract.slas}  # told above
    reasons = Counter(gap.reason for gap in plan.gaps if gap.kind is GapKind.NOT_JUDGED and gap.clause.place not in levels)
    for reason, number in reasons.items():
        yield after("    ", Text(f"not judged here: {shown(reason, 200)} ({number})", "dim"))


def _is_rule(check: Check) -> bool:
    """Whether it is told on a line of its own: rules, and what is about several columns."""
    return "quality" in check.clause.place.path or len(check.columns) != 1 or check.name in ("foreign_key", "sql")


def _is_promise(check: Check) -> bool:
    """Whether it is told beside its column: what type and key do not say already."""
    return not _is_rule(check) and check.name != "type" and check.clause.text != "primaryKey: true"


def _columns(item: SchemaObject, checks: list[Check]) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False, pad_edge=False)
    for name in ("column", "type", "promises"):
        table.add_column(name, overflow="fold")
    for depth, path, part in _parts(item):
        promises = [shown(check.clause.text, 80) for check in checks if _is_promise(check) and _path(check) == path]
        table.add_row(f"{'  ' * depth}{shown(part.name or '[]', 80)}", _type(part), ", ".join(dict.fromkeys(promises)))
    return table


def _parts(item: SchemaObject) -> Iterator[tuple[int, str, Property]]:
    """Every column and part of one, with its depth and its path in checks."""

    def inside(part: Property, depth: int, path: str) -> Iterator[tuple[int, str, Property]]:
        yield depth, path, part
        for field in part.properties:
            yield from inside(field, depth + 1, f"{path}.{field.name}")
        if part.items:
            yield from inside(part.items, depth + 1, f"{path}[]")

    for part in item.properties:
        yield from inside(part, 0, part.name)


def _path(check: Check) -> str:
    """The path of the column or part that a check is about; its id ends in the check's name."""
    return check.id.partition("#")[0].removesuffix(f".{check.name}")


def _type(part: Property) -> Text:
    text = Text(shown(part.logical_type or part.physical_type or "any", 60))
    if part.logical_type and part.physical_type:
        text.append(f" {shown(part.physical_type, 60)}", "dim")
    if part.primary_key:
        text.append(" key", "bold")
    if part.classification:
        text.append(f" {shown(part.classification, 60)}", "magenta")
    return text


def _rule(check: Check) -> Text:
    limits = "" if check.limits == NONE_BAD else ": " + " and ".join(words.limit(limit) for limit in check.limits)
    filtered = f" · where {shown(spoken(check.where), 80)}" if check.where is not None else ""
    return Text.assemble(f"{shown(check.says, 300)}{limits}  ", (f"[{shown(check.id, 80)} · {check.mode}{filtered}]", "dim"))
