"""What happens when a version takes effect.

It is in force from its date on, whether or not anybody calls this: functions read the pointer by
the clock. What is left to do is to make room for the next version, and to move the dates of
records that it keeps for less time.
"""

from chalicelib import clock, logs
from chalicelib.jobs import service as jobs
from chalicelib.jobs.rounds import service as rounds
from chalicelib.jobs.rounds.model import LEFT, MISSED, Status
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.notices.service import publication
from chalicelib.publications.service.announcing import ANNOUNCE
from chalicelib.publications.service.rescheduling import RESCHEDULE, shortened
from chalicelib.storage.transaction import ConditionFailed, Transaction


class NotAllTold(RuntimeError):
    """A version took effect before all whom it concerns were told; the invocation fails once."""


def activate() -> dict[str, int]:
    """Takes note that a version took effect; answers how many did, which is one or none.

    One GetItem while there is none. Raises NotAllTold, after it has been noted.
    """
    now = clock.now()
    current = notices.current()
    write = Transaction(publication.Declaring(current))
    names = publication.take_effect(write, now)
    if names is None:
        return {"activated": 0}
    before, notice = (notices.version(name) for name in names)
    job = None
    if any(shortened(before, notice)):
        job = rounds.begin(write, notice.version, RESCHEDULE, before.version, notice, now)
    try:
        write.commit()
    except ConditionFailed:  # another invocation was faster
        return {"activated": 0}
    notices.forget_pointer()
    logs.log("notice.took_effect", notice_version=notice.version)
    if job is not None:
        jobs.send(job)
    _refuse_silence(notice)
    return {"activated": 1}


def _refuse_silence(notice: Notice) -> None:
    """The second pass looks for who was missed: the first one has to be over, and to be whole."""
    stands = rounds.find(notice.version, ANNOUNCE)
    if stands is None or stands.status is Status.COMPLETE:
        return
    left = stands.latest.get(LEFT, 0) + stands.latest.get(MISSED, 0)
    if stands.status is Status.RUNNING and stands.pass_number > 1 and not left:
        return
    logs.log("announcement.late", notice_version=notice.version, count=stands.pass_number)
    raise NotAllTold


__all__ = ["NotAllTold", "activate"]
