"""Somebody who was warned that their unused account comes to its end, on tables in memory."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from chalicelib.accounts import warning_store as store
from chalicelib.accounts.service import warnings
from chalicelib.accounts.warning_store import WarningItem
from chalicelib.jobs import service as jobs
from chalicelib.notices.model import Period
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects.model import Standing, Warned
from chalicelib.subjects.service import account_standing
from chalicelib.subjects.store import standing_item
from tests.unit.core.samples import NOW, SUBJECT, standing
from tests.unit.requests.world import World

DAY = timedelta(days=1)
UNUSED = replace(standing(), locale="en", last_activity_at=NOW - 700 * DAY)
WARNED = Warned(UNUSED.last_activity_at, NOW, NOW + 30 * DAY, Period(days=30))
_LINK = re.compile(r"/account/keep\?token=([A-Za-z0-9._-]+)&lang=(\w\w)")


def warned(
    world: World, stands: Standing = UNUSED, about: Warned = WARNED, then: str = "erase"
) -> str:
    """The person is warned as a run does it, and the mail's job is sent; the warning's id."""
    given = warnings.given(stands, about, then, world.notice)
    write: Transaction = world.tables.transaction(world.notice)  # type: ignore[assignment]
    given.add(write)
    write.commit()
    world.tables.put(standing_item(replace(stands, warned=about)))
    if given.mail is not None:
        jobs.send(given.mail)
    return store.id_of(about)


def record(world: World, warning_id: str | None = None) -> WarningItem:
    """The record of a warning, as it is stored."""
    _, pk, sk = store.place(SUBJECT, warning_id or store.id_of(WARNED))
    found = world.tables.one(WarningItem, pk, sk)
    assert isinstance(found, WarningItem)
    return found


def token(world: World, number: int = -1) -> str:
    """The token of the link in a mail."""
    found = _LINK.search(world.ses.taken[number].get_content())
    assert found is not None
    return found[1]


def last_activity(world: World) -> object:
    """When the account was used last."""
    found = account_standing(SUBJECT)
    return None if found is None else found.last_activity_at


__all__ = ["DAY", "UNUSED", "WARNED", "last_activity", "record", "token", "warned"]
