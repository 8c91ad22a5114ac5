"""Writes a parsed pattern for the regular-expression engine of a dialect, or as a GLOB where that is the same and faster."""

from __future__ import annotations

from math import inf, prod

from dq.sql.dialect import Regex
from dq.sql.pattern import LAST, Anchor, Chars, Choice, Node, Ranges, Repeat, Sequence, inverse

_SPECIAL = frozenset(r"\.[]{}()*+?^$|")
_SPECIAL_IN_CLASS = frozenset(r"\[]^-&~|")
_ESCAPED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_LONGEST_GLOB = 200


def write_regex(node: Node, spelled: Regex) -> str:
    """*node* as a search pattern, spelled as an engine needs it."""
    body = _write(node, spelled)
    if isinstance(node, Choice) and spelled.prefix:
        body = f"{spelled.group}{body})"
    return spelled.prefix + body


def regex_problem(node: Node, spelled: Regex) -> str:
    """Why an engine that needs *node* spelled so cannot take it; empty when it can."""
    if spelled.longest and len(write_regex(node, spelled).encode()) > spelled.longest:
        return f"of more than {spelled.longest} bytes"
    if spelled.most_repeats and (most := _most_repeats(node)) > spelled.most_repeats:
        return f"with a repeat of {most}, more than {spelled.most_repeats}"
    if spelled.posix_classes and _has_backslash(node):
        return "with a backslash at an end of a class"
    return ""


def _has_backslash(node: Node) -> bool:
    """Whether a class names a backslash, which some engines of POSIX take for itself and others for an escape."""
    if isinstance(node, Chars):
        ranges = inverse(node.ranges) if node.ranges[-1][1] == LAST else node.ranges
        return ranges != ((92, 92),) * len(ranges) and any(92 in pair for pair in ranges)
    if isinstance(node, Repeat):
        return _has_backslash(node.item)
    return isinstance(node, Sequence | Choice) and any(map(_has_backslash, node.items))


def _most_repeats(node: Node) -> int:
    if isinstance(node, Repeat):
        return max(node.low, node.high or 0, _most_repeats(node.item))
    return max((_most_repeats(item) for item in node.items), default=0) if isinstance(node, Sequence | Choice) else 0


def _write(node: Node, spelled: Regex) -> str:
    if isinstance(node, Chars):
        return _posix_characters(node.ranges) if spelled.posix_classes else _characters(node.ranges)
    if isinstance(node, Anchor):
        return spelled.end if node.at_end else "^"
    if isinstance(node, Choice):
        return "|".join(_write(item, spelled) for item in node.items)
    if isinstance(node, Sequence):
        return "".join(
            f"{spelled.group}{_write(item, spelled)})" if isinstance(item, Choice) else _write(item, spelled)
            for item in node.items
        )
    inner = _write(node.item, spelled)
    if not inner:
        return ""
    if not isinstance(node.item, Chars):
        inner = f"{spelled.group}{inner})"
    return inner + _count(node)


def _count(node: Repeat) -> str:
    short = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((node.low, node.high))
    if short:
        return short
    if node.low == node.high:
        return f"{{{node.low}}}"
    return f"{{{node.low},{'' if node.high is None else node.high}}}"


def _characters(ranges: Ranges) -> str:
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _character(ranges[0][0], _SPECIAL)
    if ranges[-1][1] < LAST:
        return f"[{_spans(ranges)}]"
    outside = inverse(ranges)
    return f"[^{_spans(outside)}]" if outside else "(?:[^a]|a)"


def _spans(ranges: Ranges) -> str:
    spans = []
    for low, high in ranges:
        first, last = _character(low, _SPECIAL_IN_CLASS), _character(high, _SPECIAL_IN_CLASS)
        spans.append(first if low == high else f"{first}{'-' if high > low + 1 else ''}{last}")
    return "".join(spans)


