"""What somebody wants to know at 3 a.m.: what broke, how bad it is, where it comes from, what to do. Plain texts."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from dq.checks.model import Keys, Mode, Status
from dq.report import words
from dq.report.hostile import shown
from dq.result import CheckResult, Result

_NAMED = 5  # failing checks named in the summary
_FRAME = re.compile(r"list of dicts|Arrow batches|\w+ frame")
_MORE = re.compile(r"(?P<first>.*) and \d+ more", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Brief:
    """The summary: *broke* are the checks to name, worst first, and *more* of them are not named."""

    broke: tuple[CheckResult, ...]
    more: int
    bad: str
    comes_from: tuple[str, ...]
    to_do: tuple[str, ...]
    done: tuple[str, ...] = ()  # what became of the rows, when somebody decided about them


def brief(result: Result, outcome: str = "", batch: str = "") -> Brief:
    """
    The summary of *result*; a result without any check says that nothing was judged.

    With the *outcome* of the enforcement that it comes from, and its *batch*, it says what was done with the rows.
    """
    told = [item for item in words.troubled(result) if item.status is not Status.SKIP and not words.is_observed(item)]
    serious = [item for item in told if item.status is not Status.WARN] or told
    more = max(len(serious) - _NAMED, 0)
    done = tuple(_done(outcome, batch))
    to_do = (*(() if done else _advice(result)), *_besides(result))
    return Brief(tuple(serious[:_NAMED]), more, _bad(result), tuple(_origins(told)), to_do, done)


def _bad(result: Result) -> str:
    if not result.rows:
        return "There are no rows."
    if not result.bad_rows:
        return f"None of {words.count(result.rows)} is bad."
    share = words.percent(Fraction(result.bad_rows, result.rows))
    return f"{result.bad_rows:,} of {words.count(result.rows)} ({share}) {'is' if result.bad_rows == 1 else 'are'} bad."


def _origins(told: list[CheckResult]) -> Iterator[str]:
    for item in told[:_NAMED]:
        if item.why:
            yield f"{shown(item.check.id, 80)}: {words.standout(item, item.why[0])}"


def _done(outcome: str, batch: str) -> Iterator[str]:
    """What became of the rows; nothing when nobody decided about them."""
    match outcome:
        case "passed":
            yield "All rows went on."
        case "quarantined":
            yield "The good rows went on; the bad ones are dead letters."
            yield f"See `dq quarantine show {batch[:12]}`; mend and replay them, or discard them."
        case "blocked":
            yield "The stage is blocked: nothing went on, the bad rows are kept as evidence."
            yield "Mend the data, and run again."


def _advice(result: Result) -> Iterator[str]:
    """What to do about the rows."""
    failed = [item for item in result.failures if item.status is Status.FAIL]
    if any(item.check.mode is Mode.BLOCK for item in failed):
        names = ", ".join(shown(item.check.id, 80) for item in failed if item.check.mode is Mode.BLOCK)
        yield f"Publish nothing yet: {shown(names, 200)} must hold first."
    elif failed and result.bad_rows:
        good = result.rows - result.bad_rows
        yield f"Set the bad rows aside; {words.count(good, 'good row')} can go on."
    elif failed:
        yield "No single row is to blame: look at the data as a whole before it goes on."
    elif result.status is Status.PASS:
        yield "Nothing to do."


def _besides(result: Result) -> Iterator[str]:
    """What to do about the contract and its rules, and whom to tell."""
    if all(item.status is Status.SKIP for item in result.checks):
        yield "No check ran: nothing is known about this data."
    if erred := [item for item in result.failures if item.status is Status.ERROR]:
        yield f"Mend {words.count(len(erred), 'rule')} that could not run, and run again: {shown(erred[0].message, 200)}"
    if not result.failures and any(item.status is Status.WARN for item in result.checks):
        yield "Nothing has to stop. Look at the warnings, or mend the contract where it is wrong."
    if missing := [gap for gap in result.coverage.skipped if not gap.waived]:
        were = "was" if len(missing) == 1 else "were"
        yield f"{words.count(len(missing), 'clause')} of the contract {were} not enforced: see Coverage."
    if not result.ok and result.owners:
        yield f"Tell {shown(', '.join(result.owners), 200)}, who own the contract."


def command(result: Result, more: str = "") -> str:
    """
    What runs the same checks again: a command line, or Python when the source was an object in memory.

    Its words are quoted for a shell; values that the result does not know are written in capitals.
    """
    if _FRAME.fullmatch(result.source) or not result.source:
        return _python(result)
    several = _MORE.fullmatch(result.source)
    sources = shlex.quote(shown(several["first"] if several else result.source)) + (" …" if several else "")
    words_ = ["dq", "validate", sources, "--contract", shlex.quote(shown(result.contract))]
    if result.object and result.object != result.contract.partition("@")[0]:
        words_ += ["--schema", shlex.quote(shown(result.object))]
    for name in _references(result):
        words_ += ["--with", f"{shlex.quote(shown(name))}=FILE"]
    if result.stage:
        words_ += ["--stage", shlex.quote(shown(result.stage))]
    return " ".join([*words_, more]).rstrip()


def _python(result: Result) -> str:
    said = [repr(shown(result.contract))]
    if result.object and result.object != result.contract.partition("@")[0]:
        said.append(f"schema={shown(result.object)!r}")
    if names := _references(result):
        said.append(f"references={{{', '.join(f'{shown(name)!r}: …' for name in names)}}}")
    if result.stage:
        said.append(f"stage={shown(result.stage)!r}")
    return f"result = dq.validate(frame, {', '.join(said)})"


def in_memory(result: Result) -> bool:
    """Whether what was read is an object of a program, not files."""
    return not result.source or _FRAME.fullmatch(result.source) is not None


def _references(result: Result) -> list[str]:
    """The other datasets that its checks look into."""
    subjects = (item.check.subject for item in result.checks)
    return list(dict.fromkeys(subject.reference for subject in subjects if isinstance(subject, Keys) and subject.reference))
