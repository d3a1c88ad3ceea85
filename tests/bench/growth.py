"""Whether operations cost the same among many people as among few."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from chalicelib import ids
from chalicelib.accounts.store import ClaimItem, claim_place
from chalicelib.consents.model import GENESIS
from chalicelib.storage.item import Stored
from chalicelib.subjects import store as consents
from chalicelib.subjects.model import Life, Standing
from chalicelib.subjects.store import StandingItem
from tests.bench import crowd
from tests.bench.counting import Count, count
from tests.bench.operations import operation
from tests.bench.sweeping import ACCOUNTS
from tests.bench.world import World

SIZES = (1_000, 10_000)
GROWN = ("capture, visitor, repeated, 1", "sign in", ACCOUNTS)
_SECONDS_APART = 60


def growth(world: World, sizes: tuple[int, ...] = SIZES) -> dict[str, dict[int, Count]]:
    """Counts by operation and number of subjects in the table; `world` is filled on the way."""
    found: dict[str, dict[int, Count]] = {name: {} for name in GROWN}
    held = 0
    for size in sizes:
        fill(world, size - held)
        held = size
        for name, counts in found.items():
            counts[size] = count(world, operation(name))
    return found


def fill(world: World, subjects: int) -> None:
    """Writes active accounts directly: a standing in the due index, and a claim on an address."""
    crowd.put(world.recorder.tables, (one for n in range(subjects) for one in _account(n)))


def _account(number: int) -> list[Stored]:
    now = datetime.now(UTC) - timedelta(seconds=_SECONDS_APART * number)
    subject = ids.new_id()
    standing = Standing(
        subject=subject,
        life=Life.ACTIVE,
        locale="it",
        notice_version="2026-11-22",
        seq=1,
        head=GENESIS,
        decisions={},
        events=(),
        registered_at=now,
        last_activity_at=now,
    )
    item: StandingItem = consents.standing_item(standing)
    item.schedule(consents.LANE, now + timedelta(days=730), "last_activity", now)
    pk, sk = claim_place(secrets.token_hex(32))
    claim = ClaimItem(
        pk=pk,
        sk=sk,
        kind=ClaimItem.KIND,
        subject=subject,
        password_hash="-",
        verified_at=now,
    )
    return [item, claim]
