"""Requests and exports in the table, and the exports' bodies in their bucket."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import BinaryAttribute, ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.pagination import ResultIterator

from chalicelib.instants import instant
from chalicelib.notices.model import RetentionRule
from chalicelib.requests.history import read
from chalicelib.requests.machine import CLOSED, Status
from chalicelib.requests.model import Kept, Request
from chalicelib.storage import keys, pages, partition, reads, shelves
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.condition import code
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place
from chalicelib.storage.shelves import Shelved

RULE_LANE = "rule"
DEADLINE_LANE = "deadline"

SEALED = frozenset({"details", "changes", "identified_by"})
"""The fields of a request that are sealed."""


class RequestItem(Item):
    """A request. The person's own text and corrections are sealed; ids stand in a row."""

    KIND = "request"
    CLASS = "evidence"

    right = UnicodeAttribute()
    status = UnicodeAttribute()
    received_at = InstantAttribute()
    completed_at = InstantAttribute(null=True)
    channel = UnicodeAttribute()
    locale = UnicodeAttribute()
    history: ListAttribute[Any] = ListAttribute()
    purposes = UnicodeAttribute(null=True)
    categories = UnicodeAttribute(null=True)
    ground = UnicodeAttribute(null=True)
    fields = UnicodeAttribute(null=True)
    answer_due_at = InstantAttribute(null=True)
    """The last moment of the due day, as of the last move; `due_at` is when to look at it next."""
    contact = BinaryAttribute(null=True, legacy_encoding=False)
    """Of a request by an address alone: the keyed hash of the address (`ContactItem`)."""
    code = UnicodeAttribute(null=True)
    """The keyed hash of the mailed code, until the address is proven."""
    token = UnicodeAttribute(null=True)
    """The fingerprints of the secrets of the tokens that open it without an account, in a row."""
    asked_at = InstantAttribute(null=True)
    """The moment at which other systems were asked about the request; it happens once."""
    waiting = UnicodeAttribute(null=True)
    """The systems that have not answered, also when the request no longer waits for them."""
    waits_until = InstantAttribute(null=True)
    """The latest moment until which the request waits for them; None where it does not wait."""
    begins_at = InstantAttribute(null=True)
    """Of an erasure that its person asked for with the password: when it begins by itself."""
    erasing = UnicodeAttribute(null=True)
    """Of an erasure of some categories that has begun and is not done: what it has to remember."""
    receipt = UnicodeAttribute(null=True)
    """Of an erasure that was carried out: the closing receipt, signed."""


class ContactItem(Item):
    """The address by which a request came, sealed, for the mails about it."""

    KIND = "contact"
    CLASS = "account"


class ReplyItem(Item):
    """The address for the last mail about an erasure, sealed with the key that stays."""

    KIND = "reply"
    CLASS = "evidence"


class OpenRequestItem(Item):
    """The id of the open request of one right; there is one item while it is open.

    It is that of a subject, or of an address without an account, whose requests each lie in a
    partition of their own.
    """

    KIND = "open_request"
    CLASS = "evidence"

    request = UnicodeAttribute()


class MessageItem(Item):
    """The text, sealed, that came with an event of a request: its number is that of the entry."""

    KIND = "request_message"
    CLASS = "evidence"

    request = UnicodeAttribute()
    at = InstantAttribute()
    by = UnicodeAttribute()


class RegisterItem(Item):
    """The entry of a request in the desk's register: its subject, found by the request's id alone.

    It stands on the shelf of the month in which the request was received. A request without an
    account has another one, found by the keyed hash of its address.
    """

    KIND = "register"
    CLASS = "evidence"

    subject = UnicodeAttribute()


class ExportItem(Item):
    """A copy of a person's data in the bucket, with the times at which its address was issued."""

    KIND = "export"
    CLASS = "evidence"

    request = UnicodeAttribute()
    object = UnicodeAttribute()
    created_at = InstantAttribute()
    issued: ListAttribute[Any] = ListAttribute()
    size = NumberAttribute()
    sha256 = UnicodeAttribute(null=True)
    """The SHA-256 of the body, in hex; None where an earlier release wrote it."""


def request_place(subject: str, request_id: str) -> tuple[str, str]:
    """Partition and sort key of a request."""
    return keys.subject(subject), keys.record(RequestItem.CLASS, RequestItem.KIND, request_id)


