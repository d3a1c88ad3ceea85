"""What it costs to take in what people do on the site."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from chalicelib import clock, ids
from chalicelib.activity import model
from chalicelib.instants import instant
from chalicelib.notices import service as notices
from tests.bench.operation import Operation
from tests.bench.world import Run, World, done

FIRST = "activity, 25 events of a day, first of its class"
LATER, OWN = "activity, 25 events of a day", "activity, 25 events of a day, signed in"
NOTHING = "activity, nothing permitted"

_PATH, _EVENTS = "/v1/activity", 25


def _body(purpose: str) -> dict[str, Any]:
    """Events of one moment, which together take 3 KB."""
    now, notice = clock.now(), notices.current()
    category, items = next(iter(model.holders(notice).items()))
    fields = notice.categories[category].fields
    name = next(one for one in sorted(items) if fields[one].type == "text")
    told = {"purpose": purpose, "type": "search", "at": instant(now - timedelta(seconds=1))}
    return {"events": [{**told, "fields": {name: "x" * 20}} for _ in range(_EVENTS)]}


def _purpose() -> str:
    """A purpose that rests on consent and uses what activity holds."""
    notice = notices.current()
    category = next(iter(model.holders(notice)))
    return next(
        one.id
        for one in notice.purposes.values()
        if one.needs_consent and category in one.categories and one.id in notice.choices
    )


def _agree(world: World, headers: dict[str, str]) -> None:
    notice, purpose = notices.current(), _purpose()
    body = {
        "notice_version": notice.version,
        "decisions": {purpose: "granted"},
        "source": "banner",
    }
    done(world.http("consents", "POST", "/v1/consents", body=body, headers=headers)(), 201)


def _telling(world: World, headers: dict[str, str], before: int) -> Run:
    body = _body(_purpose())
    for _ in range(before):
        done(world.http("activity", "POST", _PATH, body=body, headers=headers)(), 202)
    return world.http("activity", "POST", _PATH, body=body, headers=headers)


def _browser(world: World, before: int) -> Run:
    headers = {"Riserbo-Visitor": ids.new_secret()}
    _agree(world, headers)
    return _telling(world, headers, before)


def _account(world: World) -> Run:
    person = world.person(secrets.token_hex(4))
    _agree(world, dict(person.headers))
    return _telling(world, dict(person.headers), 1)


def _stranger(world: World) -> Run:
    return _telling(world, {"Riserbo-Visitor": ids.new_secret()}, 0)


OPERATIONS: tuple[Operation, ...] = (
    Operation(FIRST, "activity", lambda w: _browser(w, 0), 202),
    Operation(LATER, "activity", lambda w: _browser(w, 1), 202),
    Operation(OWN, "activity", _account, 202),
    Operation(NOTHING, "activity", _stranger, 202),
)
"""Telling what a browser or an account does on the site."""
