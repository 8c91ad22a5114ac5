r"""
The portable pattern subset: what means the same in every regular-expression engine, once it is spelled out.

Literals, classes (also `[:alpha:]`), `.`, ASCII `\d \w \s`, groups, alternation, `* + ? {n} {n,} {n,m}`, `^ $` at the ends of
the text, and `(?i)` in front for ASCII letters. A pattern is a search over code points. It is parsed into ranges of
characters here; `dq.sql.regex` writes those in each dialect. Everything else is refused by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

LAST = 0x10FFFF
MOST_REPEATS = 255  # PostgreSQL's limit
MOST_CHARACTERS = 10_000

Ranges = tuple[tuple[int, int], ...]  # inclusive code points, ascending, apart


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of *ranges*."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Anchor:
    """The start or the end of the text."""

    at_end: bool


@dataclass(frozen=True, slots=True)
class Repeat:
    """*item* from *low* to *high* times; *high* None: without end."""

    item: Node
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Sequence:
    """*items* one after the other."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of *items*."""

    items: tuple[Node, ...]


Node = Chars | Anchor | Repeat | Sequence | Choice


class OutsideSubset(Exception):
    """A construct that engines read differently: *what* it is, and what to write instead."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what} is outside the portable pattern subset; {mend}")


def pattern_problem(pattern: str) -> str | None:
    """Why *pattern* is outside the portable subset, and what to write instead; None when it is inside."""
    try:
        parse_pattern(pattern)
    except OutsideSubset as problem:
        return str(problem)
    return None


@lru_cache(maxsize=1024)
def parse_pattern(pattern: str) -> Node:
    """
    The meaning of *pattern*.

    Raises:
        OutsideSubset: a construct is outside the portable subset.
    """
    return _Reader(pattern).whole()


_DIGIT: Ranges = ((48, 57),)
_WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE: Ranges = ((9, 13), (32, 32))
_SHORT = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_POSIX: dict[str, Ranges] = {
    "alnum": ((48, 57), (65, 90), (97, 122)),
    "alpha": ((65, 90), (97, 122)),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((1, 31), (127, 127)),
    "digit": _DIGIT,
    "graph": ((33, 126),),
    "lower": ((97, 122),),
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": _SPACE,
    "upper": ((65, 90),),
    "word": _WORD,
    "xdigit": ((48, 57), (65, 70), (97, 102)),
}
_CONTROL = {"n": 10, "t": 9, "r": 13, "f": 12, "a": 7}
_QUANTIFIERS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_COUNT = re.compile(r"\{([0-9]{1,4})(?:(,)([0-9]{0,4}))?\}")
_FLAGS = re.compile(r"\(\?([is]+)\)")
_GROUPS = {
    "=": "look-ahead",
    "!": "look-ahead",
    "<=": "look-behind",
    "<!": "look-behind",
    ">": "an atomic group",
    "P=": "a back-reference",
    "P": "a named group",
    "<": "a named group",
    "#": "a comment",
}
_ESCAPES = {
    "b": (r"the word boundary \b", r"say what may stand there, as (?:^|[^0-9A-Za-z_])"),
    "B": (r"\B", "say what may stand there"),
    "A": (r"\A", "write ^"),
    "Z": (r"\Z", "write $"),
    "z": (r"\z", "write $"),
    "p": (r"the Unicode class \p", "list the characters, as [A-Za-z]"),
    "P": (r"the Unicode class \P", "list the characters, as [^A-Za-z]"),
    "x": (r"\x", "write the character itself"),
    "u": (r"\u", "write the character itself"),
    "U": (r"\U", "write the character itself"),
    "Q": (r"\Q", r"escape each character with \ "),
    "v": (r"\v", r"write \s, or the character itself"),
    "h": (r"\h", r"write [ \t]"),
    "R": (r"\R", r"write \r?\n"),
}


def normal(ranges: tuple[tuple[int, int], ...] | list[tuple[int, int]]) -> Ranges:
    """*ranges* in order, merged where they touch."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)


