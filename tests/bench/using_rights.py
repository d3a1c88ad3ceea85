"""Rights that are done when they are asked for, and what a restriction costs those who ask."""

from __future__ import annotations

import json
import secrets
from typing import Any

from tests.bench.operation import Operation
from tests.bench.proof import service
from tests.bench.world import Person, Run, World, done, new_address

WITHDRAW, OPT_OUT = "withdraw as a request", "opt out as a request"
OBJECT, RESTRICT, RECTIFY = "object to an interest", "restrict", "correct as a request"
DEACTIVATE = "deactivate as a request"
RESTRICTED = "decision, restricted"
BY_ADDRESS, AGAIN = "submit, address alone, unknown", "submit, address alone, known"
PROVE, PROVE_ALONE = "prove, into an account", "prove, without an account"
PROVE_AGAIN = "prove, joins without an account"
INTEREST = "improvement"


def _using(world: World, person: Person, right: str, **members: Any) -> Run:
    body = {"right": right, **members}
    return world.http("requests", "POST", "/v1/requests", body=body, headers=person.headers)


def _new(world: World) -> Person:
    return world.person(secrets.token_hex(4))


def _withdrawing(world: World) -> Run:
    """Somebody withdraws the one consent that they gave."""
    person = _new(world)
    done(world.capture(person.headers, "granted", 1)(), 201)
    return _using(world, person, "withdraw")


def _correcting(world: World) -> Run:
    changes = {"identity": {"name": secrets.token_hex(8)}}
    return _using(world, _new(world), "rectify", changes=changes)


def _asking_about_somebody_restricted(world: World) -> Run:
    """The decision point is asked about somebody who has one purpose restricted, and says no."""
    person = _new(world)
    made = done(_using(world, person, "restrict", purposes=[INTEREST])(), 201)
    assert json.loads(made["body"])["status"] == "received"
    query = {"subject": person.subject, "purpose": INTEREST}
    return world.http("decisions", "GET", "/v1/decisions", query=query, headers=service(world))


def _by_address(world: World, email: str) -> Run:
    return world.http("requests", "POST", "/v1/requests", body={"right": "erase", "email": email})


def _proving(world: World, email: str) -> Run:
    """Somebody presses the button of the page behind the mailed link."""
    made = json.loads(done(_by_address(world, email)(), 202)["body"])
    body = {"token": world.link(world.ticket())}
    path = "/v1/requests/{id}/verification"
    return world.http("requests", "POST", path, body=body, at={"id": made["id"]})


def _proving_again(world: World) -> Run:
    """Somebody proves a second request of the same right, which joins the first."""
    email = new_address()
    done(_proving(world, email)(), 200)
    return _proving(world, email)


OPERATIONS: tuple[Operation, ...] = (
    Operation(BY_ADDRESS, "requests", lambda w: _by_address(w, new_address()), 202),
    Operation(AGAIN, "requests", lambda w: _by_address(w, _new(w).email), 202),
    Operation(PROVE, "requests", lambda w: _proving(w, _new(w).email), 200),
    Operation(PROVE_ALONE, "requests", lambda w: _proving(w, new_address()), 200),
    Operation(PROVE_AGAIN, "requests", _proving_again, 200),
    Operation(WITHDRAW, "requests", _withdrawing, 201),
    Operation(OPT_OUT, "requests", lambda w: _using(w, _new(w), "opt_out"), 201),
    Operation(DEACTIVATE, "requests", lambda w: _using(w, _new(w), "deactivate"), 201),
    Operation(OBJECT, "requests", lambda w: _using(w, _new(w), "object", purposes=[INTEREST]), 201),
    Operation(RESTRICT, "requests", lambda w: _using(w, _new(w), "restrict"), 201),
    Operation(RECTIFY, "requests", _correcting, 201),
    Operation(RESTRICTED, "decisions", _asking_about_somebody_restricted, 200),
)
"""What people ask for and is done at once."""
