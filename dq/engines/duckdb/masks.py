"""Which checks a row breaks, as bits: BIGINT words of 62 bits each, so that the number of checks has no limit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from dq.sql import Tree, render

_BITS = 62  # a BIGINT without its sign, and room to add


@dataclass(frozen=True, slots=True)
class Masks:
    """
    The bit of each check.

    Word n is column `__dq_m<n>`; `__dq_s<n>` are those spared, `__dq_c<n>` those that only repeat a row.
    """

    bits: Mapping[int, int]

    @property
    def words(self) -> range:
        """The numbers of the words."""
        return range(max(self.bits.values(), default=0) // _BITS + 1)

    def of(self, predicates: Mapping[int, Tree]) -> str:
        """Columns of a row with the bits of its *predicates* by check."""
        columns = []
        for word in self.words:
            tests = [
                f"CASE WHEN {render(bad, 'duckdb')} THEN {self._bit(check, word)} ELSE 0 END"
                for check, bad in predicates.items()
                if self._bit(check, word)
            ]
            columns.append(f"({' + '.join(tests) or '0'})::BIGINT AS {word_name('m', word)}")
        return ", ".join(columns)

    def only(self, check: int, letter: str, test: str = "TRUE") -> str:
        """Columns in which only the bit of *check* is set, where *test* is TRUE."""
        return ", ".join(
            f"(CASE WHEN {test} THEN {self._bit(check, word)} ELSE 0 END)::BIGINT AS {word_name(letter, word)}"
            for word in self.words
        )

    def has(self, check: int, letter: str = "m") -> str:
        """A test: the bit of *check* is set."""
        place = self.bits[check]
        return f"(coalesce({word_name(letter, place // _BITS)}, 0) & {1 << place % _BITS} <> 0)"

    def merged(self, letters: Iterable[str]) -> str:
        """Columns of a group of rows with the bits of all of them."""
        names = [word_name(letter, word) for letter in letters for word in self.words]
        return ", ".join(f"bit_or({name}) AS {name}" for name in names)

    def diverted(self, checks: Collection[int]) -> str:
        """A test: a check of *checks* marks the row, and does not spare it."""
        tests = []
        for word in self.words:
            wanted = sum(self._bit(check, word) for check in checks if check in self.bits)
            if wanted:
                tests.append(f"{word_name('m', word)} & {wanted} & ~coalesce({word_name('s', word)}, 0) <> 0")
        return " OR ".join(tests) or "FALSE"

    def reasons(self, names: Mapping[int, str]) -> str:
        """The *names* of all checks that mark and do not spare a row, as text; a mere copy of a row that goes on says so."""
        parts = [
            f"CASE WHEN {self.has(check, 's')} THEN NULL "
            f"WHEN {self.has(check, 'c')} THEN {_text(names[check] + ':duplicate_row')} "
            f"WHEN {self.has(check)} THEN {_text(names[check])} END"
            for check in self.bits
        ]
        return f"concat_ws('; ', {', '.join(parts)})" if parts else "''"

    def _bit(self, check: int, word: int) -> int:
        place = self.bits[check]
        return 1 << place % _BITS if place // _BITS == word else 0


def word_name(letter: str, word: int) -> str:
    """The column of a word: no data has it, for names that begin so are refused."""
    return f"__dq_{letter}{word}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
