"""Carries out what is due in batches: each is read, decided upon, and written with its tally.

The deletions and moves of a batch are one transaction with the tally that counts them: neither
happens without the other, so that a crash, a second message or a lost answer counts nothing twice
and loses no count. A record whose condition fails was somebody else's first; the rest is written
without it, and it is looked at anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from chalicelib import clock, logs
from chalicelib.erasure.service.removal import Evidence
from chalicelib.errors import Contention
from chalicelib.jobs import service as jobs
from chalicelib.kinds.registry import Registry
from chalicelib.notices.model import Notice
from chalicelib.retention import model, records, verdict
from chalicelib.retention.evidence import model as evidence
from chalicelib.retention.evidence.model import Line, Tally
from chalicelib.retention.evidence.store import put_tally
from chalicelib.retention.message import Places
from chalicelib.retention.model import Outcome
from chalicelib.retention.records import Found, Seen
from chalicelib.retention.steps import About, Add, Step, postponed
from chalicelib.storage import due, partition
from chalicelib.storage.outage import is_passing
from chalicelib.storage.transaction import ConditionFailed, Contended, Transaction
from chalicelib.vault import last
from chalicelib.vault.store import DataKeyItem

_LOOKS: Final = 3
"""How often a record is looked at that changes while it is."""

_WRITES: Final = 99
"""Most writes and conditions of a transaction beside its tally."""

_RESERVE: Final = timedelta(seconds=60)
"""Time that has to be left for the erasure of one more subject."""


def work(
    places: Places, notice: Notice, kinds: Registry, remaining: Callable[[], timedelta]
) -> None:
    """Acts on the records at the places of a batch that are due.

    One BatchGetItem of the records, with the standings of subjects that have a say, and one
    TransactWriteItems of all that goes or moves with its tally; of kinds with parts elsewhere one
    more, which marks them, and what removes the parts; of a record that is the last of its class
    two Queries, an UpdateItem and a transaction more; of a subject its erasure. A record that
    changes meanwhile is looked at anew, one that cannot be handled has a later date, and those that
    are left when `remaining` says that time is short are found by the next run. Raises the error of
    a service that is busy or does not answer, and that of what could neither be handled nor moved,
    so that the message comes again.
    """
    left = list(dict.fromkeys(places))
    for _ in range(_LOOKS):
        left = _Batch(notice, kinds, remaining).run(left)
        if not left:
            return
    logs.log("retention.changing", count=len(left))


def foresee(places: Places, notice: Notice, kinds: Registry) -> Tally:
    """Returns what `work` would do now about the records at these places; changes nothing.

    A failure that only the doing shows, such as of a body that cannot be removed, is not foreseen.
    """
    about = About(notice, kinds, clock.now())
    found = []
    for seen in records.read(list(dict.fromkeys(places)), about.now):
        try:
            step = verdict.decide(seen, about)
            outcome, count = step.foresee() if step.foresee else (step.outcome, step.count)
        except Exception:  # noqa: BLE001 - the same that sets it back
            step = verdict.set_back(seen, about)
            outcome, count = step.outcome, step.count
        found.append(_counted(replace(step, outcome=outcome, count=count), about))
    return evidence.total(notice.version, found)


class _Batch:
    """One look at the records of a batch, and what is done about each."""

    def __init__(self, notice: Notice, kinds: Registry, remaining: Callable[[], timedelta]) -> None:
        self._about = About(notice, kinds, clock.now())
        self._remaining = remaining
        self._counted_at = self._about.now
        self._lost: list[tuple[str, str]] = []
        self._failures: list[_Failure] = []
        self._passing: Exception | None = None

    def run(self, places: Places) -> list[tuple[str, str]]:
        """Does it; returns the places that have to be looked at again."""
        steps = []
        for seen in records.read(places, self._about.now):
            try:
                steps.append(verdict.decide(seen, self._about))
            except Exception as error:  # noqa: BLE001 - the others are waiting
                self._fails(seen, error)
        together = [step for step in steps if step.alone is None]
        for step in steps:
            if step.alone is not None:
                together += self._done_alone(step)
        ready, last_ones = _apart(self._without_parts(together), self._about.kinds)
        self._write(ready)
        self._write([_with_class_key(step) for step in last_ones])
        self._set_back()
        if self._passing is not None:
            raise self._passing
        return self._lost

    def _fails(self, seen: Found, error: Exception) -> None:
        """Notes a failure: of the record, or of a service, which is no record's fault and passes.

        Of a service's the record keeps its date, and the message comes again.
        """
        if is_passing(error):
            self._passing = error
            logs.failure("retention.unavailable", error, kind=seen.entry.kind)
        else:
            self._failures.append(_Failure(seen, error))

    def _done_alone(self, step: Step) -> list[Step]:
        """Does a step that has transactions of its own; returns how a record left alone moves."""
        if step.alone is None or self._remaining() < _RESERVE:
            return []
        counts = Evidence(self._counting_keys(step), self._counting(step))
        try:
            done = step.alone(counts)
        except (ConditionFailed, Contended, Contention):
            self._lost.append(step.place)
            return []
        except Exception as error:  # noqa: BLE001 - the others are waiting
            self._fails(step.seen, error)
            return []
        if done or not isinstance(step.seen, Seen):
            return []
        until = self._about.now + step.otherwise
        return [postponed(step.seen, step.rule, Outcome.KEPT, until)]

    def _without_parts(self, steps: Sequence[Step]) -> list[Step]:
        """Marks the records whose parts go, and removes these; returns the steps that are left.

        The mark has the conditions of the deletion: from then on nothing keeps the record.
        """
        plain = [step for step in steps if step.parts is None]
        unmarked = [step for step in steps if step.parts is not None and not step.marked]
        marks = self._write([replace(step, add=_mark(step)) for step in unmarked], counted=False)
        marked = {step.label for step in marks}
        ready = [step for step in steps if step.parts is not None]
        for step in ready:
            if step.parts is None or not (step.marked or step.label in marked):
                continue
            try:
                step.parts()
            except Exception as error:  # noqa: BLE001 - the others are waiting
                self._fails(step.seen, error)
            else:
                plain.append(replace(step, checks=()))
        return self._with_keys(plain)

    def _with_keys(self, steps: Sequence[Step]) -> list[Step]:
        """Returns the steps, with which the data keys go whose class has nothing left.

        Of somebody with a standing, to whom something may be written at this moment, see
        `_with_class_key`. For each of the others a Query of the records and one of the keys.
        """
        alone: dict[str, list[Step]] = {}
        others = []
        for step in steps:
            if step.late is not None and _is_alone(step.seen):
                alone.setdefault(step.place[0], []).append(step)
            else:
                others.append(step)
        for pk, going in alone.items():
            gone = {step.place[1] for step in going}
            left = {one.retention_class for one in partition.read(pk) if one.sk not in gone}
            last = [name for name in partition.keys_of(pk) if name not in left]
            others += [*going[:-1], _with_keys(going[-1], last)]
        return others

    def _write(self, steps: Sequence[Step], *, counted: bool = True) -> list[Step]:
        """Commits steps, each record once a transaction; returns those that are done."""
        return [done for wave in _waves(steps) for done in self._commit(wave, counted=counted)]

    def _commit(self, wave: Sequence[Step], *, counted: bool) -> Sequence[Step]:
        """Commits what can be committed together; what fails for itself is done by itself."""
        while wave:
            try:
                self._commit_once(wave, counted=counted)
            except ConditionFailed as failed:
                lost = [step for step in wave if _fails(step, failed.labels)]
                self._lost += [step.place for step in lost]
                wave = [step for step in wave if step not in lost]
                if not lost:
                    raise
            except Exception as error:  # noqa: BLE001 - told apart here
                if len(wave) > 1 and not is_passing(error):
                    return [done for one in wave for done in self._commit([one], counted=counted)]
                if isinstance(error, Contended):
                    self._lost.append(wave[0].place)
                else:
                    self._fails(wave[0].seen, error)
                return []
            else:
                return wave
        return []

    def _commit_once(self, wave: Sequence[Step], *, counted: bool) -> None:
        write = Transaction(self._about.notice)
        for check in {check.place: check for step in wave for check in step.checks}.values():
            check.add(write, check.label)
        for step in wave:
            if step.add is not None:
                step.add(write, step.label)
        if not counted:
            write.commit()
            return
        self._put(write, [_counted(step, self._about) for step in wave])
        write.commit()
        for step in wave:
            for job in step.jobs:
                jobs.send(job)
        did = Counter((step.seen.entry.kind, step.rule, step.outcome) for step in wave)
        for (kind, rule, outcome), count in did.items():
            logs.log("retention.done", kind=kind, rule=rule, reason=str(outcome), count=count)

    def _set_back(self) -> None:
        """Moves what could not be handled; raises the first error of what cannot be moved."""
        failures, self._failures = self._failures, []
        steps = [verdict.set_back(one.seen, self._about) for one in failures]
        done = {step.label for step in self._write(steps)}
        for failure, step in zip(failures, steps, strict=True):
            if step.label in done:
                _tell(failure, step, self._about)
        for failure in self._failures:
            logs.failure("retention.not_set_back", failure.error, kind=failure.seen.entry.kind)
        if self._failures:
            raise self._failures[0].error

    def _counting(self, step: Step) -> Callable[[Transaction, int], None]:
        def add(write: Transaction, count: int) -> None:
            outcome = step.outcome if count else Outcome.KEPT
            late = step.late if count else None
            did = replace(step, outcome=outcome, count=count or 1, late=late)
            self._put(write, [_counted(did, self._about)])

        return add

    def _counting_keys(self, step: Step) -> Callable[[Transaction, int], None]:
        def add(write: Transaction, count: int) -> None:
            version = self._about.notice.version
            self._put(write, [Tally(version, {step.rule: Line(keys=count)})])

        return add

    def _put(self, write: Transaction, tallies: Sequence[Tally]) -> None:
        """Adds the sum of tallies, with the time since the one before."""
        notice, now = self._about.notice, clock.now()
        took = max(0, (now - self._counted_at) // timedelta(milliseconds=1))
        self._counted_at = now
        tally = replace(evidence.total(notice.version, tallies), took=took)
        put_tally(write, tally, self._about.now, notice)


@dataclass(frozen=True, slots=True)
class _Failure:
    """A record that could not be handled, and why."""

    seen: Found
    error: Exception


def _waves(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Yields steps in the order of transactions: DynamoDB takes an item once in each."""
    left = list(steps)
    while left:
        wave, later = list[Step](), list[Step]()
        written, checked, size = set[tuple[str, str]](), set[tuple[str, str]](), 0
        for step in left:
            wanted = {check.place for check in step.checks}
            fresh = step.writes + len(wanted - checked)
            apart = step.place in written | checked or wanted & written
            if apart or size + fresh > _WRITES:
                later.append(step)
                continue
            wave.append(step)
            written.add(step.place)
            checked |= wanted
            size += fresh
        yield wave
        left = later


