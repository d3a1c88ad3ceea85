"""The pages of a reset: a form each, and nothing done by looking at them."""

from __future__ import annotations

import re

import pytest

from chalicelib.pages.words import words
from tests.functions import people, strangers, tables
from tests.functions.api import HTML, Api, ok, problem
from tests.functions.pages import led_to, pressed
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.strangers import NOBODYS, seen
from tests.functions.test_password_reset import NEW, link

CONFIRMATION = "/v1/password-resets/confirmation"
ASK, CHOOSE = "/password", "/password/new"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def ada(api: Api) -> Person:
    return people.signed_in(api, profile={"identity": {"name": "Ada Lovelace"}})


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


def test_asking_says_the_same_to_everybody(api: Api, ada: Person) -> None:
    answers = [pressed(api, ASK, email=email) for email in (ada.email, people.new_address())]
    assert seen(answers[0]) == seen(answers[1])
    assert led_to(api, answers[0]) == "/password sent"


class TestChoosing:
    def test_is_not_done_by_looking(self, api: Api) -> None:
        somebody = people.signed_in(api)
        token = link(api, somebody.email)
        strangers.all_mail_is_out(api.stack)
        before = whole(api, somebody.subject)
        for one in (token, token, NOBODYS):
            page = api.get(CHOOSE, params={"token": one}, headers={"Accept": HTML})
            assert page.status_code == 200
            assert f'value="{one}"' in field(page.text, "token")
        assert whole(api, somebody.subject) == before

    def test_is_done_by_pressing_and_once(self, api: Api) -> None:
        somebody = people.signed_in(api)
        token = link(api, somebody.email)
        done, before = (pressed(api, CHOOSE, token=token, password=NEW) for _ in range(2))
        assert led_to(api, done) == "/sign-in password"
        assert led_to(api, before) == "/password before"
        problem(api.get("/v1/account", headers=somebody.headers), 401)
        people.sign_in(api, somebody.email, NEW)

    def test_says_that_a_link_is_dead_and_leads_to_another(self, api: Api) -> None:
        page = pressed(api, CHOOSE, token=NOBODYS, password=NEW)
        assert page.status_code == 422
        assert "<h1>This link no longer works</h1>" in page.text
        assert f'href="{api.base_url}{ASK}"' in page.text


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("piccina", "too_short"),
        ("y" * 257, "too_long"),
        ("Password1234!", "common"),
        ("ada.lovelace.99", "own_data"),
        ("abcabcabcabcabc", "guessable"),
    ],
    ids=["short", "long", "breached", "own data", "guessable"],
)
def test_a_refused_password_shows_the_form_again_with_the_reason(
    api: Api, ada: Person, password: str, reason: str
) -> None:
    token = link_once(api, ada)
    page = pressed(api, CHOOSE, "it", token=token, password=password)
    assert page.status_code == 400
    said = words("errors", "it")[f"reason_{reason}"]
    assert said.partition("{")[0] in page.text
    assert 'aria-invalid="true"' in field(page.text, "password")
    assert f'value="{token}"' in field(page.text, "token")
    assert password not in page.text
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
