"""Versions (Semantic Versioning 2.0.0, semver.org) and the ranges that references ask for: `1.2.0 ^1 ~1.2 >=1.1,<2`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import total_ordering

_NUMBER = r"(?:0|[1-9]\d{0,8})"
_PART = r"(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)"
_TAIL = rf"(?:-(?P<pre>{_PART}(?:\.{_PART})*))?(?:\+(?P<build>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
_VERSION = re.compile(rf"(?P<numbers>{_NUMBER}\.{_NUMBER}\.{_NUMBER}){_TAIL}", re.ASCII)
_COMPARATOR = re.compile(
    rf"(?P<op>\^|~|>=|<=|>|<|=|)v?(?P<numbers>{_NUMBER}(?:\.{_NUMBER}){{0,2}})(?P<any>(?:\.[xX*])*){_TAIL}", re.ASCII
)


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A version; ordered by precedence, so build metadata counts for nothing and `2.0.0-rc.1` comes before `2.0.0`."""

    numbers: tuple[int, int, int]
    pre: tuple[str, ...] = ()
    build: str = field(default="", compare=False)

    @classmethod
    def parse(cls, text: str) -> Version:
        """
        The version that *text* says.

        Raises:
            ValueError: it is not three numbers with an optional pre-release and build.
        """
        found = _VERSION.fullmatch(text)
        if not found:
            msg = f"'{text}' is not a version such as 1.2.0"
            raise ValueError(msg)
        major, minor, patch = (int(part) for part in found["numbers"].split("."))
        return cls((major, minor, patch), tuple(found["pre"].split(".")) if found["pre"] else (), found["build"] or "")

    def __lt__(self, other: Version) -> bool:
        return self._rank() < other._rank()

    def _rank(self) -> tuple[tuple[int, int, int], bool, tuple[tuple[bool, int, str], ...]]:
        """Numbers, then releases after pre-releases, then pre-release parts: numbers before words (semver.org, item 11)."""
        parts = tuple((not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in self.pre)
        return self.numbers, not self.pre, parts

    def __str__(self) -> str:
        pre = f"-{'.'.join(self.pre)}" if self.pre else ""
        build = f"+{self.build}" if self.build else ""
        return f"{'.'.join(map(str, self.numbers))}{pre}{build}"


@dataclass(frozen=True, slots=True)
class Range:
    """
    What a reference asks for: bounds that must all hold; `floor` included, `ceiling` not.

    A pre-release is in a range only if one of its comparators names a pre-release of the same three numbers.
    """

    text: str
    bounds: tuple[tuple[Version | None, Version | None], ...] = ()
    named: tuple[Version, ...] = ()  # pre-releases that the text names

    @classmethod
    def parse(cls, text: str) -> Range:
        """
        The range that *text* says; empty text or `*` is every release.

        Raises:
            ValueError: a comparator is none of `1.2.0 1.2 ^1.2 ~1.2 >=1.2 >1.2 <=2 <2`.
        """
        joined = re.sub(r"([\^~<>=])\s+", r"\1", text.strip())
        words = [word for word in re.split(r"[,\s]+", joined) if word not in ("", "*")]
        bounds, named = [], []
        for word in words:
            low, high, pre = _bounds(word)
            bounds.append((low, high))
            named += [pre] if pre else []
        return cls(text.strip() or "*", tuple(bounds), tuple(named))

    def __contains__(self, version: Version) -> bool:
        if version.pre and all(version.numbers != one.numbers for one in self.named):
            return False
        return all((low is None or version >= low) and (high is None or version < high) for low, high in self.bounds)

    def newest(self, versions: tuple[Version, ...]) -> Version | None:
        """The newest of *versions* inside; None when there is none."""
        return max((version for version in versions if version in self), default=None)

    def __str__(self) -> str:
        return self.text


def _bounds(word: str) -> tuple[Version | None, Version | None, Version | None]:
    """First version in, first version out, and the pre-release that *word* names."""
    found = _COMPARATOR.fullmatch(word)
    if not found or (found["pre"] and found["numbers"].count(".") < 2) or (found["any"] and found["op"]):
        msg = f"'{word}' is not a range such as 1.2.0, ^1, ~1.2 or >=1.1,<2"
        raise ValueError(msg)
    said = tuple(int(part) for part in found["numbers"].split("."))
    pre = tuple(found["pre"].split(".")) if found["pre"] else ()
    floor = Version(_padded(said), pre)
    named = floor if pre else None
    after = _after(floor, len(said))
    match found["op"]:
        case "^":
            leading = next((index for index, number in enumerate(said) if number), len(said) - 1)
            return floor, Version(_raised(said, leading)), named
        case "~":
            return floor, Version(_raised(said, min(1, len(said) - 1))), named
        case ">=":
            return floor, None, named
        case ">":
            return after, None, named
        case "<":
            return None, floor, named
        case "<=":
            return None, after, named
    return floor, after, named


def _padded(numbers: tuple[int, ...]) -> tuple[int, int, int]:
    major, minor, patch = (*numbers, 0, 0)[:3]
    return major, minor, patch


def _raised(numbers: tuple[int, ...], place: int) -> tuple[int, int, int]:
    """*numbers* with the one at *place* raised by one, the rest zero."""
    return _padded((*numbers[:place], numbers[place] + 1))


def _after(version: Version, said: int) -> Version:
    """The first version after all that *version*, said with so many numbers, names."""
    if version.pre:
        return Version(version.numbers, (*version.pre, "0"))  # semver.org, item 11.4.4: nothing lies between
    if said < 3:  # three numbers say one version
        return Version(_raised(version.numbers[:said], said - 1))
    major, minor, patch = version.numbers
    return Version((major, minor, patch + 1), ("0",))