def inverse(ranges: Ranges) -> Ranges:
    """Every character that is not in *ranges*, but for NUL, which no pattern matches."""
    found = []
    following = 1
    for low, high in normal(ranges):
        if low > following:
            found.append((following, low - 1))
        following = max(following, high + 1)
    if following <= LAST:
        found.append((following, LAST))
    return tuple(found)


def _either_case(ranges: Ranges) -> Ranges:
    found = list(ranges)
    for low, high in ranges:
        for first, last, shift in ((65, 90, 32), (97, 122, -32)):
            if max(low, first) <= min(high, last):
                found.append((max(low, first) + shift, min(high, last) + shift))
    return normal(found)


def _has_case(ranges: Ranges) -> bool:
    """Whether a letter outside ASCII with two cases is among *ranges*; a range that long surely holds one."""
    for low, high in ranges:
        first = max(low, 128)
        if high - first > 2000 or any(chr(code).lower() != chr(code).upper() for code in range(first, high + 1)):
            return True
    return False


def _holds_anchor(node: Node) -> bool:
    if isinstance(node, Repeat):
        return _holds_anchor(node.item)
    if isinstance(node, Sequence | Choice):
        return any(_holds_anchor(item) for item in node.items)
    return isinstance(node, Anchor)


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        if "\0" in pattern:
            raise OutsideSubset("a NUL character", "leave it out")
        if any("\ud800" <= character <= "\udfff" for character in pattern):
            raise OutsideSubset("half of a surrogate pair", "write the whole character")
        if len(pattern) > MOST_CHARACTERS:
            raise OutsideSubset(f"a pattern of {len(pattern)} characters", f"use at most {MOST_CHARACTERS}")
        flags = _FLAGS.match(pattern)
        self.text = pattern
        self.at = flags.end() if flags else 0
        self.any_case = bool(flags and "i" in flags[1])
        self.dot_is_all = bool(flags and "s" in flags[1])
        self.depth = 0

    @property
    def next(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        character = self.next
        self.at += 1
        return character

    def whole(self) -> Node:
        node = self.choice()
        if self.next == ")":
            raise OutsideSubset("a ) without its (", r"escape it as \)")
        return node

    def choice(self) -> Node:
        items = [self.sequence()]
        while self.next == "|":
            self.at += 1
            items.append(self.sequence())
        if len(items) == 1:
            return items[0]
        if all(isinstance(item, Chars) for item in items):  # a|b is [ab]: no engine needs to backtrack
            return Chars(normal([pair for item in items if isinstance(item, Chars) for pair in item.ranges]))
        return Choice(tuple(items))

    def sequence(self) -> Node:
        items: list[Node] = []
        while self.next and self.next not in "|)":
            items.append(self.repeated())
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def repeated(self) -> Node:
        item = self.atom()
        bounds = self.bounds()
        if bounds is None:
            return item
        if _holds_anchor(item):
            raise OutsideSubset("a repeated ^ or $", "take it out of the repeated group")
        if self.next == "?":
            self.at += 1  # a lazy repeat finds a match where a greedy one does
        if self.next == "+":
            raise OutsideSubset("a possessive repeat", "drop the second +")
        if self.next and self.next in "*?{":
            raise OutsideSubset("a repeat of a repeat", "put the first into a group: (?:…)")
        if item == Sequence(()):
            return item
        return Repeat(item, *bounds)

    def bounds(self) -> tuple[int, int | None] | None:
        if self.next and self.next in "*+?":
            return _QUANTIFIERS[self.take()]
        if self.next != "{":
            return None
        found = _COUNT.match(self.text, self.at)
        if not found:
            raise OutsideSubset("a { that counts nothing", r"escape it as \{, or write {n}, {n,} or {n,m}")
        self.at = found.end()
        low = int(found[1])
        high = low if not found[2] else int(found[3]) if found[3] else None
        if max(low, high or 0) > MOST_REPEATS:
            raise OutsideSubset(f"a repeat of more than {MOST_REPEATS}", "check the length by minLength and maxLength")
        if high is not None and high < low:
            raise OutsideSubset(f"the repeat {found[0]}", "put the smaller number first")
        return low, high

    def atom(self) -> Node:
        character = self.take()
        if character == "(":
            return self.group()
        if character == "[":
            return self.character_class()
        if character == ".":
            return Chars(((1, LAST),) if self.dot_is_all else inverse(((10, 10),)))
        if character in "^$":
            return Anchor(character == "$")
        if character == "\\":
            return Chars(self.escape())
        if character in "*+?":
            raise OutsideSubset(f"a {character} with nothing to repeat", f"escape it as \\{character}")
        if character in "{]}":
            raise OutsideSubset(f"a bare {character}", f"escape it as \\{character}")
        return Chars(self.cased(((ord(character),) * 2,)))

    def group(self) -> Node:
        if self.next == "?":
            if not self.text.startswith("?:", self.at):
                rest = self.text[self.at + 1 : self.at + 3]
                name = _GROUPS.get(rest) or _GROUPS.get(rest[:1]) or "a flag inside the pattern"
                raise OutsideSubset(name, "write the alternatives out, or use a condition with two patterns")
            self.at += 2
        self.depth += 1
        if self.depth > 50:
            raise OutsideSubset("more than 50 groups inside each other", "write a simpler pattern")
        inner = self.choice()
        if self.take() != ")":
            raise OutsideSubset("a ( without its )", r"escape it as \(")
        self.depth -= 1
        return inner

    def cased(self, ranges: Ranges) -> Ranges:
        if not self.any_case:
            return ranges
        if _has_case(ranges):
            raise OutsideSubset("(?i) with a letter outside ASCII", "write both cases: [äÄ]")
        return _either_case(ranges)

    def escape(self) -> Ranges:
        character = self.take()
        if character in _SHORT and character:
            return _SHORT[character]
        if character.lower() in _SHORT and character:
            return inverse(_SHORT[character.lower()])
        if character in _CONTROL:
            return ((_CONTROL[character],) * 2,)
        if not character:
            raise OutsideSubset("a \\ at the end", "write \\\\ for the character itself")
        if character.isascii() and not character.isalnum():
            return ((ord(character),) * 2,)
        if character.isdigit():
            raise OutsideSubset(f"the back-reference \\{character}", "write the alternatives out")
        raise OutsideSubset(*_ESCAPES.get(character, (f"the escape \\{character}", "write the character itself")))

    def character_class(self) -> Chars:
        negated = self.next == "^"
        self.at += negated
        ranges: list[tuple[int, int]] = []
        first = True
        while first or self.next != "]":
            ranges += self.class_item(first=first)
            first = False
        self.at += 1
        found = self.cased(normal(ranges))
        found = inverse(found) if negated else found
        if not found:
            raise OutsideSubset("a class that no character is in", "list the characters it may be")
        return Chars(found)

    def class_item(self, *, first: bool) -> Ranges:
        if self.text.startswith("[:", self.at):
            end = self.text.find(":]", self.at)
            name = self.text[self.at + 2 : end] if end > 0 else ""
            if name not in _POSIX:
                raise OutsideSubset(f"the class [:{name}:]", f"use one of {', '.join(_POSIX)}")
            self.at = end + 2
            return _POSIX[name]
        low = self.class_character(first=first)
        following = self.text[self.at + 1 : self.at + 2]
        if self.next != "-" or following in ("]", ""):
            return low
        self.at += 1
        high = self.class_character(first=False)
        if not _single(low) or not _single(high) or high[0][0] < low[0][0]:
            raise OutsideSubset("a range that does not go up from one character to another", r"escape the - as \-")
        return ((low[0][0], high[0][0]),)

    def class_character(self, *, first: bool) -> Ranges:
        character = self.take()
        if not character or (character == "]" and not first):
            raise OutsideSubset("a [ without its ]", r"escape it as \[")
        if character == "[":
            raise OutsideSubset("a [ inside a class", r"escape it as \[")
        if character == "&" and self.next == "&":
            raise OutsideSubset("&& inside a class", r"write one & only, or list what is in both classes")
        return self.escape() if character == "\\" else ((ord(character),) * 2,)


def _single(ranges: Ranges) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]
