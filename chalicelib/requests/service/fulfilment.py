"""Answers requests for a copy and for portability: has the copy made, and its person told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from chalicelib import clock
from chalicelib.accounts.service.contents import account_key_at
from chalicelib.consents.service import filings, ledger
from chalicelib.consents.service.context import Loaded
from chalicelib.copies import service as copies
from chalicelib.copies.model import Order, Scope
from chalicelib.errors import Contention
from chalicelib.jobs.model import Task
from chalicelib.jobs.store import JobItem
from chalicelib.kinds.model import Record
from chalicelib.kinds.registry import Registry
from chalicelib.notices import ends
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.machine import RUNNING, Action, Actor, Status, Told
from chalicelib.requests.service import effects, erasures, leftovers
from chalicelib.requests.service.closure import close
from chalicelib.requests.service.effects import Concerned
from chalicelib.requests.service.exports import export_item
from chalicelib.requests.service.mails import tell
from chalicelib.requests.store import ExportItem, RequestItem
from chalicelib.storage import keys, partition, reads
from chalicelib.storage.contention import patiently
from chalicelib.storage.partition import Stored
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing
from chalicelib.systems.service.supplements import supplements
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey, unseal
from chalicelib.vault.store import DataKeyItem

if TYPE_CHECKING:
    from chalicelib.subjects.store import StandingItem

    _Read: TypeAlias = tuple[RequestItem | None, StandingItem | None, ExportItem | None]


def fulfil_copy(task: Task, notice: Notice, kinds: Registry) -> list[JobItem]:
    """Answers a request for a copy or for portability: writes, closes, records the job of the mail.

    `kinds` tell the records, which are read page by page and written as they are read, with the
    answers of other systems after them. Repeating it closes nothing twice, and removes what a
    worker wrote who was killed. Returns the jobs to be sent, that of the mail first; none when the
    request is closed or waits for an answer, of its person or of other systems, or when the person
    is being erased or cancels it meanwhile: then the copy is deleted again.
    """
    item, standing, export, *data_keys = reads.batch([*_asked_at(task), *_keys_at(task.subject)])
    if item is None or not _wanted(item, standing):
        leftovers.clear(task.subject, task.target)
        return []
    made = _written(task, item, standing, data_keys, notice, kinds)
    read = iter([(item, standing, export)])  # again only where another write came in between
    return _recorded(
        task, made, lambda: _answer(task, next(read, None) or _asked(task), made, notice)
    )


def supplement(task: Task, notice: Notice, kinds: Registry) -> list[JobItem]:
    """Makes the copy of an answered request anew, with what another system gave after the answer.

    Its person is told that it is ready, as of the first. Repeating it makes it once more. None of
    that where the request is open again, whose answer will hold it, or nobody is there.
    """
    item, standing, export, *data_keys = reads.batch([*_asked_at(task), *_keys_at(task.subject)])
    if item is None or item.status != Status.COMPLETED or not _is_there(item, standing):
        leftovers.clear(task.subject, task.target)
        return []
    made = _written(task, item, standing, data_keys, notice, kinds)
    read = iter([(item, standing, export)])
    return _recorded(
        task, made, lambda: _renew(task, next(read, None) or _asked(task), made, notice)
    )


def _wanted(item: RequestItem, standing: StandingItem | None) -> bool:
    """Tells whether a copy is to be made now."""
    running = item.status in RUNNING and item.waits_until is None
    return running and _is_there(item, standing)


def _recorded(task: Task, made: ExportItem, record: Callable[[], list[JobItem]]) -> list[JobItem]:
    """Returns the jobs of a copy once it is recorded; a body that is not is deleted again.

    After any error but Contention the record may stand, its answer lost, so its body stays too; if
    it does not stand, the next run of the job removes the body. All else that lies there of the
    request, or of one that nobody answers, goes once the copy is recorded.
    """
    try:
        sent = patiently(record)
    except Contention:
        copies.remove(made.object)
        raise
    if not sent:
        copies.remove(made.object)
    leftovers.clear(task.subject, task.target, made.object)
    return sent


def _written(
    task: Task,
    item: RequestItem,
    standing: StandingItem | None,
    data_keys: Sequence[DataKeyItem | None],
    notice: Notice,
    kinds: Registry,
) -> ExportItem:
    """Writes the copy of a request, and returns the record of it, which is not stored yet."""
    order = Order(
        request=task.target,
        scope=Scope(item.right),
        subject=task.subject,
        received_at=item.received_at,
        locale=item.locale,
        notice=notice,
        made_at=clock.now(),
    )
    known = [one for one in data_keys if one is not None]
    stands = None if standing is None else subjects.standing_of(standing)

    def over(stored: Stored) -> bool:
        return _is_over(stored, stands, notice, kinds)

    held = _held(task.subject, known, over)
    apart = erasures.messages_of(item, None)  # of a request by an address alone
    held = chain(held, *(_held(message, (), over) for message in apart))
    added = () if item.asked_at is None else supplements(task.subject, task.target)
    body = copies.write(order, held, kinds, added)
    return export_item(task.subject, task.target, body, notice)


def _answer(task: Task, read: _Read, made: ExportItem, notice: Notice) -> list[JobItem]:
    """Closes a request whose copy lies in the bucket, with the record of the copy.

    Returns no job where nobody is to have it.
    """
    item, standing, known = read
    if item is None or item.status not in RUNNING or not _is_there(item, standing):
        return []
    now, write = clock.now(), Transaction(notice)
    mail = tell(write, task.subject, task.target, Told.OUTCOME, now)
    _put(write, made, known)
    stands = None if standing is None else subjects.completed(subjects.standing_of(standing))
    person = Concerned(Loaded(task.subject, stands, None))
    effect = effects.close(write, person, item, Action.COMPLETE, notice, now)
    unchanged = RequestItem.history == item.history
    close(write, item, Action.COMPLETE, Actor.SYSTEM, notice, now, unchanged, effect.on_request)
    write.commit()
    _remove_earlier(known)
    return [mail, *effect.jobs]


def _renew(task: Task, read: _Read, made: ExportItem, notice: Notice) -> list[JobItem]:
    """Records a copy that was made anew, and has its person told; no job where nobody is there."""
    item, standing, known = read
    if item is None or item.status != Status.COMPLETED or not _is_there(item, standing):
        return []
    write = Transaction(notice)
    mail = tell(write, task.subject, task.target, Told.OUTCOME, clock.now())
    _put(write, made, known)
    if standing is not None:
        lifecycle.require_there(write, task.subject)
    write.commit()
    _remove_earlier(known)
    return [mail]


def _put(write: Transaction, made: ExportItem, known: ExportItem | None) -> None:
    """Adds the record of a copy: the addresses of an earlier one that were given out stay in it."""
    if known is None:
        write.put(made, label="export")
    else:
        made.issued = known.issued
        same = (ExportItem.issued == known.issued) & (ExportItem.object == known.object)
        write.replace(made, condition=same, label="export")


def _remove_earlier(known: ExportItem | None) -> None:
    """Deletes the body of the copy whose record another one has taken the place of."""
    if known is not None:
        copies.remove(known.object)


def _is_there(item: RequestItem, standing: StandingItem | None) -> bool:
    """Tells whether the person can have an answer: an account in use, or a request by an address.

    A request by an address alone lies in a partition of its own, without a standing.
    """
    if standing is None:
        return item.contact is not None
    return subjects.standing_of(standing).usable


def _asked(task: Task) -> _Read:
    """Returns the request of a job, the standing of its person, and its copy. One BatchGetItem."""
    item, standing, export = reads.batch(_asked_at(task))
    return item, standing, export


def _asked_at(task: Task) -> list[Place]:
    request = (RequestItem, *store.request_place(task.subject, task.target))
    return [request, subjects.standing_at(task.subject), store.export_at(task.subject, task.target)]


def _keys_at(subject: str) -> list[Place]:
    """Lists the keys of the data keys that every account has."""
    return [
        account_key_at(subject),
        (DataKeyItem, keys.subject(subject), ledger.LEDGER_CLASS),
    ]


def _is_over(stored: Stored, standing: Standing | None, notice: Notice, kinds: Registry) -> bool:
    """Tells whether the end of a record has come, although nothing removed it yet."""
    now = clock.now()
    place = stored.kind, stored.sk
    if standing is not None and filings.is_over(place, stored.fields, standing, notice, now):
        return True
    if stored.lane is None:
        return stored.ends_at is not None and stored.ends_at <= now
    if not ends.gone(stored, notice, now):
        return False
    subject, name = keys.subject_of(stored.pk), keys.record_id(stored.sk)
    return not kinds.of(stored.kind).is_used(subject, name, stored.due_event or "", notice, now)


def _held(
    subject: str, data_keys: Sequence[DataKeyItem], over: Callable[[Stored], bool]
) -> Iterator[Record]:
    """Yields all in a subject's partitions that is not `over`, opened with these keys and others.

    One Query per MB and table, one KMS call per class, and one call more for a class whose key was
    not given.
    """
    known_keys = {one.sk: one for one in data_keys}
    opened: dict[str, DataKey] = {}
    for stored in partition.read(keys.subject(subject), partition.ABOUT):
        if over(stored):
            continue
        fields, group = dict(stored.fields), stored.retention_class
        if stored.sealed is not None:
            if group not in opened:
                known = known_keys.get(group)
                opened[group] = vault.open_key(known) if known else vault.load_key(subject, group)
            fields |= unseal(opened[group], stored.pk, stored.sk, stored.sealed)
        yield Record(stored.kind, keys.record_id(stored.sk), fields, stored.ends_at)
