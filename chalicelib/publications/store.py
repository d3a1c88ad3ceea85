"""Obligations in the table: one small item a person and version, in the person's partition."""

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.pagination import ResultIterator

from chalicelib.publications.model import Obligation, Status
from chalicelib.storage import condition, keys, pages
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import Item
from chalicelib.storage.reads import Place


class ObligationItem(Item):
    """The obligation to tell one person of one version. It holds no direct identifier."""

    KIND = "obligation"
    CLASS = "evidence"

    notice_version = UnicodeAttribute()
    status = UnicodeAttribute()
    ask = UnicodeAttribute()
    created_at = InstantAttribute()
    effective_at = InstantAttribute()
    sent_at = InstantAttribute(null=True)
    bounced_at = InstantAttribute(null=True)
    seen_at = InstantAttribute(null=True)
    tries = NumberAttribute(default=0)
    tried_at = InstantAttribute(null=True)


def obligation_at(subject: str, version: str) -> Place:
    """Returns the key of a subject's obligation about a version, to be read with other items."""
    sk = keys.record(ObligationItem.CLASS, ObligationItem.KIND, keys.sortable(version))
    return (ObligationItem, keys.subject(subject), sk)


def new_obligation(
    subject: str, version: str, ask: tuple[str, ...], effective_at: datetime, now: datetime
) -> ObligationItem:
    """Returns the item of a new obligation, before any mail, to be put in a transaction."""
    _, pk, sk = obligation_at(subject, version)
    return ObligationItem(
        pk=pk,
        sk=sk,
        kind=ObligationItem.KIND,
        notice_version=version,
        status=str(Status.DUE),
        ask=" ".join(ask),
        created_at=now,
        effective_at=effective_at,
        tries=0,
    )


def obligation_of(item: ObligationItem) -> Obligation:
    """Returns the obligation that an item stores."""
    return Obligation(
        subject=keys.subject_of(item.pk),
        version=item.notice_version,
        status=Status(item.status),
        ask=tuple(item.ask.split()),
        created_at=item.created_at,
        effective_at=item.effective_at,
        sent_at=item.sent_at,
        bounced_at=item.bounced_at,
        seen_at=item.seen_at,
        tries=int(item.tries),
        tried_at=item.tried_at,
    )


def obligations_of(subject: str, after: str | None, limit: int) -> ResultIterator[ObligationItem]:
    """Lists up to `limit` obligations of a subject, newest version first, older than `after`.

    One Query.
    """
    pk = keys.subject(subject)
    prefix = keys.record(ObligationItem.CLASS, ObligationItem.KIND)
    return ObligationItem.query(
        pk,
        ObligationItem.sk.startswith(prefix),
        consistent_read=True,
        scan_index_forward=False,
        limit=limit,
        last_evaluated_key=pages.start(pk, prefix, after),
    )


def begin_try(obligation: Obligation, now: datetime) -> bool:
    """Counts an attempt before the mail is sent; returns False when it is no longer to be sent.

    The count is written first, so that a second attempt is known to be one. One UpdateItem.
    """
    return _update(
        obligation,
        [ObligationItem.tries.set(obligation.tries + 1), ObligationItem.tried_at.set(now)],
        _unchanged(obligation),
    )


def take_back_try(obligation: Obligation) -> bool:
    """Takes an attempt's count back, since SES certainly did not accept the mail.

    One UpdateItem.
    """
    return _update(
        obligation,
        [ObligationItem.tries.set(obligation.tries), ObligationItem.tried_at.remove()],
        (ObligationItem.status == str(obligation.status))
        & (ObligationItem.tries == obligation.tries + 1),
    )


def mark_sent(obligation: Obligation, now: datetime) -> bool:
    """Records that SES accepted the mail; an obligation that was seen meanwhile stays SEEN."""
    if obligation.status is Status.WITHDRAWING:
        return end_recall(obligation)
    sent = ObligationItem.sent_at.set(now)
    due = ObligationItem.status == str(Status.DUE)
    if _update(obligation, [ObligationItem.status.set(str(Status.SENT)), sent], due):
        return True
    return _update(obligation, [sent], ObligationItem.sent_at.does_not_exist())


def mark_bounced(obligation: Obligation, now: datetime) -> bool:
    """Records that SES refused the mail for good. One UpdateItem."""
    if obligation.status is Status.WITHDRAWING:
        return end_recall(obligation)
    return _update(
        obligation,
        [
            ObligationItem.status.set(str(Status.BOUNCED)),
            ObligationItem.bounced_at.set(now),
        ],
        ObligationItem.status == str(Status.DUE),
    )


def begin_recall(obligation: Obligation) -> bool:
    """Records that a person who was told has to be told that the version was called back.

    The attempts are counted anew. Returns False when the obligation changed meanwhile. One
    UpdateItem.
    """
    return _update(
        obligation,
        [
            ObligationItem.status.set(str(Status.WITHDRAWING)),
            ObligationItem.tries.set(0),
            ObligationItem.tried_at.remove(),
        ],
        _unchanged(obligation),
    )


def end_recall(obligation: Obligation) -> bool:
    """Records that the recall of an obligation is over. One UpdateItem.

    Returns False when the obligation changed meanwhile, such as by an attempt to send a mail.
    """
    status = ObligationItem.status == str(obligation.status)
    told = obligation.status is Status.WITHDRAWING
    return _update(
        obligation,
        [ObligationItem.status.set(str(Status.WITHDRAWN))],
        status if told else _unchanged(obligation),
    )


def mark_returned(subject: str, version: str, now: datetime) -> bool:
    """Records that an accepted mail bounced, also before its acceptance was recorded.

    One UpdateItem.
    """
    _, pk, sk = obligation_at(subject, version)
    return _conditionally(
        ObligationItem(pk=pk, sk=sk),
        [ObligationItem.status.set(str(Status.BOUNCED)), ObligationItem.bounced_at.set(now)],
        ObligationItem.status.is_in(str(Status.DUE), str(Status.SENT)),
    )


def mark_seen(subject: str, version: str, now: datetime) -> bool:
    """Records that the person has seen the change; returns False if there is no obligation.

    The first time is kept. Of a version that was called back, only that time changes. One
    UpdateItem, and another for such a version.
    """
    _, pk, sk = obligation_at(subject, version)
    item, seen = (
        ObligationItem(pk=pk, sk=sk),
        ObligationItem.seen_at.set(ObligationItem.seen_at | now),
    )
    recalled = ObligationItem.status.is_in(str(Status.WITHDRAWING), str(Status.WITHDRAWN))
    status = ObligationItem.status.set(str(Status.SEEN))
    return _conditionally(item, [status, seen], ~recalled) or _conditionally(item, [seen], recalled)


def _unchanged(obligation: Obligation) -> Condition:
    """Condition: neither the status nor the count of attempts has changed."""
    condition: Condition = (ObligationItem.status == str(obligation.status)) & (
        ObligationItem.tries == obligation.tries
    )
    return condition


def _update(obligation: Obligation, actions: list[Action], condition: Condition) -> bool:
    _, pk, sk = obligation_at(obligation.subject, obligation.version)
    return _conditionally(ObligationItem(pk=pk, sk=sk), actions, condition)


def _conditionally(item: ObligationItem, actions: list[Action], also: Condition) -> bool:
    exists = ObligationItem.pk.exists()
    return condition.held(lambda: item.update(actions=actions, condition=exists & also))
