"""Publishes from the desk: with a code of the second factor, and by two people where needed.

A version that erases at once, or keeps something for less than a month, is published by the second
person who asks for the same document. Until then it is not public.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib import clock, ids, logs
from chalicelib.accounts.service import roles
from chalicelib.audit import service as audit
from chalicelib.audit.model import Act, Action, Outcome
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices import service as notices
from chalicelib.notices.changes import Change
from chalicelib.notices.model import Notice
from chalicelib.notices.service import publication
from chalicelib.notices.service.publication import Declaring, Judged, Prepared
from chalicelib.publications import approval, approval_store
from chalicelib.publications.approval import Approval, Reason
from chalicelib.publications.service import census, codes, desk_letters, sample
from chalicelib.publications.service import publication as publishing
from chalicelib.publications.simulation import Figures
from chalicelib.publications.trial import Trial
from chalicelib.sessions.model import SignedIn
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import ConditionFailed, Transaction


@dataclass(frozen=True, slots=True)
class Asked:
    """A person of the desk who wants a document published: their session and code.

    `replaces` is the waiting version that is called back for it.
    """

    signed_in: SignedIn
    code: str | None
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """The outcome of a proposal: `approval` is None for a version that is published now.

    Otherwise the version waits for a second person, for the given reasons.
    """

    notice: Notice
    approval: Approval | None = None
    reasons: tuple[Reason, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """The needs of a publication of a draft, as they are now.

    `waits` is the version that waits to take effect, if one does. `reasons` are those why two
    people are needed; `first` is the approval of this very text that stands, None without one,
    and `own` tells whether it is that of the person who looks. With `alone` nobody else of the
    desk could be the second person.
    """

    judged: Judged
    waits: str | None
    reasons: tuple[Reason, ...]
    first: Approval | None
    own: bool
    alone: bool


def outlook(notice: Notice, subject: str) -> Outlook:
    """Returns what publishing a draft's notice needs, for a member of the desk. Writes nothing.

    3 GetItems, the cost of `sample.sample` where a rule becomes shorter, and, where two people are
    needed, a Query and a BatchGetItem.
    """
    now = clock.now()
    judged = publication.judge(notice, now)
    grave = () if judged.before is None else _grave(judged.before, notice, judged.changes, now)
    stands = approval_store.get_approval(notice.version) if grave else None
    first = stands if stands is not None and stands.of(notice.digest, now) else None
    own = first is not None and first.by == _fingerprint(subject, notice)
    waits = None if judged.before is None else notices.waiting()
    return Outlook(judged, waits, grave, first, own, bool(grave) and _is_alone(subject))


def propose(document: Mapping[str, Any], by: Asked) -> Proposed:
    """Publishes a version, or records its first approval.

    One transaction, which also uses up the code and writes the entry of the audit; where another
    entry is written at that moment, all is looked at once more. All findings about the document are
    raised before the code is looked at. Raises the errors of `publishing.publish`; Unauthenticated
    for a code that is missing or wrong; TooManyRequests; Contention.
    """
    return patiently(lambda: _proposed(document, by))


def _proposed(document: Mapping[str, Any], by: Asked) -> Proposed:
    notice = publication.compiled(document)
    publishing.published(notice)
    prepared, now = publishing.prepare(notice, by.replaces)
    write = Transaction(Declaring(notice))
    codes.require(write, by.signed_in, by.code, now)
    grave = _reasons(prepared, now)
    stands = approval_store.get_approval(notice.version)
    if not grave:
        approval_store.forget_approval(write, notice.version)
        return _publish(write, prepared, by, now)
    alone, who = _is_alone(by.signed_in.subject), _fingerprint(by.signed_in.subject, notice)
    if stands is not None and stands.of(notice.digest, now):
        if stands.completed(who, alone=alone, now=now):
            approval_store.use_approval(write, stands)
            return _publish(write, prepared, by, now)
        _commit(write, by, Action.NOTICE_PROPOSED, now, outcome=Outcome.UNCHANGED)
        return Proposed(notice, stands, grave, alone)
    first = approval.asked(notice.version, notice.digest, who, now)
    approval_store.put_approval(write, first, stands)
    mails = desk_letters.asked(write, notice.version, notice.digest, now)
    _commit(write, by, Action.NOTICE_PROPOSED, now, mails)
    logs.log("notice.asked", notice_version=notice.version, count=len(grave))
    return Proposed(notice, first, grave, alone)


def _publish(write: Transaction, prepared: Prepared, by: Asked, now: datetime) -> Proposed:
    begun = publishing.put(write, prepared, by.replaces, now)
    _commit(write, by, Action.NOTICE_PUBLISHED, now)
    version = prepared.notice.version
    logs.log("notice.approved", subject=by.signed_in.subject, notice_version=version)
    publishing.done(prepared, begun)
    return Proposed(prepared.notice)


def _commit(
    write: Transaction,
    by: Asked,
    action: Action,
    now: datetime,
    then: Iterable[JobItem] = (),
    outcome: Outcome = Outcome.DONE,
) -> None:
    act = Act(by.signed_in.subject, action, outcome=outcome)
    audit.append(write, act, notices.current(), now)
    try:
        write.commit()
    except ConditionFailed as condition:
        if audit.overtaken(condition):
            raise
        raise codes.refusal(condition, now) or publishing.being_made() from None
    for job in then:
        jobs.send(job)


def _reasons(prepared: Prepared, now: datetime) -> tuple[Reason, ...]:
    """Lists why a second person is needed. It reads a sample only where a rule becomes shorter."""
    if prepared.before is None:
        return ()
    return _grave(prepared.before, prepared.notice, prepared.changes, now)


def _grave(
    before: Notice, notice: Notice, found: tuple[Change, ...], now: datetime
) -> tuple[Reason, ...]:
    tried = census.tried(before, notice, found)
    return approval.reasons(tried, _figures(tried, now) if approval.counts(tried) else None)


def _figures(tried: Trial, now: datetime) -> Figures | None:
    counted = census.figures(census.find(tried, now))
    if counted is not None:
        return counted
    try:
        return sample.sample(tried)
    except sample.TooMany:
        return None


def _is_alone(subject: str) -> bool:
    """Tells whether no other member of the desk could be the second person now."""
    return not any(one.enrolled and one.subject != subject for one in roles.members())


def _fingerprint(subject: str, notice: Notice) -> str:
    """Returns a fingerprint of the approver, which can only be compared with another one.

    A subject's id has 128 random bits, so that it cannot be guessed from the fingerprint.
    """
    return ids.fingerprint(f"{subject} {notice.digest}")


__all__ = ["Asked", "Outlook", "Proposed", "outlook", "propose"]
