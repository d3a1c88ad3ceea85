"""Warnings in the table: one small item each, in the partition of the person who got it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.storage import condition, keys
from chalicelib.storage.attributes import InstantAttribute, still
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place
from chalicelib.subjects.model import Warned

_START = datetime(1970, 1, 1, tzinfo=UTC)

MOST_LINKS = 12
"""Most warnings that are looked through for the one that a link belongs to: years of them."""


class WarningItem(Item):
    """A warning that an unused account comes to its end. It holds no direct identifier.

    It is on the shelf of those that reached nobody where `unreached` says why.
    """

    KIND = "warning"
    CLASS = "evidence"

    since = InstantAttribute()
    warned_at = InstantAttribute()
    ends_at = InstantAttribute()
    then = UnicodeAttribute()
    tries = NumberAttribute(default=0)
    tried_at = InstantAttribute(null=True)
    sent_at = InstantAttribute(null=True)
    unreached = UnicodeAttribute(null=True)
    link = UnicodeAttribute(null=True)
    """The fingerprints of the secrets of the links in its mails, in a row: of one, or of two."""


def id_of(warned: Warned) -> str:
    """Returns the id of a warning: when it was given, in milliseconds since 1970."""
    return f"{(warned.at - _START) // timedelta(milliseconds=1):013d}"


def place(subject: str, warning_id: str) -> Place:
    """Returns the place of a warning, for reading it together with other items."""
    sk = keys.record(WarningItem.CLASS, WarningItem.KIND, warning_id)
    return (WarningItem, keys.subject(subject), sk)


def new_warning(subject: str, warned: Warned, then: str, unreached: str | None) -> WarningItem:
    """Returns the item of a new warning, before any mail, to be put in a transaction.

    `unreached` is why no mail reaches its person; then it is on the desk's shelf at once.
    """
    _, pk, sk = place(subject, id_of(warned))
    item = WarningItem(
        pk=pk,
        sk=sk,
        kind=WarningItem.KIND,
        since=warned.since,
        warned_at=warned.at,
        ends_at=warned.ends_at,
        then=then,
        tries=0,
        unreached=unreached,
    )
    if unreached is not None:
        item.shelf, item.shelf_at = keys.UNREACHED_SHELF, warned.at
    return item


def get_warning(subject: str, warning_id: str) -> WarningItem | None:
    """Returns a warning, or None. One strongly consistent GetItem."""
    _, pk, sk = place(subject, warning_id)
    try:
        return WarningItem.get(pk, sk, consistent_read=True)
    except WarningItem.DoesNotExist:
        return None


def newest(subject: str) -> Iterator[WarningItem]:
    """Yields the newest MOST_LINKS warnings of a subject, the newest first. One Query, strong."""
    prefix = keys.record(WarningItem.CLASS, WarningItem.KIND)
    yield from WarningItem.query(
        keys.subject(subject),
        WarningItem.sk.startswith(prefix),
        consistent_read=True,
        scan_index_forward=False,
        limit=MOST_LINKS,
    )


def begin_try(item: WarningItem, fingerprint: str, now: datetime) -> bool:
    """Counts a try of the mail, with its link's fingerprint; False where another worker did.

    The count is written before the mail is sent, so that a second try is known to be one. One
    UpdateItem.
    """
    links = " ".join((*links_of(item), fingerprint))
    return _update(
        item,
        [
            WarningItem.tries.set(int(item.tries) + 1),
            WarningItem.tried_at.set(now),
            WarningItem.link.set(links),
        ],
        still(WarningItem.tries, int(item.tries)) & WarningItem.sent_at.does_not_exist(),
    )


def take_back_try(item: WarningItem) -> None:
    """Takes the count of a try back, since SES certainly did not accept the mail. One UpdateItem.

    `item` is the warning as `begin_try` left it. The try's link goes too: no mail has it.
    """
    tries, links = int(item.tries), links_of(item)[:-1]
    link = WarningItem.link
    actions: list[Action] = [
        WarningItem.tries.set(tries - 1),
        WarningItem.tried_at.remove(),
        link.set(" ".join(links)) if links else link.remove(),
    ]
    _update(item, actions, still(WarningItem.tries, tries))


def mark_sent(item: WarningItem, now: datetime) -> None:
    """Records that SES accepted the mail. One UpdateItem."""
    _update(item, [WarningItem.sent_at.set(now)], WarningItem.sent_at.does_not_exist())


def mark_unreached(subject: str, warning_id: str, reason: str) -> bool:
    """Records that a warning's mail reaches nobody, and puts it on the desk's shelf.

    The first reason is kept. Returns False where there is no such warning. One UpdateItem.
    """
    _, pk, sk = place(subject, warning_id)
    at = _START + timedelta(milliseconds=int(warning_id))
    return _update(
        WarningItem(pk=pk, sk=sk),
        [
            WarningItem.unreached.set(WarningItem.unreached | reason),
            WarningItem.shelf.set(keys.UNREACHED_SHELF),
            WarningItem.shelf_at.set(at),
        ],
        WarningItem.pk.exists(),
    )


def links_of(item: WarningItem) -> Sequence[str]:
    """Returns the fingerprints of the links in a warning's mails."""
    return (item.link or "").split()


def _update(item: WarningItem, actions: list[Action], also: Condition) -> bool:
    exists = WarningItem.pk.exists()
    return condition.held(lambda: item.update(actions=actions, condition=exists & also))
