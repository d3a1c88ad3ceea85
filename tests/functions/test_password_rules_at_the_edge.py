"""Which passwords can be chosen, wherever one is chosen (NIST SP 800-63B section 5.1.1.2)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
import requests

from chalicelib.accounts.model import PASSWORD_MAX, PASSWORD_MIN
from chalicelib.accounts.password_rules import Unfit
from tests.functions import people, strangers
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack

PROFILE = {
    "identity": {"name": "Giovanna Dell'Acqua", "phone": "+39 333 1234567"},
    "company": {"name": "Officine Città Alta S.r.l."},
}
REFUSED = [
    ("Password1234!", Unfit.BREACHED.detail),
    ("1qaz2wsx3edc", Unfit.BREACHED.detail),
    ("MANCHESTERUNITED", Unfit.BREACHED.detail),
    ("abcabcabcabcabc", Unfit.GUESSABLE.detail),
    ("GiovannaDellAcqua1", Unfit.OWN.detail),
    ("acquaDELL giovanna", Unfit.OWN.detail),
    ("3331234567!!", Unfit.OWN.detail),
    ("officine citta alta", Unfit.OWN.detail),
    ("kaveripoint2026", Unfit.OWN.detail),
    ("x" * (PASSWORD_MIN - 1), None),
    ("x" * (PASSWORD_MAX + 1), None),
    ("", None),
]
ACCEPTED = [
    PASSWORD,
    "tutto minuscolo senza cifre",
    "漢字だけの長い合言葉です",
    "пароль на каждый день",
    "quattro lampioni " * 15 + "!",
]
"""No rule asks for kinds of characters; spaces and every script count."""


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def giovanna(api: Api) -> Person:
    """Somebody signed in, whose password is never changed."""
    return people.signed_in(api, profile=PROFILE)


@pytest.fixture(scope="module")
def link(api: Api, giovanna: Person) -> str:
    """A link with which she could choose another."""
    ok(strangers.ask_reset(api, giovanna.email), 202)
    return people.link_token(people.mails(api.stack, giovanna.email, 2)[-1])


def register(api: Api, email: str, **members: Any) -> requests.Response:
    """Tries to register."""
    return api.post("/v1/accounts", json=people.registration(api, email, **members))


Choose = Callable[[str], requests.Response]


@pytest.fixture(params=["registration", "reset", "reset page", "change"])
def choose(request: pytest.FixtureRequest, api: Api, giovanna: Person, link: str) -> Choose:
    """Each way of choosing a password, of somebody with that profile."""
    ways: dict[str, Choose] = {
        "registration": lambda password: register(
            api, people.new_address(), profile=PROFILE, password=password
        ),
        "reset": lambda password: api.call(
            "PUT", "/v1/password-resets", json={"token": link, "password": password}
        ),
        "reset page": lambda password: api.post(
            "/v1/password-resets/confirmation", json={"token": link, "password": password}
        ),
        "change": lambda password: api.call(
            "PUT",
            "/v1/account/password",
            headers=giovanna.headers,
            json={"current_password": PASSWORD, "password": password},
        ),
    }
    return ways[request.param]


@pytest.mark.parametrize(("password", "reason"), REFUSED)
def test_a_bad_password_is_refused_everywhere_with_the_reason(
    choose: Choose, password: str, reason: str | None
) -> None:
    refused = problem(choose(password), 400)
    assert pointers(refused) == ["/password"]
    if reason is not None:
        assert refused["errors"][0]["detail"] == reason
    if password:
        assert password not in str(refused)


def test_refusals_changed_nothing(api: Api, giovanna: Person, link: str) -> None:
    """The account still has its password, its session and its link."""
    for password, _ in REFUSED:
        body = {"token": link, "password": password}
        problem(api.call("PUT", "/v1/password-resets", json=body), 400)
    ok(api.get("/v1/account", headers=giovanna.headers))
    people.sign_in(api, giovanna.email)


@pytest.mark.parametrize("password", ACCEPTED)
def test_a_long_password_of_any_kind_is_taken_and_signs_in(api: Api, password: str) -> None:
    person = people.sign_in(api, people.verified(api, password=password), password)
    ok(api.get("/v1/account", headers=person.headers))
    for other in (password.upper(), password[:-1]):
        if other != password:
            problem(strangers.sign_in(api, person.email, other), 401)


def test_an_accent_is_the_same_however_a_keyboard_composes_it(api: Api) -> None:
    """NIST SP 800-63B section 5.1.1.2 has passwords normalised before they are hashed."""
    password = "perché così è più lungo"
    email = people.verified(api, password=unicodedata.normalize("NFC", password))
    people.sign_in(api, email, unicodedata.normalize("NFD", password))


def test_what_is_wrong_with_password_and_profile_is_said_together(api: Api) -> None:
    refused = problem(
        register(
            api,
            people.new_address(),
            password="giovanna dell'acqua",
            profile={"identity": {"name": "Giovanna Dell'Acqua", "phone": "12", "fax": " "}},
        ),
        400,
    )
    assert pointers(refused) == [
        "/password",
        "/profile/identity/fax",
        "/profile/identity/phone",
    ]
    assert Unfit.OWN.detail in str(refused)


def test_the_own_address_is_own_data_too(api: Api) -> None:
    email = people.new_address().replace("person", "giovannadellacqua")
    refused = problem(register(api, email, password="giovannadellacqua"), 400)
    assert refused["errors"] == [{"pointer": "/password", "detail": Unfit.OWN.detail}]


@pytest.mark.parametrize("password", [12345678901234, None, ["correct horse battery"], {}, True])
def test_what_is_no_text_is_refused(api: Api, password: Any) -> None:
    assert pointers(problem(register(api, people.new_address(), password=password), 400)) == [
        "/password"
    ]


def test_half_a_character_is_refused(api: Api) -> None:
    """A lone surrogate is no text that could ever be typed again."""
    body = '{"email":"a@example.com","password":"correct horse \\ud800 battery","locale":"it",'
    body += f'"notice_version":"{api.notice_version()}","decisions":{{}}}}'
    answer = api.post("/v1/accounts", headers={"Content-Type": "application/json"}, data=body)
    problem(answer, 400)
