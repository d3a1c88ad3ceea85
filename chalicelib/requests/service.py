"""Makes, lists and answers requests."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib import clock, ids, texts
from chalicelib.accounts.service import claims
from chalicelib.accounts.service.profile import account_key_at, address_of
from chalicelib.consents.service import ledger
from chalicelib.decisions.notifications import REQUESTS, may_notify
from chalicelib.errors import Conflict, NotFound, Unauthenticated
from chalicelib.jobs import service as jobs
from chalicelib.jobs.model import Task
from chalicelib.jobs.store import JobItem
from chalicelib.mail.model import Message
from chalicelib.notices.model import Notice
from chalicelib.requests import model, store
from chalicelib.requests.model import Channel, Held, Request, Status
from chalicelib.requests.store import ExportItem, RequestItem
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import SignedIn
from chalicelib.storage import due, keys, pages, partition, reads
from chalicelib.storage.due import Due
from chalicelib.storage.pages import Page
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import USABLE
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey, unseal
from chalicelib.vault.store import DataKeyItem

FULFILMENT_QUEUE, FULFIL_COPY = "fulfilment", "copy"
MAIL_QUEUE, COPY_READY = "mail", "copy_ready"

URL_VALID = timedelta(seconds=60)
"""Time for which the address of an export works: long enough to follow it, too short to pass on."""

EXPORT = ExportItem.KIND
"""The kind of a copy's record."""

_OPEN = "open copy"
"""The label of the condition that no copy is open."""

GONE = "There is no such request."


@dataclass(frozen=True, slots=True)
class Issued:
    """The address of an export, and its end."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A request; `already` is True if it was open before, so that nothing was added."""

    request: Request
    already: bool = False


def make(
    signed_in: SignedIn, right: str, details: str | None, locale: str | None, notice: Notice
) -> Made:
    """Records a request of the account that is signed in, and the job that answers it.

    Its clock is the notice's (GDPR art. 12(3)); without `locale` the answer is in the account's
    language. A person has one copy open at a time: its job has a fixed id, and a second request
    returns the open one while the job is to be done. Raises Unauthenticated when the account is
    gone, and Conflict when the open request was answered at this moment.
    """
    now, write = clock.now(), Transaction(notice)
    item = open_request(
        write,
        signed_in.subject,
        right,
        locale or signed_in.standing.locale,
        notice,
        now,
        channel=Channel.WEBSITE,
        details=details,
    )
    request_id = keys.record_id(item.sk)
    job = jobs.new_job(
        signed_in.subject, FULFILMENT_QUEUE, FULFIL_COPY, request_id, now, job_id=FULFIL_COPY
    )
    write.put(job, label=_OPEN)
    lifecycle.record_activity(write, signed_in.subject, now)
    try:
        write.commit()
    except ConditionFailed as failed:
        if failed.labels != {_OPEN}:
            raise Unauthenticated("This account is gone.") from None
        return Made(_open_copy(signed_in), already=True)
    jobs.send(job)
    return Made(store.request_of(item))


def _open_copy(signed_in: SignedIn) -> Request:
    """Returns the open request for a copy. Two GetItems.

    Raises Conflict if it was just answered.
    """
    request_id = jobs.target_of(signed_in.subject, FULFIL_COPY)
    item = None if request_id is None else store.get_request(signed_in.subject, request_id)
    if item is None:
        raise Conflict("Another request for a copy was answered at this moment; ask once more.")
    return store.request_of(item)