def _posix_characters(ranges: Ranges) -> str:
    """A class in which a backslash is itself: `]` stands first, `-` last, `^` not first; no escapes of any kind."""
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        character = chr(ranges[0][0])
        return f"\\{character}" if character in _SPECIAL else character
    outside = ranges[-1][1] == LAST
    if outside and not (ranges := inverse(ranges)):
        return "(.|\n)"
    spans = [pair for pair in ranges if not {chr(code) for code in pair} & set("]^-")]
    cut = [pair for pair in ranges if pair not in spans]
    singles = {code for low, high in cut for code in (low, high) if chr(code) in "]^-"}
    spans += [
        (low + (low in singles), high - (high in singles))
        for low, high in cut
        if low + (low in singles) <= high - (high in singles)
    ]
    body = "".join(chr(low) if low == high else f"{chr(low)}-{chr(high)}" for low, high in sorted(spans))
    first, last = "]" if ord("]") in singles else "", "-" if ord("-") in singles else ""
    hat = "^" if ord("^") in singles else ""
    if not outside and not first and not body and hat:  # ^ may not stand first
        return f"[{last}{hat}]"
    return f"[{'^' if outside else ''}{first}{body}{hat}{last}]"


def _character(code: int, special: frozenset[str]) -> str:
    character = chr(code)
    return _ESCAPED.get(character) or (f"\\{character}" if character in special else character)


def is_risky_for_java(node: Node) -> bool:
    """Whether Java, which recurses once a repeat of a group, overflows its stack on a long text."""
    if isinstance(node, Repeat):
        return (node.high is None and not isinstance(node.item, Chars)) or is_risky_for_java(node.item)
    return isinstance(node, Sequence | Choice) and any(is_risky_for_java(item) for item in node.items)


_FREE = 10_000  # repeats that an unbounded one is taken for


def ways(node: Node) -> float:
    """About how many ways an engine that goes back may try before it gives up on one place of a text."""
    if isinstance(node, Sequence):
        return prod(ways(item) for item in node.items)
    if isinstance(node, Choice):
        return sum(ways(item) for item in node.items)
    if not isinstance(node, Repeat):
        return 1
    inner, high = ways(node.item), _FREE if node.high is None else node.high
    if inner == 1:
        return high - node.low + 1
    return inf if high > _FREE / inner else inner**high * (high - node.low + 1)


def can_be_empty(node: Node) -> bool:
    """Whether *node* matches the empty text somewhere."""
    if isinstance(node, Repeat):
        return node.low == 0 or can_be_empty(node.item)
    if isinstance(node, Sequence):
        return all(can_be_empty(item) for item in node.items)
    if isinstance(node, Choice):
        return any(can_be_empty(item) for item in node.items)
    return isinstance(node, Anchor)


def as_glob(node: Node) -> str | None:
    """
    The GLOB that matches the whole text exactly when *node* does; None when there is none.

    There is one for `^…$` of ASCII classes and literals of fixed length: DuckDB's GLOB compares classes byte by byte.
    """
    if not isinstance(node, Sequence) or len(node.items) < 2:
        return None
    first, *inner, last = node.items
    if first != Anchor(at_end=False) or last != Anchor(at_end=True):
        return None
    parts = [_glob_part(item) for item in inner]
    if not any(part is not None and part.startswith("[") for part in parts):
        return None  # DuckDB makes an equality of a literal by itself
    glob = "".join(part for part in parts if part is not None)
    return glob if None not in parts and len(glob) <= _LONGEST_GLOB else None


def _glob_part(node: Node) -> str | None:
    times = 1
    if isinstance(node, Repeat):
        if node.low != node.high:
            return None
        times, node = node.low, node.item
    if not isinstance(node, Chars):
        return None
    ranges = node.ranges
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        character = chr(ranges[0][0])
        return (f"[{character}]" if character in "*?[" else f"\\{character}" if character == "\\" else character) * times
    if ranges[-1][1] > 127 or any(chr(code) in "]!^-\\[" for pair in ranges for code in range(pair[0], pair[1] + 1)):
        return None
    return f"[{''.join(chr(low) if low == high else f'{chr(low)}-{chr(high)}' for low, high in ranges)}]" * times
