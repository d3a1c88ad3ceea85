"""People who move their account to another address."""

from __future__ import annotations

import requests

from tests.functions import letters, people
from tests.functions.api import Api, ok
from tests.functions.owners import move
from tests.functions.people import PASSWORD, Person

CONFIRMATION = "/v1/account/email/confirmation"
UNDO = "/v1/account/email/undo"


def asked(
    api: Api, person: Person, target: str | None = None, password: str = PASSWORD, **code: str
) -> tuple[str, str]:
    """A move that waits for its confirmation: the new address, and the token mailed to it."""
    target = target or people.new_address()
    before = len(letters.about(api.stack, target, letters.CONFIRM_ADDRESS))
    ok(move(api, person, target, password, **code), 202)
    mail = letters.wait(api.stack, target, letters.CONFIRM_ADDRESS, before + 1)
    return target, letters.token(mail)


def confirmed(api: Api, token: str) -> requests.Response:
    """Presses the button that the new address got."""
    return api.post(CONFIRMATION, json={"token": token})


def moved(
    api: Api, person: Person, target: str | None = None, password: str = PASSWORD, **code: str
) -> str:
    """A move that is confirmed: the new address."""
    target, token = asked(api, person, target, password, **code)
    assert ok(confirmed(api, token)) == {"status": "confirmed"}
    return target


def undo_token(api: Api, former: str) -> str:
    """The token that the old address got."""
    return letters.token(letters.wait(api.stack, former, letters.ADDRESS_CHANGED))


def undone(api: Api, token: str) -> requests.Response:
    """Presses the button that the old address got."""
    return api.post(UNDO, json={"token": token})
