"""
What an install with no extras must do: import fast, import little, and run. Run by `make check` in an environment of its own.

It uses nothing but the standard library, and ends with a sentence on failure.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BOUND = 0.3  # seconds for `import dq`, best of five
FOREIGN = ("pandas", "polars", "pandera", "great_expectations", "airflow", "prefect", "pyspark")
IMPORT = """
import sys, time
started = time.perf_counter()
import dq
print(time.perf_counter() - started)
names = [getattr(dq, name) for name in dq.__all__]
import dq_airflow, dq_prefect
print(*sys.modules)
"""


def main() -> None:
    """Check the environment that this runs in."""
    seconds = []
    for _ in range(5):
        first, second = _python("-c", IMPORT).splitlines()
        seconds.append(float(first))
        if heavy := sorted(set(FOREIGN) & set(second.split())):
            sys.exit(f"dq imports {', '.join(heavy)}: import it inside the function that needs it")
    print(f"import dq: {min(seconds):.3f} s (bound {BOUND} s)")
    if min(seconds) >= BOUND:
        sys.exit(f"`import dq` is slow: see `{sys.executable} -X importtime -c 'import dq'`")
    _validates()


def _validates() -> None:
    """A small file is validated by the command line, without any extra."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "people.csv").write_text("id,age\n1,30\n2,-4\n", "utf-8")
        (folder / "people.odcs.yaml").write_text(CONTRACT, "utf-8")
        dq = str(Path(sys.executable).with_name("dq"))
        started = time.perf_counter()
        command = [dq, "validate", f"{folder}/people.csv", "--contract", f"{folder}/people.odcs.yaml", "--format", "json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 1 or json.loads(done.stdout)["bad_rows"] != 1:
            sys.exit(f"`dq validate` of a bad row ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        print(f"dq validate: {time.perf_counter() - started:.3f} s")


CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: people
version: 1.0.0
status: active
schema:
  - name: people
    properties:
      - {name: id, logicalType: integer, required: true, unique: true}
      - {name: age, logicalType: integer, logicalTypeOptions: {minimum: 0}}
"""


def _python(*arguments: str) -> str:
    return subprocess.run([sys.executable, "-P", *arguments], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
