"""What the cost book counts: each operation with the state that it starts from.

Preparing is never measured; what is measured is one invocation of the function in question.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping

from chalicelib import traces
from chalicelib.notices import service as notices
from chalicelib.receipts import signature
from chalicelib.retention.amendments.service import obeyed
from tests.bench import (
    activity,
    amending,
    banner,
    copies,
    desk,
    erasing,
    evidence,
    handed,
    holds,
    messages,
    office,
    origins,
    pages,
    proof,
    reviews,
    sweeping,
    systems,
    telling,
    unused,
    using_rights,
)
from tests.bench.operation import Operation
from tests.bench.sweeping import finds_something
from tests.bench.world import (
    PASSWORD,
    Person,
    Run,
    World,
    asked_copy,
    asking_copy,
    done,
    new_address,
)

PURPOSES = 8
"""Decisions in a long capture."""

_REQUESTS = "/v1/requests"


def _visitor(*before: tuple[str, int], then: tuple[str, int]) -> Callable[[World], Run]:
    return lambda world: world.capture(world.visitor(*before), *then)


def _account(*before: tuple[str, int], then: tuple[str, int]) -> Callable[[World], Run]:
    def prepare(world: World) -> Run:
        headers = world.person().headers
        for choice, count in before:
            done(world.capture(headers, choice, count)(), 201)
        return world.capture(headers, *then)

    return prepare


def _get(
    function: str, path: str, headers: Callable[[World], Mapping[str, str]]
) -> Callable[[World], Run]:
    return lambda world: world.http(function, "GET", path, headers=headers(world))


def _decided(world: World) -> Mapping[str, str]:
    return world.visitor(("granted", PURPOSES))


def _ledger(world: World) -> Run:
    headers = world.visitor(*[("granted", 1)] * 10)
    return world.http("consents", "GET", "/v1/consents/ledger", headers=headers)


def _notice(world: World) -> Run:
    return world.http("notices", "GET", "/v1/notice")


def _notice_warm(world: World) -> Run:
    done(_notice(world)(), 200)
    return _notice(world)


def _notice_known(world: World) -> Run:
    tag = done(_notice(world)(), 200)["headers"]["ETag"]
    return world.http("notices", "GET", "/v1/notice", headers={"If-None-Match": tag})


def _verifying(world: World) -> Run:
    token = world.link(world.registered(new_address()))
    return world.http(
        "accounts", "POST", "/v1/accounts/verification", body={"token": token, "password": PASSWORD}
    )


def _verification_mail(world: World) -> Run:
    return world.queue("mail", world.registered(new_address()))


def _signing_in(world: World) -> Run:
    """Somebody signs in for the first time: of twenty sessions at once another would end one."""
    email = new_address()
    world.verified(email)
    return world.signing_in(email)


def _asking_reset(world: World) -> Run:
    email = world.person(secrets.token_hex(4)).email
    return world.http("credentials", "POST", "/v1/password-resets", body={"email": email})


def _reset_asked(world: World) -> str:
    """The ticket of the mail with which somebody chooses a new password."""
    done(_asking_reset(world)(), 202)
    return world.ticket()


def _resetting(world: World) -> Run:
    body = {"token": world.link(_reset_asked(world)), "password": "quite another long password"}
    return world.http("credentials", "PUT", "/v1/password-resets", body=body)


def _correcting(world: World) -> Run:
    body = {"profile": {"identity": {"name": secrets.token_hex(8)}}}
    return world.http("profile", "PATCH", "/v1/account", body=body, headers=world.person().headers)


def _preferring(world: World) -> Run:
    body = {
        "locale": "en",
        "notifications": {"new_sign_in": False},
        "notice_version": world.version,
        "decisions": {world.choices[0]: "denied"},
    }
    headers = world.person().headers
    return world.http("profile", "PUT", "/v1/account/preferences", body=body, headers=headers)


def _asking_first(world: World) -> Run:
    """Somebody new asks: a person has one copy open at a time."""
    return asking_copy(world, world.person(secrets.token_hex(4)))


def _answered(world: World) -> tuple[Person, str, str]:
    """Somebody new whose copy is ready: the person, the request, the ticket of the mail."""
    person, request, ticket = asked_copy(world)
    done(world.queue("fulfilment", ticket)())
    return person, request, world.ticket()


def _download(world: World) -> Run:
    person, request, _ = _answered(world)
    path = f"{_REQUESTS}/{{id}}/export"
    return world.http("requests", "GET", path, headers=person.headers, at={"id": request})


def _asking_right(world: World) -> Run:
    """Somebody new asks for a right that the desk answers, without details."""
    headers = world.person(secrets.token_hex(4)).headers
    return world.http("requests", "POST", _REQUESTS, body={"right": "review"}, headers=headers)


def _received(world: World) -> str:
    """Somebody new who asked: the ticket of the receipt."""
    done(_asking_right(world)(), 201)
    return world.ticket()


def _writing(world: World) -> Run:
    person = world.person(secrets.token_hex(4))
    made = done(
        world.http(
            "requests", "POST", _REQUESTS, body={"right": "review"}, headers=person.headers
        )(),
        201,
    )
    at = {"id": json.loads(made["body"])["id"]}
    path, text = f"{_REQUESTS}/{{id}}/messages", {"text": "x" * 200}
    return world.http("requests", "POST", path, headers=person.headers, at=at, body=text)


def _disputing(world: World, **body: str) -> Run:
    person, request, _ = _answered(world)
    path, at = f"{_REQUESTS}/{{id}}/dispute", {"id": request}
    return world.http("requests", "POST", path, headers=person.headers, at=at, body=body)


def _idle(world: World, schedule: str) -> Run:
    """A run of a schedule that finds nothing to do."""
    run = world.schedule(schedule)
    while finds_something(run):
        pass
    return run


FIRST, AGAIN, WITHDRAWAL = "first", "repeated", "withdrawal"

OPERATIONS: tuple[Operation, ...] = (
    Operation("register", "accounts", lambda w: w.registration(new_address()), 202),
    Operation("verification mail", "mail", _verification_mail),
    Operation("verify", "accounts", _verifying, 200),
    Operation("sign in", "sessions", _signing_in, 201),
    Operation(
        "sign in, wrong password",
        "sessions",
        lambda w: w.signing_in(w.person().email, "x" * 12),
        401,
    ),
    Operation("ask for a new password", "credentials", _asking_reset, 202),
    Operation("new-password mail", "mail", lambda w: w.queue("mail", _reset_asked(w))),
    Operation("new password", "credentials", _resetting, 204),
    Operation(
        "profile read",
        "profile",
        _get("profile", "/v1/account", lambda w: w.person().headers),
        200,
    ),
    Operation("profile write", "profile", _correcting, 200),
    Operation("preferences, with a decision", "profile", _preferring, 200),
    *(
        operation
        for count in (1, PURPOSES)
        for operation in (
            Operation(
                f"capture, visitor, {FIRST}, {count}",
                "consents",
                _visitor(then=("granted", count)),
                201,
            ),
            Operation(
                f"capture, visitor, {AGAIN}, {count}",
                "consents",
                _visitor(("granted", count), then=("granted", count)),
                201,
            ),
            Operation(
                f"capture, visitor, {WITHDRAWAL}, {count}",
                "consents",
                _visitor(("granted", count), then=("denied", count)),
                201,
            ),
            Operation(
                f"capture, account, {AGAIN}, {count}",
                "consents",
                _account(("granted", count), then=("granted", count)),
                201,
            ),
            Operation(
                f"capture, account, {WITHDRAWAL}, {count}",
                "consents",
                _account(("granted", count), then=("denied", count)),
                201,
            ),
        )
    ),
    Operation(
        "consents read, visitor", "consents", _get("consents", "/v1/consents", _decided), 200
    ),
    Operation(
        "consents read, account",
        "consents",
        _get("consents", "/v1/consents", lambda w: w.person().headers),
        200,
    ),
    Operation("ledger page of 10", "consents", _ledger, 200),
    Operation("notice, warm", "notices", _notice_warm, 200),
    Operation("notice, not modified", "notices", _notice_known, 304),
    Operation("notice, cold", "notices", _notice, 200, cold=True, compiles=True),
    *banner.OPERATIONS,
    Operation("submit, signed in, no details", "requests", _asking_right, 201),
    Operation("receipt mail", "mail", lambda w: w.queue("mail", _received(w))),
    Operation("message about a request", "requests", _writing, 201),
    Operation("dispute", "requests", _disputing, 200),
    Operation("dispute, with a text", "requests", lambda w: _disputing(w, text="No."), 200),
    Operation("request a copy", "requests", _asking_first, 201),
    Operation("fulfil a copy", "fulfilment", lambda w: w.queue("fulfilment", asked_copy(w)[2])),
    *copies.OPERATIONS,
    *erasing.OPERATIONS,
    Operation("copy-ready mail", "mail", lambda w: w.queue("mail", _answered(w)[2])),
    Operation("export address", "requests", _download, 200),
    Operation("relay, nothing due", "relay", lambda w: _idle(w, "relay")),
    Operation("deadlines, nothing due", "deadlines", lambda w: _idle(w, "deadlines")),
    *sweeping.OPERATIONS,
    *unused.OPERATIONS,
    *proof.OPERATIONS,
    *handed.OPERATIONS,
    *origins.OPERATIONS,
    *using_rights.OPERATIONS,
    *desk.OPERATIONS,
    *office.OPERATIONS,
    *holds.OPERATIONS,
    *reviews.OPERATIONS,
    *evidence.OPERATIONS,
    *systems.OPERATIONS,
    *messages.OPERATIONS,
    *activity.OPERATIONS,
    *pages.OPERATIONS,
    *telling.OPERATIONS,
    *amending.OPERATIONS,
    *desk.ACTIVATION,
)
"""Every operation that exists, in the order in which one meets them."""


def made_ready(world: World, operation: Operation) -> Run:
    """One invocation made ready, with the notice in memory or, for a cold one, without."""
    run = operation.prepare(world)
    # Read anew now, so that its minute in memory does not end within the operation.
    notices.forget_pointer()
    obeyed(notices.current())
    traces.keyed("unknown")  # once a week in each process
    signature.key_id()  # once in the life of each process
    if operation.cold:
        notices._memory = notices._Memory()
    return run


def operation(name: str) -> Operation:
    """The operation of that name."""
    return next(one for one in OPERATIONS if one.name == name)
