"""Calls back a waiting version, and tells the people who had been told of it."""

from datetime import datetime

from chalicelib import clock, logs
from chalicelib.audit import service as audit
from chalicelib.audit.model import Act, Action
from chalicelib.errors import Conflict
from chalicelib.jobs import service as jobs
from chalicelib.jobs.rounds import service as rounds
from chalicelib.jobs.store import JobItem
from chalicelib.notices import service as notices
from chalicelib.notices.changes import changes
from chalicelib.notices.model import Notice
from chalicelib.notices.service import publication
from chalicelib.publications.model import concerns_anyone
from chalicelib.publications.service import activation, desk_letters
from chalicelib.publications.service.announcement import ANNOUNCE
from chalicelib.publications.service.recall import RECALL
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import ConditionFailed, Transaction


def withdraw(version: str, by: str) -> Notice:
    """Calls a version back and returns it; it stays readable for ever.

    `by` is the subject of the desk's member, for the audit. One transaction: a crash leaves all of
    it or nothing. A version that was called back already is left as it is. Raises NotFound for one
    that was not published; Conflict (`too-late`) for one that is in force, or will be before every
    function's cache expires; Conflict (`publishing`) when another publication or withdrawal is
    written at this moment; Contention.
    """
    return patiently(lambda: _withdrawn(version, by))


def _withdrawn(version: str, by: str) -> Notice:
    notice = notices.version(version)
    if notices.is_withdrawn(version):
        return notice
    declares = notices.current()
    activation.note(declares)  # a version that took effect is not called back
    now = clock.now()
    write = Transaction(publication.Declaring(declares))
    publication.withdraw(write, version, now)
    begun = [*recall(write, notice, declares, now), *desk_letters.withdrawn(write, version, now)]
    audit.append(write, Act(by, Action.NOTICE_WITHDRAWN), declares, now)
    try:
        write.commit()
    except ConditionFailed as failed:
        if audit.overtaken(failed):
            raise
        if notices.is_withdrawn(version):  # another call withdrew it
            return notice
        raise Conflict("Another publication is being made.", type="publishing") from None
    notices.forget_pointer()
    logs.log("notice.withdrawn", notice_version=version)
    for job in begun:
        jobs.send(job)
    return notice


def recall(
    write: Transaction, notice: Notice, in_force: Notice, now: datetime
) -> tuple[JobItem, ...]:
    """Adds the end of telling people of a version, and the round that tells of its recall.

    Returns the jobs to be sent after the commit. One GetItem, or two.
    """
    if not concerns_anyone(changes(in_force, notice), in_force):
        return ()
    rounds.stop(write, notice.version, ANNOUNCE, now)
    begun = rounds.begin(write, notice.version, RECALL, in_force.version, in_force, now)
    return (begun,)
