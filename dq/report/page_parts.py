"""What several sections of the page use: the badge of a verdict, code to copy, a table that scrolls, text that is cut."""

from __future__ import annotations

from dq.checks.model import Status
from dq.report import words
from dq.report.hostile import shown
from dq.report.markup import Child, Markup, lines, tag

TEXT = 300  # characters of a name, a note, a reason
_CODE = 6000  # characters of a query


def cut(text: str, limit: int = TEXT) -> str:
    """*text* safe to show; longer than *limit*, it is cut and says how long it is."""
    return shown(text, limit)


def kind(status: Status) -> str:
    """The class of a verdict in the style sheet."""
    return "skip-status" if status is Status.SKIP else str(status)


def badge(status: Status, *, observed: bool = False, big: bool = False) -> Markup:
    """A verdict as mark and word: never colour alone."""
    look, mark, word = ("observed", "○", "observed") if observed else (kind(status), words.MARKS[status], words.VERBS[status])
    return tag("span", tag("span", mark, aria_hidden="true"), word, class_=f"badge {look}{' big' if big else ''}")


def copied(text: str) -> Markup:
    """Code with a button that copies it."""
    told = text if len(text) <= _CODE else f"{text[:_CODE]}\n… ({len(text):,} characters: the whole of it is in the JSON report)"
    button = tag("button", "Copy", type="button", hidden=True, data_script="", data_copy="")
    return tag("div", tag("pre", tag("code", lines(told)), tabindex="0"), button, class_="copied")


def scrolling(label: str, *children: Child, class_: str = "") -> Markup:
    """What may be wider than the page: it scrolls by itself, by keys too."""
    return tag("div", *children, class_=f"scroll {class_}".rstrip(), tabindex="0", role="group", aria_label=label)


def chevron() -> Markup:
    """The mark of a part that opens."""
    return tag("span", class_="chevron", aria_hidden="true")
