"""Python that a contract or suite names: `module:Name`, imported only from modules that the setting `allow_code` lists."""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from dq.errors import UsageError

_NAMED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def names_code(text: object) -> bool:
    """Whether *text* is written as `module:Name`."""
    return isinstance(text, str) and _NAMED.fullmatch(text) is not None


def load_code(reference: str, allow_code: Sequence[str]) -> Any:
    """
    What *reference*, `module:Name`, names. A module is looked for on Python's path, then in this folder.

    Raises:
        UsageError: the module is not listed in *allow_code* (nothing is imported then), is not there, raises when it is
            imported, or has no such name.
    """
    module, _, name = reference.partition(":")
    if module not in allow_code:
        mend = f'if you trust it, add it to dq.toml: allow_code = ["{module}"]'
        raise UsageError(f"module '{module}' may not be run: it is not in allow_code", reference, mend)
    found: Any = _imported(module, reference)
    for part in name.split("."):
        if not hasattr(found, part):
            known = [item for item in vars(found) if not item.startswith("_")][:20]
            raise UsageError(f"module '{module}' has no '{name}'", reference, f"it has {', '.join(known) or 'no names'}")
        found = getattr(found, part)
    return found


def _imported(module: str, reference: str) -> Any:
    with _here():
        try:
            return importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name and (module == error.name or module.startswith(f"{error.name}.")):
                mend = "install it, or put it where Python looks (PYTHONPATH)"
                raise UsageError(f"there is no module '{module}'", reference, mend) from None
            raise UsageError(
                f"module '{module}' needs '{error.name}', which is not installed", reference, f"install {error.name}"
            ) from error
        except (Exception, SystemExit) as error:
            raise UsageError(
                f"module '{module}' raises {type(error).__name__}: {error}", reference, f"mend it: python -c 'import {module}'"
            ) from error


@contextmanager
def _here() -> Iterator[None]:
    """Have the current folder last on the path of Python: it shadows nothing."""
    folder = os.getcwd()  # noqa: PTH109  a text is wanted
    added = folder not in sys.path
    if added:
        sys.path.append(folder)
    try:
        yield
    finally:
        if added and folder in sys.path:
            sys.path.remove(folder)
