"""Reading and acting at the desk while an erasure takes a person's data away, piece by piece."""

from __future__ import annotations

import random
from typing import Any

import pytest

from chalicelib.errors import Problem
from chalicelib.requests.service import messages, view
from chalicelib.sessions import service as sessions
from chalicelib.storage import keys
from chalicelib.subjects.model import Life
from tests.unit.core.samples import SUBJECT
from tests.unit.desk.office import REASON, REQUESTS, Office
from tests.unit.desk.test_search import search

IMPORTED = (messages, view)
"""Imported before tables take DynamoDB's place."""


def shown(office: Office, request: str) -> list[int]:
    """What the desk's doors answer about a person and their request."""
    at = {"id": request}
    note: dict[str, Any] = {"action": "note", "text": "They are being erased."}
    extend = {"action": "extend", "ground": "number", "reason": REASON}
    actions = f"{REQUESTS}/{{id}}/actions"
    sent = [
        office.call("GET", REQUESTS),
        office.call("GET", REQUESTS, query={"closed_in": "2026-11"}),
        office.call("GET", f"{REQUESTS}/{{id}}", at=at),
        office.call("POST", actions, note, at=at),
        office.call("POST", actions, extend, at=at),
        office.call("POST", actions, {"action": "refuse", "ground": "not_covered"}, at=at),
        search(office, {"subject": SUBJECT}),
        search(office, {"request": request}),
    ]
    return [one.status for one in sent]


def own(office: Office, request: str) -> list[int]:
    """What the person's own doors answer."""
    found = list[int]()
    for look in (
        lambda who: view.get(who, request, office.notice),
        lambda who: messages.told(SUBJECT, view.stored(who, request, office.notice)),
        lambda who: view.listed(who, None, 10, office.notice),
    ):
        try:
            look(sessions.authenticate(office.token))
            found.append(200)
        except Problem as problem:
            found.append(problem.status)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_nothing_fails_whatever_is_gone_already(office: Office, seed: int) -> None:
    request = office.ask("port", details="All of it.")
    messages.send(office.signed_in(), request, "And this.", office.notice)
    office.done(office.ask("erase"), "refuse", ground="no_ground")
    assert own(office, request) == [200] * 3
    office.stop(Life.ERASING)
    partitions = {keys.subject(SUBJECT), keys.register(request)}
    places = sorted(place for place in office.tables.items if place[1] in partitions)
    random.Random(seed).shuffle(places)
    assert len(places) > 6
    for place in places:
        office.tables.items.pop(place, None)
        answers = [*shown(office, request), *own(office, request)]
        assert [one for one in answers if one >= 500] == [], (place, answers)
    assert office.audited()
