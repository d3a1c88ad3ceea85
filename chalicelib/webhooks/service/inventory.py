"""Lists callbacks for the desk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.errors import BadRequest, Finding
from chalicelib.notices.model import Notice
from chalicelib.webhooks import store
from chalicelib.webhooks.model import Delivery, Status
from chalicelib.webhooks.service import endpoints

if TYPE_CHECKING:
    from pynamodb.pagination import ResultIterator

_Read = Callable[
    [str, Status | None, tuple[str, str] | None, int], "ResultIterator[store.DeliveryItem]"
]
"""Reads deliveries to a recipient of a status, after a place, up to a number."""

CURSOR = ("recipient", "status", "id")
"""The members that name the last delivery of a page; the next page begins after it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The deliveries that a request asks for; None means any."""

    recipient: str | None
    status: Status | None

    def could_end_at(self, last: Mapping[str, str]) -> bool:
        """Tells whether a page of these deliveries could have ended at `last`."""
        return (
            last["status"] in frozenset(Status)
            and self.recipient in (None, last["recipient"])
            and self.status in (None, last["status"])
        )


def asked(recipient: str | None, status: str | None) -> Asked:
    """Returns the filter of a request, whose values fit the contract."""
    return Asked(recipient, None if status is None else Status(status))


def listed(
    question: Asked, after: Mapping[str, str] | None, limit: int, notice: Notice
) -> tuple[list[Delivery], Mapping[str, str] | None]:
    """Lists up to `limit` deliveries by recipient, and the last one's place if there may be more.

    Without a recipient, it lists those that the notice in force names and those that have an
    endpoint: one Query for each until the page is full, and one for the endpoints. Raises
    BadRequest where `after` is not a place at which a page of these could have ended.
    """
    return _listed(store.deliveries, question, after, limit, notice)


def undelivered(
    question: Asked, after: Mapping[str, str] | None, limit: int, notice: Notice
) -> tuple[list[Delivery], Mapping[str, str] | None]:
    """Lists up to `limit` callbacks that were not delivered; the rest is as in `listed`."""
    return _listed(store.undelivered, question, after, limit, notice)


def waiting(recipient: str, callback: str) -> Delivery | None:
    """Returns a callback that is still tried, or None. Up to two Queries."""
    return store.waiting(recipient, callback)


def _listed(
    read: _Read, question: Asked, after: Mapping[str, str] | None, limit: int, notice: Notice
) -> tuple[list[Delivery], Mapping[str, str] | None]:
    if after is not None and not question.could_end_at(after):
        finding = Finding("/query/cursor", "is not a cursor of this list")
        raise BadRequest("The cursor cannot be used.", type="validation", findings=(finding,))
    found: list[Delivery] = []
    for recipient in _recipients(question, notice):
        start = None
        if after is not None and recipient <= after["recipient"]:
            if recipient < after["recipient"]:
                continue
            start = after["status"], after["id"]
        items = read(recipient, question.status, start, limit - len(found))
        found += map(store.delivery_of, items)
        if len(found) >= limit:
            last = found[-1]
            return found, dict(
                zip(CURSOR, (last.recipient, str(last.status), last.id), strict=True)
            )
    return found, None


def _recipients(question: Asked, notice: Notice) -> list[str]:
    if question.recipient is not None:
        return [question.recipient]
    return sorted({*notice.recipients, *(one.recipient for one in endpoints.listed())})


__all__ = ["CURSOR", "Asked", "asked", "listed", "undelivered", "waiting"]
