"""
YAML text to a tree of nodes that know their lines, within limits. JSON is read as the YAML that it is.

Values are those of JSON (YAML 1.2 core schema): `2024-01-01`, `yes`, `no` and `12:30` are text, keys are always text,
of at most 1,024 characters as written (a limit of YAML).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

MAX_BYTES = 2_000_000
MAX_DEPTH = 100
MAX_NODES = 200_000
MAX_ALIASED = 10_000

Path = tuple[str | int, ...]

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_NO_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufffe\uffff]")  # JSON may hold these as they are, YAML 1.1 not, or as line ends
_CORE = "tag:yaml.org,2002:"
_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_JSON = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_DIGITS = 4000  # of one whole number: Python refuses to read longer ones


@dataclass(frozen=True, slots=True)
class Node:
    """One value, and where it is written. *keys* are the lines of a mapping's keys; *size* and *height* count its parts."""

    line: int
    value: Any = None  # of a scalar
    text: str = ""  # a scalar as written
    plain: bool = False  # written without quotes
    entries: dict[str, Node] | None = None
    keys: dict[str, int] = field(default_factory=dict)
    items: list[Node] | None = None
    size: int = 1
    height: int = 1

    @property
    def is_scalar(self) -> bool:
        """Whether it has no parts."""
        return self.entries is None and self.items is None

    def build(self) -> Any:
        """The value with everything in it, nothing shared."""
        if self.entries is not None:
            return {key: node.build() for key, node in self.entries.items()}
        if self.items is not None:
            return [node.build() for node in self.items]
        return self.value


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong at *path*, on *line*."""

    path: Path
    line: int
    problem: str
    mend: str = ""


class Unreadable(Exception):
    """Reading cannot go on; *trouble* says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.problem)
        self.trouble = trouble


