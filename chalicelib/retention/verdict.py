"""Decides what becomes of a due record, by the rule in force and the record itself.

A verdict is a step that is decided and not done: a batch carries it out, a dry run only counts it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.erasure.service import saga, tombstone
from chalicelib.erasure.service.removal import Evidence
from chalicelib.holds import service as holds
from chalicelib.kinds.model import Record, has_parts, is_shortened
from chalicelib.notices.model import Notice, RetentionRule, UndeclaredRetention
from chalicelib.retention import inactivity, model, warnings
from chalicelib.retention.evidence.model import NO_RULE
from chalicelib.retention.model import Fate, Outcome
from chalicelib.retention.records import LANE, STUCK, Broken, Found, Seen
from chalicelib.retention.reviews import service as reviews
from chalicelib.retention.reviews.service import Wait
from chalicelib.retention.steps import About, Check, Step, postponed
from chalicelib.storage import due, keys, lateness
from chalicelib.storage.due import Due, Entry, NotReadable
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import burial, lifecycle
from chalicelib.subjects import service as subjects


def decide(seen: Found, about: About) -> Step:
    """Returns what becomes of a due record. It reads what its kind needs, and changes nothing.

    Raises NotReadable for an item that this software did not write so.

    No call for most kinds; a Query of the holds of a subject that has some, or no account, and what
    `is_used` of its kind reads.
    """
    if isinstance(seen, Broken):
        raise NotReadable
    item, kind = seen.entry, about.kinds.of(seen.entry.kind)
    if item.kind == burial.TOMBSTONE:
        return _tombstone(seen, about)
    try:
        rule = about.notice.rule(item.kind, item.event)
    except UndeclaredRetention:
        return postponed(seen, NO_RULE, Outcome.REVIEWED, about.now + model.AGAIN)
    if is_shortened(kind):
        return _shortened(seen, rule, about)
    if kind.is_used(seen.subject, seen.id, item.event, about.notice, about.now):
        # It gets a later date and is not deleted: its person may refuse again at this moment.
        return postponed(seen, rule.id, Outcome.KEPT, about.now + model.AGAIN)
    since = item.since
    if kind.declared.whole and seen.standing is not None:
        since = subjects.since_in(seen.standing, item.event)
    step = inactivity.decide(seen, rule, about)
    if step is not None:
        return step
    fate = Fate.ERASE if _is_begun(seen) else model.fate(rule, since, about.now)
    return _FATES[fate](seen, rule, since, about)


def _is_begun(seen: Seen) -> bool:
    """Tells whether a record stands for a subject whose erasure began: it goes on by any rule."""
    known = seen.known
    return known is not None and known.erasing and seen.entry.kind == subjects.STANDING


def set_back(seen: Found, about: About) -> Step:
    """Returns that a record which could not be handled is tried again, or is set aside as stuck.

    It is tried again by the next runs, and after TRIES failures once a day, in a lane of its own,
    so that it never stands before others. People are told the date at which it was due first.
    """
    late = lateness.later(seen.late, seen.entry.due_at, about.now, model.pause)
    stuck = late.tries >= model.TRIES
    lane = keys.shard_in(STUCK if stuck else LANE, seen.lane)

    def add(write: Transaction, label: str) -> None:
        due.add_set_back(write, seen.entry, late, label, lane)

    outcome = Outcome.STUCK if stuck else Outcome.FAILED
    return Step(seen, rule_of(seen.entry, about.notice), outcome, add)


def unchanged(seen: Seen) -> tuple[Check, ...]:
    """Returns the condition that life and limits of a record's subject are as they were read.

    None where the record is nobody's, or its subject has no standing. So a hold or a restriction
    at the same moment wins, or finds the record gone.
    """
    known = seen.known
    if known is None or not seen.concerns_somebody:
        return ()
    _, pk, sk = subjects.standing_at(known.subject)

    def add(write: Transaction, label: str) -> None:
        lifecycle.require_unchanged(write, known, label)

    return (Check((pk, sk), add),)


def _keep(seen: Seen, rule: RetentionRule, since: datetime, about: About) -> Step:
    del about
    return postponed(seen, rule.id, Outcome.KEPT, rule.ends(since))


def _review(seen: Seen, rule: RetentionRule, since: datetime, about: About) -> Step:
    """Returns that a record waits for a decision of the desk, or what was decided about it."""
    look = reviews.look(seen.entry, since, about.notice, about.now)
    if look.wait is Wait.ERASE:
        return _erase(seen, rule, since, about)
    outcome = Outcome.KEPT if look.wait is Wait.KEPT else Outcome.REVIEWED
    moved = postponed(seen, rule.id, outcome, look.until)
    if look.add is None:
        return moved

    def add(write: Transaction, label: str) -> None:
        if moved.add is not None and look.add is not None:
            moved.add(write, label)
            look.add(write, label)

    return replace(moved, add=add, writes=2)


def _erase(seen: Seen, rule: RetentionRule, since: datetime, about: About) -> Step:
    kind, known = about.kinds.of(seen.entry.kind), seen.known
    concerned = kind.declared.whole or seen.concerns_somebody
    going = seen.going or _is_begun(seen)
    if concerned and known is not None and known.restricted and not going:
        # GDPR art. 18(1): what is restricted is stored, and nothing else is done with it.
        until = about.now + model.RESTRICTED_AGAIN
        return postponed(seen, rule.id, Outcome.RESTRICTED, until)
    late = about.now - warnings.end(rule, since, None if known is None else known.warned)
    if kind.declared.whole:
        return _whole(seen, rule, since, late, about)
    held = _held(seen, rule, about) if concerned and not seen.going else None
    return held or _removed(seen, rule, late, about)


def _held(seen: Seen, rule: RetentionRule, about: About) -> Step | None:
    """Returns that a hold takes a record out of the lane; None where none covers it."""
    hold = holds.keeper(seen.entry, about.held(seen))
    if hold is None:
        return None

    def same(write: Transaction, label: str) -> None:
        holds.add_requirement(write, hold, label)

    def leave(write: Transaction, label: str) -> None:
        holds.add_leave(write, seen.entry, label)

    check = Check(holds.place(hold), same)
    return Step(seen, rule.id, Outcome.HELD, leave, checks=(check,))


def _removed(seen: Seen, rule: RetentionRule, late: timedelta, about: About) -> Step:
    kind = about.kinds.of(seen.entry.kind)

    def add(write: Transaction, label: str) -> None:
        due.add_removal(write, seen.entry, label)

    def parts() -> None:
        kind.release(seen.subject, Record(seen.entry.kind, seen.id, {}))

    # A record that began to go goes: neither a hold nor a restriction keeps half of it.
    checks = () if seen.going else unchanged(seen)
    return Step(
        seen,
        rule.id,
        Outcome.ERASED,
        add,
        parts=parts if has_parts(kind) else None,
        marked=seen.going,
        checks=checks,
        late=late,
    )


def _whole(seen: Seen, rule: RetentionRule, since: datetime, late: timedelta, about: About) -> Step:
    """Returns that a subject is erased; one that a request erases already is left to that."""
    known = seen.known
    asked = known is not None and known.erasure is not None and known.erasure.request is not None

    def act(evidence: Evidence) -> bool:
        return saga.erase_due(
            seen.subject, seen.entry.event, since, about.notice, about.kinds, evidence
        )

    outcome = Outcome.KEPT if asked else Outcome.ERASED
    return Step(seen, rule.id, outcome, alone=act, late=None if asked else late)


def _shortened(seen: Seen, rule: RetentionRule, about: About) -> Step:
    """Returns that the parts of a record go whose own period is over; without one it stays."""
    kind = about.kinds.of(seen.entry.kind)

    def act(evidence: Evidence) -> bool:
        return kind.shorten(seen.id, about.notice, about.now, evidence.done) > 0

    def foresee() -> tuple[Outcome, int]:
        over = kind.over(seen.id, about.notice, about.now)
        return (Outcome.ERASED, over) if over else (Outcome.KEPT, 1)

    return Step(
        seen,
        rule.id,
        Outcome.ERASED,
        alone=act,
        late=about.now - seen.first,
        otherwise=model.AGAIN,
        foresee=foresee,
    )


def _tombstone(seen: Seen, about: About) -> Step:
    """Returns that what stayed of an erased subject is looked at, and goes where it is over."""

    def act(evidence: Evidence) -> bool:
        tombstone.take_up(seen.subject, about.notice, about.kinds, evidence)
        return True

    def foresee() -> tuple[Outcome, int]:
        over = tombstone.is_over(seen.subject, about.notice, about.kinds)
        return (Outcome.ERASED if over else Outcome.KEPT), 1

    return Step(
        seen,
        rule_of(seen.entry, about.notice),
        Outcome.ERASED,
        alone=act,
        late=about.now - seen.first,
        foresee=foresee,
    )


def rule_of(item: Entry, notice: Notice) -> str:
    """Returns the id of the rule that concerns an entry of the index, or NO_RULE.

    A tombstone names the event of the erasure that left it, and has a rule of its own.
    """
    if not isinstance(item, Due):
        return NO_RULE
    event = burial.TOMBSTONE_EVENT if item.kind == burial.TOMBSTONE else item.event
    try:
        return notice.rule(item.kind, event).id
    except UndeclaredRetention:
        return NO_RULE


_FATES: Final[Mapping[Fate, Callable[[Seen, RetentionRule, datetime, About], Step]]] = {
    Fate.KEEP: _keep,
    Fate.ERASE: _erase,
    Fate.ANONYMISE: _review,
    Fate.REVIEW: _review,
}
"""A record's fate -> the function that returns the step: seen, rule, beginning, the batch's facts.

A fate that gains a way of its own is given it here and nowhere else.
"""
