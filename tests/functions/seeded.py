"""Somebody who does everything once, mistakes included, with values that can be recognised."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from chalicelib.accounts.paths import FORMER_ADDRESS, NEW_ADDRESS
from tests.functions import (
    copies,
    letters,
    moves,
    owners,
    people,
    second_factor,
    sinks,
    tables,
)
from tests.functions.api import Api, ok, problem
from tests.functions.commands import make_key
from tests.functions.people import Person
from tests.functions.second_factor import Device
from tests.functions.stack import DeployedStack
from tests.functions.waiting import until

NAME, NEW_NAME = "Zelmira Quarantotti-Öström", "Zelmira Settebello-Ångström"
ADDRESS = "Vicolo dell'Aquilone 17, Pizzighettone"
PHONE, MOBILE = "+390372999123", "+393488812345"
COMPANY = "Squacquerone & Figli Srl"
LOCAL_PART = "zelmira.quarantotti+leak"
EMAIL, NEW_EMAIL = f"{LOCAL_PART}@example.com", "settebello.trasloco@example.org"
PASSWORD = "Tubero?Zanzibar/7412"
NEW_PASSWORD = "Caleidoscopio-di-Ghisa.5529"
RESET_PASSWORD = "Ippopotamo,in-Ascensore;83"
OTHER_PASSWORD = "Sgabuzzino!Wrong/9931"
REFERENCE = "Cliente-Xerxes-004417"
DETAILS = "Vorrei sapere del reclamo Xilofono-8812"
AGENT = "Zuzzurellone/4.2 (Leaktest)"
EVENT = "zelmira-event@example.com"
SEEN_FROM, ALSO_SEEN_FROM = "203.0.113.77", "2001:db8:4d5e:6f70:8192:a3b4:c5d6:e7f8"

SEEDS = (
    NAME,
    NEW_NAME,
    "Quarantotti",
    "Settebello",
    ADDRESS,
    "Aquilone",
    PHONE,
    "0372999123",
    MOBILE,
    "3488812345",
    COMPANY,
    "Squacquerone",
    EMAIL,
    LOCAL_PART,
    NEW_EMAIL,
    PASSWORD,
    NEW_PASSWORD,
    RESET_PASSWORD,
    OTHER_PASSWORD,
    REFERENCE,
    "Xerxes-004417",
    DETAILS,
    "Xilofono",
    AGENT,
    "Zuzzurellone",
    EVENT,
    SEEN_FROM,
    ALSO_SEEN_FROM,
    "6f70:8192",
)
SPELLINGS = (EMAIL, EMAIL.upper(), EMAIL.title(), "zelmira.Quarantotti+LEAK@EXAMPLE.com")
_JSON = {"Content-Type": "application/json"}


class Seeded(Api):
    """A client whose every request says who it is."""

    def call(self, method: str, path: str, **rest: Any) -> requests.Response:
        headers = {
            "User-Agent": AGENT,
            "X-Forwarded-For": SEEN_FROM,
            "Referer": f"https://example.com/?email={quote(EMAIL)}",
            **(rest.pop("headers", None) or {}),
        }
        return super().call(method, path, headers=headers, **rest)


@dataclass(frozen=True, slots=True)
class Journey:
    """Who did it all, and every secret that was handed out on the way."""

    person: Person
    secrets: list[str]


def journey(stack: DeployedStack) -> Journey:
    """All that a person does."""
    api = Seeded(stack)
    key = make_key(stack, "seeded", "introspection,accounts")[1]
    person = _register(api)
    _make_mistakes(api, person)
    _use(api, person, key)
    copy = _copy(api, person)
    device = _second_factor(api, person)
    person = _move(api, person, device)
    back = _forget_the_password(api, person, device)
    assert until(lambda: not tables.of_kind(tables.partition(stack, person.subject), "job"))
    tokens = [person.token, back.token, key, *_links(stack)]
    secrets = [token.partition(".")[2] for token in tokens]
    codes = [*device.recovery, *(code.replace("-", "") for code in device.recovery)]
    return Journey(back, [*secrets, *tokens, device.secret, *codes, copy.partition("?")[2]])


def _register(api: Seeded) -> Person:
    profile = {
        "identity": {"name": NAME, "address": ADDRESS, "phone": PHONE},
        "company": {"name": COMPANY},
    }
    body = people.registration(
        api, EMAIL, password=PASSWORD, profile=profile, decisions={"surveys": "granted"}
    )
    ok(api.post("/v1/accounts", json=body, headers={"Idempotency-Key": EMAIL}), 202)
    token = people.link_token(people.mails(api.stack, EMAIL)[0])
    ok(api.post("/v1/accounts/verification", json=people.proof(token, password=PASSWORD)))
    problem(api.post("/v1/accounts/verification", json=people.proof(token, password=PASSWORD)), 422)
    for spelled in SPELLINGS:
        # Three mails a day to an address: of further ones nothing may be left, either.
        assert api.post("/v1/accounts", json={**body, "email": spelled}).status_code in (202, 429)
        wrong = {"email": spelled, "password": OTHER_PASSWORD}
        problem(api.post("/v1/sessions", json=wrong), 401)
    return people.sign_in(api, EMAIL, PASSWORD)


def _make_mistakes(api: Seeded, person: Person) -> None:
    body = people.registration(api, EMAIL, password=PASSWORD, profile={"identity": {"name": NAME}})
    problem(api.post("/v1/accounts", json={**body, "email": f"{EMAIL} {PHONE}"}), 400)
    problem(api.post("/v1/accounts", json={**body, NAME: ADDRESS}), 400)
    problem(api.post("/v1/accounts", data=json.dumps(body) + PASSWORD, headers=_JSON), 400)
    problem(api.post("/v1/requests", json={"right": DETAILS}, headers=person.headers), 400)
    problem(api.get("/v1/notices", params={"cursor": EMAIL}), 400)
    problem(api.get(f"/v1/requests/{quote(EMAIL)}", headers=person.headers), 404)
    problem(api.get(f"/v1/requests/{quote(LOCAL_PART, safe='')}", headers=person.headers), 404)
    problem(api.get("/v1/account", headers={"Authorization": f"Bearer {LOCAL_PART}"}), 401)
    problem(owners.correct(api, person, {NAME: {ADDRESS: PHONE}}), 400)
    problem(owners.correct(api, person, {"identity": {"name": None}}, f'"{LOCAL_PART}"'), 412)
    problem(owners.prefer(api, person, locale=EMAIL, decisions={NAME: "granted"}), 400)
    problem(owners.change_password(api, person, PASSWORD, OTHER_PASSWORD), 403)
    problem(owners.move(api, person, f"{NEW_EMAIL} {PHONE}", PASSWORD), 400)
    problem(owners.move(api, person, NEW_EMAIL, OTHER_PASSWORD), 403)
    problem(api.post("/v1/accounts/verification", json={"token": NEW_EMAIL}), 422)
    problem(api.post("/v1/sessions/introspection", json={"token": EMAIL}), 401)


def _use(api: Seeded, person: Person, key: str) -> None:
    tag = api.get("/v1/account", headers=person.headers).headers["ETag"]
    ok(owners.correct(api, person, {"identity": {"name": NEW_NAME, "mobile": MOBILE}}, tag))
    decisions = {"decisions": {"promotion": "granted"}, "notice_version": api.notice_version()}
    ok(owners.prefer(api, person, notifications={"new_sign_in": False}, **decisions))
    body = {
        "notice_version": api.notice_version(),
        "decisions": {"surveys": "denied"},
        "source": "api",
        "event_id": EVENT,
    }
    for _ in range(2):
        ok(api.post("/v1/consents", json=body, headers=person.headers), 201)
    for seen_from, country in ((ALSO_SEEN_FROM, "IT"), (SEEN_FROM, "FR")):
        headers = {"X-Forwarded-For": seen_from, "CloudFront-Viewer-Country": country}
        credentials = {"email": EMAIL, "password": PASSWORD}
        ok(api.post("/v1/sessions", headers=headers, json=credentials), 201)
    path, as_site = f"/v1/accounts/{person.subject}/reference", people.bearer(key)
    answer = api.call("PUT", path, headers=as_site, json={"reference": REFERENCE})
    assert answer.status_code == 204
    asked = {"token": person.token}
    told = ok(api.post("/v1/sessions/introspection", headers=as_site, json=asked))
    assert told["reference"] == REFERENCE
    ok(owners.deactivate(api, person))
    ok(owners.reactivate(api, person))


def _copy(api: Seeded, person: Person) -> str:
    """Asks for a copy, and follows it; its address."""
    issued = copies.issue(api, person, copies.ready(api, person, details=DETAILS))
    url: str = issued["url"]
    assert sinks.found_in([("address of a copy", url.encode())], SEEDS) == []
    copied = copies.fetched(issued)
    # The walker reads what is there.
    for text in (str(copied.data), html.unescape(copied.page)):
        told = sinks.found_in([("", text.encode())], [NEW_NAME, EMAIL, DETAILS, REFERENCE])
        assert len(told) == 4
    return url


def _second_factor(api: Seeded, person: Person) -> Device:
    """Switches it on, and signs in with it."""
    offered = ok(second_factor.post(api, person, "", password=PASSWORD), 201)
    device = Device(api.stack, person, offered["secret"])
    confirmed = second_factor.post(api, person, "/confirmation", code=device.code())
    device.recovery = ok(confirmed)["recovery_codes"]
    wrong = second_factor.sign_in(api, EMAIL, second_factor.WRONG, PASSWORD)
    second_factor.refused(wrong, 401, "second-factor-wrong")
    for code in (device.code(), device.recovery[0]):
        ok(second_factor.sign_in(api, EMAIL, code, PASSWORD), 201)
    return device


def _move(api: Seeded, person: Person, device: Device) -> Person:
    """Changes the password, and moves to another address."""
    code = device.code()
    changed = owners.change_password(api, person, NEW_PASSWORD, PASSWORD, code=code)
    assert changed.status_code == 204
    _, token = moves.asked(api, person, NEW_EMAIL, NEW_PASSWORD, code=device.code())
    for path in (NEW_ADDRESS, FORMER_ADDRESS):
        assert api.get(path, params={"token": token}).status_code == 200
    body = {"token": token, "password": NEW_PASSWORD}
    ok(api.post(moves.CONFIRMATION, json=body))
    moves.undo_token(api, EMAIL)
    return Person(NEW_EMAIL, person.token, person.subject)


def _forget_the_password(api: Seeded, person: Person, device: Device) -> Person:
    """Chooses another by mail, and signs in with it."""
    ok(api.post("/v1/password-resets", json={"email": NEW_EMAIL}), 202)
    token = letters.token(letters.wait(api.stack, NEW_EMAIL, letters.RESET))
    body = {"token": token, "password": RESET_PASSWORD}
    assert api.call("PUT", "/v1/password-resets", json=body).status_code == 204
    letters.wait(api.stack, NEW_EMAIL, letters.PASSWORD_CHANGED)
    answer = second_factor.sign_in(api, NEW_EMAIL, device.code(), RESET_PASSWORD)
    return Person(NEW_EMAIL, ok(answer, 201)["token"], person.subject)


def _links(stack: DeployedStack) -> list[str]:
    """The tokens of all links that were mailed to them."""
    mails = [mail for email in (EMAIL, NEW_EMAIL) for mail in stack.mails_to(email)]
    return [letters.token(mail) for mail in mails if "token=" in mail["BodyText"]]