def compose(text: str) -> tuple[Node, list[Trouble]]:
    """
    The tree that *text* writes, and what is wrong in it but does not stop the reading: duplicate keys, foreign tags.

    Raises:
        Unreadable: no YAML, empty, more than one document, or beyond a limit.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        _stop(0, f"larger than {MAX_BYTES / 1e6:g} MB", "split the contract")
    text = _as_yaml(text)
    if found := _UNPRINTABLE.search(text.removeprefix("\ufeff")):
        line = text.count("\n", 0, found.start()) + 1
        _stop(line, f"the character U+{ord(found[0]):04X} may not be written in YAML", "write it as an escape in double quotes")
    composer = _Composer()
    import yaml  # noqa: PLC0415  only contracts need it

    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f" at column {mark.column + 1}" if mark else ""
        about = f", {error.context}" if error.context else ""
        tab = "tab" in f"{error.problem}" or (mark and _is_tab(text, mark.line, mark.column))
        _stop(
            mark.line + 1 if mark else 0,
            f"not YAML{place}: {error.problem}{about}",
            "indent with spaces, never with tabs" if tab else "",
        )
    root = composer.root
    if root is None or (root.is_scalar and root.value is None):
        _stop(1, "the file is empty", "a contract starts with apiVersion, kind, id, version, status")
    return root, composer.troubles


def _stop(line: int, problem: str, mend: str = "", path: Path = ()) -> NoReturn:
    raise Unreadable(Trouble(path, line, problem, mend))


def _as_yaml(text: str) -> str:
    """JSON, which a document in braces may be, with what YAML 1.1 writes differently; other text as it is."""
    if not text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return text
    joined = _PAIR.sub(lambda m: m[1] + chr(0x10000 + ((int(m[2], 16) - 0xD800) << 10) + int(m[3], 16) - 0xDC00), text)
    return _NO_YAML.sub(lambda m: f"\\u{ord(m[0]):04x}", joined)


def _is_tab(text: str, line: int, column: int) -> bool:
    lines = text.split("\n")
    return line < len(lines) and "\t" in lines[line][: column + 1]


@dataclass(slots=True)
class _Open:
    """A collection whose end is not read yet."""

    line: int
    anchor: str | None
    is_mapping: bool
    is_key: bool  # a collection where a key should be: a fault
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    merged: list[Node] = field(default_factory=list)
    key: str | None = None  # read, its value not yet
    key_line: int = 0
    merges: bool = False  # the key is `<<`
    skips: bool = False  # the key is a fault: its value goes nowhere

    @property
    def awaits_key(self) -> bool:
        return self.is_mapping and self.key is None

    def skip(self) -> None:
        """What was read is no key: drop the value that comes."""
        self.key, self.skips = "", True

    def part(self) -> str | int:
        """The step of a path from here to the value that is read now."""
        return (self.key or "") if self.is_mapping else len(self.items)


class _Composer:
    """Builds nodes from YAML events; iterative, so that depth costs no stack."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.troubles: list[Trouble] = []
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._nodes = self._aliased = self._documents = 0

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        line = event.start_mark.line + 1
        if kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                _stop(
                    line,
                    "a second document starts here",
                    "one file holds one contract: take out the line '---' or split the file",
                )
        elif kind == "AliasEvent":
            self._alias(event.anchor, line)
        elif kind == "ScalarEvent":
            self._scalar(event, line)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._start(event, line, is_mapping=kind == "MappingStartEvent")
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._end()

    def _path(self) -> Path:
        return tuple(level.part() for level in self._stack)

    def _trouble(self, line: int, problem: str, mend: str = "") -> None:
        self.troubles.append(Trouble(self._path(), line, problem, mend))

    def _count(self, line: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            _stop(line, f"more than {MAX_NODES:,} values", "split the contract")

    def _start(self, event: Any, line: int, *, is_mapping: bool) -> None:
        self._count(line)
        if len(self._stack) >= MAX_DEPTH:
            _stop(line, f"nested deeper than {MAX_DEPTH} levels", "flatten the contract", self._path()[:6])
        if event.tag not in (None, "!", f"{_CORE}{'map' if is_mapping else 'seq'}"):
            self._trouble(line, f"the tag {_tag(event.tag)} is not allowed", "take the tag out: contracts hold plain values")
        is_key = self._awaits_key()
        if is_key:
            self._trouble(line, "a key is a list or a mapping", "keys are text")
        self._stack.append(_Open(line, event.anchor, is_mapping, is_key))

    def _end(self) -> None:
        level = self._stack.pop()
        if not level.is_mapping:
            parts = level.items
            node = Node(
                level.line, items=parts, size=1 + sum(p.size for p in parts), height=1 + max((p.height for p in parts), default=0)
            )
        else:
            for source in level.merged:
                for key, value in (source.entries or {}).items():
                    level.entries.setdefault(key, value)
                    level.keys.setdefault(key, source.keys[key])
            values = level.entries.values()
            size, height = 1 + sum(v.size for v in values), 1 + max((v.height for v in values), default=0)
            node = Node(level.line, entries=level.entries, keys=level.keys, size=size, height=height)
        if level.anchor:
            self._anchors[level.anchor] = node
        if level.is_key:
            self._stack[-1].skip()
        else:
            self._put(node)

    def _awaits_key(self) -> bool:
        return bool(self._stack) and self._stack[-1].awaits_key

    def _alias(self, anchor: str, line: int) -> None:
        if any(level.anchor == anchor for level in self._stack):
            _stop(line, f"the alias *{anchor} holds itself", "write the part out", self._path())
        node = self._anchors.get(anchor)
        if node is None:
            _stop(line, f"the alias *{anchor} has no anchor &{anchor} before it", "", self._path())
        self._aliased += node.size
        if self._aliased > MAX_ALIASED:
            _stop(line, f"aliases repeat more than {MAX_ALIASED:,} values", "write the parts out, or split the contract")
        if len(self._stack) + node.height > MAX_DEPTH:
            _stop(line, f"nested deeper than {MAX_DEPTH} levels", "flatten the contract", self._path()[:6])
        if not self._awaits_key():
            self._put(node)
        elif node.is_scalar:
            self._key(node.text, line)
        else:
            self._trouble(line, "a key is a list or a mapping", "keys are text")
            self._stack[-1].skip()

    def _scalar(self, event: Any, line: int) -> None:
        self._count(line)
        plain = bool(event.implicit[0]) and event.style in (None, "")
        is_key = self._awaits_key()
        value, problem, mend = (event.value, "", "") if is_key else _value(event.value, event.tag, plain=plain)
        if problem:
            self._trouble(line, problem, mend)
        node = Node(line, value, event.value, plain)
        if event.anchor:
            self._anchors[event.anchor] = node
        if is_key:
            self._key(event.value, line, merges=plain and event.value == "<<")
        else:
            self._put(node)

    def _key(self, key: str, line: int, *, merges: bool = False) -> None:
        top = self._stack[-1]
        top.key, top.key_line, top.merges = key, line, merges
        if not merges and key in top.entries:
            self._trouble(line, f"the key '{key}' is said twice, first on line {top.keys[key]}", "keep one of them")
            top.skips = True

    def _put(self, node: Node) -> None:
        """Hand a finished value to the collection it is in."""
        if not self._stack:
            self.root = node
            return
        top = self._stack[-1]
        if not top.is_mapping:
            top.items.append(node)
            return
        if top.merges:
            self._merge(top, node)
        elif not top.skips:
            top.entries[top.key or ""], top.keys[top.key or ""] = node, top.key_line
        top.key, top.merges, top.skips = None, False, False

    def _merge(self, top: _Open, node: Node) -> None:
        sources = node.items if node.items is not None else [node]
        if any(source.entries is None for source in sources):
            self._trouble(node.line, "'<<' merges mappings, nothing else", "write <<: *name with an anchor on a mapping")
            return
        top.merged += sources


def _value(text: str, tag: str | None, *, plain: bool) -> tuple[Any, str, str]:
    """The JSON value of a scalar, a problem and its mend."""
    if tag in (None, "!"):
        kind = _kind(text) if plain and tag is None else "str"
    elif tag.startswith(_CORE) and tag.removeprefix(_CORE) in ("str", "int", "float", "bool", "null"):
        kind = tag.removeprefix(_CORE)
        if kind != "str" and kind != _kind(text) and (kind, _kind(text)) != ("float", "int"):
            return text, f"'{text}' is not a value of {_tag(tag)}", "take the tag out"
    else:
        return text, f"the tag {_tag(tag)} is not allowed", "take the tag out: contracts hold plain values"
    if kind == "other":
        return text, f"'{text}' is a number that JSON does not know", f"put it in quotes: '{text}'"
    if kind == "int" and len(text) > _DIGITS:
        return text, f"a whole number of {len(text)} digits", "put it in quotes"
    if kind == "float" and abs(float(text)) == float("inf"):
        return text, f"the number {text} is too large", "put it in quotes"
    return _converted(text, kind), "", ""


def _converted(text: str, kind: str) -> Any:
    match kind:
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int":
            return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
        case "float":
            return float(text)
    return text


def _kind(text: str) -> str:
    for kind, pattern in (("null", _NULL), ("bool", _BOOL), ("int", _INT), ("float", _FLOAT), ("other", _NO_JSON)):
        if pattern.fullmatch(text):
            return kind
    return "str"


def _tag(tag: str) -> str:
    return tag.replace(_CORE, "!!")


def plain_kinds() -> Iterator[tuple[str, re.Pattern[str]]]:
    """What unquoted text reads as something else than text; writers quote such text."""
    yield f"{_CORE}null", _NULL
    yield f"{_CORE}bool", _BOOL
    yield f"{_CORE}int", _INT
    yield f"{_CORE}float", re.compile(f"{_FLOAT.pattern}|{_NO_JSON.pattern}")
