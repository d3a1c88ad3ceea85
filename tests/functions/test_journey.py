"""From registration to being signed in, in the order in which people do it."""

from __future__ import annotations

import pytest

from tests.functions import people, tables
from tests.functions.api import Api, ok, problem
from tests.functions.pages import led_to, pressed
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack

NAME, PHONE = "Ada Lovelace", "+39 06 1234567"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def ada(api: Api) -> Person:
    profile = {"identity": {"name": NAME, "phone": PHONE}, "company": {"name": "Analytical Srl"}}
    return people.signed_in(api, profile=profile)


@pytest.fixture(scope="module")
def other(api: Api) -> Person:
    return people.signed_in(api)


class TestVerification:
    @pytest.mark.parametrize(
        ("locale", "subject"),
        [("it", "Confermi il Suo indirizzo"), ("en", "Confirm your e-mail address")],
    )
    def test_the_mail_is_in_the_language_asked_for(
        self, api: Api, locale: str, subject: str
    ) -> None:
        email = people.new_address()
        people.register(api, email, locale=locale)
        (mail,) = people.mails(api.stack, email)
        assert mail["Subject"].startswith(subject)
        assert mail["To"] == [email]
        assert f"{api.base_url}/verification?token=" in mail["BodyText"]

    def test_opening_the_link_changes_nothing(self, api: Api) -> None:
        email, token = people.pending(api)
        subject = token.partition(".")[0]
        before = tables.partition(api.stack, subject)
        for _ in range(2):
            page = api.get("/verification", params={"token": token})
            assert page.status_code == 200
            assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert tables.partition(api.stack, subject) == before
        refused = api.post("/v1/sessions", json={"email": email, "password": PASSWORD})
        problem(refused, 401)

    def test_the_button_of_the_page_verifies(self, api: Api) -> None:
        email, token = people.pending(api)
        answer = pressed(api, "/verification", **people.proof(token))
        assert led_to(api, answer) == "/sign-in verified"
        assert people.sign_in(api, email).subject == token.partition(".")[0]

    def test_a_program_verifies_with_json(self, api: Api) -> None:
        email, token = people.pending(api)
        answer = api.post("/v1/accounts/verification", json=people.proof(token))
        assert ok(answer) == {"status": "verified"}
        people.sign_in(api, email)


class TestAccount:
    def test_shows_what_was_registered(self, api: Api, ada: Person) -> None:
        account = ok(api.get("/v1/account", headers=ada.headers))
        assert account["state"] == "active"
        assert account["profile"] == {
            "identity": {"email": ada.email, "name": NAME, "phone": "+39061234567"},
            "company": {"name": "Analytical Srl"},
        }

    def test_a_wrong_password_and_an_unknown_address_get_the_same(
        self, api: Api, ada: Person
    ) -> None:
        wrong = api.post("/v1/sessions", json={"email": ada.email, "password": "not this one"})
        unknown = api.post(
            "/v1/sessions", json={"email": people.new_address(), "password": PASSWORD}
        )
        assert problem(wrong, 401) == problem(unknown, 401)

    def test_the_address_is_recognised_in_any_case(self, api: Api, ada: Person) -> None:
        assert people.sign_in(api, ada.email.upper()).subject == ada.subject

    def test_the_answer_may_not_be_stored_by_caches(self, api: Api, ada: Person) -> None:
        answer = api.get("/v1/account", headers=ada.headers)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


class TestSessions:
    def test_are_listed_and_ended(self, api: Api, other: Person) -> None:
        elsewhere = people.sign_in(api, other.email)
        listed = ok(api.get("/v1/sessions", headers=other.headers))["items"]
        assert [one["current"] for one in listed].count(True) == 1
        own = ok(api.get("/v1/sessions", headers=elsewhere.headers))["items"]
        (current,) = [one["id"] for one in own if one["current"]]
        ended = api.delete(f"/v1/sessions/{current}", headers=other.headers)
        assert (ended.status_code, ended.text) == (204, "")
        problem(api.get("/v1/account", headers=elsewhere.headers), 401)
        ok(api.get("/v1/account", headers=other.headers))

    def test_signing_out_ends_the_current_one(self, api: Api, other: Person) -> None:
        leaving = people.sign_in(api, other.email)
        assert api.delete("/v1/sessions/current", headers=leaving.headers).status_code == 204
        problem(api.delete("/v1/sessions/current", headers=leaving.headers), 401)

    def test_nobody_ends_somebody_elses(self, api: Api, ada: Person, other: Person) -> None:
        listed = ok(api.get("/v1/sessions", headers=ada.headers))["items"]
        api.delete(f"/v1/sessions/{listed[0]['id']}", headers=other.headers)
        assert listed[0] in ok(api.get("/v1/sessions", headers=ada.headers))["items"]
