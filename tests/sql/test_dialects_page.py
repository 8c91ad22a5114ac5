"""The page about databases says what the code says: `DQ_WRITE_GOLDEN=1 pytest tests/sql/test_dialects_page.py` writes it anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

from sqlglot import exp

from dq.sql import gaps, vocabulary
from dq.sql.dialects import DIALECTS
from tests.sql.test_golden import TREES

PAGE = Path(__file__).parents[2] / "docs" / "databases.md"
_BEGIN, _END = "<!-- begin: dialects -->", "<!-- end: dialects -->"
_SAID_ELSEWHERE = {"stored as", "cast of a user to a day", "key set of one"}  # SQLite's own question, and gaps that others tell


def _missing(dialect: str) -> list[str]:
    """What cannot be said, in the names of the golden trees."""
    return [name for name, tree in TREES.items() if name not in _SAID_ELSEWHERE and gaps(tree, dialect)]


def _table() -> str:
    lines = ["| dialect | | gaps | differs |", "| --- | --- | --- | --- |"]
    for name, dialect in DIALECTS.items():
        how = "proven" if dialect.proven else "rendered, never run here"
        lines.append(f"| {name} | {how} | {', '.join(_missing(name)) or 'none'} | {'; '.join(dialect.differs)} |")
    return "\n".join(lines)


def test_the_page_lists_every_dialect_with_its_gaps() -> None:
    """No gap is undeclared, and none is declared that is closed."""
    page = PAGE.read_text("utf-8")
    written = re.sub(f"{_BEGIN}.*{_END}", lambda _: f"{_BEGIN}\n{_table()}\n{_END}", page, flags=re.DOTALL)
    if os.environ.get("DQ_WRITE_GOLDEN"):
        PAGE.write_text(written, "utf-8")
    assert written == PAGE.read_text("utf-8")


def test_a_dialect_says_the_plain_words() -> None:
    """Comparisons, logic, counting and casts have a form everywhere: what is missing is the exception."""
    for name in DIALECTS:
        assert {exp.EQ, exp.And, exp.Case, exp.Count, exp.CountIf, exp.Cast} <= vocabulary(name)
        assert len(_missing(name)) < len(TREES) / 3, name
