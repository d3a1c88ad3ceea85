"""What the privacy desk does with the notice, and what follows when a version takes effect."""

from __future__ import annotations

import json
from datetime import timedelta

import pyotp

from chalicelib import clock
from chalicelib.accounts.service import roles
from chalicelib.jobs.rounds import store as rounds
from chalicelib.jobs.rounds.store import RoundItem
from chalicelib.notices import service as notices
from chalicelib.notices import store
from chalicelib.notices.model import Notice
from chalicelib.notices.publication import Pointer
from chalicelib.notices.service import drafts
from chalicelib.publications.service.announcement import ANNOUNCE
from tests.bench.operation import Operation
from tests.bench.world import PASSWORD, Person, Run, World, done, publish
from tests.functions import versions
from tests.functions.versions import Document

PUBLISH = "publish"

NOTICES = "/v1/desk/notices"
_FACTOR = "/v1/account/second-factor"
_AHEAD = timedelta(days=16)
"""How far ahead versions take effect: the product's notice promises fifteen days."""

_SOON = timedelta(days=2)
"""The same for a version of which nobody has to be told; a day later is another version."""


_SECRETS: dict[str, str] = {}
"""The secret in the app of whoever was put at the desk, by address."""


def officer(world: World) -> Person:
    """Somebody at the desk, signed in with a second factor; the same until the clock moves.

    They look at something first, so that the last use of their session need not be noted again.
    """
    person = world.person("at the desk", lambda: _officer(world))
    path = "/v1/desk/reports/processing"
    done(world.http("desk_reports", "GET", path, headers=person.headers)(), 200)
    return person


def _officer(world: World) -> Person:
    person = world.signed_in()
    offer = world.http(
        "credentials", "POST", _FACTOR, headers=person.headers, body={"password": PASSWORD}
    )
    secret = json.loads(done(offer(), 201)["body"])["secret"]
    # The code of the step before is good, too, and leaves the present one for publishing.
    code = pyotp.TOTP(secret).at(int(clock.now().timestamp()) - 30)
    confirmation = world.http(
        "credentials",
        "POST",
        f"{_FACTOR}/confirmation",
        headers=person.headers,
        body={"code": code},
    )
    recovery: list[str] = json.loads(done(confirmation(), 200)["body"])["recovery_codes"]
    for earlier in list(_SECRETS):  # the desk has one person, who is told of what is published
        roles.give(earlier, None)
        del _SECRETS[earlier]
    assert roles.give(person.email, roles.DESK)
    _SECRETS[person.email] = secret
    return world.opened(person.email, code=recovery[0])


def next_version(world: World) -> Document:
    """A version that may be published now, with a change of each class.

    Moves the clock past the version that waits, if one does; what the last one brought is taken
    back first, since it would be no change.
    """
    last = _in_force(world)
    if versions.NEW_PROCESSOR in last.recipients:
        publish(versions.following(_SOON, clock.now()))
        _in_force(world)
    return versions.changed(versions.following(_AHEAD, clock.now()))


def waiting(world: World) -> str:
    """The version that is published and not yet in force: a new one, if there is none."""
    name = _pointer().at(clock.now()).next
    return name or publish(next_version(world)).version


def _in_force(world: World) -> Notice:
    """The version published last, once the clock is past its date and that has been noted."""
    pointer = _pointer()
    last = notices.version(pointer.next or pointer.current)
    left = last.effective_at - clock.now()
    if left >= timedelta(0):
        world.move_clock(left + timedelta(minutes=1))
    _reached_everybody(last.version)
    done(world.schedule("activation")())
    return last


def _pointer() -> Pointer:
    pointer = store.get_pointer()
    assert pointer is not None
    return pointer


def _reached_everybody(version: str) -> None:
    """Has the round that tells people of a version, and each part of it, past the first pass."""
    parts = (one.part for one in rounds.get_parts(version, ANNOUNCE))
    for part in (None, *parts):
        item = rounds.get_item(version, ANNOUNCE, part)
        if item is not None:
            item.update(actions=[RoundItem.pass_number.set(2)])


def posting(world: World, path: str, **body: object) -> Run:
    """Something that somebody at the desk asks for."""
    return world.http("desk_notices", "POST", path, headers=officer(world).headers, body=body)


def _saving(world: World) -> Run:
    return posting(world, NOTICES, document=next_version(world))


def _publishing(world: World) -> Run:
    draft = drafts.save(next_version(world))
    path = f"{NOTICES}/publish"
    code = pyotp.TOTP(_SECRETS[officer(world).email]).at(int(clock.now().timestamp()))
    return posting(world, path, version=draft.version, digest=draft.digest, code=code)


def _taking_effect(world: World) -> Run:
    name = waiting(world)
    _reached_everybody(name)
    world.move_clock(notices.version(name).effective_at - clock.now() + timedelta(minutes=1))
    return world.schedule("activation")


def _nothing_to_activate(world: World) -> Run:
    _in_force(world)
    return world.schedule("activation")


def _reporting(world: World) -> Run:
    path = "/v1/desk/reports/processing"
    return world.http("desk_reports", "GET", path, headers=officer(world).headers)


OPERATIONS: tuple[Operation, ...] = (
    Operation("save a draft", "desk_notices", _saving, 201, compiles=True),
    Operation(PUBLISH, "desk_notices", _publishing, 201, heavy=True, compiles=True),
    Operation("processing report", "desk_reports", _reporting, 200),
    Operation(
        "gpc.json",
        "wellknown",
        lambda world: world.http("wellknown", "GET", "/.well-known/gpc.json"),
        200,
    ),
)
"""What is done at the desk, and what everybody may read of it."""

ACTIVATION: tuple[Operation, ...] = (
    Operation("activation, nothing due", "activation", _nothing_to_activate),
    Operation("activation, a version takes effect", "activation", _taking_effect, heavy=True),
)
"""What the schedule does."""
