"""Which checks mark a row, as bits of whole numbers: written by the database, read here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_BITS = 62  # a whole number of 64 bits without its sign, and room to add
MARKED, SPARED, COPIED = "m", "s", "c"


@dataclass(frozen=True, slots=True)
class Marks:
    """
    The bit of each check that marks a row.

    Word n is column `__dq_m<n>`; `__dq_s<n>` are the checks that spare the row, `__dq_c<n>` those for which it only repeats one.
    """

    bits: Mapping[int, int]

    @classmethod
    def of(cls, checks: Collection[int]) -> Marks:
        """The bits of *checks*."""
        return cls({check: place for place, check in enumerate(checks)})

    @property
    def words(self) -> range:
        """The numbers of the words."""
        return range(max(self.bits.values(), default=0) // _BITS + 1)

    def columns(self, letter: str, tests: Mapping[int, str], whole_number: str) -> list[str]:
        """SQL of the words in which the bits of those checks are set whose test (SQL) is TRUE."""
        columns = []
        for word in self.words:
            cases = [
                f"CASE WHEN {test} THEN {bit} ELSE 0 END" for check, test in tests.items() if (bit := self._bit(check, word))
            ]
            columns.append(f"CAST({' + '.join(cases) or '0'} AS {whole_number}) AS {name(letter, word)}")
        return columns

    def names(self, letters: str) -> list[str]:
        """The columns of the words of *letters*."""
        return [name(letter, word) for letter in letters for word in self.words]

    def any_of(self, checks: Collection[int]) -> str:
        """SQL that is TRUE where one of *checks* marks the row."""
        tests = [f"({name(MARKED, word)} & {wanted}) <> 0" for word in self.words if (wanted := self._wanted(checks, word))]
        return " OR ".join(tests) or "1 = 0"

    def unspared(self, checks: Collection[int]) -> str:
        """SQL that is TRUE where one of *checks* marks the row, and does not spare it."""
        tests = [
            f"({name(MARKED, word)} & {wanted} & ({wanted} - ({name(SPARED, word)} & {wanted}))) <> 0"
            for word in self.words
            if (wanted := self._wanted(checks, word))
        ]
        return " OR ".join(tests) or "1 = 0"

    def has_sql(self, check: int) -> str:
        """SQL that is TRUE where *check* marks the row, and does not spare it."""
        word, bit = self.bits[check] // _BITS, 1 << self.bits[check] % _BITS
        return f"({name(MARKED, word)} & {bit}) <> 0 AND ({name(SPARED, word)} & {bit}) = 0"

    # -- over arrays of words --------------------------------------------------------------------------------------------

    def has(self, words: Mapping[str, Any], check: int, letter: str = MARKED) -> np.ndarray[Any, Any]:
        """Whether the bit of *check* is set, row by row."""
        place = self.bits[check]
        found: np.ndarray[Any, Any] = (words[name(letter, place // _BITS)] >> (place % _BITS)) & 1 != 0
        return found

    def diverted(self, words: Mapping[str, Any], checks: Collection[int]) -> np.ndarray[Any, Any]:
        """Whether a check of *checks* marks the row and does not spare it, row by row."""
        import numpy as np  # noqa: PLC0415

        found = np.zeros(len(words[name(MARKED, 0)]), dtype=bool)
        for word in self.words:
            found |= (words[name(MARKED, word)] & ~words[name(SPARED, word)] & self._wanted(checks, word)) != 0
        return found

    def reasons(self, words: tuple[int, ...], names: Mapping[int, str]) -> str:
        """
        The *names* of all checks that mark and do not spare a row with these words (of m, then s, then c).

        For a check that a row only repeats another of, the name says so.
        """
        size = len(self.words)
        told = []
        for check, place in self.bits.items():
            marked, spared, copied = (words[part * size + place // _BITS] >> place % _BITS & 1 for part in range(3))
            if marked and not spared:
                told.append(names[check] + ":duplicate_row" * copied)
        return "; ".join(told)

    def told(self, names: Mapping[int, str], joined: Callable[[Sequence[str]], str]) -> str:
        """SQL of what `reasons` says of a row; *names* are SQL of texts, *joined* writes texts (SQL) one after the other."""
        told = []
        for check, place in self.bits.items():
            copied = f"({name(COPIED, place // _BITS)} & {1 << place % _BITS}) <> 0"
            said = joined(["'; '", names[check], f"CASE WHEN {copied} THEN ':duplicate_row' ELSE '' END"])
            told.append(f"CASE WHEN {self.has_sql(check)} THEN {said} ELSE '' END")
        return f"SUBSTR({joined(told)}, 3)"

    def _wanted(self, checks: Collection[int], word: int) -> int:
        return sum(self._bit(check, word) for check in checks if check in self.bits)

    def _bit(self, check: int, word: int) -> int:
        place = self.bits[check]
        return 1 << place % _BITS if place // _BITS == word else 0


def name(letter: str, word: int) -> str:
    """The column of a word: no data has it, for names that begin so are refused."""
    return f"__dq_{letter}{word}"
