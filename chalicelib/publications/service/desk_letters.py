"""Mails to the people of the desk: a version was published, proposed, or called back.

All of them get it, also the one who did it: a thief of a session cannot publish unnoticed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from chalicelib import clock
from chalicelib.accounts.service import roles
from chalicelib.accounts.service.contents import address_of
from chalicelib.decisions.notifications import ACCOUNT_SECURITY, may_notify
from chalicelib.jobs import service as jobs
from chalicelib.jobs.model import Task
from chalicelib.jobs.store import JobItem
from chalicelib.links import Page
from chalicelib.mail.model import Message
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects

QUEUE: Final = "mail"
PUBLISHED, ASKED, WITHDRAWN = "desk_published", "desk_asked", "desk_withdrawn"


def published(write: Transaction, version: str, now: datetime) -> list[JobItem]:
    """Adds the jobs that tell the desk of a publication; the caller sends them after the commit."""
    return _ask(write, PUBLISHED, version, now)


def asked(write: Transaction, version: str, digest: str, now: datetime) -> list[JobItem]:
    """Adds the jobs that tell the desk of a publication that waits for a second person."""
    return _ask(write, ASKED, f"{version} {digest}", now)


def withdrawn(write: Transaction, version: str, now: datetime) -> list[JobItem]:
    """Adds the jobs that tell the desk that a version was called back."""
    return _ask(write, WITHDRAWN, version, now)


def compose(task: Task, notice: Notice) -> Message | None:
    """Returns one of these mails; None for a person who has left the desk or gets no mail."""
    standing = subjects.account_standing(task.subject)
    if standing is None or not roles.works_at_the_desk(task.subject):
        return None
    if not may_notify(standing, ACCOUNT_SECURITY, notice, clock.now()):
        return None
    address = address_of(task.subject, notice)
    return Message(task.action, address, standing.locale, _words(task))


COMPOSERS = dict.fromkeys((PUBLISHED, ASKED, WITHDRAWN), compose)
"""The function that composes the mail of each such job."""


def _words(task: Task) -> Mapping[str, object]:
    if task.action == ASKED:
        name, digest = task.target.split(" ")
        return {"version": name, "digest": digest}
    version = notices.version(task.target)
    return {
        "version": version.version,
        "effective_at": version.effective_at,
        "link": Page(f"/notice/{version.version}"),
    }


def _ask(write: Transaction, action: str, target: str, now: datetime) -> list[JobItem]:
    found = [jobs.new_job(member.subject, QUEUE, action, target, now) for member in roles.members()]
    for job in found:
        write.put(job)
    return found
