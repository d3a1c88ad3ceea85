"""What the controller's own systems hand over about a person: kept, moved to an end, ended."""

from __future__ import annotations

import json
import secrets
from typing import Any

from chalicelib import clock
from chalicelib.instants import instant
from chalicelib.notices import service as notices
from chalicelib.records.model import holders
from tests.bench.operation import Operation
from tests.bench.proof import service
from tests.bench.world import Run, World, done

ELSEWHERE = "record from elsewhere"
AGAIN = "record from elsewhere, later of its origin"
FIRST, LATER = "record, first of its class", "record, later of its class"
DATED = "record with a date, first of its class"
MOVE = "move a record's moment"
WITHDRAWN = "withdrawal with 20 records dated"
END, LAST = "end a record", "end a record, the last of its class"

ORIGIN = "Fairs and Halls Srl"

_PATH = "/v1/records"


def _own(category: str) -> str:
    """A source by which a person, or their device, gives such data: nobody is told of it."""
    given = {
        one["id"]
        for one in notices.current().completed["sources"]
        if one["party"] in ("subject", "observed")
    }
    return next(one for one in notices.current().categories[category].sources if one in given)


def _body(world: World, kind: str, subject: str | None = None) -> dict[str, Any]:
    """A record of a kind that the notice lets in, about somebody new."""
    category, items = next(
        (category, kinds[kind])
        for category, kinds in holders(notices.current()).items()
        if kind in kinds
    )
    fields = notices.current().categories[category].fields
    name = next(one for one in sorted(items) if fields[one].type in ("text", "long_text"))
    person = subject or world.person(secrets.token_hex(4)).subject
    return {
        "subject": person,
        "category": category,
        "fields": {name: "17"},
        "origin": ORIGIN if kind == "external" else _own(category),
        "occurred_at": instant(clock.now()),
    }


def _hand(world: World, body: dict[str, Any]) -> Run:
    return world.http("records", "POST", _PATH, headers=service(world), body=body)


def _first(world: World, kind: str) -> Run:
    return _hand(world, _body(world, kind))


def _elsewhere(world: World) -> Run:
    _kept(world, "external")  # the process has the key of the hashes of origins
    return _first(world, "external")


def _again(world: World) -> Run:
    subject, _ = _kept(world, "external")
    return _hand(world, _body(world, "external", subject))


def _kept(world: World, kind: str, count: int = 1) -> tuple[str, str]:
    """A person of whom so many records of a kind are kept, and the name of the last."""
    body = _body(world, kind)
    for _ in range(count):
        answer = done(_hand(world, body)(), 201)
    return body["subject"], json.loads(answer["body"])["id"]


def _later(world: World) -> Run:
    subject, _ = _kept(world, "transaction")
    return _hand(world, _body(world, "transaction", subject))


def _moving(world: World) -> Run:
    subject, name = _kept(world, "transaction")
    body = {"subject": subject, "event": "contract_ended", "at": instant(clock.now())}
    path, at = f"{_PATH}/{{id}}", {"id": name}
    return world.http("records", "PATCH", path, headers=service(world), at=at, body=body)


def _ending(world: World, count: int) -> Run:
    subject, name = _kept(world, "transaction", count)
    path, at, query = f"{_PATH}/{{id}}", {"id": name}, {"subject": subject}
    return world.http("records", "DELETE", path, headers=service(world), at=at, query=query)


def _withdrawing(world: World) -> Run:
    """Somebody ends the one consent for which 20 records were kept."""
    body = _body(world, "external")
    notice = notices.current()
    purpose = next(one.id for one in notice.choices.values() if body["category"] in one.categories)
    person = world.person(secrets.token_hex(4))

    def decide(choice: str) -> Run:
        given = {
            "notice_version": notice.version,
            "decisions": {purpose: choice},
            "source": "banner",
        }
        return world.http("consents", "POST", "/v1/consents", body=given, headers=person.headers)

    done(decide("granted")(), 201)
    for _ in range(20):
        done(_hand(world, {**body, "subject": person.subject, "purpose": purpose})(), 201)
    return decide("denied")


OPERATIONS: tuple[Operation, ...] = (
    Operation(ELSEWHERE, "records", _elsewhere, 201),
    Operation(AGAIN, "records", _again, 201),
    Operation(FIRST, "records", lambda w: _first(w, "transaction"), 201),
    Operation(LATER, "records", _later, 201),
    Operation(DATED, "records", lambda w: _first(w, "device"), 201),
    Operation(MOVE, "records", _moving, 200),
    Operation(WITHDRAWN, "consents", _withdrawing, 201),
    Operation(END, "records", lambda w: _ending(w, 2), 204),
    Operation(LAST, "records", lambda w: _ending(w, 1), 204),
)
"""What a key of the website's own systems keeps and ends."""
