"""Settings: `dq.toml` or `[tool.dq]` in pyproject.toml, overridden by `DQ_*` variables. Read at the edges, then values."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from dq.errors import UsageError

_SECRET = "quarantine_key"  # noqa: S105  its name
_LISTS = {"allow_code": "module names", "databases": "addresses"}


@dataclass(frozen=True, slots=True)
class Settings:
    """
    What a project says once.

    *contracts* is the folder of `<name>/<version>.odcs.yaml`. *memory_limit* and *threads* bound the embedded engine
    (`threads` 0: all cores); *spill_directory* is where it puts what does not fit ("" : the system's temporary folder).
    *statement_timeout* is how many seconds one statement over a table of a database may take (0: any time).
    *samples* is how many bad rows a result shows per check. *allow_code* lists modules whose Python may run.
    *retention* is how long dead letters are kept where no contract says it, such as `P90D` ("": for ever). They are encrypted
    with *quarantine_key*, or what *quarantine_key_command* prints; a key comes from the environment, never from a file.
    *databases* are addresses with their passwords, for the store keeps addresses without: by these it finds tables again.
    """

    contracts: str = "contracts"
    memory_limit: str = "1GB"
    threads: int = 0
    spill_directory: str = ""
    statement_timeout: int = 3600
    samples: int = 5
    allow_code: tuple[str, ...] = ()
    store_url: str = ""
    quarantine_url: str = ""
    retention: str = ""
    quarantine_key: str = field(default="", repr=False)
    quarantine_key_command: str = ""
    databases: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def load(cls, folder: str | Path = ".") -> Settings:
        """
        Those that hold in *folder*: of the nearest `dq.toml`, or `pyproject.toml` with `[tool.dq]`, upwards; then `DQ_*`.

        Raises:
            UsageError: a file is no TOML, or a name or type is unknown.
        """
        return load(folder)


def load(folder: str | Path = ".", environ: Mapping[str, str] | None = None) -> Settings:
    """
    Settings that hold in *folder*: the nearest `dq.toml`, or `pyproject.toml` with `[tool.dq]`, upwards; then `DQ_*`.

    Raises:
        UsageError: a file is no TOML, or a name or type is unknown; it names the file and the known names.
    """
    environ = os.environ if environ is None else environ
    place, said = _from_file(Path(folder).resolve())
    known = {item.name: item for item in fields(Settings)}
    if unknown := sorted(set(said) - set(known)):
        raise UsageError(f"unknown setting '{unknown[0]}'", place, f"known settings: {', '.join(known)}")
    if _SECRET in said:
        mend = f"set DQ_{_SECRET.upper()}, or name a command that prints it: {_SECRET}_command"
        raise UsageError(f"a secret does not belong into a file: '{_SECRET}'", place, mend)
    values = {name: _typed(name, value, place) for name, value in said.items()}
    for name in known:
        if (text := environ.get(f"DQ_{name.upper()}")) is not None:
            values[name] = _typed(name, text, f"DQ_{name.upper()}")
    return Settings(**values)


def _from_file(folder: Path) -> tuple[str, dict[str, Any]]:
    for parent in (folder, *folder.parents):
        for path, table in ((parent / "dq.toml", ()), (parent / "pyproject.toml", ("tool", "dq"))):
            if not path.is_file():
                continue
            try:
                said: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise UsageError(f"not TOML: {error}", str(path)) from None
            for key in table:
                said = said.get(key, {})
            if said or not table:
                return str(path), said
    return "", {}


def _typed(name: str, value: object, place: str) -> Any:
    if name in ("threads", "samples", "statement_timeout"):
        try:
            number = int(value)  # type: ignore[call-overload]
        except (TypeError, ValueError):
            number = -1
        if number < 0 or isinstance(value, bool):
            raise UsageError(f"setting '{name}' is not a whole number: {value!r}", place, f"say {name} = 2")
        return number
    if name in _LISTS:
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            said = "" if name == "databases" else f": {value!r}"  # they hold passwords
            raise UsageError(f"setting '{name}' is not a list of {_LISTS[name]}{said}", place)
        return tuple(item.strip() for item in items if item.strip())
    if not isinstance(value, str):
        raise UsageError(f"setting '{name}' is not text: {value!r}", place)
    if name == "retention" and value and age(value) is None:
        raise UsageError(f"setting '{name}' is no number of days: {value!r}", place, "say it as in ISO 8601: P90D, P12W")
    return value


def age(said: str) -> timedelta | None:
    """What `P90D` or `P12W` means; None of anything else. Months and years have no length, so they are refused."""
    found = _DAYS.fullmatch(said)
    return timedelta(days=int(found[1]) * (7 if found[2] == "W" else 1)) if found else None


_DAYS = re.compile(r"P([1-9]\d{0,5})([DW])")
