"""Somebody who uses their rights: what they ask for, what the desk decides, what may be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.accounts.store import ProfileItem, profile_place
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.service.capture import Caller, capture
from chalicelib.decisions.permission import Question, permission
from chalicelib.decisions.restriction import Ground as Limit
from chalicelib.decisions.restriction import Restriction
from chalicelib.jobs.model import Task
from chalicelib.jobs.store import JobItem
from chalicelib.requests.casework import Act
from chalicelib.requests.grounds import Ground, Right
from chalicelib.requests.machine import Action, Actor
from chalicelib.requests.model import FULFIL_RECTIFY, Asked, Received
from chalicelib.requests.service import casework, correction, effects, mailroom, messages, view
from chalicelib.requests.service.progress import advance, limit
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import Opened
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing
from chalicelib.subjects.store import standing_item
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.webhooks.model import callback_of
from tests.unit.core.samples import SUBJECT
from tests.unit.requests.world import World

OFFICER = "z" * 26
"""The subject of a member of the desk."""

CONSENT, OTHER_CONSENT, MARKETING = "surveys", "testimonial", "offers_email"
INTEREST, OTHER_INTEREST, CONTRACT = "improvement", "research", "run_account"


class Rights(World):
    """The deployment, with one account whose person uses their rights."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.shown = Shown(self.notice.version, self.notice.digest, "en", "preference_centre")

    def stands(self) -> Standing:
        """What stands about the person, with what they have restricted."""
        found = subjects.account_standing(SUBJECT)
        assert found is not None
        return subjects.completed(found)

    def reasons(self, purpose: str, category: str | None = None) -> list[str]:
        """What the decision point says of a purpose now; nothing is a yes."""
        asked = Question(SUBJECT, purpose, category)
        answer = permission(asked, self.stands(), self.notice, self.now)
        return [] if answer.allowed else [str(one) for one in answer.reasons]

    def restrictions(self) -> tuple[Restriction, ...]:
        """What is restricted by what."""
        return self.stands().restrictions or ()

    def decide(self, purpose: str, choice: Choice = Choice.GRANTED) -> None:
        """The person decides on a purpose."""
        capture(Caller(bearer=self.token), {purpose: choice}, self.shown, None, self.notice)

    def give(self, *disclosed: str) -> None:
        """Recipients were given data for purposes, as the standing lists them."""
        self.tables.put(standing_item(replace(self.stands(), disclosed=frozenset(disclosed))))

    def desk(self, request_id: str, action: Action, ground: str | None = None) -> None:
        """The desk does an act, with all that it has for an effect."""
        act = Act(action, None if ground is None else Ground(ground))
        casework.act(OFFICER, request_id, act, self.notice)

    def disputed(self, request_id: str) -> None:
        """The person contradicts the answer."""
        messages.dispute(self.signed_in(), request_id, None, self.notice)

    def late(self, request_id: str) -> None:
        """The due day of a request passed."""
        item = self.item(request_id)
        write: Transaction = self.tables.transaction(self.notice)  # type: ignore[assignment]
        advance(write, item, Action.DELAY, Actor.SYSTEM, self.notice, self.now)
        limit(write, item, Limit.DELAY, self.notice, self.now)
        write.commit()

    def enter(self, right: str, at: datetime, **members: Any) -> str:
        """The desk enters a request that came by letter; its id."""
        asked = Asked(Right(right), **members)
        received = Received(asked, "post", at, subject=SUBJECT)
        return mailroom.enter(OFFICER, received, self.notice).timed.request.id

    def cancel(self, request_id: str) -> None:
        """The person cancels a request."""
        view.cancel(self.signed_in(), request_id, self.notice)

    def fulfil(self, request_id: str) -> list[JobItem]:
        """The worker makes the corrections that were approved."""
        return correction.fulfil(Task(SUBJECT, FULFIL_RECTIFY, request_id), self.notice)

    def sweep(self) -> bool:
        """The schedule lifts what is due."""
        return effects.lift_due(SUBJECT, self.notice)

    def callbacks(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """What recipients are told, oldest first: event, recipient, purposes."""
        found = [
            callback_of(job.target)
            for job in self.tables.all(JobItem)
            if job.queue == "propagation"
        ]
        found.sort(key=lambda one: (one.at, one.event, one.recipient))
        return [(str(one.event), one.recipient, one.purposes) for one in found]

    def profile(self, category: str = "identity") -> dict[str, Any]:
        """What the profile holds of a category."""
        item = self.tables.one(ProfileItem, *profile_place(SUBJECT, category))
        if item is None:
            return {}
        return vault.open_item(item, DataKey(SUBJECT, ProfileItem.CLASS, b"k" * 32))

    def later(self, **time: float) -> None:
        """Time goes by, and the person signs in again."""
        self.now += timedelta(**time)
        token, session = sessions.new_session(SUBJECT, Opened(), 0, self.notice, self.now)
        self.token = str(token)
        self.tables.put(session)


__all__ = [
    "CONSENT",
    "CONTRACT",
    "INTEREST",
    "MARKETING",
    "OTHER_CONSENT",
    "OTHER_INTEREST",
    "Rights",
]