def _fails(step: Step, labels: frozenset[str]) -> bool:
    return step.label in labels or any(check.label in labels for check in step.checks)


def _mark(step: Step) -> Add:
    def add(write: Transaction, label: str) -> None:
        if isinstance(step.seen, Seen):
            due.add_mark(write, step.seen.entry, label)

    return add


def _is_alone(seen: Found) -> bool:
    """Tells whether a record is of a person without a standing, such as who asked by an address."""
    return isinstance(seen, Seen) and seen.standing is None and seen.concerns_somebody


def _with_keys(step: Step, classes: Sequence[str]) -> Step:
    """Returns a step with which data keys of the record's partition go too."""
    before = step.add

    def add(write: Transaction, label: str) -> None:
        if before is not None:
            before(write, label)
        for name in classes:
            key = DataKeyItem(pk=step.place[0], sk=name)
            write.delete(key, condition=DataKeyItem.pk.exists(), label=label)

    return replace(step, add=add, keys=len(classes), writes=step.writes + len(classes))


def _apart(steps: Sequence[Step], kinds: Registry) -> tuple[list[Step], list[Step]]:
    """Returns the steps without, for each class whose key goes with its last record, one that goes.

    Those are returned too: they are done after the others, when it is known what is left.
    """
    ready, last_ones = list[Step](), dict[tuple[str, str], Step]()
    for step in steps:
        declared = kinds.of(step.seen.entry.kind).declared
        erased = step.late is not None and not _is_alone(step.seen)
        place = step.place[0], declared.retention_class
        if erased and declared.sealed and last.goes(place[1]) and place not in last_ones:
            last_ones[place] = step
        else:
            ready.append(step)
    return ready, list(last_ones.values())


