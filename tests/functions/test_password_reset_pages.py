"""The pages of a reset: a form each, and nothing done by looking at them."""

from __future__ import annotations

import re

import pytest
import requests

from tests.functions import people, strangers, tables
from tests.functions.api import HTML, Api, ok, problem
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.strangers import FORM, NOBODYS, seen
from tests.functions.test_password_reset import NEW, link

RESETS, CONFIRMATION = "/v1/password-resets", "/v1/password-resets/confirmation"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def ada(api: Api) -> Person:
    return people.signed_in(api, profile={"identity": {"name": "Ada Lovelace"}})


def show(api: Api, path: str, locale: str, token: str | None = None) -> str:
    """The text of a page that is looked at."""
    query = None if token is None else {"token": token}
    answer = api.get(path, params=query, headers={"Accept": HTML, "Accept-Language": locale})
    return text_of(answer, 200, locale)


def submit(api: Api, path: str, locale: str, **fields: str) -> requests.Response:
    """What a browser sends when the button is pressed."""
    data = requests.models.RequestEncodingMixin._encode_params(fields)
    return api.post(path, headers={**FORM, "Accept-Language": locale}, data=data)


def text_of(answer: requests.Response, status: int, locale: str) -> str:
    """The text of a page in that language, with its characters as people read them."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'<html lang="{locale}">' in answer.text
    return answer.text.replace("&#39;", "'")


def field(page: str, name: str) -> str:
    """The input of a page that has this name; it has to be there once."""
    (found,) = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    return str(found)


def whole(api: Api, subject: str) -> list[tables.Item]:
    """All there is about somebody."""
    return [
        *tables.partition(api.stack, subject),
        *tables.partition(api.stack, subject, "KeysTable"),
    ]


@pytest.mark.parametrize(("locale", "title"), [("it", "Nuova password"), ("en", "New password")])
class TestAsking:
    def test_shows_a_form(self, api: Api, locale: str, title: str) -> None:
        page = show(api, RESETS, locale)
        assert f"<h1>{title}</h1>" in page
        assert 'type="email"' in field(page, "email")
        assert f'<form method="post" action="password-resets?lang={locale}">' in page

    def test_says_the_same_to_everybody(
        self, api: Api, ada: Person, locale: str, title: str
    ) -> None:
        answers = [
            submit(api, RESETS, locale, email=email) for email in (ada.email, people.new_address())
        ]
        assert seen(answers[0]) == seen(answers[1])
        done = {"it": "Controlli la posta", "en": "Check your mail"}[locale]
        assert done in text_of(answers[0], 202, locale)


@pytest.mark.parametrize(
    ("locale", "title"), [("it", "Scelga una nuova password"), ("en", "Choose a new password")]
)
class TestChoosing:
    def test_is_not_done_by_looking(self, api: Api, locale: str, title: str) -> None:
        somebody = people.signed_in(api)
        token = link(api, somebody.email)
        strangers.all_mail_is_out(api.stack)
        before = whole(api, somebody.subject)
        for _ in range(2):
            page = show(api, CONFIRMATION, locale, token)
            assert f"<h1>{title}</h1>" in page
            assert f'value="{token}"' in field(page, "token")
            assert 'autocomplete="new-password"' in field(page, "password")
        assert whole(api, somebody.subject) == before

    def test_looks_nothing_up(self, api: Api, locale: str, title: str) -> None:
        assert f"<h1>{title}</h1>" in show(api, CONFIRMATION, locale, NOBODYS)

    def test_is_done_by_pressing(self, api: Api, locale: str, title: str) -> None:
        somebody = people.signed_in(api)
        token = link(api, somebody.email)
        answer = submit(api, CONFIRMATION, locale, token=token, password=NEW)
        done = {"it": "Password cambiata", "en": "Password changed"}[locale]
        assert done in text_of(answer, 200, locale)
        problem(api.get("/v1/account", headers=somebody.headers), 401)
        people.sign_in(api, somebody.email, NEW)

    def test_says_that_a_link_is_dead(self, api: Api, locale: str, title: str) -> None:
        answer = submit(api, CONFIRMATION, locale, token=NOBODYS, password=NEW)
        dead = {"it": "Collegamento non più valido", "en": "This link no longer works"}[locale]
        assert dead in text_of(answer, 422, locale)


@pytest.mark.parametrize(
    ("password", "italian", "english"),
    [
        ("piccina", "troppo corta: servono almeno 12 caratteri", "too short: it needs at least 12"),
        ("y" * 257, "troppo lunga: può avere al massimo 256", "too long: it may have at most 256"),
        ("Password1234!", "elenco di password comuni o trafugate", "common or leaked passwords"),
        ("ada.lovelace.99", "fatta con i Suoi dati", "made of your own data"),
        ("abcabcabcabcabc", "troppo facile da indovinare", "too easy to guess"),
    ],
    ids=["short", "long", "breached", "own data", "guessable"],
)
def test_a_refused_password_shows_the_form_again_with_the_reason(
    api: Api, ada: Person, password: str, italian: str, english: str
) -> None:
    token = link_once(api, ada)
    for locale, reason in (("it", italian), ("en", english)):
        answer = submit(api, CONFIRMATION, locale, token=token, password=password)
        page = text_of(answer, 400, locale)
        assert reason in page
        assert 'aria-invalid="true"' in field(page, "password")
        assert f'value="{token}"' in field(page, "token")
        assert password not in page
    ok(api.get("/v1/account", headers=ada.headers))


_links: dict[str, str] = {}


def link_once(api: Api, person: Person) -> str:
    """A link of that person, the same as long as nobody used it."""
    if person.subject not in _links:
        _links[person.subject] = link(api, person.email)
    return _links[person.subject]


def test_a_program_is_told_in_json(api: Api, ada: Person) -> None:
    token = link_once(api, ada)
    body = {"token": token, "password": "piccina"}
    assert problem(api.post(CONFIRMATION, json=body), 400)["errors"][0]["pointer"] == "/password"
    assert ok(api.post(CONFIRMATION, json={**body, "password": NEW})) == {"status": "changed"}
    people.sign_in(api, ada.email, NEW)
