"""Publishes a version: one transaction writes it and begins the round that tells people of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib import clock, logs
from chalicelib.errors import Conflict
from chalicelib.jobs import service as jobs
from chalicelib.jobs.rounds import service as rounds
from chalicelib.jobs.store import JobItem
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.notices.service import publication
from chalicelib.notices.service.publication import Declaring, Prepared
from chalicelib.publications import approval_store
from chalicelib.publications.model import concerns_anyone
from chalicelib.publications.service import activation, desk_letters, withdrawal
from chalicelib.publications.service.announcement import ANNOUNCE
from chalicelib.retention.amendments import service as amendments
from chalicelib.storage.transaction import ConditionFailed, Transaction


def publish(document: Mapping[str, Any], *, again: bool = False) -> Notice:
    """Publishes a version for an operator, from its effective date on, and tells those it concerns.

    One transaction: a crash leaves all of it or nothing. With `again`, a version that is published
    already, with the same text, is no error and changes nothing.

    Raises Unprocessable with every finding of the compiler or of `publication.prepare`; Conflict
    when the version is published already (`already-published`) or was called back
    (`notice-withdrawn`), while another one waits to take effect (`version-waiting`), or when
    another publication is written at the same moment (`publishing`).
    """
    notice = publication.compiled(document)
    if published(notice, again=again):
        return notice
    prepared, now = prepare(notice, None)
    write = Transaction(Declaring(notice))
    approval_store.forget_approval(write, notice.version)
    begun = put(write, prepared, None, now)
    try:
        write.commit()
    except ConditionFailed:
        raise being_made() from None
    done(prepared, begun)
    return notice


def published(notice: Notice, *, again: bool = False) -> bool:
    """Tells whether this version was published before, an error unless `again` is set.

    One GetItem, or two. Raises Conflict (`already-published`), and `notice-withdrawn` for a version
    that was called back, which is not published a second time.
    """
    if not publication.published(notice):
        return False
    if notices.is_withdrawn(notice.version):
        raise Conflict(
            "This version was called back: publish another one, with a version of its own.",
            type="notice-withdrawn",
        )
    if not again:
        raise Conflict(publication.ALREADY, type="already-published")
    return True


def prepare(notice: Notice, replaces: str | None) -> tuple[Prepared, datetime]:
    """Returns the writes of a version, in place of the waiting one it `replaces`, and their time.

    Raises the errors of `publication.prepare`.
    """
    activation.note(notice)  # record a version that took effect before the next one takes its place
    now = clock.now()
    return publication.prepare(notice, now, replaces), now


def put(
    write: Transaction, prepared: Prepared, replaces: str | None, now: datetime
) -> list[JobItem]:
    """Adds a version, what it changes of rules, the round that tells people of it, and recalls.

    Recalled is the waiting version that it replaces.

    Returns the jobs to be sent after the commit.
    """
    notice, before = prepared.notice, prepared.before
    publication.put(write, prepared, now)
    begun = desk_letters.published(write, notice.version, now)
    if before is None:
        return begun
    amendments.record(write, before, notice, now)
    if replaces is not None:
        publication.replace(write, replaces, now)
        begun += withdrawal.recall(write, notices.version(replaces), before, now)
    if concerns_anyone(prepared.changes, before):
        since = before.version
        begun.append(rounds.begin(write, notice.version, ANNOUNCE, since, notice, now))
    return begun


def done(prepared: Prepared, begun: list[JobItem]) -> None:
    """Logs a publication after its commit, and sends its jobs."""
    version = prepared.notice.version
    notices.forget_pointer()
    logs.log("notice.published", notice_version=version, count=len(prepared.changes))
    for job in begun:
        jobs.send(job)


def being_made() -> Conflict:
    """Returns the refusal of a publication while another one is written."""
    return Conflict("Another publication is being made.", type="publishing")
