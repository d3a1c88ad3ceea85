"""Endpoints and deliveries in the table.

An endpoint is about nobody, and needs no declaration by a notice. A delivery lies in its
recipient's partition, since it proves that somebody was told also when the person's own is gone;
its status is part of its key, so that what needs a look is found without reading all the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.pagination import ResultIterator

from chalicelib.storage import keys, reads
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item, NobodysData
from chalicelib.storage.transaction import Transaction
from chalicelib.webhooks.model import Callback, Delivery, Event, Status

KIND = "endpoint"
LANE = "rule"
EVENT = "created"
"""From what a delivery's retention is reckoned."""


class EndpointItem(Item):
    """Where a recipient is told, and with which secret messages to it are signed.

    The secret is wrapped by KMS. After a change the `former` one signs too, until `former_until`.
    """

    url = UnicodeAttribute()
    secret = BinaryAttribute(legacy_encoding=False)
    former = BinaryAttribute(legacy_encoding=False, null=True)
    former_until = InstantAttribute(null=True)
    changed_at = InstantAttribute()


class DeliveryItem(Item):
    """What became of telling one recipient of one event. Ids, words of our own, and dates."""

    KIND = "delivery"
    CLASS = "core"

    recipient = UnicodeAttribute()
    type = UnicodeAttribute()
    subject = UnicodeAttribute()
    status = UnicodeAttribute()
    attempts = NumberAttribute()
    error = UnicodeAttribute(null=True)
    ref = UnicodeAttribute(null=True)
    created_at = InstantAttribute()
    updated_at = InstantAttribute()
    delivered_at = InstantAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before a try: where to tell, and what became of the tries before."""

    endpoint: EndpointItem | None
    deliveries: tuple[Delivery, ...]


def endpoint_place(recipient: str) -> tuple[str, str]:
    """Partition and sort key of a recipient's endpoint."""
    return keys.RECIPIENTS, keys.endpoint(recipient)


def delivery_place(recipient: str, status: str, callback: str) -> tuple[str, str]:
    """Partition and sort key of a delivery in a status."""
    return keys.recipient(recipient), _shelf(status) + callback


def known(callback: Callback) -> Known:
    """The endpoint, and the delivery under whichever status. One BatchGetItem."""
    places = [delivery_place(callback.recipient, status, callback.id) for status in Status]
    endpoint, *items = reads.batch(
        [
            (EndpointItem, *endpoint_place(callback.recipient)),
            *((DeliveryItem, *place) for place in places),
        ]
    )
    found = [delivery_of(item) for item in items if item is not None]
    return Known(endpoint, tuple(found))


def put_delivery(
    write: Transaction, after: Delivery, before: Sequence[Delivery], ends: datetime
) -> None:
    """Adds what became of a callback, in place of what stood before. It is forgotten at `ends`.

    A recipient's deliveries lie in one partition and may be very many: their ids spread them over
    the shards of the lane.
    """
    item = _delivery_item(after)
    item.schedule(LANE, ends, EVENT, after.created_at, spread=after.id)
    write.replace(item)
    for one in before:
        pk, sk = delivery_place(one.recipient, one.status, one.id)
        if sk != item.sk:
            write.delete(DeliveryItem(pk, sk), label=f"delivery {one.status}")


def deliveries(
    recipient: str, status: Status | None, after: tuple[str, str] | None, limit: int
) -> ResultIterator[DeliveryItem]:
    """Up to `limit` deliveries to a recipient, of one status or of all. One Query.

    Those of one status newest first; of all, those retrying come first, then `no_endpoint`,
    `failed` and `delivered`. `after` is status and id of the last one of the page before.
    """
    pk = keys.recipient(recipient)
    start = None
    if after is not None:
        sk = delivery_place(recipient, *after)[1]
        start = {"pk": {"S": pk}, "sk": {"S": sk}}
    return DeliveryItem.query(
        pk,
        DeliveryItem.sk.startswith(_shelf(status)),
        consistent_read=True,
        scan_index_forward=False,
        limit=limit,
        page_size=limit,
        last_evaluated_key=start,
    )


def delivery_of(item: DeliveryItem) -> Delivery:
    """The delivery that an item stores."""
    return Delivery(
        id=keys.record_id(item.sk),
        recipient=item.recipient,
        event=Event(item.type),
        subject=item.subject,
        entry=item.ref,
        status=Status(item.status),
        attempts=int(item.attempts),
        error=item.error,
        created_at=item.created_at,
        updated_at=item.updated_at,
        delivered_at=item.delivered_at,
    )


def get_endpoint(recipient: str) -> EndpointItem | None:
    """Where a recipient is told; None where nobody said. One strongly consistent GetItem."""
    pk, sk = endpoint_place(recipient)
    try:
        return EndpointItem.get(pk, sk, consistent_read=True)
    except EndpointItem.DoesNotExist:
        return None


def put_endpoint(item: EndpointItem, before: EndpointItem | None) -> None:
    """Stores where a recipient is told. One transaction; it fails if it was changed meanwhile."""
    write = Transaction(NobodysData())
    unchanged = None if before is None else EndpointItem.changed_at == before.changed_at
    write.put(item, condition=unchanged)
    write.commit()


def delete_endpoint(recipient: str) -> bool:
    """Forgets where a recipient is told; False where nobody had said."""
    known_item = get_endpoint(recipient)
    if known_item is None:
        return False
    known_item.delete()
    return True


def list_endpoints() -> ResultIterator[EndpointItem]:
    """All endpoints, by recipient. One Query a MB."""
    return EndpointItem.query(
        keys.RECIPIENTS,
        EndpointItem.sk.startswith(keys.ENDPOINT_PREFIX),
        consistent_read=True,
    )


def _shelf(status: str | None) -> str:
    """What the sort keys of deliveries of a status, or of all, begin with."""
    of_status = "" if status is None else f"{status}#"
    return keys.record(DeliveryItem.CLASS, DeliveryItem.KIND, of_status)


def _delivery_item(delivery: Delivery) -> DeliveryItem:
    pk, sk = delivery_place(delivery.recipient, delivery.status, delivery.id)
    return DeliveryItem(
        pk=pk,
        sk=sk,
        kind=DeliveryItem.KIND,
        recipient=delivery.recipient,
        type=str(delivery.event),
        subject=delivery.subject,
        status=str(delivery.status),
        attempts=delivery.attempts,
        error=delivery.error,
        ref=delivery.entry,
        created_at=delivery.created_at,
        updated_at=delivery.updated_at,
        delivered_at=delivery.delivered_at,
    )