def open_request(
    write: Transaction,
    subject: str,
    right: str,
    locale: str,
    notice: Notice,
    now: datetime,
    *,
    channel: Channel,
    details: str | None = None,
) -> RequestItem:
    """Adds a request of any right that came by any channel, and returns its item.

    The request's period is the notice's and begins at `now` (GDPR art. 12(3)). `details` are the
    person's own words; they are sealed.
    """
    pk, sk = store.request_place(subject, ids.new_id())
    due_at = notice.deadline.within.after(now)
    item = RequestItem(
        pk=pk,
        sk=sk,
        kind=RequestItem.KIND,
        right=right,
        status=str(Status.RECEIVED),
        received_at=now,
        request_due_at=due_at,
        channel=str(channel),
        locale=locale,
        history=[store.step(Status.RECEIVED, now)],
    )
    if details is not None:
        key = vault.load_key(subject, RequestItem.CLASS)
        vault.seal_item(item, key, {"details": texts.lines(details)})
    item.schedule(store.DEADLINE_LANE, due_at, "created", now)
    write.put(item)
    return item


def get(signed_in: SignedIn, request_id: str) -> Request:
    """Returns a request of the account. Raises NotFound, also for another account's."""
    item = store.get_request(signed_in.subject, request_id)
    if item is None:
        raise NotFound(GONE)
    return store.request_of(item)


def listed(signed_in: SignedIn, after: str | None, limit: int) -> Page[Request]:
    """Lists up to `limit` requests of the account after the one of that id. One Query."""
    return pages.collect(store.requests_of(signed_in.subject, after, limit), store.request_of)


def open_rights(most: int) -> tuple[Counter[str], bool]:
    """Counts the open requests by right, among the first `most`; tells whether these are all.

    16 Queries of the due index, and a BatchGetItem for each hundred requests.
    """
    found: list[Due] = []
    complete = True
    for shard in keys.shards(store.DEADLINE_LANE):
        room = most - len(found)
        entries, more = due.walk(shard, None, room) if room else ([], "unknown")
        listed = due.readable(entries)
        found += listed
        complete = complete and more is None and len(listed) == len(entries)
    requests = [(entry.pk, entry.sk) for entry in found if entry.kind == RequestItem.KIND]
    return Counter(store.open_rights(requests)), complete


def issue_export(signed_in: SignedIn, request_id: str) -> Issued:
    """Returns an address by which the copy can be fetched for a minute; records each issue first.

    Raises NotFound (no such request, or its copy is gone) and Conflict (not ready yet).
    """
    request = get(signed_in, request_id)
    if request.status is not Status.COMPLETED:
        raise Conflict("The copy is not ready yet; a mail will say when it is.", type="not-ready")
    export = store.get_export(signed_in.subject, request_id)
    now = clock.now()
    if export is None or (export.ends_at is not None and export.ends_at <= now):
        raise NotFound("This copy is no longer kept; ask for a new one.")
    store.record_issue(export, now)
    seconds = int(URL_VALID.total_seconds())
    return Issued(store.signed_url(export.object, seconds), now + URL_VALID)


Shown = Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]]
"""Kind of record -> the function that turns its stored fields into those its person sees."""


def fulfil_copy(task: Task, notice: Notice, shown: Shown) -> JobItem | None:
    """Answers a request for a copy: collects, stores, closes, and records the job of the mail.

    Repeating it overwrites the same object and closes nothing twice. Returns the mail's job, to be
    sent; None when the request was closed already, or when the person is being erased: then the
    copy is deleted again.
    """
    item, *data_keys = reads.batch(
        [(RequestItem, *store.request_place(task.subject, task.target)), *_keys_at(task.subject)]
    )
    if item is None or item.status == str(Status.COMPLETED):
        return None
    now = clock.now()
    held = _held(task.subject, [one for one in data_keys if one is not None], shown, notice, now)
    document = model.copy_of(held, notice, item.locale, store.request_of(item), now)
    key = store.object_key(task.subject, task.target)
    size = store.put_object(key, document)
    mail = jobs.new_job(task.subject, MAIL_QUEUE, COPY_READY, task.target, now)
    write = Transaction(notice)
    write.put(_export(task.subject, task.target, key, size, notice, now), label="export")
    write.put(mail)
    _close(write, item, notice, now)
    lifecycle.require_account(write, task.subject, *USABLE)
    try:
        write.commit()
    except ConditionFailed as failed:
        if lifecycle.ACCOUNT in failed.labels:
            store.delete_object(key)
        return None
    return mail


