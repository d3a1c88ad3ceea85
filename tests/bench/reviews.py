"""What reviews cost at the desk: a page of what waits, and a decision about a record."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import clock, ids
from chalicelib.instants import instant
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.requests.store import RequestItem, request_place
from chalicelib.retention.amendments.service import obeyed
from chalicelib.retention.reviews.model import Review
from chalicelib.retention.reviews.store import review_id, review_item
from tests.bench.crowd import put
from tests.bench.desk import officer
from tests.bench.operation import Operation
from tests.bench.world import Person, Run, World

REVIEWS = "/v1/desk/reviews"
LIST, KEEP, ERASE = "desk: page of 20 reviews", "desk: keep a record", "desk: have a record erased"
LISTED = 20
_LONG_AGO = timedelta(days=6 * 366)
"""Longer than the product's period for closed requests."""


def _wanting() -> Notice:
    """The notice in force, in which a person decides about closed requests."""
    notice = notices.current()
    rule = replace(notice.rule("request", "closed"), then="review")
    rules = {**notice.retention, rule.id: rule}
    wanting = replace(notice, version="2000-03-01", retention=rules)
    return obeyed(wanting)  # known from here on, as to every warm function


def _under(notice: Notice, call: Run) -> Run:
    def run() -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(notices, "current", lambda: notice)
            return call()

    return run


def _waiting(world: World, person: Person) -> Review:
    """A request of somebody's that was answered long ago, and waits for a decision."""
    now, since = clock.now(), clock.now() - _LONG_AGO
    pk, sk = request_place(person.subject, ids.new_id())
    item = RequestItem(pk=pk, sk=sk, kind="request", right="port", status="completed")
    item.received_at, item.channel, item.locale, item.history = since, "session", "en", []
    item.schedule("rule", now + timedelta(days=30), "closed", since)
    review = Review(review_id(sk), person.subject, "request", sk, "closed", since, now)
    put(world.recorder.tables, [item, review_item(review, notices.current(), now)])
    return review


def _list(world: World) -> Run:
    person = world.person(secrets.token_hex(4))
    for _ in range(LISTED):
        _waiting(world, person)
    query = {"limit": str(LISTED)}
    headers = officer(world).headers
    call = world.http("desk_subjects", "GET", REVIEWS, headers=headers, query=query)
    return _under(_wanting(), call)


def _deciding(world: World, **decision: str) -> Run:
    review = _waiting(world, world.person(secrets.token_hex(4)))
    body = {"reason": "A dispute about the fee of 2024 is open.", **decision}
    headers, path = officer(world).headers, f"{REVIEWS}/{{id}}"
    at = {"id": review.name}
    call = world.http("desk_subjects", "POST", path, headers=headers, body=body, at=at)
    return _under(_wanting(), call)


def _keep(world: World) -> Run:
    until = instant(clock.now() + timedelta(days=300))
    return _deciding(world, decision="keep", until=until)


def _erase(world: World) -> Run:
    return _deciding(world, decision="erase")


OPERATIONS: tuple[Operation, ...] = (
    Operation(LIST, "desk_subjects", _list, 200),
    Operation(KEEP, "desk_subjects", _keep, 200),
    Operation(ERASE, "desk_subjects", _erase, 200),
)
"""What the desk does about reviews."""
