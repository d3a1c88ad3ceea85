"""No sequence of requests, acts, limits and captures turns a no into a yes, save the person's own.

A person agrees, refuses, uses rights, cancels and disputes; the desk approves, refuses, completes
and lifts; time goes by, requests are late, the schedule lifts what is due, and workers die before
any call. What must be no is reckoned here by rules of this test's own, from what was asked and
answered. After each step the decision point is asked about every purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.consents.model import Choice
from chalicelib.notices.model import LegalBasis
from chalicelib.requests import store
from chalicelib.requests.machine import CLOSED, Action, Status, disputed
from chalicelib.requests.store import RequestItem
from chalicelib.subjects.model import Decided
from tests.examples import examples
from tests.unit.requests.rights import (
    CONSENT,
    CONTRACT,
    INTEREST,
    MARKETING,
    OTHER_CONSENT,
    OTHER_INTEREST,
    Rights,
)
from tests.unit.storage.tables import Killed

PURPOSES = (CONSENT, OTHER_CONSENT, MARKETING, INTEREST, OTHER_INTEREST, CONTRACT)
CONSENTED = (CONSENT, OTHER_CONSENT, MARKETING)
INTERESTS = (INTEREST, OTHER_INTEREST)
ACTED_ON = {"standing", "request", "restriction", "entry"}
WEEK = timedelta(days=7)
GROUNDS = {
    "object": "compelling_grounds",
    "restrict": "no_ground",
    "rectify": "accurate",
    "erase": "claims",
    "withdraw": "not_identified",
}
DEATHS = st.none() | st.none() | st.none() | st.integers(0, 9)
SCOPES = st.lists(st.sampled_from((*INTERESTS, MARKETING)), unique=True, max_size=2).map(tuple)


@dataclass
class Limit:
    """What is restricted by a request, for want of an answer or not, and until when."""

    purposes: set[str]
    for_want: bool = False
    until: datetime | None = None

    def stands(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@dataclass
class Expected:
    """What must be no."""

    refused: set[str] = field(default_factory=set)
    limits: dict[str, list[Limit]] = field(default_factory=dict)

    def restricted(self, now: datetime) -> set[str]:
        every = [one for limits in self.limits.values() for one in limits if one.stands(now)]
        return set().union(*(one.purposes for one in every))

    def ended(self, request: str, *, answered: bool, now: datetime) -> None:
        """A request was refused (answered) or ended with nothing left of it."""
        left = [one for one in self.limits.pop(request, []) if not one.for_want]
        for one in left:
            one.until = one.until or now + WEEK
        if answered and left:
            self.limits[request] = left


class Requests(RuleBasedStateMachine):
    """One person, whose no is remembered."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = pytest.MonkeyPatch()
        self.world = Rights(self.patches)
        self.expected = Expected()
        self.before: dict[str, Decided] = {}
        notice = self.world.notice
        self.weighed = {
            one.id
            for one in notice.purposes.values()
            if one.basis is LegalBasis.LEGITIMATE_INTEREST and not one.marketing
        }
        self.marketing = {one.id for one in notice.purposes.values() if one.marketing}
        self.contested = self.weighed | set(notice.choices)

    def teardown(self) -> None:
        self.patches.undo()

    def attempt(self, act: Callable[[], object], dies: int | None) -> bool:
        """Does an act, in which the worker may die; tells whether anything was written."""
        before = self._written()
        self.before = dict(self.world.stands().decisions)
        self.world.steps.names.clear()
        self.world.steps.kill_at = dies
        try:
            act()
        except Killed:
            pass
        finally:
            self.world.steps.revive()
        return before != self._written()

    def _written(self) -> dict[Any, Any]:
        """What lies there of requests and decisions."""
        items = self.world.tables.items
        return {key: dict(raw) for key, raw in items.items() if raw["kind"]["S"] in ACTED_ON}

    def requests(self, *statuses: Status) -> list[RequestItem]:
        found = self.world.tables.all(RequestItem)  # in the order in which they came
        return [one for one in found if store.request_of(one).status in statuses]

    @rule(purpose=st.sampled_from(CONSENTED), dies=DEATHS)
    def agree(self, purpose: str, dies: int | None) -> None:
        if self.attempt(lambda: self.world.decide(purpose), dies):
            self.expected.refused.discard(purpose)

    @rule(purpose=st.sampled_from(CONSENTED), dies=DEATHS)
    def deny(self, purpose: str, dies: int | None) -> None:
        if self.attempt(lambda: self.world.decide(purpose, Choice.DENIED), dies):
            self.expected.refused.add(purpose)

    @rule(right=st.sampled_from(["withdraw", "opt_out"]), dies=DEATHS)
    def refuse(self, right: str, dies: int | None) -> None:
        if self.attempt(lambda: self.world.ask(right), dies):
            self.expected.refused |= self.agreed() if right == "withdraw" else self.marketing

    @rule(purposes=SCOPES, dies=DEATHS)
    def object_to(self, purposes: tuple[str, ...], dies: int | None) -> None:
        asked = lambda: self.world.ask("object", purposes=purposes)  # noqa: E731
        if not self.attempt(asked, dies):
            return
        self.expected.refused |= self.marketing & set(purposes or self.marketing)
        weighed = self.weighed & set(purposes or self.weighed)
        request = self.open("object")
        if weighed and request is not None:
            self.limited(request, weighed)

    @rule(purposes=SCOPES, dies=DEATHS)
    def restrict(self, purposes: tuple[str, ...], dies: int | None) -> None:
        asked = lambda: self.world.ask("restrict", purposes=purposes)  # noqa: E731
        if self.attempt(asked, dies):
            request = self.open("restrict")
            assert request is not None
            self.limited(request, set(purposes or self.world.notice.purposes))

    @rule(right=st.sampled_from(["rectify", "erase"]))
    def ask_for_something_else(self, right: str) -> None:
        changes = {"support": {"details": "Other."}} if right == "rectify" else {}
        self.world.ask(right, changes=changes)

    @rule(data=st.data(), action=st.sampled_from([Action.APPROVE, Action.COMPLETE, Action.REFUSE]))
    def decide(self, data: st.DataObject, action: Action) -> None:
        found = self.requests(Status.RECEIVED, Status.IN_PROGRESS)
        events = {str(one.sk): self.world.events(_id(one)) for one in found}
        found = [one for one in found if "approve" not in events[str(one.sk)]]
        if not found:
            return
        item = data.draw(st.sampled_from(found))
        request, right = _id(item), item.right
        reason = GROUNDS.get(right) if action is Action.REFUSE else None
        dies = data.draw(DEATHS)
        if not self.attempt(lambda: self.world.desk(request, action, reason), dies):
            return
        if action is Action.APPROVE and right in ("rectify", "erase"):
            return
        if action is Action.REFUSE:
            self.expected.ended(request, answered=True, now=self.world.now)
            return
        own = [one for one in self.expected.limits.pop(request, []) if not one.for_want]
        agreed = self.agreed(after=self.asked_at(item))
        if right == "object":
            named = set(item.purposes.split()) if item.purposes else self.weighed | self.marketing
            self.expected.refused |= (named & (self.weighed | self.marketing)) - agreed
        elif right == "opt_out":
            self.expected.refused |= self.marketing - agreed
        elif right == "withdraw":
            self.expected.refused |= self.agreed() - agreed
        elif own:
            self.expected.limits[request] = own

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        found = [
            one
            for one in self.requests(Status.RECEIVED, Status.IN_PROGRESS)
            if not disputed(store.request_of(one).history)
        ]
        if found:
            request = _id(data.draw(st.sampled_from(found)))
            if self.attempt(lambda: self.world.cancel(request), data.draw(DEATHS)):
                self.expected.limits.pop(request, None)

    @rule(data=st.data())
    def dispute(self, data: st.DataObject) -> None:
        self.sweep(None)
        found = [
            one
            for one in self.requests(Status.COMPLETED, Status.REFUSED)
            if not disputed(store.request_of(one).history) and self.open(one.right) is None
        ]
        if found:
            item = data.draw(st.sampled_from(found))
            self._limit(item, lambda: self.world.disputed(_id(item)), data.draw(DEATHS))

    @rule(data=st.data())
    def be_late(self, data: st.DataObject) -> None:
        found = [
            one
            for one in self.requests(Status.RECEIVED, Status.IN_PROGRESS)
            if "delay" not in self.world.events(_id(one))
        ]
        if found:
            item = data.draw(st.sampled_from(found))
            self._limit(item, lambda: self.world.late(_id(item)), data.draw(DEATHS))

    def _limit(self, item: RequestItem, act: Callable[[], object], dies: int | None) -> None:
        if self.attempt(act, dies):
            named = set((item.purposes or "").split()) or self.contested
            for one in self.expected.limits.get(_id(item), []):
                one.until = None
            self.limited(_id(item), named, for_want=True)

    @rule(data=st.data())
    def lift(self, data: st.DataObject) -> None:
        found = [
            one
            for one in self.requests(*CLOSED)
            if any(limit.until is None for limit in self.expected.limits.get(_id(one), []))
        ]
        if found:
            request = _id(data.draw(st.sampled_from(found)))
            if self.attempt(lambda: self.world.desk(request, Action.LIFT), data.draw(DEATHS)):
                for one in self.expected.limits.get(request, []):
                    one.until = one.until or self.world.now + WEEK

    @rule(dies=DEATHS)
    def sweep(self, dies: int | None) -> None:
        if self.attempt(self.world.sweep, dies):
            now = self.world.now
            self.expected.limits = {
                request: [one for one in limits if one.stands(now)]
                for request, limits in self.expected.limits.items()
            }

    @rule(days=st.integers(1, 9))
    def wait(self, days: int) -> None:
        self.world.later(days=days)

    def limited(self, request: str, purposes: set[str], *, for_want: bool = False) -> None:
        self.expected.limits.setdefault(request, []).append(Limit(purposes, for_want))

    def agreed(self, after: datetime | None = None) -> set[str]:
        """The purposes to which a yes stands, or one that was said after a moment."""
        return {
            one
            for one, decided in self.before.items()
            if decided.decision == "granted" and (after is None or decided.at > after)
        }

    def asked_at(self, item: RequestItem) -> datetime:
        """When a request was asked for, or its answer contradicted."""
        entries = store.request_of(item).history
        return next((one.at for one in entries if one.event is Action.DISPUTE), entries[0].at)

    def open(self, right: str) -> str | None:
        """The open request of a right."""
        found = [
            one
            for one in self.requests(Status.RECEIVED, Status.IN_PROGRESS, Status.PAUSED)
            if one.right == right
        ]
        assert len(found) <= 1, "one of a right is open at a time"
        return _id(found[0]) if found else None

    @invariant()
    def no_is_no(self) -> None:
        restricted = self.expected.restricted(self.world.now)
        for purpose in PURPOSES:
            reasons: Any = self.world.reasons(purpose)
            assert ("restricted" in reasons) is (purpose in restricted), purpose
            said = {"withdrawn", "denied", "objected"} & set(reasons)
            assert bool(said) is (purpose in self.expected.refused), purpose


def _id(item: RequestItem) -> str:
    return str(item.sk).rpartition("#")[2]


TestRequests = Requests.TestCase
TestRequests.settings = settings(
    max_examples=examples(60),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
