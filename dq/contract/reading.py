"""From a file or a reference to a contract, or to every fault in it at once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from dq.contract import registry, views
from dq.contract.document import Document, parse
from dq.contract.model import Contract
from dq.contract.nodes import MAX_BYTES
from dq.contract.soundness import problems
from dq.contract.spelling import did_you_mean
from dq.contract.validity import lenient
from dq.errors import ContractError, Fault, Place, WorldError

_SUFFIXES = (".yaml", ".yml", ".json")


def load(ref_or_path: Contract | str | os.PathLike[str], *, contracts: str | Path = "contracts") -> Contract:
    """
    The contract in a file, or the newest that a reference asks for in the folder *contracts*.

    A file is `orders.odcs.yaml`, a reference `orders`, `orders@1.2.0` or `orders@^1`. A contract comes back as it is.

    Raises:
        ContractError: there is none, or it is wrong; with every fault, its line and its mend.
        WorldError: the file is there but cannot be read.
    """
    if isinstance(ref_or_path, Contract):
        return ref_or_path
    given = os.fspath(ref_or_path)
    path = Path(given)
    if path.is_file() or not isinstance(ref_or_path, str) or given.lower().endswith(_SUFFIXES):
        return _known(read_text(path), given)
    path, version = registry.find(given, contracts)
    contract = _known(read_text(path), str(path))
    if contract.version != str(version):
        fault = Fault(
            _place(contract, "version"), f"the file is named {version}, but its version is {contract.version}", "make them equal"
        )
        raise ContractError([fault])
    return contract


def read(text: str, document: str) -> Contract:
    """
    The contract that *text* writes; *document* is the name to show.

    Words of a later version than its `apiVersion`, two operators on one rule, keys of a server that the standard does not
    list, and a property without `logicalType` under v3.2.0 are no reason to refuse it: `lint` tells them.

    Raises:
        ContractError: it is wrong; with every fault, its line and its mend.
    """
    contract, faults = judged(parse(text, document), text)
    if faults:
        raise ContractError(faults)
    return contract


_known = lru_cache(maxsize=32)(read)  # by what is written, not by when: to understand it takes longer than to check small data


def judged(document: Document, text: str) -> tuple[Contract, tuple[Fault, ...]]:
    """The contract in *document* as far as it can be understood, and what stops it from being used, in document order."""
    contract = views.contract(document, text)
    by_schema = (finding.fault for finding in lenient(document)[1] if not finding.tolerated)
    return contract, in_order(document.faults, by_schema, problems(contract))


def in_order(*groups: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults of all *groups*, in document order; what a group says of a place that an earlier one told is left out."""
    out: list[Fault] = []
    for group in groups:
        told = {fault.place for fault in out}
        out += [fault for fault in group if fault.place not in told]
    return tuple(sorted(out, key=lambda fault: fault.place.line))


def read_text(path: Path) -> str:
    """
    The text of a contract file.

    Raises:
        ContractError: there is no such file, it is too large, or it is not UTF-8.
        WorldError: it cannot be read.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ContractError([Fault(Place(str(path), 0, ""), f"larger than {MAX_BYTES / 1e6:g} MB", "split the contract")])
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        near = [child.name for child in path.parent.iterdir()] if path.parent.is_dir() else []
        mend = did_you_mean(path.name, near) or "give a file, or a reference such as orders@^1"
        raise ContractError([Fault(Place(str(path), 0, ""), "no such file", mend)]) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ContractError([Fault(Place(str(path), line, ""), f"not UTF-8 at byte {error.start}", "save it as UTF-8")]) from None
    except OSError as error:
        raise WorldError(f"cannot read the contract: {error.strerror or error}", str(path)) from None


def _place(contract: Contract, key: str) -> Place:
    return contract.written.place((key,)) if contract.written else contract.place
