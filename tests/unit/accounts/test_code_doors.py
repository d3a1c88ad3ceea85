"""Every form that asks for a code of the second factor says what is wrong beside its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.accounts.second_factor import new_secret
from chalicelib.accounts.service import address, credentials, enrolment, second_factor, signin
from chalicelib.accounts.service.enrolment import Offered
from chalicelib.accounts.service.second_factor import Stands
from chalicelib.errors import Forbidden, Problem
from chalicelib.pages.languages import languages
from chalicelib.requests.service import own_erasure
from chalicelib.sessions.model import Opened
from chalicelib.web.pages.cookie import form_token
from functions.http import requests, sessions
from tests.unit.accounts.owner import PAGES, Person, arrived
from tests.unit.accounts.visitor import ONCE
from tests.unit.core.samples import NOW
from tests.unit.web.accessible import check_accessible
from tests.unit.web.pages.sample import SAME, TOKEN, signed_in
from tests.unit.web.sample import CONTEXT, Sent, event

FACTOR = "/account/second-factor"
HANDLERS: Mapping[str, Any] = {
    **PAGES,
    "/sign-in/code": sessions.handler,
    "/requests/new": requests.handler,
}
SECRET = new_secret()
PROVEN = {"current_password": "secret-a"}


@dataclass(frozen=True)
class Door:
    """A form that asks for a code: its fields but the code, and the use case that judges it.

    `of_its_own` marks a change of the second factor itself, whose refusal has a type of its own;
    `on` says whether the account has a second factor before it.
    """

    path: str
    module: ModuleType
    use_case: str
    fields: Mapping[str, str]
    of_its_own: bool = False
    on: bool = True


DOORS = {
    "sign-in": Door("/sign-in/code", signin, "go_on", {}),
    "password": Door("/account/password", credentials, "change", PROVEN | {"password": "b"}),
    "address": Door("/account/email", address, "ask", PROVEN | {"email": "b@example.org"}),
    "erasure": Door(
        "/requests/new",
        own_erasure,
        "prove",
        {"right": "erase", "own": "yes", "password": "secret-a"},
    ),
    "set up": Door(
        FACTOR, enrolment, "confirm", {"act": "confirm", "secret": SECRET}, True, on=False
    ),
    "renew": Door(FACTOR, enrolment, "renew_recovery_codes", PROVEN | {"act": "renew"}, True),
    "remove": Door(FACTOR, enrolment, "remove", PROVEN | {"act": "remove"}, True),
}


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    return arrived(monkeypatch)


def _missing(door: Door) -> tuple[str, Problem]:
    return "", second_factor.needed()


def _refused(door: Door) -> tuple[str, Problem]:
    if door.of_its_own:
        return "492039", Forbidden("The code is wrong, or was used already.", type="wrong-code")
    return "492039", second_factor.refused()


def _malformed(door: Door) -> tuple[str, Problem]:
    return "12", second_factor.refused()


CODES: Mapping[str, Callable[[Door], tuple[str, Problem]]] = {
    "missing": _missing,
    # One that is wrong, was used, or is too old is refused in the same words: `rules.use`.
    "wrong, used or expired": _refused,
    "malformed": _malformed,
}


@pytest.mark.parametrize("locale", languages())
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", DOORS)
def test_a_refused_code_stands_beside_its_field(
    person: Person, monkeypatch: pytest.MonkeyPatch, name: str, code: str, locale: str
) -> None:
    door = DOORS[name]
    given, problem = CODES[code](door)

    def refuse(*_: object) -> None:
        raise problem

    monkeypatch.setattr(door.module, door.use_case, refuse)
    offered = Offered(SECRET, f"otpauth://totp/x?secret={SECRET}")
    monkeypatch.setattr(enrolment, "offered_still", lambda *_: offered)
    person.opened = Opened(second_factor=True)
    person.factor = Stands(NOW, 9) if door.on else None
    page = pressed(door, given, locale)
    assert 400 <= page.status < 500
    tree = check_accessible(page.text, locale)
    field = tree.by_id("field-code")[1]
    assert field["aria-invalid"] == "true"
    assert field["autocomplete"] == "one-time-code"
    assert "errors-code" in str(field["aria-describedby"]).split()
    assert "errors-code" in page.text
    links = [str(one["href"]) for one in tree.all("a") if str(one["href"]).startswith("#field")]
    assert links == ["#field-code"]
    alert = page.text[page.text.index('role="alert"') :]
    (whole,) = alert.partition("</div>")[0].split("<li>")[1:]
    assert whole.startswith('<a href="#field-code">'), "nothing is refused as a whole"
    assert "secret-a" not in page.text
    assert f'value="{given}"' not in page.text or not given


def pressed(door: Door, code: str, locale: str) -> Sent:
    form = {"form": form_token(TOKEN), **door.fields, "code": code}
    if door.path not in (FACTOR, "/sign-in/code"):
        form["once"] = ONCE
    headers = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
    asked = {"lang": [locale]}
    sent = event("POST", door.path, urlencode(form), headers | SAME | signed_in(), asked)
    return Sent(HANDLERS[door.path](sent, CONTEXT))
