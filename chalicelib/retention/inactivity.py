"""The way of an account that nobody uses: it is warned, waits, is stopped, or comes to its end.

An account whose person works at the desk, or has something open, held or restricted, waits: it is
looked at again after a day, and what was warned of before counts no more, so that its person gets
every warning once it waits no longer.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib.accounts.service import mails, warnings
from chalicelib.catalogue.model import DEACTIVATE, ERASE, STOPPED
from chalicelib.jobs import service as jobs
from chalicelib.notices.model import RetentionRule
from chalicelib.requests.service import erasures
from chalicelib.retention import model
from chalicelib.retention.model import Outcome
from chalicelib.retention.records import Seen
from chalicelib.retention.steps import About, Step, postponed
from chalicelib.retention.warnings import Wait, Warn, step
from chalicelib.sessions import service as sessions
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Life, Standing

if TYPE_CHECKING:
    from chalicelib.subjects.store import StandingItem


ACTIVITY: Final = "last_activity"
"""The event from which an account's period runs while its rule has not stopped it."""

_EVENTS: Final = frozenset({ACTIVITY, STOPPED})
_ENDS: Final = frozenset({ERASE, DEACTIVATE})


def decide(seen: Seen, rule: RetentionRule, about: About) -> Step | None:
    """Returns what becomes of an unused account by its rule.

    None where it is none, or comes to its end by erasure or by a person's decision: that is the
    way of every record. A Query of the role and one of what is open where something is to be done,
    and at the end a GetItem of the last warning.
    """
    item, standing = seen.standing, seen.known
    if item is None or standing is None or not _is_concerned(seen, standing, rule):
        return None
    if seen.entry.event == STOPPED and standing.last_activity_at > subjects.since_in(item, STOPPED):
        return _resumed(seen, item, rule, about)
    since = subjects.since_in(item, seen.entry.event)
    found = step(rule, since, standing.warned, about.now)
    if isinstance(found, Wait):
        return postponed(seen, rule.id, Outcome.KEPT, found.until)
    waits = _waits(standing)
    if waits is not None:
        return _put_off(seen, item, rule, waits, about)
    if isinstance(found, Warn):
        return _warned(seen, item, rule, found, about)
    untold = _untold(seen, item, rule, since, about)
    if untold is not None:
        return untold
    return _stopped(seen, item, rule, about) if rule.then == DEACTIVATE else None


def _is_concerned(seen: Seen, standing: Standing, rule: RetentionRule) -> bool:
    of_account = seen.entry.kind == subjects.STANDING and seen.entry.event in _EVENTS
    return of_account and standing.usable and rule.then in _ENDS


def _waits(standing: Standing) -> Outcome | None:
    """Returns as what an account is counted that waits; None for one that does not."""
    if standing.restricted:
        return Outcome.RESTRICTED
    if standing.held:
        return Outcome.HELD
    if sessions.has_role(standing.subject) or erasures.has_open(standing.subject):
        return Outcome.KEPT
    return None


def _untold(
    seen: Seen, item: StandingItem, rule: RetentionRule, since: datetime, about: About
) -> Step | None:
    """Returns that an account stays whose last mail came late, or did not go out at all.

    Its time counts from when it was sent. While it is still under way when the account would end,
    its person has every warning again. One GetItem where somebody was warned.
    """
    last = subjects.standing_of(item).warned
    if last is None or last.since != since:
        return None
    told = warnings.told_at(seen.subject, last)
    if told is None:
        return _put_off(seen, item, rule, Outcome.KEPT, about)
    until = last.ahead.after(told)
    return postponed(seen, rule.id, Outcome.KEPT, until) if until > about.now else None


def _put_off(
    seen: Seen, item: StandingItem, rule: RetentionRule, outcome: Outcome, about: About
) -> Step:
    def add(write: Transaction, label: str) -> None:
        lifecycle.warn(write, item, None, about.now + model.WAITING_AGAIN, label)

    return Step(seen, rule.id, outcome, add)


def _warned(seen: Seen, item: StandingItem, rule: RetentionRule, warn: Warn, about: About) -> Step:
    standing = subjects.standing_of(item)
    given = warnings.given(standing, warn.warned, rule.then, about.notice)

    def add(write: Transaction, label: str) -> None:
        lifecycle.warn(write, item, warn.warned, warn.until, label)
        given.add(write)

    sent = () if given.mail is None else (given.mail,)
    return Step(seen, rule.id, Outcome.WARNED, add, writes=2 + len(sent), jobs=sent)


def _stopped(seen: Seen, item: StandingItem, rule: RetentionRule, about: About) -> Step:
    """Returns that an account is stopped, its next rule begins, and its person is told.

    Somebody who stopped the account by themselves knows: only the rule begins.
    """
    after = about.notice.rule(subjects.STANDING, rule.followed_by)
    job = jobs.new_job(seen.subject, mails.QUEUE, mails.STOPPED, after.event, about.now)
    told = (job,) if item.state == Life.ACTIVE else ()

    def add(write: Transaction, label: str) -> None:
        lifecycle.stop(write, item, after, about.now, label)
        for mail in told:
            write.put(mail)

    late = about.now - rule.ends(subjects.since_in(item, seen.entry.event))
    return Step(seen, rule.id, Outcome.DEACTIVATED, add, writes=1 + len(told), jobs=told, late=late)


def _resumed(seen: Seen, item: StandingItem, rule: RetentionRule, about: About) -> Step:
    activity = about.notice.rule(subjects.STANDING, ACTIVITY)

    def add(write: Transaction, label: str) -> None:
        lifecycle.resume(write, item, activity, label)

    return Step(seen, rule.id, Outcome.KEPT, add)
