"""Preferences: language, notifications, and decisions, which are entries of the ledger."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from chalicelib.consents import model
from tests.functions import ledger, owners, people
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.owners import account, prefer
from tests.functions.people import Person
from tests.functions.together import at_once


@pytest.fixture(scope="module")
def api(stack: Any) -> Api:
    return Api(stack)


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api, decisions={"surveys": "granted"})


def decided(api: Api, person: Person) -> dict[str, str]:
    """What stands, as the consents say it."""
    standing = ok(api.get("/v1/consents", headers=person.headers))["standing"]
    return {purpose: one["decision"] for purpose, one in standing.items()}


def entries(api: Api, person: Person) -> list[dict[str, Any]]:
    """The ledger, as its person sees it."""
    found: list[dict[str, Any]] = ok(api.get("/v1/consents/ledger", headers=person.headers))[
        "items"
    ]
    return found


class TestLanguage:
    def test_is_set_and_answered_with_all_that_is_set(self, api: Api, ada: Person) -> None:
        assert ok(prefer(api, ada, locale="en")) == {
            "locale": "en",
            "notifications": {
                "account_security": True,
                "requests": True,
                "new_sign_in": True,
                "notice_changes": True,
            },
            "decisions": {"surveys": "granted"},
            "data": [],
        }
        assert account(api, ada)["locale"] == "en"

    def test_is_that_of_all_later_mails(self, api: Api, ada: Person) -> None:
        ok(prefer(api, ada, locale="en"))
        owners.change_password(api, ada, owners.OTHER_PASSWORD)
        mail = people.mails(api.stack, ada.email, count=2)[-1]
        assert mail["Subject"].startswith("Your password for")

    @pytest.mark.parametrize("locale", ["fr", "IT", "", None, 1, "it-IT"])
    def test_is_one_of_the_notices(self, api: Api, ada: Person, locale: Any) -> None:
        assert pointers(problem(prefer(api, ada, locale=locale), 400)) == ["/locale"]
        assert account(api, ada)["locale"] == "it"


class TestNotifications:
    def test_what_may_be_off_goes_off_and_on(self, api: Api, ada: Person) -> None:
        off = ok(prefer(api, ada, notifications={"new_sign_in": False}))["notifications"]
        assert [name for name, on in off.items() if not on] == ["new_sign_in"]
        assert account(api, ada)["notifications"] == off
        on = ok(prefer(api, ada, notifications={"new_sign_in": True}))["notifications"]
        assert on["new_sign_in"] is True
        assert account(api, ada)["notifications"] == on

    def test_what_is_always_sent_cannot_be_turned_off(self, api: Api, ada: Person) -> None:
        off = {"account_security": False, "requests": False, "new_sign_in": False}
        refused = problem(prefer(api, ada, notifications=off, locale="en"), 400)
        assert pointers(refused) == ["/notifications/account_security", "/notifications/requests"]
        assert account(api, ada)["notifications"]["new_sign_in"] is True
        assert account(api, ada)["locale"] == "it"
        ok(prefer(api, ada, notifications={"account_security": True, "requests": True}))

    @pytest.mark.parametrize(
        ("given", "where"),
        [
            ({"newsletter": True}, ["/notifications/newsletter"]),
            ({"new_sign_in": None}, ["/notifications/new_sign_in"]),
            ({"new_sign_in": "false", "requests": 1}, None),
            ([], ["/notifications"]),
            ("all", ["/notifications"]),
        ],
    )
    def test_what_does_not_fit_is_refused(
        self, api: Api, ada: Person, given: Any, where: list[str] | None
    ) -> None:
        expected = where or ["/notifications/new_sign_in", "/notifications/requests"]
        assert pointers(problem(prefer(api, ada, notifications=given), 400)) == expected


class TestDecisions:
    def test_are_entries_of_the_ledger_that_say_where_they_come_from(
        self, api: Api, ada: Person
    ) -> None:
        version = api.notice_version()
        given = {"offers_email": "granted", "surveys": "denied"}
        said = ok(prefer(api, ada, decisions=given, notice_version=version))
        assert said["decisions"] == {"offers_email": "granted", "surveys": "withdrawn"}
        assert decided(api, ada) == said["decisions"]
        first, last = entries(api, ada)
        assert first["source"] == "registration"
        assert last["source"] == "preferences"
        assert last["decisions"] == {"offers_email": "granted", "surveys": "withdrawn"}
        assert last["notice_version"] == version
        assert last["notice_digest"] == ok(api.get(f"/v1/notices/{version}"))["digest"]

    def test_lengthen_the_chain_which_still_verifies(self, api: Api, ada: Person) -> None:
        version = api.notice_version()
        for choice in ("granted", "denied", "granted"):
            ok(
                prefer(
                    api,
                    ada,
                    decisions={"promotion": choice},
                    notice_version=version,
                    notifications={"new_sign_in": choice == "granted"},
                )
            )
        chain = ledger.entries(api.stack, ada.subject)
        head = ledger.standing(api.stack, ada.subject).head
        assert len(chain) == 4
        assert model.verify(chain, head)
        assert not model.verify(chain[:-1], head)

    def test_name_the_language_of_the_words_that_were_read(self, api: Api, ada: Person) -> None:
        body = {"decisions": {"promotion": "granted"}, "notice_version": api.notice_version()}
        headers = {**ada.headers, "Accept-Language": "en"}
        ok(api.call("PUT", "/v1/account/preferences", headers=headers, json=body))
        assert entries(api, ada)[-1]["locale"] == "en"
        assert account(api, ada)["locale"] == "it"

    def test_and_other_settings_are_set_together_or_not_at_all(self, api: Api, ada: Person) -> None:
        before = account(api, ada), entries(api, ada)
        settings = {
            "locale": "en",
            "notifications": {"new_sign_in": False},
            "decisions": {"offers_email": "granted"},
        }
        refused = prefer(api, ada, notice_version="2001-01-01", **settings)
        assert problem(refused, 422)["type"] == "urn:riserbo:problem:notice-not-in-force"
        assert (account(api, ada), entries(api, ada)) == before
        refused = prefer(
            api,
            ada,
            notice_version=api.notice_version(),
            **{**settings, "notifications": {"requests": False}},
        )
        assert pointers(problem(refused, 400)) == ["/notifications/requests"]
        assert (account(api, ada), entries(api, ada)) == before

        said = ok(prefer(api, ada, notice_version=api.notice_version(), **settings))
        assert said["locale"] == "en"
        assert said["notifications"]["new_sign_in"] is False
        assert said["decisions"]["offers_email"] == "granted"
        assert len(entries(api, ada)) == len(before[1]) + 1

    @pytest.mark.parametrize(
        ("body", "where"),
        [
            ({}, [""]),
            ({"decisions": {"surveys": "granted"}}, ["/notice_version"]),
            ({"notice_version": "2026-01-01"}, ["/decisions"]),
            ({"decisions": {}, "notice_version": "2026-01-01"}, ["/decisions"]),
            (
                {"decisions": {"surveys": "yes", "run_account": "denied"}, "notice_version": "x"},
                ["/decisions/run_account", "/decisions/surveys", "/notice_version"],
            ),
            ({"locale": "it", "role": "desk"}, ["/role"]),
        ],
    )
    def test_what_does_not_fit_is_refused(
        self, api: Api, ada: Person, body: dict[str, Any], where: list[str]
    ) -> None:
        before = entries(api, ada)
        assert pointers(problem(prefer(api, ada, **body), 400)) == where
        assert entries(api, ada) == before


def test_settings_made_at_once_all_survive(api: Api, ada: Person) -> None:
    version = api.notice_version()
    settings: list[dict[str, Any]] = [
        {"locale": "en"},
        {"notifications": {"new_sign_in": False}},
        {"decisions": {"promotion": "granted"}, "notice_version": version},
        {"decisions": {"offers_email": "denied"}, "notice_version": version},
    ]
    acts = [partial(prefer, Api(api.stack), ada, **one) for one in settings]
    assert [answer.status_code for answer in at_once(acts)] == [200] * len(settings)
    after = account(api, ada)
    assert (after["locale"], after["notifications"]["new_sign_in"]) == ("en", False)
    assert decided(api, ada) == {
        "surveys": "granted",
        "promotion": "granted",
        "offers_email": "denied",
    }
    chain = ledger.entries(api.stack, ada.subject)
    assert model.verify(chain, ledger.standing(api.stack, ada.subject).head)


def test_nobody_sets_what_is_not_theirs(api: Api, ada: Person) -> None:
    path = "/v1/account/preferences"
    problem(api.call("PUT", path, json={"locale": "en"}), 401)
    browser = people.visitor(people.new_visitor())
    problem(api.call("PUT", path, json={"locale": "en"}, headers=browser), 401)
    assert account(api, ada)["locale"] == "it"
