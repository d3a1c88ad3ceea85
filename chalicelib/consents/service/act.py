"""One act of decisions in a transaction: entry, clocks, and word to who received data."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib import ids, logs
from chalicelib.consents import explicit, model
from chalicelib.consents.model import Choice, Entry, Shown
from chalicelib.consents.service import filings, ledger, withdrawal
from chalicelib.consents.service.context import Loaded, ledger_key
from chalicelib.consents.service.filings import Found
from chalicelib.consents.signals import Heard
from chalicelib.consents.store import put_event
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.storage.attributes import still
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import guard, store
from chalicelib.subjects.model import Decided, Decision, Kind, Origin, Standing
from chalicelib.subjects.store import StandingItem

_NONE: Mapping[str, Any] = MappingProxyType({})

GIVEN, WITHDRAWN = "ConsentsGiven", "ConsentsWithdrawn"
"""The metrics of purposes that people said yes to, and of those that they took a yes back from."""


@dataclass(frozen=True, slots=True)
class Act:
    """The choices and circumstances that one entry records.

    `choices` by purpose, with the `origins` of those that the person did not make by this act, the
    decisions that were `taken` over from elsewhere as they stood there, and those of elsewhere that
    become questions (`asks`). `event` and `payload`
    are hashes (see `model.decide`), `provenance` what the entry keeps sealed. `signal` says that
    a browser's signal was honoured.
    """

    choices: Mapping[str, Choice]
    shown: Shown
    event: str = ""
    payload: str = ""
    origins: Mapping[str, Origin] = _NONE
    provenance: Mapping[str, Any] = _NONE
    taken: Mapping[str, Decided] = _NONE
    asks: Mapping[str, Decided] = _NONE
    signal: bool = False

    def heard(self, heard: Heard) -> "Act":
        """The act with what a signal makes of it."""
        return replace(
            self,
            choices=heard.choices,
            origins=heard.origins,
            provenance={**self.provenance, **heard.provenance},
            signal=True,
        )


@dataclass(frozen=True, slots=True)
class Recorded:
    """The entry, the standing after it, and the jobs to send once they are committed.

    `found` are the records that it may end, as they were before.
    """

    entry: Entry
    standing: Standing
    jobs: list[JobItem]
    found: Sequence[Found] = ()


def record(
    write: Transaction, loaded: Loaded, before: Standing, act: Act, notice: Notice, now: datetime
) -> Recorded:
    """Adds an entry and all that follows from it, save the standing, which the caller puts.

    A Query for each kind of records that somebody has who may have one for a purpose of the act.
    """
    after, entry = model.decide(
        before,
        act.choices,
        act.shown,
        event=act.event,
        payload=act.payload,
        salt=ids.new_id(),
        now=now,
        origins=act.origins,
        provenance={**act.provenance, **explicit.recorded(act.choices, notice, act.taken)},
        taken=act.taken,
        asks=act.asks,
    )
    signalled = act.signal or Origin.SIGNAL in act.origins.values()
    if signalled and before.signal_at is None:
        after = replace(after, signal_at=entry.at)
    ledger.put_entry(write, entry, ledger_key(write, loaded, now))
    for event in model.let_go(before, after):
        put_event(write, before.subject, event)
    withdrawal.set_clocks(write, loaded.kept, act.choices.keys(), after, notice, entry.at)
    asked = _told(write, before, after, entry, act, notice)
    found = filings.read(before, act.choices.keys(), notice)
    asked += filings.set_dates(write, found, act.choices.keys(), after, notice, entry.at)
    return Recorded(entry, after, asked, found)


def _told(
    write: Transaction, before: Standing, after: Standing, entry: Entry, act: Act, notice: Notice
) -> list[JobItem]:
    """Adds that who received data because of these purposes is told what changed."""
    if not before.disclosed:
        return []
    from chalicelib.webhooks import service as webhooks

    changed, ended = list[str](), list[str]()
    for purpose in act.choices:
        was, now_is = before.decisions.get(purpose), after.decisions[purpose]
        if was is not None and was.decision is now_is.decision:
            continue
        agreed = was is not None and was.decision is Decision.GRANTED
        (ended if agreed else changed).append(purpose)
    jobs = list[JobItem]()
    kinds = (webhooks.Event.DECISION_CHANGED, changed), (webhooks.Event.CONSENT_WITHDRAWN, ended)
    for kind, purposes in kinds:
        if purposes:
            jobs += webhooks.notify(
                write, before, kind, notice, entry.at, purposes=purposes, entry=entry.id
            )
    return jobs


def put_standing(
    write: Transaction, before: Standing | None, after: Standing, notice: Notice, now: datetime
) -> None:
    """Adds the standing `after` an act; `before` is what was read, None where there was none.

    The due date is left alone: the sweep reads the last decision and moves it, so that an index
    entry need not be written with every capture.
    """
    item = store.standing_item(after)
    if before is None:
        rule = notice.rule(StandingItem.KIND, "last_decision")
        item.schedule(store.LANE, rule.ends(now), rule.event, now)
        write.put(item, label="standing")
        return
    write.update(
        item,
        actions=[
            StandingItem.seq.set(item.seq),
            StandingItem.head.set(item.head),
            StandingItem.locale.set(item.locale),
            StandingItem.notice_version.set(item.notice_version),
            StandingItem.decisions.set(item.decisions),
            StandingItem.events.set(item.events),
            StandingItem.last_activity_at.set(item.last_activity_at),
            *store.captures(before, after),
            *store.preferences(before, after),
            *store.restriction(before, after),
            *_signal(before, after),
        ],
        condition=(StandingItem.head == bytes.fromhex(before.head))
        & guard.unchanged(before)
        & still(StandingItem.revision, before.revision)
        & still(StandingItem.filings, before.filings)
        & _same_number(before)
        & store.same_disclosed(before),
        label="standing",
    )


def _same_number(before: Standing) -> Condition:
    """Condition: no session of the account has ended, or the visitor's yeses are still its own."""
    if before.kind is Kind.VISITOR:
        return still(StandingItem.offered, before.offered)
    return still(StandingItem.generation, before.generation)


def _signal(before: Standing, after: Standing) -> list[Action]:
    if after.signal_at is None or before.signal_at == after.signal_at:
        return []
    return [StandingItem.signal_at.set(after.signal_at)]


def count(before: Standing, after: Standing, purposes: Collection[str]) -> None:
    """Counts what an act that was stored made of these purposes, for the dashboard.

    A line for the yeses and one for what was taken back, and none where there was neither. The
    lines name nobody.
    """
    stands = {one: after.decisions[one].decision for one in purposes if one in after.decisions}
    given = sum(one is Decision.GRANTED for one in stands.values())
    taken_back = sum(
        one is Decision.WITHDRAWN
        and purpose in before.decisions
        and before.decisions[purpose].decision is Decision.GRANTED
        for purpose, one in stands.items()
    )
    if given:
        logs.measure("consents.given", GIVEN, given)
    if taken_back:
        logs.measure("consents.withdrawn", WITHDRAWN, taken_back)
