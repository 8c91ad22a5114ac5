"""The documents list every word, and no other."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from dq.checks import DEFINITIONS
from dq.contract import Extension
from dq.settings import Settings

REPOSITORY = Path(__file__).parents[2]
LATER = {"budget", "against"}  # said by contracts already, acted upon by the dead-letter store


def first_cells(document: str, heading: str) -> set[str]:
    """The words in backticks in the first column of the table under *heading*."""
    text = (REPOSITORY / document).read_text("utf-8")
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    cells = re.findall(r"^\| (`[^|]+`) \|", section, re.MULTILINE)
    return {word for cell in cells for word in re.findall(r"`(\w+)`", cell)} - {"check"}


def test_every_check_is_documented() -> None:
    """The table of checks lists the registered checks."""
    assert first_cells("docs/contracts.md", "Rules of `engine: dq`") == set(DEFINITIONS)


def test_every_key_of_the_extension_is_documented() -> None:
    """The table of the extension lists the keys that a contract may say, but for those of a later release."""
    assert first_cells("docs/contracts.md", "The extension") == {item.name for item in fields(Extension)} - LATER


def test_the_settings_in_the_readme_exist() -> None:
    """What README.md shows as settings are settings, with their defaults."""
    import tomllib

    text = (REPOSITORY / "README.md").read_text("utf-8")
    shown = tomllib.loads(re.findall(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[0])
    defaults = {item.name: getattr(Settings(), item.name) for item in fields(Settings)}
    assert shown == {name: defaults[name] for name in shown}
