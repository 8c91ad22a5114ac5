"""A result as Markdown for a pull request or a chat: the verdict, what broke and why, what to do; never more than 60 lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from dq.checks.model import Status
from dq.report import words
from dq.report.brief import brief, command
from dq.report.hostile import shown
from dq.result import CheckResult, Result

_ROWS = 15  # of the table
_GAPS = 5
_NOTES = 3
_CUT = 120

_MARKS = re.compile(r"[\\`*_{}\[\]|~$]")
_LIVE = re.compile(r"([@#]|://|www\.)(?=\S)", re.IGNORECASE)  # mentions, references, links
_START = re.compile(r"^(\s*)([-+=]|\d+[.)])")
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def markdown(result: Result) -> str:
    """
    The result as Markdown as GitHub, GitLab and most chats read it, at most 60 lines.

    Texts are escaped: they cannot mark up, link, mention anybody or become HTML.
    """
    return "\n".join(_page(result)) + "\n"


def plain(text: str, limit: int = _CUT) -> str:
    r"""
    *text* as Markdown that shows just that text, on one line.

    A mention, a reference or a link is broken by a character of no width.

    Example:
        >>> plain("a|b *c* <d>")
        'a\\|b \\*c\\* &lt;d&gt;'
    """
    escaped = _MARKS.sub(r"\\\g<0>", shown(text, limit)).translate(_HTML)
    return _START.sub(r"\1\\\2", _LIVE.sub("\\1\u200b", escaped))


def code(text: str) -> str:
    """*text* as code within a line: nothing in it is marked up, linked or a mention. Empty stays empty."""
    told = shown(text, _CUT)
    fence = _fence(told, 1)
    edge = " " if told[:1] in ("`", " ") or told[-1:] in ("`", " ") else ""
    return f"{fence}{edge}{told}{edge}{fence}" if told else ""


def _fence(text: str, least: int) -> str:
    """Backticks, more than stand anywhere in *text*."""
    return "`" * max([least, *(len(found) + 1 for found in re.findall(r"`+", text))])


def _page(result: Result) -> Iterator[str]:
    said = brief(result)
    named = code(result.contract) if result.contract else "no contract"
    where = f" · {plain(result.object)}" if result.object else ""
    yield f"### {words.MARKS[result.status]} {words.VERBS[result.status]}: {named}{where}"
    yield ""
    facts = [f"**{plain(said.bad)}**", _tally(result), code(result.source), plain(result.stage and f"stage {result.stage}")]
    yield " · ".join(fact for fact in facts if fact)
    yield ""
    yield from _table(words.troubled(result))
    if said.to_do:
        yield from (f"- {plain(line, 300)}" for line in said.to_do)
        yield ""
    yield from _rest(result)
    yield from _block(command(result))


def _tally(result: Result) -> str:
    count = Counter("only observed" if words.is_observed(item) else words.VERBS[item.status] for item in result.checks)
    order = [*(words.VERBS[status] for status in Status), "only observed"]
    told = ", ".join(f"{count[word]:,} {word}" for word in order if count[word])
    return f"{words.count(len(result.checks), 'check')}: {told}" if told else "no check"


def _table(items: list[CheckResult]) -> Iterator[str]:
    if not items:
        return
    yield "| | check | found | where it comes from |"
    yield "| --- | --- | --- | --- |"
    for item in items[:_ROWS]:
        word = "○ observed" if words.is_observed(item) else f"{words.MARKS[item.status]} {words.VERBS[item.status]}"
        why = plain(words.standout(item, item.why[0])) if item.why else ""
        yield f"| {word.replace('-', '–')} | {plain(item.check.says)} | {plain(item.message)} | {why} |"
    if len(items) > _ROWS:
        yield f"| | and {len(items) - _ROWS:,} more | | |"
    yield ""


def _rest(result: Result) -> Iterator[str]:
    missed = [gap for gap in result.coverage.skipped if not gap.waived]
    if missed:
        yield f"Not enforced: {words.count(len(missed), 'clause')}"
        yield ""
        for gap in missed[:_GAPS]:
            yield f"- {plain(gap.rule or gap.column or gap.clause.text)}: {plain(gap.reason)}"
        yield ""
    for note in result.notes[:_NOTES]:
        yield f"- Note: {plain(note, 200)}"
    if result.notes:
        yield ""


def _block(text: str) -> Iterator[str]:
    """A block of code; its fence is longer than any row of backticks in it."""
    fence = _fence(text, 3)
    yield from (f"{fence}sh" if text.startswith("dq ") else f"{fence}python", text, fence)
