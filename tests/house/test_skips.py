"""A test that did not run is never green where its component is required."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
LACKING = {
    "import": 'import pytest\ndef test_it() -> None:\n    pytest.importorskip("no_such_package")\n',
    "file": 'import pytest\npytest.importorskip("no_such_package")\ndef test_it() -> None: ...\n',
    "service": 'import pytest\ndef test_it() -> None:\n    pytest.skip("needs no_such_package: no server at hand")\n',
    "fixture": 'def test_it(needs) -> None:\n    needs("no_such_package")\n',
}


@pytest.mark.parametrize("how", LACKING)
@pytest.mark.parametrize(("required", "exit_codes"), [("", (0, 5)), ("other", (0, 5)), ("other,no_such_package", (1, 2))])
def test_a_skip_fails_where_its_component_is_required(
    how: str, required: str, exit_codes: tuple[int, ...], tmp_path: Path
) -> None:
    """However a test says that it lacks a component: skipped on a desk, failed where DQ_REQUIRE names it."""
    (tmp_path / "conftest.py").write_text((REPOSITORY / "tests" / "conftest.py").read_text("utf-8"), "utf-8")
    (tmp_path / "test_lacking.py").write_text(LACKING[how], "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env={"DQ_REQUIRE": required})
    assert done.returncode in exit_codes, done.stdout
    assert ("no_such_package is in DQ_REQUIRE" in done.stdout) == bool(exit_codes[0])