def contact_place(request_id: str) -> tuple[str, str]:
    """Partition and sort key of the address by which a request came."""
    return keys.subject(request_id), keys.record(ContactItem.CLASS, ContactItem.KIND)


def vacated(request_id: str, now: datetime) -> ContactItem:
    """Returns what takes the place of an address whose request has left its partition.

    It holds nothing and is due at once, so that what is left there, such as data keys, goes too.
    """
    item = ContactItem(*contact_place(request_id), kind=ContactItem.KIND)
    item.schedule(DEADLINE_LANE, now, "moved", now)
    return item


def get_contact(request_id: str) -> ContactItem | None:
    """Returns the address by which a request came, sealed, or None. One GetItem, strong."""
    try:
        return ContactItem.get(*contact_place(request_id), consistent_read=True)
    except ContactItem.DoesNotExist:
        return None


def delete_contact(request_id: str) -> None:
    """Deletes the address by which a request came. One BatchWriteItem.

    The data keys of its partition go with the request, which is the last record there.
    """
    pk, sk = contact_place(request_id)
    partition.remove(pk, [sk])


def reply_place(subject: str, request_id: str) -> tuple[str, str]:
    """Partition and sort key of the address for the last mail about an erasure."""
    return keys.subject(subject), keys.record(ReplyItem.CLASS, ReplyItem.KIND, request_id)


def get_reply(subject: str, request_id: str) -> ReplyItem | None:
    """Returns the address for the last mail about an erasure, sealed, or None. One GetItem."""
    try:
        return ReplyItem.get(*reply_place(subject, request_id), consistent_read=True)
    except ReplyItem.DoesNotExist:
        return None


def delete_reply(subject: str, request_id: str) -> None:
    """Deletes the address for the last mail about an erasure; a missing one is no error."""
    ReplyItem(*reply_place(subject, request_id)).delete()


def open_place(subject: str, right: str) -> tuple[str, str]:
    """Partition and sort key of the mark of a subject's open request of a right."""
    return keys.subject(subject), keys.record(OpenRequestItem.CLASS, OpenRequestItem.KIND, right)


def open_mark(subject: str, right: str, request_id: str) -> OpenRequestItem:
    """Returns the mark of a subject's open request of a right."""
    pk, sk = open_place(subject, right)
    return OpenRequestItem(pk=pk, sk=sk, kind=OpenRequestItem.KIND, request=request_id)


def mark_of(item: RequestItem) -> OpenRequestItem:
    """Returns the mark that an open request holds: of its subject, or of its address."""
    request_id = keys.record_id(item.sk)
    if item.contact is None:
        return open_mark(keys.subject_of(item.pk), item.right, request_id)
    pk, sk = contact_mark_place(item.contact.hex(), item.right)
    return OpenRequestItem(pk=pk, sk=sk, kind=OpenRequestItem.KIND, request=request_id)


def contact_mark_place(address_mac: str, right: str) -> tuple[str, str]:
    """Partition and sort key of the mark of an address's open request of a right."""
    return keys.contact(address_mac), open_place("", right)[1]


def contact_entry(item: RequestItem, address_mac: str) -> RegisterItem:
    """Returns the entry by which a request without an account is found by its address."""
    request_id = keys.record_id(item.sk)
    return RegisterItem(
        pk=keys.contact(address_mac),
        sk=keys.record(RegisterItem.CLASS, RegisterItem.KIND, request_id),
        kind=RegisterItem.KIND,
        subject=keys.subject_of(item.pk),
    )


def has_open(subject: str) -> bool:
    """Tells whether a subject has a request that is open. One Query, strongly consistent."""
    prefix = keys.record(OpenRequestItem.CLASS, OpenRequestItem.KIND)
    found = OpenRequestItem.query(
        keys.subject(subject),
        OpenRequestItem.sk.startswith(prefix),
        consistent_read=True,
        limit=1,
    )
    return any(found)


def open_request_of_contact(address_mac: str, right: str) -> str | None:
    """Returns the id of an address's open request of a right, or None. One GetItem, strong."""
    place = contact_mark_place(address_mac, right)
    try:
        return OpenRequestItem.get(*place, consistent_read=True).request
    except OpenRequestItem.DoesNotExist:
        return None


