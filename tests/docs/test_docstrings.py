"""Every example in a docstring runs."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import dq
from dq.sql import column

MODULES = sorted(module.name for module in pkgutil.walk_packages(dq.__path__, "dq.") if not module.name.endswith("__main__"))


@pytest.mark.parametrize("name", ["dq", *MODULES])
def test_the_examples_of_a_module_run(name: str) -> None:
    """What an example shows is what the code does."""
    module = importlib.import_module(name)
    given = {"column": column} if name.startswith("dq.checks.") else {}
    failed, _ = doctest.testmod(module, extraglobs=given, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert not failed
