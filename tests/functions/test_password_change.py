"""Changing one's password: the other sessions end, and its person is told."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from chalicelib.limits.model import GUESSES
from tests.functions import letters, owners, people, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.owners import OTHER_PASSWORD, again, can_sign_in, change_password, is_alive
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack
from tests.functions.strangers import begin_hour
from tests.functions.together import at_once

THIRD_PASSWORD = "un armadio pieno di nuvole"


@pytest.fixture(scope="module")
def api(stack: Any) -> Api:
    return Api(stack)


@pytest.fixture
def whole_hour(right_clock: DeployedStack) -> None:
    """No window of a limit ends soon."""
    begin_hour(right_clock)


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api, profile={"identity": {"name": "Zenobia Quattrocchi"}})


def guess(api: Api, person: Person, password: str, network: str) -> int:
    """Somebody with the session of a person guesses at the password, from somewhere."""
    body = {"current_password": password, "password": OTHER_PASSWORD}
    headers = {**person.headers, "X-Forwarded-For": network}
    answer = api.call("PUT", "/v1/account/password", headers=headers, json=body)
    return int(answer.status_code)


class TestChange:
    def test_ends_the_other_sessions_and_keeps_this_one(self, api: Api, ada: Person) -> None:
        others = [again(api, ada) for _ in range(3)]
        answer = change_password(api, ada, OTHER_PASSWORD)
        assert (answer.status_code, answer.content) == (204, b"")
        assert is_alive(api, ada)
        assert [is_alive(api, one) for one in others] == [False] * 3
        assert [one["current"] for one in owners.sessions(api, ada)] == [True]

    def test_makes_the_new_password_the_one_that_works(self, api: Api, ada: Person) -> None:
        assert change_password(api, ada, OTHER_PASSWORD).status_code == 204
        assert can_sign_in(api, ada.email, OTHER_PASSWORD)
        assert not can_sign_in(api, ada.email, PASSWORD)
        refused = problem(change_password(api, ada, THIRD_PASSWORD), 403)
        assert refused["type"] == "urn:riserbo:problem:wrong-password"

    def test_is_told_by_a_mail_that_lets_nobody_in(self, api: Api, ada: Person) -> None:
        assert change_password(api, ada, OTHER_PASSWORD).status_code == 204
        mail = letters.wait(api.stack, ada.email, letters.PASSWORD_CHANGED)
        assert "token=" not in mail["BodyText"]
        assert f"{api.base_url}/password" in mail["BodyText"]
        assert OTHER_PASSWORD not in mail["BodyText"]
        assert ok(api.get("/v1/account", headers=ada.headers))["profile"]["identity"]["name"]

    def test_stores_an_argon2id_hash_of_its_own(self, api: Api, ada: Person) -> None:
        before = claim(api, ada)
        assert change_password(api, ada, PASSWORD).status_code == 204
        after = claim(api, ada)
        assert after["password_hash"]["S"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert after["password_hash"] != before["password_hash"]
        assert int(after["generation"]["N"]) == int(before["generation"]["N"]) + 1

    def test_works_while_the_account_is_stopped(self, api: Api, ada: Person) -> None:
        ok(owners.deactivate(api, ada))
        assert change_password(api, ada, OTHER_PASSWORD).status_code == 204
        assert can_sign_in(api, ada.email, OTHER_PASSWORD)

    def test_of_two_at_once_one_counts(self, api: Api, ada: Person) -> None:
        passwords = (OTHER_PASSWORD, THIRD_PASSWORD)
        acts = [partial(change_password, Api(api.stack), ada, one) for one in passwords]
        statuses = [answer.status_code for answer in at_once(acts)]
        assert sorted(statuses)[0] == 204, statuses
        assert set(statuses) <= {204, 401, 403, 503}
        assert statuses.count(204) == 1
        works = [can_sign_in(api, ada.email, one) for one in passwords]
        assert works == [status == 204 for status in statuses]
        assert is_alive(api, ada)


def claim(api: Api, person: Person) -> tables.Item:
    """Where the password's hash lies."""
    (found,) = [
        item for item in tables.all_of(api.stack, "claim") if item["subject"]["S"] == person.subject
    ]
    return found


