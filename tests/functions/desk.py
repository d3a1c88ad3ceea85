"""People at the desk: signed in with a second factor, with the role that an operator gave."""

from __future__ import annotations

from typing import Any

import requests

from chalicelib.jobs.rounds.model import AFTER_TROUBLE
from tests.functions import people, second_factor
from tests.functions.api import Api, ok
from tests.functions.commands import run
from tests.functions.people import Person
from tests.functions.second_factor import Device, go_on
from tests.functions.waiting import until

NOTICES = "/v1/desk/notices"
_USED_EVERY = 20 * 60
"""Seconds after which a session of the desk is used again, since it ends after 30 minutes idle."""


def officer(api: Api, role: str = "desk") -> tuple[Person, Device]:
    """Somebody at the desk with a role, and the device with which they sign in again.

    Codes let the clock go on: it is put back, since other tests share it.
    """
    person, ahead = people.signed_in(api), api.stack.local.place.ahead
    device = second_factor.switched_on(api, person)
    done = run(api.stack, "infra.role", person.email, role)
    assert done.returncode == 0, done.stderr
    staff = second_factor.opens(api, person, device.code())
    api.stack.move_clock(ahead)
    return staff, device


def save(api: Api, staff: Person, document: dict[str, Any]) -> Any:
    """A draft that was saved."""
    return ok(api.post(NOTICES, headers=staff.headers, json={"document": document}), 201)


def publish(
    api: Api, staff: Person, device: Device | None = None, **body: Any
) -> requests.Response:
    """Tries to publish a draft (`version`, `digest`) or a `document`, with a code of a `device`."""
    if device is not None:
        body["code"] = fresh_code(device)
    return api.post(f"{NOTICES}/publish", headers=staff.headers, json=body)


def fresh_code(device: Device) -> str:
    """A code that was not used before, also where the clock was put back after the last one."""
    go_on(device.stack, 93)
    return device.code()


def withdraw(api: Api, staff: Person, version: str) -> requests.Response:
    """Tries to call a version back."""
    return api.post(f"{NOTICES}/withdraw", headers=staff.headers, json={"version": version})


def announcement(api: Api, staff: Person, version: str) -> Any:
    """How far telling people has come."""
    return ok(api.get(f"{NOTICES}/{version}/announcement", headers=staff.headers))


def all_told(api: Api, staff: Person, version: str) -> Any:
    """The announcement once it is complete: after two passes, or more if one left somebody out."""
    for number in range(1, 6):
        found = until(lambda past=number: _past(api, staff, version, past), 240)  # type: ignore[misc]
        assert found, announcement(api, staff, version)
        if found["status"] == "complete":
            return found
        for _ in range(int(AFTER_TROUBLE.total_seconds()) // _USED_EVERY + 1):
            go_on(api.stack, _USED_EVERY)
            announcement(api, staff, version)
        api.stack.run_schedule("relay")
    raise AssertionError(found)


def _past(api: Api, staff: Person, version: str, number: int) -> Any:
    found = announcement(api, staff, version)
    return found if found["pass"] > number or found["status"] == "complete" else None
