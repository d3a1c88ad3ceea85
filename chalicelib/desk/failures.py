"""Sends again what failed: a callback that a recipient did not take, dead letters of a queue."""

from chalicelib.audit import service as audit
from chalicelib.audit.model import Act, Action
from chalicelib.errors import Conflict, Finding
from chalicelib.jobs import dead_letters
from chalicelib.jobs import service as jobs
from chalicelib.notices.model import Notice
from chalicelib.webhooks.service import inventory


def send_callback(by: str, recipient: str, callback: str, notice: Notice) -> None:
    """Sends a callback again at once, which the relay would do later.

    `by` is the member of the desk; the audit has an entry of it. Sent twice it is told once, since
    the worker looks whether the recipient took it. Two Queries, one BatchGetItem, the audit's
    GetItem and transaction, one SQS call. Raises Conflict with a finding where it is delivered, or
    no job waits for it any more.
    """
    found = inventory.waiting(recipient, callback)
    job = None if found is None else jobs.find(found.place or found.subject, callback)
    if found is None or job is None:
        raise _gone("/what")
    audit.record(Act(by, Action.CALLBACK_SENT, found.subject), notice)
    jobs.send(job)


def send_letters(by: str, queue: str, notice: Notice) -> None:
    """Moves up to fifty dead letters back to their queue; the audit has an entry of it.

    Raises Conflict with a finding where there is none.
    """
    if not dead_letters.send_again(queue):
        raise _gone("/what")
    audit.record(Act(by, Action.LETTERS_SENT), notice)


def _gone(pointer: str) -> Conflict:
    finding = Finding(pointer, "waits no more", "gone")
    return Conflict("Nothing waits to be sent again.", findings=(finding,))
