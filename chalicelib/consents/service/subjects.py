"""What other capabilities ask about a subject: its standing, from registration to erasure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib import ids
from chalicelib.consents import copy, event_store, model, signals, store
from chalicelib.consents.model import Choice, Entry, Shown, Standing, State
from chalicelib.consents.store import EntryItem, StandingItem
from chalicelib.notices.model import Notice
from chalicelib.storage.reading import Place
from chalicelib.storage.transaction import Transaction
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey

STANDING = StandingItem.KIND
"""The kind of the item that stands for a whole subject."""

LEDGER_CLASS = EntryItem.CLASS
"""The retention class whose key seals the ledger."""


def standing_at(subject: str) -> Place:
    """Where a subject's standing lies, for reading it together with other items."""
    return (StandingItem, *store.standing_place(subject))


def standing_of(item: StandingItem) -> Standing:
    """The standing that an item stores."""
    return store.standing_of(item)


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
    state, event = (
        (State.PENDING, "registered") if claim is None else (State.ACTIVE, "last_activity")
    )
    empty = replace(model.new_standing(subject, state, shown, now), claim=claim)
    payload = model.payload_hash(choices, shown)
    signal = gpc and bool(signals.signalled(notice))
    heard = signals.heard(None, choices, shown.source, notice) if signal else None
    standing, entry = model.decide(
        empty,
        choices if heard is None else heard.choices,
        shown,
        event="",
        payload=payload,
        salt=ids.new_id(),
        now=now,
        origins={} if heard is None else heard.origins,
        provenance={} if heard is None else heard.provenance,
    )
    if signal:
        standing = replace(standing, signal_at=entry.at)
    item = store.standing_item(standing)
    rule = notice.rule(StandingItem.KIND, event)
    item.schedule(store.LANE, rule.ends(now), rule.event, now)
    write.put(item)
    put_entry(write, entry, key)
    return standing


def put_entry(write: Transaction, entry: Entry, key: DataKey) -> None:
    """Adds an entry of the ledger, its decisions sealed."""
    item = store.entry_item(entry)
    vault.seal_item(item, key, entry.opened)
    write.put(item, label="entry")


def is_event(sk: str) -> bool:
    """Whether an item of that sort key only helps to find an entry, and says nothing beyond it."""
    return event_store.is_event(sk)


def claim_in(fields: Mapping[str, Any]) -> str | None:
    """The keyed hash of the address that a subject holds, by the fields of its stored standing."""
    claim = fields.get("claim")
    return None if claim is None else bytes(claim).hex()


def account_standing(subject: str) -> Standing | None:
    """A subject's standing, strongly consistent; None when it is gone. One GetItem."""
    item = store.get_standing(subject)
    return None if item is None else store.standing_of(item)


def readable(
    subject: str, fields: Mapping[str, Any], notice: Notice, now: datetime
) -> dict[str, Any]:
    """The fields of a stored standing as its person is told them at `now`."""
    return copy.readable(subject, fields, notice, now)


def since(subject: str, event: str) -> datetime | None:
    """When the event that a subject's retention runs from happened last; None when it is gone."""
    item = store.get_standing(subject)
    return None if item is None else _since(item, event)


def _since(item: StandingItem, event: str) -> datetime:
    if event == "disowned" and item.due_since is not None:
        return item.due_since
    return model.since(store.standing_of(item), event)


def forget_disclosed(write: Transaction, standing: Standing) -> None:
    """Adds that those who received data of somebody who is being erased are known no more.

    They were asked to be told in the same transaction: so that happens once, however often an
    erasure is taken up again.
    """
    pk, sk = store.standing_place(standing.subject)
    write.update(
        StandingItem(pk=pk, sk=sk),
        actions=[StandingItem.disclosed.remove()],
        condition=(StandingItem.state == str(State.ERASING)) & store.same_disclosed(standing),
        label="standing",
    )


def begin_erasure(subject: str, event: str, since: datetime) -> Standing | None:
    """Marks a subject as being erased, so that nothing is added to it any more.

    How it stands then is answered. `event` and `since` are what its end was reckoned from: a
    subject that took another turn meanwhile (the address was proven, something was decided) has
    others, and is left alone: None is answered then. One that was marked is marked again.
    """
    from pynamodb.exceptions import UpdateError

    item = store.get_standing(subject)
    if item is None or item.due_event != event:
        return None
    if _since(item, event) != since:
        return None
    try:
        item.update(
            actions=[StandingItem.state.set(str(State.ERASING))],
            condition=(StandingItem.head == item.head)
            & (StandingItem.state == item.state)
            & (StandingItem.due_event == event),
        )
    except UpdateError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            return None
        raise
    return store.standing_of(item)
