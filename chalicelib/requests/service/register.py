"""The desk's register: requests found by their id alone, and on the shelves of the desk's lists."""

from datetime import datetime
from typing import Any

from chalicelib import clock
from chalicelib.errors import NotFound
from chalicelib.notices import ends
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.model import Request
from chalicelib.requests.store import RegisterItem, RequestItem
from chalicelib.storage import keys, pages
from chalicelib.storage.pages import Page
from chalicelib.storage.transaction import Transaction

GONE = "There is no such request."


def enter(write: Transaction, item: RequestItem, notice: Notice) -> None:
    """Adds a new request, which stands on the shelf of open ones, and its entry in the register.

    A request that is answered at once stands on the shelf of its month.
    """
    shelve(item, notice)
    write.put(item)
    write.put(store.register_entry(item, month(item.received_at, notice)))


def transfer(write: Transaction, item: RequestItem, notice: Notice) -> None:
    """Adds a request that comes from another partition, to which its entry leads from then on."""
    shelve(item, notice)
    write.put(item)
    write.replace(store.register_entry(item, month(item.received_at, notice)))


def shelve(item: RequestItem, notice: Notice) -> None:
    """Puts a request that is written whole on its shelf: of open ones, or of its last month."""
    if item.completed_at is None:
        item.shelf, item.shelf_at = keys.OPEN_SHELF, item.answer_due_at
    else:
        item.shelf = keys.closed_shelf(month(item.completed_at, notice))
        item.shelf_at = item.completed_at


def catch_up(write: Transaction, item: RequestItem, notice: Notice) -> None:
    """Adds the entry of a request that an earlier release received, which has none and no shelf.

    An act on such a request, and a look at it when it is due, puts it on its shelf in
    the same write.
    """
    if item.shelf is None:
        write.replace(store.register_entry(item, month(item.received_at, notice)))


def leave(write: Transaction, item: RequestItem) -> None:
    """Adds the end of a request's entry in the register; a missing one is no error."""
    write.delete(RegisterItem(*store.register_place(keys.record_id(item.sk))))


def shelved_open(due_at: datetime) -> list[Any]:
    """Returns the updates of an open request that is due at that moment."""
    return [RequestItem.shelf.set(keys.OPEN_SHELF), RequestItem.shelf_at.set(due_at)]


def shelved_closed(now: datetime, notice: Notice) -> list[Any]:
    """Returns the updates of a request that is closed now."""
    shelf = keys.closed_shelf(month(now, notice))
    return [RequestItem.shelf.set(shelf), RequestItem.shelf_at.set(now)]


def find(request_id: str) -> str | None:
    """Returns the subject of a request by its id alone, or None. One GetItem."""
    return store.subject_of(request_id)


def requests_of(subject: str, most: int, notice: Notice) -> list[Request]:
    """Returns up to `most` requests of a subject, by their ids, but those over. One Query."""
    found, now = store.requests_of(subject, None, most), clock.now()
    return [store.request_of(item) for item in found if not ends.gone(item, notice, now)]


def page_of(subject: str, after: str | None, limit: int, notice: Notice) -> Page[Request]:
    """Lists up to `limit` requests of a subject, by their ids, after the one of that id. One Query.

    Those over are left out, so a page may hold fewer although more follow.
    """
    now = clock.now()
    found = pages.collect(
        store.requests_of(subject, after, limit),
        lambda item: None if ends.gone(item, notice, now) else store.request_of(item),
    )
    return Page(tuple(one for one in found.items if one is not None), found.next)


def of_contact(address_mac: str, most: int, notice: Notice) -> list[tuple[str, Request]]:
    """Returns up to `most` requests without an account of an address, each with its partition.

    One Query, and one BatchGetItem where there are some.
    """
    found, now = store.requests_of_contact(address_mac, most), clock.now()
    kept = (item for item in found if not ends.gone(item, notice, now))
    return [(keys.subject_of(item.pk), store.request_of(item)) for item in kept]


def subject_of(request_id: str) -> str:
    """Returns the subject of a request by its id alone. One GetItem. Raises NotFound."""
    found = store.subject_of(request_id)
    if found is None:
        raise NotFound(GONE)
    return found


def month(moment: datetime, notice: Notice) -> str:
    """Returns the month of a moment in the notice's zone, such as `2026-11`."""
    return moment.astimezone(notice.zone).strftime("%Y-%m")
