"""People with an authenticator app: what they do with their second factor."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import pyotp
import requests

from tests.functions import tables
from tests.functions.api import Api, ok, problem
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack
from tests.functions.waiting import until

PATH = "/v1/account/second-factor"
WRONG = "wxyz wxyz wxyz wxyz"


@dataclass
class Device:
    """A person with an authenticator app, and recovery codes on paper."""

    stack: DeployedStack
    person: Person
    secret: str
    recovery: list[str] = field(default_factory=list)
    last: str = ""

    def code(self) -> str:
        """A code that was not used before: the clock goes on by more than a step for it."""
        go_on(self.stack, 31)
        return self.shown()

    def shown(self) -> str:
        """The code that the app shows at the stack's time."""
        self.last = pyotp.TOTP(self.secret).at(now(self.stack))
        return self.last


def now(stack: DeployedStack) -> int:
    """The stack's time, in seconds since 1970."""
    return int(time.time()) + stack.local.place.ahead


def go_on(stack: DeployedStack, seconds: int) -> None:
    """Lets the stack's clock go on."""
    stack.move_clock(stack.local.place.ahead + seconds)


def offered(api: Api, person: Person) -> Device:
    """Somebody with a secret in the app that is not confirmed."""
    answer = post(api, person, "", password=PASSWORD)
    return Device(api.stack, person, ok(answer, 201)["secret"])


def switched_on(api: Api, person: Person) -> Device:
    """The same, confirmed."""
    device = offered(api, person)
    answer = post(api, person, "/confirmation", code=device.code())
    device.recovery = ok(answer)["recovery_codes"]
    return device


def post(api: Api, person: Person, path: str, **body: Any) -> requests.Response:
    """One of the operations of a second factor."""
    return api.post(PATH + path, headers=person.headers, json=body)


def sign_in(api: Api, email: str, code: str | None, password: str = PASSWORD) -> requests.Response:
    """Tries to sign in."""
    body = {"email": email, "password": password} | ({} if code is None else {"code": code})
    return api.post("/v1/sessions", json=body)


def opens(api: Api, person: Person, code: str | None) -> Person:
    """A session that such a code opens."""
    token = ok(sign_in(api, person.email, code), 201)["token"]
    return Person(person.email, token, person.subject)


def refused(answer: requests.Response, status: int, kind: str) -> None:
    """That an answer is this refusal."""
    assert problem(answer, status)["type"].endswith(f":{kind}"), answer.text


def alive(api: Api, person: Person) -> bool:
    """Whether a session has not ended."""
    return api.get("/v1/account", headers=person.headers).status_code == 200


def item(api: Api, person: Person) -> dict[str, Any] | None:
    """What lies in the table."""
    found = tables.of_kind(tables.partition(api.stack, person.subject), "second_factor")
    return found[0] if found else None


def wait_for_mail(api: Api, person: Person, word: str) -> str:
    """The text of the mail whose subject says this; fails if it does not come."""
    found = until(lambda: [m for m in api.stack.mails_to(person.email) if word in m["Subject"]])
    assert found, f"no mail about: {word}"
    text: str = found[0]["BodyText"]
    return text
