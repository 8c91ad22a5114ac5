"""One batch of dead letters, judged again: by which contract, among what, and what the protocol is told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from dq.checks import Check, Keys, Mode, Shape, Status
from dq.chosen import Chosen, Wanted, choose, picked
from dq.destination import among, chosen_place, looked_into, standing_in
from dq.diversion import actor, contract_facts, hidden_columns, retention_of, subjects_of, whom_of
from dq.errors import SourceChanged, UsageError
from dq.job import Job, Ref
from dq.lasting import reading_of
from dq.mask import mask
from dq.outcome import Also, conclude
from dq.plan import RECORD, Plan, fixes
from dq.policy import Policy
from dq.quarantine import Looked, TableTarget, Vault, Work, land, paths_of, perform
from dq.recall import judged_again, target_said
from dq.result import NotRun, Result
from dq.run import appender, opened
from dq.settings import Settings
from dq.source import DeadLetters, Table
from dq.sql import condition
from dq.store import Batch, Reason, ReplayFacts, RowState, State, Store, facts_of

if TYPE_CHECKING:
    from dq.engines.duckdb.again import Cell, LettersView

_SHOWN = 20  # changed values
_OF_TYPES = ("type", "fits_type")


@dataclass(frozen=True, slots=True)
class Fix:
    """What is changed before rows are judged: by an *edited* file, or by expressions that *set* columns."""

    edited: str | None = None
    sets: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.edited is not None and not Path(self.edited).is_file():
            raise UsageError("no such file", self.edited, "`dq quarantine rows BATCH --out FILE` writes the rows to edit")

    @property
    def digest(self) -> str:
        """Names it; another fix has another."""
        if self.edited is None:
            return hashlib.sha256(json.dumps(dict(self.sets), sort_keys=True).encode()).hexdigest() if self.sets else ""
        content = hashlib.sha256(Path(self.edited).read_bytes()).hexdigest()
        return hashlib.sha256(json.dumps([content, dict(self.sets)], sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody said about judging again."""

    contract: Ref | None
    references: Mapping[str, object]
    fix: Fix
    to: str | Table
    waived: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the rows foretells, and the view, still open."""

    view: LettersView
    result: Result
    bad: int
    reasons: tuple[Reason, ...]
    unchanged: bool
    changed: Mapping[str, int]
    cells: tuple[Cell, ...]
    land: Callable[[Any], None]


class Again:
    """
    Open rows of one published batch, to be judged again.

    Raises:
        UsageError: the batch has no target, or how it was judged is not known. WorldError: its target lacks what was
            published there.
    """

    def __init__(self, store: Store, vault: Vault, settings: Settings, batch: Batch, order: Order) -> None:
        self.store, self.vault, self.settings, self.batch, self.order = store, vault, settings, batch, order
        self.kept = 0
        self._ancestors = list(_ancestors(store, batch))
        self.place = chosen_place(store, self._ancestors, order.to, settings)
        owner = self.place.may_write(batch.slot.text)
        self.place.must_hold(_published(store, batch), owner.editions if owner else ())
        self._standing = standing_in(self.place, batch, there=owner is not None)
        self._now = datetime.now(UTC)
        letters = DeadLetters(batch.id[:12], lambda: iter(()))
        self.job, self.policy = self._judged_by(letters)
        self.waived = self._waived()

    # -- what is known before rows are read ----------------------------------------------------------------------------

    @property
    def _root(self) -> Batch:
        return self._ancestors[-1]

    def _judged_by(self, letters: DeadLetters) -> tuple[Job, Policy]:
        job, policy = judged_again(
            self.store.run(self._root.run).origin,
            self.batch.slot,
            letters,
            contract=self.order.contract,
            references=self.order.references,
            settings=self.settings,
        )
        return job, policy

    def _waived(self) -> frozenset[str]:
        """
        The ids of the checks that are waived.

        Raises:
            UsageError: there is none of that name; or it is about what can be read.
        """
        checks = [item for item in self.job.plan.checks if item.is_row_check]
        found = set()
        for name in self.order.waived:
            named = [item for item in checks if name in (item.id, item.rule)]
            if not named:
                listed = ", ".join(item.id for item in checks)
                raise UsageError(f"no rule '{name}' judges rows", self.job.contract.ref, f"rules: {listed}")
            if any(item.name in _OF_TYPES or item.id == RECORD for item in named):
                mend = "fix it (fix=, set=), or discard it"
                what = f"'{name}' cannot be accepted: a value that cannot be read goes nowhere"
                raise UsageError(what, str(self.batch.slot), mend)
            found |= {item.id for item in named}
        return frozenset(found)

    # -- rows ----------------------------------------------------------------------------------------------------------

    def choose(self, wanted: Wanted) -> Chosen:
        """
        The rows that are meant. Those that share a key with rows nobody can look at any more are kept where they are.

        Raises:
            UsageError: a row is not open; none breaks the rules named.
        """
        if self.waived:
            wanted = replace(wanted, rules=tuple(self.waived))
        chosen = choose(self.store, self.vault, self.batch, wanted)
        if wanted.batch and wanted.rules and not len(chosen) and self.batch.open:
            listed = ", ".join(item.check for item in self.store.reasons(self.batch.id))
            what = f"no open row of batch {self.batch.id[:12]} breaks {', '.join(wanted.rules)}"
            raise UsageError(what, str(self.batch.slot), f"its reasons: {listed}")
        if self._root.output:
            return chosen
        keyed = {item.id for item in self.job.plan.checks if isinstance(item.subject, Keys) and item.subject.survivor}
        keyed -= self.waived
        free = choose(self.store, self.vault, self.batch, wanted, barred=keyed) if keyed else chosen
        self.kept = len(chosen) - len(free)
        return free

    @contextmanager
    def opened(self, chosen: Chosen) -> Iterator[Look]:
        """
        A view of the rows, fixed and judged.

        Raises:
            UsageError: a rule cannot be judged; a fix names what is not there. SourceError: the edited file has other rows.
            SourceChanged: the edited file, or the target, changed meanwhile.
        """
        plan = self._plan()
        others = looked_into(self.job.references, self.settings)
        job = replace(self.job, plan=plan, source=self._letters(chosen, plan), references=others)
        before = self.order.fix.digest
        with opened(job) as (engine, found):
            if self.order.fix.digest != before:
                raise SourceChanged("the edited file changed while it was read", str(self.order.fix.edited), "run again")
            view: LettersView = found  # type: ignore[assignment]  # of dead letters
            view.fix(fixes(plan, view.columns, self.order.fix.sets, now=self._now))
            whom = whom_of(plan, self.store, self.vault)
            result = conclude(job, engine, view, now=self._now, also=Also.NOTHING, whom=whom)
            self._can_judge(result)
            counts = view.diverted_by()
            names = {number: item.check.id for number, item in enumerate(result.checks)}
            reasons = tuple(
                Reason(item.check.id, counts[number], column=", ".join(item.check.columns))
                for number, item in enumerate(result.checks)
                if counts.get(number)
            )
            changed, cells = view.changes(_SHOWN)
            hidden = self._hidden(plan)
            yield Look(
                view,
                result,
                result.bad_rows,
                reasons,
                view.same(names) and not any(changed.values()),
                changed,
                tuple(replace(c, before=mask(c.before), after=mask(c.after)) if c.column in hidden else c for c in cells),
                view.landing(),
            )

    def _plan(self) -> Plan:
        """The checks of rows, as the stage weakens them; none stops all rows for one, and what is waived only watches."""

        def judged(item: Check) -> Check:
            item = self.policy.weaken(item)
            if item.id in self.waived:
                return replace(item, mode=Mode.OBSERVE)
            return replace(item, mode=Mode.QUARANTINE) if item.is_row_check and item.mode is Mode.BLOCK else item

        return replace(self.job.plan, checks=tuple(judged(item) for item in self.job.plan.checks if _is_about_rows(item)))

    def _letters(self, chosen: Chosen, plan: Plan) -> DeadLetters:
        said = json.loads(self.batch.schema)
        reading = said.get("reading")
        return DeadLetters(
            self.batch.id[:12],
            lambda: picked(self.vault, chosen),
            said["columns"],
            reading_of(reading) if reading else None,
            bool(said.get("table")),
            self._standing,
            among=among(plan, list(said["columns"])),
            edited=self.order.fix.edited or "",
        )

    def _can_judge(self, result: Result) -> None:
        """Refuse when a rule that these rows broke, or that would keep them, cannot be judged."""
        broken = {item.check for item in self.store.reasons(self.batch.id)}
        for item in result.checks:
            check, where = item.check, str(self.batch.slot)
            if not check.is_row_check and item.status in (Status.FAIL, Status.ERROR) and check.mode is Mode.BLOCK:
                mend = "name a version that fits: contract='people@1.0.0'; or enforce the key again"
                raise UsageError(f"the rows do not fit {result.contract}: {check.id}: {item.message}", where, mend)
            if not check.is_row_check or not isinstance(item.found, NotRun) or check.mode is not Mode.QUARANTINE:
                continue
            if item.status is Status.ERROR or check.id in broken:
                mend = "give what it looks into: references={…}, --with NAME=FILE; or waive it: accept"
                raise UsageError(f"rule '{check.id}' cannot be judged: {item.message}", where, mend)

    def _hidden(self, plan: Plan) -> frozenset[str]:
        return frozenset(json.loads(self.batch.schema)["sensitive"]) | frozenset(hidden_columns(plan.fields))

    # -- the protocol --------------------------------------------------------------------------------------------------

    def perform(self, look: Look, chosen: Chosen) -> Batch:
        """
        Do what *look* foretold: S1 to S7.

        Raises:
            Fenced: the key was enforced again, or somebody decided about the rows, meanwhile. WorldError: a retry goes on.
        """
        looked = self._looked(look, chosen)
        append = appender(self.settings)
        names = {number: item.check.id for number, item in enumerate(look.result.checks)}
        work = Work(
            self._fingerprint(chosen),
            lambda _: looked,
            lambda write: look.view.drain(write, names),
            lambda turn: land(self.store, self.vault, turn, self.place, append),
            lambda write: self._land(look, write),
        )
        done = perform(
            self.store,
            self.vault,
            self.batch.slot,
            work,
            plan=self.job.plan.sha256,
            now=self._now,
            actor=actor(),
            policy=json.dumps(["replay", *asdict(self.policy).values(), sorted(self.waived)]),
            parent=self.batch,
        )
        return done.batch

    def _land(self, look: Look, write: Callable[..., None]) -> None:
        """Hand the good rows over, when the target takes them."""
        if isinstance(self.place, TableTarget):
            look.land(self.place.rehearse)
        look.land(write)

    def _fingerprint(self, chosen: Chosen) -> str:
        rows = hashlib.sha256(chosen.places.tobytes()).hexdigest()
        return json.dumps([self.batch.id, self.batch.edition, rows, self.order.fix.digest, str(self.place)])

    def _looked(self, look: Look, chosen: Chosen) -> Looked:
        result, rows = look.result, len(chosen)
        run = facts_of(
            result,
            key=self.batch.slot.key,
            contract=contract_facts(self.job.contract),
            origin={"replay": {"batch": self.batch.id}, **self._kept_target()},
        )
        good = look.view.good_numbers()
        failing = {item.check: item.rows for item in look.reasons}
        into = RowState.ACCEPTED if self.waived else RowState.REPLAYED
        going = chosen.ranges_of(good, into)
        staying = chosen.ranges_of(look.view.bad_numbers(), RowState.REPLAYED)
        facts = ReplayFacts(
            self.batch.id,
            (*going, *staying) if self.waived else chosen.ranges(into),
            self.job.plan.sha256,
            result.contract,
            str(self.place),
            self._fix_facts(look),
            {"rows": rows, "landed": rows - look.bad, "stayed": look.bad, "reasons": failing},
            self._note(),
        )
        reading = look.view.columns.reading
        own = subjects_of(self.job.plan.fields, look.view.columns.types.keys())
        subjects = tuple(dict.fromkeys((*paths_of(self.batch), *own)))
        schema = {
            **{key: value for key, value in json.loads(self.batch.schema).items() if key == "table"},
            "columns": dict(look.view.shown),
            "sensitive": sorted(self._hidden(self.job.plan)),
            "subjects": subjects,
            **({"reading": asdict(reading)} if reading else {}),
        }
        return Looked(
            rows,
            look.bad,
            replace(run, rows=rows, bad_rows=look.bad, metrics=()),
            look.reasons,
            digest=hashlib.sha256(look.view.digest().encode()).hexdigest(),
            schema=json.dumps(schema),
            replay=facts,
            subjects=subjects,
            retention=retention_of(self.job),
        )

    def _kept_target(self) -> Mapping[str, Any]:
        return target_said(self.place.table) if isinstance(self.place, TableTarget) else {}

    def _note(self) -> str:
        waived = f"accepted: {', '.join(sorted(self.waived))}" if self.waived else ""
        return "; ".join(part for part in (waived, self.order.note) if part)

    def _fix_facts(self, look: Look) -> dict[str, Any] | None:
        """What was changed, for the audit, which forgets nothing: no value of a sensitive column, nor what it is compared to."""
        fix, hidden = self.order.fix, self._hidden(self.job.plan)
        if not fix.edited and not fix.sets:
            return None
        sets = {name: mask(text) if hidden & {name, *_names(text)} else text for name, text in fix.sets.items()}
        edited = {"file": Path(fix.edited).name} if fix.edited else {}
        return {**edited, **({"set": sets} if sets else {}), "values": dict(look.changed), "digest": fix.digest}


def _names(text: str) -> Iterator[str]:
    """The names in an expression."""
    return (item.name for item in condition(text, "set").find_all(exp.Identifier))


def _is_about_rows(item: Check) -> bool:
    """Whether rows, or the names and types of columns, decide: not what a whole dataset measures."""
    return item.is_row_check or isinstance(item.subject, Shape)


def _ancestors(store: Store, batch: Batch) -> Iterator[Batch]:
    """The batch, and those that it came of, up to one that came of an enforcement."""
    yield batch
    while batch.parent:
        batch = store.batch(batch.parent)
        yield batch


def _published(store: Store, batch: Batch) -> Mapping[str, str]:
    """The editions that batches of the slot have published, and where."""
    slot = batch.slot
    found = store.batches(dataset=slot.dataset, stage=slot.stage, key=slot.key, states=(State.PUBLISHED,), limit=1_000_000)
    return {f"{item.id}:{item.edition}": item.output for item in found if item.output}
