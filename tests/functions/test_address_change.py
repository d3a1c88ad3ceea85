"""Moving an account to another address: asked by its person, confirmed by the new address."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.limits.model import GUESSES, MAILS
from tests.functions import letters, owners, people, sinks, tables
from tests.functions.api import HTML, Api, ok, pointers, problem
from tests.functions.moves import asked, confirmed, moved
from tests.functions.owners import account, can_sign_in, is_alive, move
from tests.functions.pages import led_to, pressed
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack
from tests.functions.strangers import begin_hour


@pytest.fixture(scope="module")
def api(stack: Any) -> Api:
    return Api(stack)


@pytest.fixture
def whole_hour(right_clock: DeployedStack) -> None:
    """No window of a limit ends soon."""
    begin_hour(right_clock)


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api, profile={"identity": {"name": "Ada"}})


class TestAsking:
    def test_changes_nothing_until_the_new_address_confirms(self, api: Api, ada: Person) -> None:
        before = account(api, ada)
        target, token = asked(api, ada)
        assert account(api, ada) == before
        assert can_sign_in(api, ada.email, PASSWORD)
        assert not can_sign_in(api, target, PASSWORD)
        for _ in range(2):
            page = api.get("/email/confirm", params={"token": token}, headers={"Accept": HTML})
            assert page.status_code == 200
            assert token in page.text
        assert account(api, ada) == before

    def test_tells_the_old_address_nothing_yet(self, api: Api, ada: Person) -> None:
        asked(api, ada)
        letters.all_sent(api.stack, ada.subject)
        assert letters.about(api.stack, ada.email, letters.ADDRESS_CHANGED) == []

    def test_takes_the_password(self, api: Api, ada: Person) -> None:
        target = people.new_address()
        refused = problem(move(api, ada, target, "not this one"), 403)
        assert refused["type"] == "urn:riserbo:problem:wrong-password"
        assert tables.of_kind(tables.partition(api.stack, ada.subject), "email_change") == []
        letters.all_sent(api.stack, ada.subject)
        assert api.stack.mails_to(target) == []

    @pytest.mark.usefixtures("whole_hour")
    def test_guessing_the_password_is_slowed_down(self, api: Api, ada: Person) -> None:
        headers = {**ada.headers, "X-Forwarded-For": "198.51.100.71"}

        def ask(password: str) -> int:
            body = {"email": people.new_address(), "password": password}
            answer = api.call("PUT", "/v1/account/email", headers=headers, json=body)
            return int(answer.status_code)

        assert {ask("not this one") for _ in range(GUESSES.own.tries)} == {403}
        assert ask(PASSWORD) == 429
        assert move(api, ada, people.new_address()).status_code == 202

    @pytest.mark.parametrize(
        "wrong",
        ["", "no address", "a@b", "àda@example.com", "x" * 400 + "@example.com", None, ["a@b.it"]],
    )
    def test_takes_an_address(self, api: Api, ada: Person, wrong: Any) -> None:
        refused = problem(move(api, ada, wrong), 400)
        assert set(pointers(refused)) == {"/email"}

    @pytest.mark.parametrize("spelled", [str, str.upper, str.title])
    def test_the_own_address_is_no_other(self, api: Api, ada: Person, spelled: Any) -> None:
        refused = problem(move(api, ada, spelled(ada.email)), 400)
        assert pointers(refused) == ["/email"]

    @pytest.mark.usefixtures("whole_hour")
    def test_nobody_floods_a_mailbox_with_it(self, api: Api, ada: Person) -> None:
        target = people.new_address()
        statuses = [move(api, ada, target).status_code for _ in range(MAILS.address.tries + 1)]
        assert statuses == [202] * MAILS.address.tries + [429]
        refused = move(api, ada, target)
        assert int(refused.headers["Retry-After"]) > 0
        letters.all_sent(api.stack, ada.subject)
        assert len(api.stack.mails_to(target)) <= MAILS.address.tries

    def test_the_last_wish_is_the_one_that_counts(self, api: Api, ada: Person) -> None:
        first, early = asked(api, ada)
        second, late = asked(api, ada)
        problem(confirmed(api, early), 422)
        assert not can_sign_in(api, first, PASSWORD)
        ok(confirmed(api, late))
        assert can_sign_in(api, second, PASSWORD)

    def test_the_link_works_for_a_day(
        self, right_clock: DeployedStack, api: Api, ada: Person
    ) -> None:
        _, token = asked(api, ada)
        right_clock.move_clock(24 * 3600 + 60)
        problem(confirmed(api, token), 422)
        assert can_sign_in(api, ada.email, PASSWORD)


class TestConfirming:
    def test_one_signs_in_with_the_new_address_and_no_more_with_the_old(
        self, api: Api, ada: Person
    ) -> None:
        target = moved(api, ada)
        assert can_sign_in(api, target, PASSWORD)
        assert can_sign_in(api, target.upper(), PASSWORD)
        assert not can_sign_in(api, ada.email, PASSWORD)
        after = account(api, ada)
        assert after["profile"]["identity"] == {"email": target, "name": "Ada"}
        assert after["id"] == ada.subject

    def test_sessions_go_on(self, api: Api, ada: Person) -> None:
        other = owners.again(api, ada)
        moved(api, ada)
        assert is_alive(api, ada)
        assert is_alive(api, other)

    def test_the_old_address_learns_of_it_and_only_a_hint_of_the_new(
        self, api: Api, ada: Person
    ) -> None:
        target = moved(api, ada)
        mail = letters.wait(api.stack, ada.email, letters.ADDRESS_CHANGED)
        assert target not in mail["BodyText"]
        assert f"{target[0]}***@example.com" in mail["BodyText"]
        assert "/email/undo?token=" in mail["BodyText"]

    def test_later_mails_go_to_the_new_address(self, api: Api, ada: Person) -> None:
        target = moved(api, ada)
        assert owners.change_password(api, ada, owners.OTHER_PASSWORD).status_code == 204
        letters.wait(api.stack, target, letters.PASSWORD_CHANGED)
        assert letters.about(api.stack, ada.email, letters.PASSWORD_CHANGED) == []

    def test_a_reset_is_sent_to_the_new_address_only(self, api: Api, ada: Person) -> None:
        target = moved(api, ada)
        for email in (ada.email, target):
            ok(api.post("/v1/password-resets", json={"email": email}), 202)
        letters.wait(api.stack, target, letters.RESET)
        letters.all_sent(api.stack, ada.subject)
        assert letters.about(api.stack, ada.email, letters.RESET) == []

    def test_the_link_works_once(self, api: Api, ada: Person) -> None:
        _, token = asked(api, ada)
        ok(confirmed(api, token))
        problem(confirmed(api, token), 422)

    def test_the_button_of_the_page_confirms(self, api: Api, ada: Person) -> None:
        target, token = asked(api, ada)
        for word in ("confirmed", "before"):
            answer = pressed(api, "/email/confirm", token=token)
            assert led_to(api, answer) == f"/email/confirm {word}"
        assert can_sign_in(api, target, PASSWORD)

    def test_a_link_is_for_its_purpose_alone(self, api: Api, ada: Person) -> None:
        _, token = asked(api, ada)
        body = {"token": token, "password": owners.OTHER_PASSWORD}
        problem(api.call("PUT", "/v1/password-resets", json=body), 422)
        problem(api.post("/v1/account/email/undo", json={"token": token}), 422)
        problem(api.post("/v1/accounts/verification", json=people.proof(token)), 422)
        problem(api.get("/v1/account", headers=people.bearer(token)), 401)
        problem(confirmed(api, ada.token), 422)
        ok(confirmed(api, token))


class TestAnAddressOfSomebodyElse:
    def test_gets_the_same_answer_and_nothing_changes(self, api: Api, ada: Person) -> None:
        owner = people.signed_in(api, profile={"identity": {"name": "The Owner"}})
        theirs = tables.partition(api.stack, owner.subject)
        held, free = move(api, ada, owner.email), move(api, ada, people.new_address())
        assert (held.status_code, held.content) == (free.status_code, free.content)
        assert held.status_code == 202
        assert held.headers.keys() == free.headers.keys()
        mail = letters.wait(api.stack, owner.email, letters.ADDRESS_IN_USE)
        assert "token=" not in mail["BodyText"]
        assert f"{api.base_url}/password" in mail["BodyText"]
        assert ada.email not in mail["BodyText"]
        assert tables.partition(api.stack, owner.subject) == theirs
        assert can_sign_in(api, owner.email, PASSWORD)
        assert can_sign_in(api, ada.email, PASSWORD)

    def test_that_was_free_when_it_was_asked_for_stays_its_owners(
        self, api: Api, ada: Person
    ) -> None:
        target, token = asked(api, ada)
        people.register(api, target)
        verification = letters.token(letters.wait(api.stack, target, letters.VERIFY))
        ok(api.post("/v1/accounts/verification", json=people.proof(verification)))
        before = account(api, ada)
        problem(confirmed(api, token), 422)
        assert account(api, ada) == before
        assert people.sign_in(api, target).subject == verification.partition(".")[0]


def test_no_address_lies_anywhere_in_the_clear(api: Api) -> None:
    began = sinks.now()
    old, new = "spostata.da.qui@example.com", "spostata.fin.qui@example.com"
    people.register(api, old)
    token = letters.token(letters.wait(api.stack, old, letters.VERIFY))
    ok(api.post("/v1/accounts/verification", json=people.proof(token)))
    person = people.sign_in(api, old)
    moved(api, person, new)
    letters.wait(api.stack, old, letters.ADDRESS_CHANGED)
    letters.all_sent(api.stack, person.subject)
    seeds = [old, new, "spostata.da", "spostata.fin"]
    assert sinks.found_in(sinks.everywhere(api.stack, began), seeds) == []
