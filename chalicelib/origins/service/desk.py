"""Lists for the desk the duties that are open because no mail reaches their people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.notices.model import Notice
from chalicelib.origins import model, store
from chalicelib.origins.model import Open, Told
from chalicelib.storage import keys, pages, reads
from chalicelib.storage.pages import Page
from chalicelib.storage.shelves import Shelved
from chalicelib.subjects import service as subjects


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of open duties, and the date, subject and id at which it ended; None at last."""

    duties: tuple[Open, ...]
    last: tuple[datetime, str, str] | None = None


def listed(after: tuple[datetime, str, str] | None, limit: int, notice: Notice) -> Listed:
    """Lists up to `limit` duties that reach nobody, the earliest first, without their origins.

    One Query of the index and two BatchGetItems, of the duties and of the standings of their
    people. A page may hold fewer than `limit` although more follow: somebody who is being erased
    has nothing to be told of any more.
    """
    start = None
    if after is not None:
        _, pk, sk = store.told_at(after[1], after[2])
        start = Shelved(pk, sk, after[0])
    shelved, more = store.on_shelf(start, limit)
    items = store.told_items(shelved)
    people = list(dict.fromkeys(keys.subject_of(item.pk) for item in items))
    standings = reads.batch([subjects.standing_at(one) for one in people]) if people else []
    there = {
        one
        for one, found in zip(people, standings, strict=True)
        if found is not None and not subjects.standing_of(found).erasing
    }
    duties = tuple(
        Open(
            keys.subject_of(item.pk),
            keys.record_id(item.sk),
            item.category,
            item.began_at,
            model.latest(item.began_at, notice.zone),
            item.unreached,
        )
        for item in items
        if keys.subject_of(item.pk) in there and item.unreached is not None
    )
    last = None if more is None else (more.at, keys.subject_of(more.pk), keys.record_id(more.sk))
    return Listed(duties, last)


def told_to(subject: str, after: str | None, limit: int) -> Page[Told]:
    """Lists up to `limit` duties to tell a person of an origin, by their ids, after one. One Query.

    The origins themselves stay sealed.
    """
    return pages.collect(
        store.told_to(subject, after, limit),
        lambda item: Told(item.category, item.began_at, item.sent_at, item.unreached),
    )