class TestRefusals:
    def test_a_wrong_current_password_changes_nothing(self, api: Api, ada: Person) -> None:
        other = again(api, ada)
        refused = problem(change_password(api, ada, OTHER_PASSWORD, "not this one"), 403)
        assert refused["type"] == "urn:riserbo:problem:wrong-password"
        assert is_alive(api, other)
        assert can_sign_in(api, ada.email, PASSWORD)
        letters.all_sent(api.stack, ada.subject)
        assert letters.about(api.stack, ada.email, letters.PASSWORD_CHANGED) == []

    @pytest.mark.parametrize(
        "unfit",
        [
            "short",
            "elevenchars",
            "x" * 257,
            "passwordpassword",
            "qwertyuiop12",
            "aaaaaaaaaaaaaaaa",
            "Zenobia Quattrocchi",
            "quattrocchi-zenobia1",
            "Kaveripoint12",
        ],
    )
    def test_an_unfit_new_one_is_refused(self, api: Api, ada: Person, unfit: str) -> None:
        refused = problem(change_password(api, ada, unfit), 400)
        assert pointers(refused) == ["/password"]
        assert unfit not in str(refused)
        assert can_sign_in(api, ada.email, PASSWORD)

    def test_made_of_the_own_address_too(self, api: Api, ada: Person) -> None:
        refused = change_password(api, ada, ada.email)
        assert pointers(problem(refused, 400)) == ["/password"]

    @pytest.mark.usefixtures("whole_hour")
    def test_guessing_with_a_stolen_session_is_slowed_down(self, api: Api, ada: Person) -> None:
        here, elsewhere = "198.51.100.61", "203.0.113.61"
        statuses = [guess(api, ada, "not this one", here) for _ in range(GUESSES.own.tries)]
        assert set(statuses) == {403}
        body = {"current_password": PASSWORD, "password": OTHER_PASSWORD}
        answer = api.call(
            "PUT",
            "/v1/account/password",
            headers={**ada.headers, "X-Forwarded-For": here},
            json=body,
        )
        problem(answer, 429)
        assert 0 < int(answer.headers["Retry-After"]) <= GUESSES.own.window.total_seconds() + 1
        assert can_sign_in(api, ada.email, PASSWORD)  # from elsewhere, its owner goes on
        assert guess(api, ada, PASSWORD, elsewhere) == 204

    @pytest.mark.usefixtures("whole_hour")
    def test_wrong_ones_here_and_at_the_door_are_one_count(self, api: Api, ada: Person) -> None:
        here = {"X-Forwarded-For": "198.51.100.62"}
        for number in range(GUESSES.own.tries):
            if number % 2:
                assert guess(api, ada, "not this one", here["X-Forwarded-For"]) == 403
            else:
                wrong = {"email": ada.email, "password": "not this one"}
                problem(api.post("/v1/sessions", headers=here, json=wrong), 401)
        right = {"email": ada.email, "password": PASSWORD}
        problem(api.post("/v1/sessions", headers=here, json=right), 429)


class TestWhatAThiefPrepared:
    """A new password ends every other hold on the account, links in mails included."""

    def test_a_reset_that_was_asked_for_before_is_void(self, api: Api, ada: Person) -> None:
        ok(api.post("/v1/password-resets", json={"email": ada.email}), 202)
        token = letters.token(letters.wait(api.stack, ada.email, letters.RESET))
        assert change_password(api, ada, OTHER_PASSWORD).status_code == 204
        late = api.call(
            "PUT", "/v1/password-resets", json={"token": token, "password": THIRD_PASSWORD}
        )
        problem(late, 422)
        assert can_sign_in(api, ada.email, OTHER_PASSWORD)

    @pytest.mark.parametrize("end", ["password", "everywhere"])
    def test_a_move_that_was_asked_for_before_is_void(
        self, api: Api, ada: Person, end: str
    ) -> None:
        target = people.new_address()
        assert owners.move(api, again(api, ada), target).status_code == 202
        token = letters.token(letters.wait(api.stack, target, letters.CONFIRM_ADDRESS))
        if end == "password":
            assert change_password(api, ada, OTHER_PASSWORD).status_code == 204
        else:
            assert api.delete("/v1/sessions", headers=ada.headers).status_code == 204
        late = api.post("/v1/account/email/confirmation", json={"token": token})
        problem(late, 422)
        assert can_sign_in(api, ada.email, OTHER_PASSWORD if end == "password" else PASSWORD)