def requests_of_contact(address_mac: str, most: int) -> list[RequestItem]:
    """Lists up to `most` requests, a hundred at most, of an address without an account, by ids.

    One Query, strongly consistent, and one BatchGetItem where there are some.
    """
    prefix = keys.record(RegisterItem.CLASS, RegisterItem.KIND)
    entries = RegisterItem.query(
        keys.contact(address_mac),
        RegisterItem.sk.startswith(prefix),
        consistent_read=True,
        limit=most,
    )
    return requests_at([request_place(one.subject, keys.record_id(one.sk)) for one in entries])


def unlist_contact(request_id: str) -> None:
    """Deletes the entry by which a request is found by its address; a missing one is no error.

    One GetItem of the request, and one DeleteItem.
    """
    item = get_request(request_id, request_id)
    if item is not None and item.contact is not None:
        contact_entry(item, item.contact.hex()).delete()


def message_place(subject: str, request_id: str, number: int) -> tuple[str, str]:
    """Partition and sort key of the text that came with the event of that number, from 0."""
    message = f"{request_id}.{number:04d}"
    return keys.subject(subject), keys.record(MessageItem.CLASS, MessageItem.KIND, message)


def message_number(item: MessageItem) -> int:
    """Returns the number of the event that a text came with: the inverse of `message_place`."""
    return int(keys.record_id(item.sk).rpartition(".")[2])


def register_place(request_id: str) -> tuple[str, str]:
    """Partition and sort key of a request's entry in the register."""
    return keys.register(request_id), keys.record(RegisterItem.CLASS, RegisterItem.KIND)


def register_entry(item: RequestItem, month: str) -> RegisterItem:
    """Returns the entry in the register of a request that was received in a month."""
    pk, sk = register_place(keys.record_id(item.sk))
    entry = RegisterItem(pk=pk, sk=sk, kind=RegisterItem.KIND, subject=keys.subject_of(item.pk))
    entry.shelf, entry.shelf_at = keys.received_shelf(month), item.received_at
    return entry


def export_place(subject: str, request_id: str) -> tuple[str, str]:
    """Partition and sort key of the export that answers a request."""
    return keys.subject(subject), keys.record(ExportItem.CLASS, ExportItem.KIND, request_id)


def request_of(item: RequestItem) -> Request:
    """Returns the request that an item stores."""
    return Request(
        id=keys.record_id(item.sk),
        right=item.right,
        status=Status(item.status),
        channel=item.channel,
        received_at=item.received_at,
        completed_at=item.completed_at,
        history=tuple(read(text) for text in item.history),
        purposes=tuple((item.purposes or "").split()),
        categories=tuple((item.categories or "").split()),
        ground=item.ground,
        fields=tuple((item.fields or "").split()),
        locale=item.locale,
        begins_at=item.begins_at,
        waiting=tuple((item.waiting or "").split()),
        waits_until=item.waits_until,
        kept=() if item.receipt is None else _kept(item.receipt),
    )


def _kept(receipt: str) -> tuple[Kept, ...]:
    """Returns what a receipt says that an erasure left."""
    # Imported here: few requests are erasures that are done, and the rest need none of it.
    from chalicelib.receipts.service import closing

    said = closing.content_of(receipt)
    stays = (Kept(one["kind"], None, one["ground"], one["ends_at"]) for one in said["kept"])
    needed = (
        Kept(None, one["category"], one["ground"], None)
        for one in said.get("scope", {}).get("needed", ())
    )
    return (*stays, *needed)


def get_request(subject: str, request_id: str) -> RequestItem | None:
    """Returns a request of a subject, or None. One strongly consistent GetItem."""
    try:
        return RequestItem.get(*request_place(subject, request_id), consistent_read=True)
    except RequestItem.DoesNotExist:
        return None


def subject_of(request_id: str) -> str | None:
    """Returns the subject of a request by its id alone, or None. One GetItem, strong."""
    try:
        return RegisterItem.get(*register_place(request_id), consistent_read=True).subject
    except RegisterItem.DoesNotExist:
        return None


def unregister(request_id: str) -> None:
    """Deletes a request's entry in the register; a missing one is no error. One DeleteItem."""
    RegisterItem(*register_place(request_id)).delete()


def on_shelf(
    shelf: str, after: Shelved | None, limit: int, before: datetime | None = None
) -> tuple[list[Shelved], Shelved | None]:
    """Lists up to `limit` requests of a shelf, the earliest date first, and where the page ended.

    One Query of the index `desk`. `before` leaves out those of that date and later.
    """
    return shelves.page(shelf, after, limit, before=before)


