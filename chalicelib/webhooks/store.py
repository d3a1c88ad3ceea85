"""Endpoints and deliveries in the table.

An endpoint holds no personal data, so no notice has to declare it. A delivery lies in its
recipient's partition, since it proves that the recipient was told even after the person's partition
is gone; its status is part of its key, so that the desk can list one status without reading others.
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
_LATEST = "~"
"""A character after those of all ids."""

EVENT = "created"
"""The event from which a delivery's retention is counted."""


class EndpointItem(Item):
    """The URL of a recipient, and the secret that signs messages to it.

    The secret is wrapped by KMS. After a change the `former` one signs too, until `former_until`.
    """

    url = UnicodeAttribute()
    secret = BinaryAttribute(legacy_encoding=False)
    former = BinaryAttribute(legacy_encoding=False, null=True)
    former_until = InstantAttribute(null=True)
    changed_at = InstantAttribute()


class DeliveryItem(Item):
    """The state of telling one recipient of one event. It holds ids, fixed words and dates only."""

    KIND = "delivery"
    CLASS = "core"

    recipient = UnicodeAttribute()
    type = UnicodeAttribute()
    subject = UnicodeAttribute()
    status = UnicodeAttribute()
    attempts = NumberAttribute()
    error = UnicodeAttribute(null=True)
    ref = UnicodeAttribute(null=True)
    place = UnicodeAttribute(null=True)
    created_at = InstantAttribute()
    updated_at = InstantAttribute()
    delivered_at = InstantAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Known:
    """The state before a try: the recipient's endpoint, and the deliveries recorded so far."""

    endpoint: EndpointItem | None
    deliveries: tuple[Delivery, ...]


def endpoint_place(recipient: str) -> tuple[str, str]:
    """Partition and sort key of a recipient's endpoint."""
    return keys.RECIPIENTS, keys.endpoint(recipient)


def delivery_place(recipient: str, status: str, callback: str) -> tuple[str, str]:
    """Partition and sort key of a delivery in a status."""
    return keys.recipient(recipient), _shelf(status) + callback


def known(callback: Callback) -> Known:
    """Reads the endpoint of a callback's recipient, and its delivery in any status.

    One BatchGetItem.
    """
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
    """Adds a callback's new state in place of the former ones. It expires at `ends`.

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
    """Lists up to `limit` deliveries to a recipient, of one status or of all. One Query.

    The deliveries of one status come newest first; of all, those retrying come first, then
    `no_endpoint`, `failed` and `delivered`. `after` is status and id of the previous page's last
    one.
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


def undelivered(
    recipient: str, status: Status | None, after: tuple[str, str] | None, limit: int
) -> ResultIterator[DeliveryItem]:
    """Lists up to `limit` callbacks that a recipient did not take, of one status or of all.

    One Query. The order, and `after`, are those of `deliveries`.
    """
    pk, start = keys.recipient(recipient), None
    if after is not None:
        start = {"pk": {"S": pk}, "sk": {"S": delivery_place(recipient, *after)[1]}}
    low, high = (Status.FAILED, Status.RETRYING) if status is None else (status, status)
    return DeliveryItem.query(
        pk,
        DeliveryItem.sk.between(_shelf(low), _shelf(high) + _LATEST),
        consistent_read=True,
        scan_index_forward=False,
        limit=limit,
        page_size=limit,
        last_evaluated_key=start,
    )


def waiting(recipient: str, callback: str) -> Delivery | None:
    """Returns a callback that is still tried, or None. Up to two Queries of one item."""
    for status in (Status.RETRYING, Status.FAILED):
        pk, sk = delivery_place(recipient, status, callback)
        for item in DeliveryItem.query(pk, DeliveryItem.sk == sk, consistent_read=True):
            return delivery_of(item)
    return None


def delivery_of(item: DeliveryItem) -> Delivery:
    """Returns the delivery that an item stores."""
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
        place=item.place,
    )


def get_endpoint(recipient: str) -> EndpointItem | None:
    """Returns a recipient's endpoint, or None. One strongly consistent GetItem."""
    pk, sk = endpoint_place(recipient)
    try:
        return EndpointItem.get(pk, sk, consistent_read=True)
    except EndpointItem.DoesNotExist:
        return None


def put_endpoint(item: EndpointItem, before: EndpointItem | None) -> None:
    """Stores an endpoint.

    One transaction, which fails if it was changed since `before` was read.
    """
    write = Transaction(NobodysData())
    unchanged = None if before is None else EndpointItem.changed_at == before.changed_at
    write.put(item, condition=unchanged)
    write.commit()


def delete_endpoint(recipient: str) -> bool:
    """Deletes a recipient's endpoint; returns False where there was none."""
    known_item = get_endpoint(recipient)
    if known_item is None:
        return False
    known_item.delete()
    return True


def list_endpoints() -> ResultIterator[EndpointItem]:
    """Lists all endpoints, by recipient. One Query a MB."""
    return EndpointItem.query(
        keys.RECIPIENTS,
        EndpointItem.sk.startswith(keys.ENDPOINT_PREFIX),
        consistent_read=True,
    )


def _shelf(status: str | None) -> str:
    """Returns the prefix of the sort keys of deliveries of one status, or of all."""
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
        place=delivery.place,
        created_at=delivery.created_at,
        updated_at=delivery.updated_at,
        delivered_at=delivery.delivered_at,
    )