def copy_ready_mail(task: Task, notice: Notice) -> Message | None:
    """Returns the mail on where and until when to fetch the copy; None when the copy is gone."""
    item = store.get_request(task.subject, task.target)
    export = store.get_export(task.subject, task.target)
    if item is None or export is None or export.ends_at is None:
        return None
    standing = subjects.account_standing(task.subject)
    now = clock.now()
    if standing is None or not may_notify(standing, REQUESTS, notice, now, asked_for=True):
        return None
    words = {"request": task.target, "ends_at": export.ends_at}
    return Message("copy_ready", address_of(task.subject, notice), item.locale, words)


def remove_export(subject: str, request_id: str) -> None:
    """Deletes a copy: first its body, then its record, so that a crash in between is repeated."""
    store.delete_object(store.object_key(subject, request_id))
    pk, sk = store.export_place(subject, request_id)
    partition.remove(pk, [sk])


def _export(
    subject: str, request_id: str, key: str, size: int, notice: Notice, now: datetime
) -> ExportItem:
    pk, sk = store.export_place(subject, request_id)
    item = ExportItem(
        pk=pk,
        sk=sk,
        kind=ExportItem.KIND,
        request=request_id,
        object=key,
        created_at=now,
        issued=[],
        size=size,
    )
    rule = notice.rule(ExportItem.KIND, "created")
    item.schedule(store.RULE_LANE, rule.ends(now), rule.event, now)
    return item


def _close(write: Transaction, item: RequestItem, notice: Notice, now: datetime) -> None:
    rule = notice.rule(RequestItem.KIND, "closed")
    write.update(
        item,
        actions=[
            RequestItem.status.set(str(Status.COMPLETED)),
            RequestItem.completed_at.set(now),
            RequestItem.history.set(
                RequestItem.history.append([store.step(Status.COMPLETED, now)])
            ),
            RequestItem.lane.set(keys.lane(store.RULE_LANE, item.pk)),
            RequestItem.due_at.set(rule.ends(now)),
            RequestItem.due_event.set(rule.event),
            RequestItem.due_since.set(now),
        ],
        # DynamoDB takes a missing attribute for unequal: without the first part an update would
        # bring back a request that was erased.
        condition=RequestItem.pk.exists() & (RequestItem.status != str(Status.COMPLETED)),
        label="request",
    )


def _keys_at(subject: str) -> list[Place]:
    """Lists the keys of the data keys that every account has."""
    return [
        account_key_at(subject),
        (DataKeyItem, keys.subject(subject), ledger.LEDGER_CLASS),
    ]


def _held(
    subject: str,
    data_keys: Sequence[DataKeyItem],
    shown: Shown,
    notice: Notice,
    now: datetime,
) -> Iterator[Held]:
    """Yields everything in a subject's partitions, opened with these data keys and others.

    One Query per MB and table, one KMS call per class, and one call more for a class whose key was
    not given.
    """
    known_keys = {one.sk: one for one in data_keys}
    opened: dict[str, DataKey] = {}
    for stored in partition.read(keys.subject(subject), partition.ABOUT):
        if ledger.is_event(stored.sk):
            continue
        fields, group = dict(stored.fields), stored.retention_class
        if stored.sealed is not None:
            if group not in opened:
                known = known_keys.get(group)
                opened[group] = vault.open_key(known) if known else vault.load_key(subject, group)
            fields |= unseal(opened[group], stored.pk, stored.sk, stored.sealed)
        if stored.kind == subjects.STANDING:
            address = subjects.claim_in(fields)
            fields = ledger.readable(subject, fields, notice, now)
            if address is not None:
                kind, told_of = claims.told(address)
                yield Held(kind, "", told_of)
        if stored.kind in shown:
            fields = dict(shown[stored.kind](fields))
        # A role is part of the standing in the copy.
        kind = subjects.STANDING if stored.kind == sessions.ROLE else stored.kind
        yield Held(kind, keys.record_id(stored.sk), fields)
