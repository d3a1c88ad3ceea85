"""The ledger for other capabilities: its first entry, a further one, and how it is told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib import ids
from chalicelib.consents import explicit, model, signals, store
from chalicelib.consents.model import Choice, Entry, Shown
from chalicelib.consents.store import EntryItem
from chalicelib.notices.model import Notice
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.subjects import store as subject_store
from chalicelib.subjects.model import Life, Standing
from chalicelib.subjects.store import StandingItem
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey

LEDGER_CLASS = EntryItem.CLASS
"""The retention class whose key seals the ledger."""


def open_ledger(
    write: Transaction,
    subject: str,
    key: DataKey,
    choices: Mapping[str, Choice],
    shown: Shown,
    notice: Notice,
    now: datetime,
    *,
    gpc: bool = False,
    claim: str | None = None,
) -> Standing:
    """Adds the standing and first entry of an account whose address is not proven yet.

    `gpc` says that the browser sent `Sec-GPC: 1`, which denies what its person does not decide.
    The standing is due when the notice says that an account never verified goes. With `claim`, the
    keyed hash of an address that is proven, the account is active at once. Answers the standing.
    """
    life, event = (Life.PENDING, "registered") if claim is None else (Life.ACTIVE, "last_activity")
    empty = replace(model.new_standing(subject, life, shown, now), claim=claim)
    payload = model.payload_hash(choices, shown)
    signal = gpc and bool(signals.signalled(notice))
    heard = signals.heard(None, choices, shown.source, notice) if signal else None
    made = choices if heard is None else heard.choices
    standing, entry = model.decide(
        empty,
        made,
        shown,
        event="",
        payload=payload,
        salt=ids.new_id(),
        now=now,
        origins={} if heard is None else heard.origins,
        provenance={
            **({} if heard is None else heard.provenance),
            **explicit.recorded(made, notice),
        },
    )
    if signal:
        standing = replace(standing, signal_at=entry.at)
    item = subject_store.standing_item(standing)
    rule = notice.rule(StandingItem.KIND, event)
    item.schedule(subject_store.LANE, rule.ends(now), rule.event, now)
    write.put(item)
    put_entry(write, entry, key)
    return standing


def put_entry(write: Transaction, entry: Entry, key: DataKey) -> None:
    """Adds an entry of the ledger, its decisions sealed."""
    item = store.entry_item(entry)
    vault.seal_item(item, key, entry.opened)
    write.put(item, label="entry")


def readable(
    subject: str, fields: Mapping[str, Any], notice: Notice, now: datetime
) -> dict[str, Any]:
    """The fields of a stored standing as its person is told them at `now`.

    No call, or one GetItem where the person has something restricted.
    """
    restrictions = subjects.restrictions_of(subject) if fields.get("restricted") else ()
    # A capture needs nothing of it.
    from chalicelib.consents.presentation import standing_told

    return standing_told(subject, fields, notice, now, restrictions)
