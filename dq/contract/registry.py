"""The contracts folder: `<name>/<version>.odcs.yaml`, and references into it: `flights`, `flights@1.2.0`, `flights@^1`."""

from __future__ import annotations

import re
from pathlib import Path

from dq.contract.spelling import did_you_mean
from dq.contract.versions import Range, Version
from dq.errors import ContractError, Fault, Place

SUFFIX = ".odcs.yaml"
_REFERENCE = re.compile(r"(?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)(?:@(?P<range>.*))?", re.DOTALL)


def names(contracts: str | Path = "contracts") -> tuple[str, ...]:
    """Names of the folders that hold at least one version, sorted; empty when there is no such folder."""
    folder = Path(contracts)
    if not folder.is_dir():
        return ()
    return tuple(sorted(child.name for child in folder.iterdir() if child.is_dir() and versions(child.name, folder)))


def versions(name: str, contracts: str | Path = "contracts") -> tuple[Version, ...]:
    """Versions of *name*, newest first; files whose name is no version are left out."""
    found = []
    for path in (Path(contracts) / name).glob(f"*{SUFFIX}"):
        try:
            found.append(Version.parse(path.name.removesuffix(SUFFIX)))
        except ValueError:
            continue
    return tuple(sorted(found, reverse=True))


def find(reference: str, contracts: str | Path = "contracts") -> tuple[Path, Version]:
    """
    The file of the newest version that *reference* asks for. Pre-releases only when it names one.

    Raises:
        ContractError: the reference is malformed, or nothing matches; it lists the known names or versions.
    """
    parsed = _REFERENCE.fullmatch(reference.strip())
    if not parsed:
        raise _unknown(
            reference, "not a path or a reference", "write a file name, or name, name@1.2.0, name@^1, name@~1.2, name@>=1.1,<2"
        )
    try:
        wanted = Range.parse(parsed["range"] or "")
    except ValueError as error:
        raise _unknown(reference, str(error), "write name@1.2.0, name@^1, name@~1.2 or name@>=1.1,<2") from None
    known = versions(parsed["name"], contracts)
    if not known:
        there = names(contracts)
        listed = f"known contracts in {contracts}: {', '.join(there)}" if there else f"the folder {contracts} holds no contract"
        hint = did_you_mean(parsed["name"], there)
        raise _unknown(reference, f"no contract '{parsed['name']}'", " ".join(filter(None, (hint, listed))))
    version = wanted.newest(known)
    if version is None:
        raise _unknown(
            reference, f"no version of '{parsed['name']}' is {wanted}", f"known versions: {', '.join(map(str, known))}"
        )
    return Path(contracts) / parsed["name"] / f"{version}{SUFFIX}", version


def _unknown(reference: str, problem: str, mend: str) -> ContractError:
    return ContractError([Fault(Place(reference, 0, ""), problem, mend)])
