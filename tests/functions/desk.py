"""People at the desk: signed in with a second factor, with the role that an operator gave."""

from __future__ import annotations

from typing import Any

import requests

from tests.functions import people, second_factor
from tests.functions.api import Api, ok
from tests.functions.people import Person
from tests.functions.second_factor import Device
from tests.functions.test_commands_accounts import run

NOTICES = "/v1/desk/notices"


def officer(api: Api) -> tuple[Person, Device]:
    """Somebody at the desk, and the device with which they sign in again."""
    person = people.signed_in(api)
    device = second_factor.switched_on(api, person)
    done = run(api.stack, "infra.role", person.email, "desk")
    assert done.returncode == 0, done.stderr
    return second_factor.opens(api, person, device.code()), device


def save(api: Api, staff: Person, document: dict[str, Any]) -> Any:
    """A draft that was saved."""
    return ok(api.post(NOTICES, headers=staff.headers, json={"document": document}), 201)


def publish(api: Api, staff: Person, **body: Any) -> requests.Response:
    """Tries to publish a draft (`version`, `digest`) or a `document`."""
    return api.post(f"{NOTICES}/publish", headers=staff.headers, json=body)


def announcement(api: Api, staff: Person, version: str) -> Any:
    """How far telling people has come."""
    return ok(api.get(f"{NOTICES}/{version}/announcement", headers=staff.headers))
