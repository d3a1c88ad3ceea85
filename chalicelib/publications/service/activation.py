"""Records that a version took effect, and begins the work that follows.

A version is in force from its date on, also before this runs: functions read the pointer by the
clock. The work is to make room for the next version, to tell people who agreed meanwhile, and to
have the records follow the rules that the version changes.
"""

from dataclasses import dataclass

from chalicelib import clock, logs
from chalicelib.jobs import service as jobs
from chalicelib.jobs.rounds import service as rounds
from chalicelib.jobs.rounds.model import LEFT, MISSED, UNCERTAIN, Round, Status
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.notices.service import publication
from chalicelib.publications.service.announcement import ANNOUNCE
from chalicelib.retention.amendments import service as amendments
from chalicelib.storage.transaction import ConditionFailed, Transaction


class NotAllTold(RuntimeError):
    """A version took effect before everybody it concerns was told; the invocation fails once."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A version that took effect; `late` says that it did before everybody it concerns was told."""

    version: str
    late: bool


def activate() -> dict[str, int]:
    """Records that a version took effect; returns how many did, which is one or none.

    One GetItem when none did. Raises NotAllTold after recording it.
    """
    noted = note(notices.current())
    if noted is None:
        return {"activated": 0}
    if noted.late:
        raise NotAllTold
    return {"activated": 1}


def note(declares: Notice) -> Noted | None:
    """Records a version that took effect; None when there is none, or another worker recorded it.

    `declares` is the notice that the stored items are checked against. The announcement runs again,
    for people who agreed since it visited them, and a round has the records follow changed rules.
    One transaction.
    """
    now = clock.now()
    write = Transaction(publication.Declaring(declares))
    names = publication.take_effect(write, now)
    if names is None:
        return None
    before, notice = (notices.version(name) for name in names)
    announced = rounds.find(notice.version, ANNOUNCE)
    again = announced is not None and announced.status is not Status.RUNNING
    begun = amendments.begin(write, before, notice, now)
    if again:
        begun.append(rounds.begin(write, notice.version, ANNOUNCE, before.version, notice, now))
    try:
        write.commit()
    except ConditionFailed:
        return None
    notices.forget_pointer()
    logs.log("notice.took_effect", notice_version=notice.version)
    for job in begun:
        jobs.send(job)
    late = announced is not None and _is_late(announced)
    if late:
        logs.log("announcement.late", notice_version=notice.version)
    return Noted(notice.version, late)


def _is_late(stands: Round) -> bool:
    """Tells whether people were not told in time: the first pass has to be over and complete.

    The second pass only visits those who came later or were missed.
    """
    if stands.status is Status.COMPLETE:
        return bool(stands.latest.get(UNCERTAIN))
    left = stands.latest.get(LEFT, 0) + stands.latest.get(MISSED, 0)
    return stands.status is Status.GIVEN_UP or stands.pass_number == 1 or bool(left)


__all__ = ["NotAllTold", "Noted", "activate", "note"]