def requests_at(places: Sequence[tuple[str, str]]) -> list[RequestItem]:
    """Returns the requests at up to a hundred places, in their order, without those that are gone.

    One BatchGetItem, strongly consistent; none for no place.
    """
    if not places:
        return []
    found = reads.batch([(RequestItem, *place) for place in places])
    return [item for item in found if item is not None]


def subjects_of(requests: Sequence[str]) -> list[tuple[str, str]]:
    """Returns the places of up to a hundred requests, by their entries in the register.

    One BatchGetItem, strongly consistent; none for no request.
    """
    if not requests:
        return []
    found = reads.batch([(RegisterItem, *register_place(one)) for one in requests])
    return [
        request_place(item.subject, request)
        for request, item in zip(requests, found, strict=True)
        if item is not None
    ]


def open_request_of(subject: str, right: str) -> str | None:
    """Returns the id of a subject's open request of a right, or None. One GetItem, strong."""
    try:
        return OpenRequestItem.get(*open_place(subject, right), consistent_read=True).request
    except OpenRequestItem.DoesNotExist:
        return None


def messages_of(subject: str, request_id: str) -> ResultIterator[MessageItem]:
    """Lists the texts of a request, oldest first. One Query for each MB, strongly consistent."""
    prefix = keys.record(MessageItem.CLASS, MessageItem.KIND, f"{request_id}.")
    return MessageItem.query(
        keys.subject(subject), MessageItem.sk.startswith(prefix), consistent_read=True
    )


def delete_messages(subject: str, request_id: str) -> None:
    """Deletes the texts of a request. One Query, and one BatchWriteItem for 25 of them."""
    found = [item.sk for item in messages_of(subject, request_id)]
    partition.remove(keys.subject(subject), found)


def get_export(subject: str, request_id: str) -> ExportItem | None:
    """Returns the export of a request, or None. One strongly consistent GetItem."""
    try:
        return ExportItem.get(*export_place(subject, request_id), consistent_read=True)
    except ExportItem.DoesNotExist:
        return None


def record_issue(export: ExportItem, now: datetime, rule: RetentionRule) -> bool:
    """Records that the address of a copy is issued; tells whether it was.

    At the first issue since it was made the copy gets the date of `rule`, which counts from it,
    where that is before the date that it has. One conditional UpdateItem: it fails where the copy
    is gone or another one, or was issued for the first time at this moment.
    """
    issued = ExportItem.issued.append([instant(now)])
    actions: list[Action] = [ExportItem.issued.set(issued)]
    condition = ExportItem.created_at == export.created_at
    ends = rule.ends(now)
    if export.due_event != rule.event and (export.ends_at is None or ends < export.ends_at):
        actions += [
            ExportItem.due_at.set(ends),
            ExportItem.due_event.set(rule.event),
            ExportItem.due_since.set(now),
        ]
        condition &= ExportItem.due_event == export.due_event
    return _updated(export, actions, condition)


def _updated(export: ExportItem, actions: list[Action], condition: Condition) -> bool:
    try:
        export.update(actions=actions, condition=condition)
    except UpdateError as error:
        if code(error) == "ConditionalCheckFailedException":
            return False
        raise
    return True


def export_at(subject: str, request_id: str) -> Place:
    """Returns the place of the export that answers a request, to be read with others."""
    return ExportItem, *export_place(subject, request_id)


def requests_of(subject: str, after: str | None, limit: int) -> ResultIterator[RequestItem]:
    """Lists up to `limit` requests of a subject after the one of that id. One Query."""
    pk = keys.subject(subject)
    prefix = keys.record(RequestItem.CLASS, RequestItem.KIND)
    return RequestItem.query(
        pk,
        RequestItem.sk.startswith(prefix),
        consistent_read=True,
        limit=limit,
        last_evaluated_key=pages.start(pk, prefix, after),
    )


def open_rights(places: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yields the rights of the requests at these places that are still open.

    One BatchGetItem for each hundred, eventually consistent; people's own texts are not fetched.
    """
    wanted = ["pk", "sk", "right", "status"]
    for item in RequestItem.batch_get(places, attributes_to_get=wanted):
        if Status(item.status) not in CLOSED:
            yield item.right
