"""Publishing a version: it is written, and the round that tells people of it begins, at once."""

from collections.abc import Mapping
from typing import Any

from chalicelib import clock, logs
from chalicelib.errors import Conflict
from chalicelib.jobs import service as jobs
from chalicelib.jobs.rounds import service as rounds
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.notices.service import publication
from chalicelib.publications.model import concerns_anyone
from chalicelib.publications.service import activation
from chalicelib.publications.service.announcing import ANNOUNCE
from chalicelib.storage.transaction import ConditionFailed, Transaction


def publish(document: Mapping[str, Any], *, again: bool = False) -> Notice:
    """Publishes a version, from its effective date on; whoever it concerns is told of it.

    One transaction: a crash leaves all of it or nothing. With `again`, a version that is published
    already, with the same text, is no error and changes nothing.

    Raises Unprocessable with every finding of the compiler or of `publication.prepare`; Conflict
    when the version is published already (`already-published`), while another one waits to take
    effect (`version-waiting`), or when somebody else publishes right now.
    """
    notice = publication.compiled(document)
    if publication.published(notice):
        if again:
            return notice
        raise Conflict(publication.ALREADY, type="already-published")
    activation.note(notice)  # a version that took effect must not be passed over by the next
    now = clock.now()
    prepared = publication.prepare(notice, now)
    write, job = Transaction(publication.Declaring(notice)), None
    publication.put(write, prepared, now)
    before = prepared.before
    if before is not None and concerns_anyone(prepared.changes, before):
        job = rounds.begin(write, notice.version, ANNOUNCE, before.version, notice, now)
    try:
        write.commit()
    except ConditionFailed:
        raise Conflict("Another publication is being made.", type="publishing") from None
    notices.forget_pointer()
    logs.log("notice.published", notice_version=notice.version, count=len(prepared.changes))
    if job is not None:
        jobs.send(job)
    return notice
