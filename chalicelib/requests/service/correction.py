"""Makes the corrections of a profile that the desk approved."""

from datetime import datetime

from chalicelib import clock
from chalicelib.accounts.model import Changes
from chalicelib.accounts.service.profile import corrected_at, held_in, put_corrections
from chalicelib.consents.service.context import Loaded
from chalicelib.disclosures import service as disclosures
from chalicelib.jobs.model import Task
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.requests import scope, store
from chalicelib.requests.machine import Action, Actor, Status, Told, since_dispute
from chalicelib.requests.service import effects, inquiries
from chalicelib.requests.service.closure import close
from chalicelib.requests.service.effects import Concerned
from chalicelib.requests.service.mails import tell
from chalicelib.requests.service.transitions import REQUEST
from chalicelib.requests.store import RequestItem
from chalicelib.storage import reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.vault import service as vault


def fulfil(task: Task, notice: Notice) -> list[JobItem]:
    """Makes the corrections that an approved request proposes, and takes their values out of it.

    The recipients that were given a category are told of its correction (GDPR art. 19). A request
    with nothing left is completed; corrections of what no profile holds are left to the desk. Other
    systems are asked to make them, too, and not waited for.
    Returns the jobs to be sent; none where there is nothing to make, or no account to make it in.
    Repeating it changes nothing: the values are gone with the first time.

    One GetItem, one TransactGetItems, one Query a MB of disclosures, two KMS calls, one
    transaction; all again where another write came in between.
    """
    return patiently(lambda: _fulfil_once(task, notice))


def _fulfil_once(task: Task, notice: Notice) -> list[JobItem]:
    item = store.get_request(task.subject, task.target)
    if item is None or not _is_approved(item):
        return []
    key = vault.load_key(task.subject, RequestItem.CLASS)
    opened = vault.open_item(item, key)
    made, left = scope.applied(opened.get("changes", {}), notice)
    if not made:
        return []
    found, *profile = reads.together(
        [subjects.standing_at(task.subject), *corrected_at(task.subject, made)]
    )
    standing = None if found is None else subjects.completed(subjects.standing_of(found))
    if standing is None or not standing.usable:
        return []
    now, write = clock.now(), Transaction(notice)
    person = Concerned(Loaded(task.subject, standing, None))
    after, asked = standing, list[JobItem]()
    if not left:
        after, asked = effects.release(write, person, item, notice, now)
    asked += put_corrections(
        write,
        standing,
        held_in(profile, made),
        made,
        notice,
        now,
        recipients=disclosures.recipients(task.subject, made.keys()),
        after=after,
        by_person=False,
    )
    asked += inquiries.ask(write, item, after, notice, now)
    asked += _record(write, task, item, key, left, notice, now)
    write.commit()
    return asked


def _record(
    write: Transaction,
    task: Task,
    item: RequestItem,
    key: vault.DataKey,
    left: Changes,
    notice: Notice,
    now: datetime,
) -> list[JobItem]:
    """Adds to the request that its corrections were made; returns the job of the mail, if any."""
    updates = (*effects.emptied(item, key, left), *inquiries.updates(item))
    unchanged = RequestItem.history == item.history
    if left:
        item.sealed_fields = store.SEALED
        write.update(item, updates, unchanged, label=REQUEST)
        return []
    close(write, item, Action.COMPLETE, Actor.SYSTEM, notice, now, unchanged, updates)
    return [tell(write, task.subject, task.target, Told.OUTCOME, now)]


def _is_approved(item: RequestItem) -> bool:
    request = store.request_of(item)
    approved = any(one.event is Action.APPROVE for one in since_dispute(request.history))
    return approved and request.status is Status.IN_PROGRESS
