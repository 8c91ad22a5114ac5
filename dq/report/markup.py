"""HTML and SVG as text: the one place that escapes. What is not `Markup` already is text, and cannot break out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dq.report.hostile import shown

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "`": "&#96;", "=": "&#61;"})
_NAME = re.compile(r"[a-z][a-zA-Z0-9-]*")
_VOID = frozenset({"meta", "input", "br", "rect", "line", "path", "circle"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | int | None | Iterable["Child"]


def escaped(text: str) -> Markup:
    """
    *text* as it stands in HTML text, a quoted attribute or SVG: control and hidden characters made visible, the rest escaped.

    Example:
        >>> escaped('<b title="x">')
        '&lt;b title&#61;&quot;x&quot;&gt;'
    """
    return text if isinstance(text, Markup) else Markup(shown(text).translate(_ENTITIES))


def lines(text: str) -> Markup:
    """*text* escaped, its line breaks kept."""
    return Markup("\n".join(escaped(line) for line in text.splitlines()))


def joined(parts: Iterable[Child], between: str = "") -> Markup:
    """Several parts, one after the other; None is nothing."""
    return Markup(escaped(between).join(_text(part) for part in parts if part is not None))


def tag(name: str, /, *children: Child, **attributes: str | float | bool | None) -> Markup:
    """
    An element. `class_` is the attribute class, `aria_label` is aria-label.

    An attribute that is True has no value; one that is None or False is left out.

    Example:
        >>> tag("p", "1 < 2", class_="note")
        '<p class="note">1 &lt; 2</p>'
    """
    said = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{said}>" if name in ("meta", "input", "br") else f"<{name}{said}/>")
    return Markup(f"<{name}{said}>{joined(children)}</{name}>")


def _text(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, str):
        return escaped(child)
    return str(child) if isinstance(child, int) else joined(child)


def _attribute(key: str, value: str | float | bool | None) -> str:  # noqa: FBT001  as HTML has them
    name = key.rstrip("_").replace("_", "-")
    if not _NAME.fullmatch(name):
        raise ValueError(f"'{name}' is no name of an attribute")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    return f' {name}="{escaped(value) if isinstance(value, str) else format(value, ".6g")}"'
