"""A result for people at a terminal: the verdict, what failed and where to look, what passed, what nobody checked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dq.checks.model import Answer, Check, Gap, Measure, Status
from dq.report import words
from dq.report.columns import lines
from dq.report.hostile import shown
from dq.report.paper import NARROWEST, WIDTH, after, labelled, packed, printed
from dq.result import NO_ROW_READ, CheckResult, Result
from dq.sql import spoken

COLOUR = {Status.FAIL: "red", Status.ERROR: "magenta", Status.WARN: "yellow", Status.SKIP: "cyan", Status.PASS: "green"}
_DETAILED = 12  # checks shown with their rows and SQL; the others take two lines each
_SQL_LINES = 12
_CELL = 40  # what does not fit ends with …
_LONG = 200  # what is longer says how long it is


def terminal(
    result: Result, *, width: int | None = None, colour: bool = False, encoding: str = "utf-8", bad_file: str = ""
) -> str:
    """
    The result as a page of at most *width* columns (100 when not said), failing checks first. *bad_file* has the bad rows.

    What *encoding* cannot write is written in ASCII or escaped. SQL is broken only where that does not change it, so one
    long literal may run over the width.
    """
    width = max(width or WIDTH, NARROWEST)
    return printed(page(result, width, bad_file), width=width, colour=colour, encoding=encoding)


# -- the page --------------------------------------------------------------------------------------------------------


def page(result: Result, width: int, bad_file: str = "") -> Iterator[RenderableType]:
    """The parts of the page, one below the other."""
    yield from _head(result, width)
    for place, item in enumerate(words.troubled(result)):
        yield Text()
        yield from _trouble(item, result, width, detailed=place < _DETAILED)
    yield Text()
    yield from _passed(result)
    yield from _coverage(result)
    if result.profile:
        yield Text()
        yield from lines(result.profile, width)
        yield Text()
    for note in result.notes:
        yield labelled("Note", shown(note, 400))
    if result.bad_rows and (bad_file or result.bad is not None):
        kept = f"in {shown(bad_file, 200)}" if bad_file else "--bad FILE, or result.bad in Python"
        yield labelled("Bad rows", f"{words.count(result.bad_rows)}, each with all its reasons: {kept}")


def _head(result: Result, width: int) -> Iterator[Text]:
    badge = (f" {str(result.status).upper()} ", f"bold reverse {COLOUR[result.status]}")
    title = Text.assemble(badge, "  ", (shown(result.contract or "no contract", 200), "bold"))
    title.append(f" · {shown(result.object, 200)}" if result.object else "")
    if result.dataset not in (result.object, f"{result.contract.rpartition('@')[0]}.{result.object}"):
        title.append(f" as {shown(result.dataset, 200)}")
    yield title
    yield packed(_facts(result), width)
    yield packed(_tallies(result), width)
    if result.owners:
        yield Text(f"owned by {shown(', '.join(result.owners), 200)}", "dim")


def _facts(result: Result) -> list[Text]:
    share = f" ({words.percent(Fraction(result.bad_rows, result.rows))})" if result.bad_rows and result.rows else ""
    bad = Text(f"{result.bad_rows:,} bad{share}", "bold red" if result.bad_rows else "")
    stage = f"stage {shown(result.stage)}" if result.stage else ""
    more = [Text(fact) for fact in (stage, shown(result.engine), words.duration(result.seconds)) if fact]
    if NO_ROW_READ in result.notes:
        return [Text(shown(result.source, 120)), Text("no row read"), *more]
    return [Text(shown(result.source, 120)), Text(words.count(result.rows)), bad, *more]


def _tallies(result: Result) -> list[Text]:
    if all(item.status is Status.SKIP for item in result.checks):
        skipped = [Text(f"{words.count(len(result.checks), 'check')} skipped")] if result.checks else []
        return [Text("no check ran: nothing was judged", "bold magenta"), *skipped]
    count = Counter("observed" if words.is_observed(item) else item.status for item in result.checks)
    told = [Text(f"{count[status]:,} {words.VERBS[status]}", COLOUR[status]) for status in Status if count[status]]
    observed = [Text(f"{count['observed']:,} only observed", "dim")] if count["observed"] else []
    return [Text(words.count(len(result.checks), "check")), *told, *observed]


def _trouble(item: CheckResult, result: Result, width: int, *, detailed: bool) -> Iterator[RenderableType]:
    check = item.check
    observed = words.is_observed(item)
    colour = "dim" if observed else COLOUR[item.status]
    mark = Text("○ " if observed else f"{words.MARKS[item.status]} ", colour)
    yield after(mark, Text(shown(check.says, 300), "bold"))
    said = f"{'error: ' if item.status is Status.ERROR else ''}{shown(item.message, 1000)}"
    yield after("  ", Text.assemble((said, colour), "  ", (_about(check), "dim")))
    if not detailed:
        return
    for spot in item.why:
        yield Padding(Text(words.standout(item, spot)), (0, 0, 0, 4))
    if item.samples:
        yield Padding(_samples(item, result, width - 4), (0, 0, 0, 4))
    yield Padding(Text(f"at {shown(str(check.clause.place), 200)}", "dim"), (0, 0, 0, 4))
    if item.sql and item.status in (Status.FAIL, Status.ERROR):
        yield from _sql(item.sql, width)


def _about(check: Check) -> str:
    filtered = " · where " + shown(spoken(check.where), 80) if check.where is not None else ""
    return f"[{shown(check.id, 80)} · {check.mode}{filtered}]"


def _passed(result: Result) -> Iterator[RenderableType]:
    passed = [item for item in result.checks if item.status is Status.PASS]
    if passed:
        kinds = Counter(str(item.check.dimension) for item in passed)
        text = Text(f"{words.count(len(passed), 'check')} passed")
        text.append(": " + " · ".join(f"{name} {number}" for name, number in sorted(kinds.items())), "dim")
        yield after(Text("✓ ", "green"), text)
    for item in passed:
        if item.tolerated_rows:
            told = Text(f"{words.finding(item)}  ").append(f"[{shown(item.check.id, 80)} · tolerated]", "dim")
            yield after("  ", told)
        elif isinstance(item.check.subject, Measure | Answer) and len(passed) <= _DETAILED:
            yield after("  ", Text(words.finding(item), "dim"))


def _coverage(result: Result) -> Iterator[RenderableType]:
    coverage = result.coverage
    total = coverage.enforced + len(coverage.skipped)
    share = f" ({words.percent(coverage.share)})" if coverage.skipped else ""
    told = f"{coverage.enforced:,} of {words.count(total, 'clause')} enforced{share}"
    yield labelled("Coverage", told, "yellow" if coverage.skipped else "")
    for gap in coverage.skipped:
        yield after(Text("  - ", "yellow"), _gap(gap))
    reasons = Counter(gap.reason for gap in coverage.not_judged)
    if reasons:
        listed = ", ".join(f"{shown(reason, 120)}{f' ({number})' if number > 1 else ''}" for reason, number in reasons.items())
        yield after("  ", Text(f"{len(coverage.not_judged)} not judged here: {listed}", "dim"))


def _gap(gap: Gap) -> Text:
    waived = " (waived)" if gap.waived else ""
    name = f"{shown(gap.rule, 80)}: " if gap.rule else f"{shown(gap.column, 80)}: " if gap.column else ""
    return Text.assemble(f"{name}{shown(gap.reason, 200)}{waived}", ("  at " + shown(str(gap.clause.place), 200), "dim"))


# -- parts -----------------------------------------------------------------------------------------------------------


def _samples(item: CheckResult, result: Result, width: int) -> RenderableType:
    """The sample rows as a table; columns of the check first, as many as fit."""
    names = words.sample_columns(item)
    places = [words.sample_place(sample, result) for sample in item.samples]
    lines = [[_value(sample.values.get(name)) for name in names] for sample in item.samples]
    heads = [Text(shown(name, _CELL)) for name in names]
    sizes = [min(max(cell_len(cell.plain) for cell in column), _CELL) for column in zip(heads, *lines, strict=True)]
    room = width - max(cell_len(place) for place in places) - 2
    fit = 0
    while fit < len(sizes) and (sum(sizes[: fit + 1]) + 2 * fit <= room or fit == 0):
        fit += 1
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False, pad_edge=False)
    table.add_column("", no_wrap=True, style="dim")
    for head in heads[:fit]:
        table.add_column(head, no_wrap=True, overflow="ellipsis", max_width=min(_CELL, max(room, 8)))
    for place, cells in zip(places, lines, strict=True):
        table.add_row(place, *cells[:fit])
    left = item.bad_rows - len(item.samples)
    more = [f"… {words.count(left, 'more row')}"] if left > 0 else []
    more += [f"{words.count(len(names) - fit, 'column')} not shown"] if fit < len(names) else []
    return Group(table, Text(" · ".join(more), "dim")) if more else table


def _value(text: str | None) -> Text:
    if text is None:
        return Text("null", "dim italic")
    if len(text) > _LONG:
        return Text(shown(text, 14))  # room for how long it is
    return Text(shown(f'"{text}"' if text == "null" or text != text.strip() or not text else text))


# An atom is what must not be broken: a literal, a quoted name, a run without blanks. The others may quote or comment in
# ways of their own: then nothing is broken.
_ATOM = re.compile(r"""(?:'(?:[^']|'')*'|"(?:[^"]|"")*"|[^\s'"]|['"])+""")
_OTHER = re.compile(r"--|/\*|`|\\'|\$\w*\$")


def _sql(sql: str, width: int) -> Iterator[RenderableType]:
    lines = list(islice(_sql_lines(sql, width - 4), _SQL_LINES + 1))
    for line in lines[:_SQL_LINES]:
        yield Group(Text(f"    {shown(line, 2000)}", "dim", no_wrap=True, overflow="ignore"))  # whole, to be copied
    if len(lines) > _SQL_LINES:
        yield Padding(Text("… (the whole query is in the JSON report)", "dim"), (0, 0, 0, 4))


def _sql_lines(sql: str, width: int) -> Iterator[str]:
    """*sql* broken at blanks outside of literals; a text with comments or other quotes keeps its own lines."""
    if _OTHER.search(sql):
        yield from sql.splitlines()
        return
    line = ""
    for atom in _ATOM.findall(sql[:8000]):
        if line and cell_len(line) + 1 + cell_len(atom) > width:
            yield line
            line = "  " + atom
        else:
            line = f"{line} {atom}" if line else atom
    yield line
