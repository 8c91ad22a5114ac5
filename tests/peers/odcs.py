"""Real contracts against every version of the official JSON schema: valid or not, where the fault is, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dq.contract import dump, faults
from dq.contract.document import dotted, parse
from dq.contract.standard import STRICT, VERSIONS
from dq.contract.views import contract
from dq.errors import ContractError, Fault
from tests.peers.score import Miss, PeerSet, Score, lines


def score(folder: Path, engine: str) -> Iterator[Score]:
    """Verdicts (the score of the set), fault paths, and load → dump → load."""
    rows = lines(folder / "given" / "matrix.jsonl")
    texts = {row["file"]: (folder / "given" / "contracts" / row["file"]).read_text("utf-8") for row in rows}
    verdicts = [(row, version, said) for row in rows for version, said in row["verdict"].items() if _version(version)]
    judged = [(row, version, said, _judged(texts[row["file"]], row["file"], version)) for row, version, said in verdicts]
    wrong = [
        Miss(f"{row['file']} {version}", _word(valid=said["valid"]), _word(valid=not found), "; ".join(map(str, found[:3])))
        for row, version, said, found in judged
        if said["valid"] != (not found)
    ]
    yield Score("odcs", engine, len(judged), len(judged), tuple(wrong))
    invalid = [(row, version, said, found) for row, version, said, found in judged if not said["valid"]]
    elsewhere = [
        Miss(f"{row['file']} {version}", str(said["first"]), str([fault.place.path for fault in found]))
        for row, version, said, found in invalid
        if not _matches(said["first"], found, texts[row["file"]])
    ]
    yield Score("odcs", "paths", len(invalid), len(invalid), tuple(elsewhere))
    parsed = [row for row in rows if row["parses"]]
    lost = [Miss(row["file"], "equal", "not equal") for row in parsed if not _survives(texts[row["file"]], row["file"])]
    yield Score("odcs", "round-trip", len(parsed), len(parsed), tuple(lost))


def _version(name: str) -> str:
    """Our name of the schema that the matrix calls *name*; empty for one that dq does not read."""
    known = f"v{name.removesuffix('-dev')}"
    return known if known in (*VERSIONS, STRICT) else ""


def _judged(text: str, name: str, version: str) -> tuple[Fault, ...]:
    return faults(text, name, api_version=_version(version))


def _word(*, valid: bool) -> str:
    return "valid" if valid else "invalid"


def _matches(first: list[str], found: tuple[Fault, ...], text: str) -> bool:
    """Whether a fault is told at one of the first places, or at a key directly in it."""
    value = parse(text, "").value
    places = {dotted(value, tuple(int(part) if part.isdecimal() else part for part in path.split("/") if part)) for path in first}
    told = {fault.place.path for fault in found}
    return bool(places & told) or any(path.rpartition(".")[0] in places for path in told)


def _survives(text: str, name: str) -> bool:
    try:
        document = parse(text, name)
    except ContractError:
        return False
    again = parse(dump(contract(document, text)), name)
    return bool(again.value == document.value)


SET = PeerSet("odcs", ("contract",), score)