def _with_class_key(step: Step) -> Step:
    """Returns a step with which the key of the record's class goes too, where nothing else is left.

    As in `vault.last`; a record that comes meanwhile lets the step fail, and it is looked at anew.
    """
    pk, sk = step.place
    found = last.mark(pk, sk)
    if found is None:
        return step
    before = step.add

    def add(write: Transaction, label: str) -> None:
        if before is not None:
            before(write, label)
        last.add_removal(write, pk, sk.split("#", 1)[0], found, label)

    return replace(step, add=add, keys=step.keys + 1, writes=step.writes + 1)


def _counted(step: Step, about: About) -> Tally:
    return evidence.one(
        about.notice.version,
        step.rule,
        step.outcome,
        count=step.count,
        keys=step.keys,
        oldest=about.now - step.seen.first,
        late=step.late,
    )


def _tell(failure: _Failure, step: Step, about: About) -> None:
    """Logs a record that could not be handled, and counts its age, and the one that is stuck."""
    known = step.seen.entry.kind in about.kinds.catalogue
    kind = step.seen.entry.kind if known else "unknown"
    age = int((about.now - step.seen.first).total_seconds())
    tries = 1 + (step.seen.late.tries if step.seen.late else 0)
    logs.failure("retention.failed", failure.error, kind=kind, rule=step.rule, attempt=tries)
    logs.measure("retention.waits", model.OLDEST_DUE, age, "Seconds", kind=kind, rule=step.rule)
    if step.outcome is Outcome.STUCK:
        by: tuple[Any, ...] = ("kind", "rule")
        logs.measure("retention.set_aside", model.STUCK, by=by, kind=kind, rule=step.rule)
