"""Stopping an account and coming back: the data stays, and the answer says so."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.subjects.model import Life
from tests.functions import ledger, letters, owners, people, tables
from tests.functions.api import Api, ok, problem
from tests.functions.owners import account, can_sign_in, deactivate, is_alive, reactivate
from tests.functions.people import PASSWORD, Person
from tests.functions.waiting import until

PROFILE = {"identity": {"name": "Ada Lovelace"}}


@pytest.fixture(scope="module")
def api(stack: Any) -> Api:
    return Api(stack)


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api, profile=PROFILE, decisions={"surveys": "granted"})


def limits(api: Api, right: str, locale: str) -> list[str]:
    """The limits of a right, in the notice's words."""
    document = ok(api.get("/v1/notice", headers={"Accept-Language": locale}))["document"]
    (stated,) = [one for one in document["rights"] if one["id"] == right]
    found = [one["text"] for one in stated["limits"]]
    assert found
    return found


class TestStopping:
    @pytest.mark.parametrize(
        ("locale", "stays", "erased"),
        [
            ("it", "I dati restano", "Far cancellare i Suoi dati"),
            ("en", "The data stays", "Have your data erased"),
        ],
    )
    def test_says_that_the_data_stays_and_how_to_have_it_erased(
        self, api: Api, ada: Person, locale: str, stays: str, erased: str
    ) -> None:
        said = ok(deactivate(api, ada, **{"Accept-Language": locale}))
        assert said["status"] == "deactivated"
        assert stays in said["data"]
        assert erased in said["erasure"]
        for text in limits(api, "deactivate", locale):
            assert text in said["data"]
        for text in limits(api, "erase", locale):
            assert text in said["erasure"]
        controller = ok(api.get("/v1/notice"))["document"]["controller"]
        assert said["contact"] == controller["email"]

    def test_is_told_by_a_mail_in_ones_language(self, api: Api, ada: Person) -> None:
        ok(deactivate(api, ada))
        mail = letters.wait(api.stack, ada.email, letters.DEACTIVATED)
        assert "I Suoi dati non sono stati cancellati" in letters.text(mail)
        ok(owners.prefer(api, ada, locale="en"))
        ok(reactivate(api, ada))
        found = people.mails(api.stack, ada.email, count=3)[-1]
        assert "active again" in found["Subject"]

    def test_keeps_the_data_and_the_decisions(self, api: Api, ada: Person) -> None:
        before = account(api, ada)
        ok(deactivate(api, ada))
        assert account(api, ada) == {**before, "state": "deactivated"}
        stands = ok(api.get("/v1/consents", headers=ada.headers))["standing"]
        surveys = stands["surveys"]
        assert (surveys["decision"], surveys["recorded"]) == ("deactivated", "granted")
        assert ledger.standing(api.stack, ada.subject).life is Life.DEACTIVATED

    def test_twice_is_fine_and_told_once(self, api: Api, ada: Person) -> None:
        first, second = ok(deactivate(api, ada)), ok(deactivate(api, ada))
        assert first == second
        letters.all_sent(api.stack, ada.subject)
        assert len(letters.about(api.stack, ada.email, letters.DEACTIVATED)) == 1

    def test_only_its_person_does_it(self, api: Api, ada: Person) -> None:
        problem(api.post("/v1/account/deactivation"), 401)
        ok(deactivate(api, people.signed_in(api)))
        assert account(api, ada)["state"] == "active"


class TestComingBack:
    def test_by_signing_in_again(self, api: Api, ada: Person) -> None:
        ok(deactivate(api, ada))
        assert api.delete("/v1/sessions/current", headers=ada.headers).status_code == 204
        back = people.sign_in(api, ada.email)
        assert account(api, back)["state"] == "deactivated"
        assert ok(reactivate(api, back)) == {"status": "active"}
        assert account(api, back)["state"] == "active"
        assert account(api, back)["profile"]["identity"]["name"] == "Ada Lovelace"
        letters.wait(api.stack, ada.email, letters.REACTIVATED)

    def test_twice_is_fine_and_told_once(self, api: Api, ada: Person) -> None:
        ok(deactivate(api, ada))
        assert ok(reactivate(api, ada)) == ok(reactivate(api, ada))
        letters.all_sent(api.stack, ada.subject)
        assert len(letters.about(api.stack, ada.email, letters.REACTIVATED)) == 1

    def test_to_an_account_that_was_never_stopped_changes_nothing(
        self, api: Api, ada: Person
    ) -> None:
        before = tables.partition(api.stack, ada.subject)
        assert ok(reactivate(api, ada)) == {"status": "active"}
        assert tables.partition(api.stack, ada.subject) == before

    def test_after_a_forgotten_password(self, api: Api, ada: Person) -> None:
        ok(deactivate(api, ada))
        ok(api.post("/v1/password-resets", json={"email": ada.email}), 202)
        token = letters.token(letters.wait(api.stack, ada.email, letters.RESET))
        body = {"token": token, "password": owners.OTHER_PASSWORD}
        assert api.call("PUT", "/v1/password-resets", json=body).status_code == 204
        back = people.sign_in(api, ada.email, owners.OTHER_PASSWORD)
        ok(reactivate(api, back))


class TestMeanwhile:
    @pytest.fixture
    def stopped(self, api: Api, ada: Person) -> Person:
        ok(deactivate(api, ada))
        return ada

    def test_sessions_go_on_so_that_one_can_come_back(self, api: Api, stopped: Person) -> None:
        assert is_alive(api, stopped)
        assert is_alive(api, owners.again(api, stopped))

    def test_a_copy_of_ones_data_is_still_made(self, api: Api, stopped: Person) -> None:
        made = ok(api.post("/v1/requests", headers=stopped.headers, json={"right": "copy"}), 201)
        path = f"/v1/requests/{made['id']}"
        assert until(lambda: ok(api.get(path, headers=stopped.headers))["status"] == "completed")
        ok(api.get(f"{path}/export", headers=stopped.headers))

    def test_consent_can_still_be_withdrawn(self, api: Api, stopped: Person) -> None:
        body = {
            "notice_version": api.notice_version(),
            "decisions": {"surveys": "denied"},
            "source": "preference_centre",
        }
        given = ok(api.post("/v1/consents", headers=stopped.headers, json=body), 201)
        assert given["standing"]["surveys"]["decision"] == "withdrawn"

    def test_the_data_can_still_be_corrected(self, api: Api, stopped: Person) -> None:
        ok(owners.correct(api, stopped, {"identity": {"name": "Ada King"}}))
        assert account(api, stopped)["profile"]["identity"]["name"] == "Ada King"
        assert account(api, stopped)["state"] == "deactivated"

    def test_the_address_stays_ones_own(self, api: Api, stopped: Person) -> None:
        people.register(api, stopped.email)
        letters.wait(api.stack, stopped.email, letters.ACCOUNT_EXISTS)
        assert can_sign_in(api, stopped.email, PASSWORD)
