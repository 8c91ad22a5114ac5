"""Settings: `dq.toml` or `[tool.dq]` in pyproject.toml, overridden by `DQ_*` variables. Read at the edges, then values."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from dq.errors import UsageError


@dataclass(frozen=True, slots=True)
class Settings:
    """
    What a project says once.

    *contracts* is the folder of `<name>/<version>.odcs.yaml`. *memory_limit* and *threads* bound the embedded engine
    (`threads` 0: all cores); *spill_directory* is where it puts what does not fit ("" : the system's temporary folder).
    *samples* is how many bad rows a result shows per check. *allow_code* lists modules whose Python may run.
    """

    contracts: str = "contracts"
    memory_limit: str = "1GB"
    threads: int = 0
    spill_directory: str = ""
    samples: int = 5
    allow_code: tuple[str, ...] = ()
    store_url: str = ""
    quarantine_url: str = ""

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
    if name in ("threads", "samples"):
        try:
            number = int(value)  # type: ignore[call-overload]
        except (TypeError, ValueError):
            number = -1
        if number < 0 or isinstance(value, bool):
            raise UsageError(f"setting '{name}' is not a whole number: {value!r}", place, f"say {name} = 2")
        return number
    if name == "allow_code":
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise UsageError(f"setting '{name}' is not a list of module names: {value!r}", place)
        return tuple(item.strip() for item in items if item.strip())
    if not isinstance(value, str):
        raise UsageError(f"setting '{name}' is not text: {value!r}", place)
    return value
