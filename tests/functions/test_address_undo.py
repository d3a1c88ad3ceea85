"""Undoing a move from the old address: for 72 hours, whoever moved the account."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functions import letters, owners, people, second_factor, tables
from tests.functions.api import HTML, Api, ok, problem
from tests.functions.moves import asked, confirmed, moved, undo_token, undone
from tests.functions.owners import OTHER_PASSWORD, account, can_sign_in, is_alive, move
from tests.functions.pages import led_to, pressed
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack

HOUR = 3600
THIEFS_PASSWORD = "un martello di velluto blu"


@pytest.fixture(scope="module")
def api(stack: Any) -> Api:
    return Api(stack)


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api, profile={"identity": {"name": "Ada"}})


def changes(api: Api, person: Person) -> list[tables.Item]:
    """What is stored about moves of an account."""
    return tables.of_kind(tables.partition(api.stack, person.subject), "email_change")


def claims(api: Api, person: Person) -> list[tables.Item]:
    """The addresses that an account holds or has reserved."""
    found = tables.all_of(api.stack, "claim")
    return [one for one in found if one["subject"]["S"] == person.subject]


def choose_password(api: Api, email: str, password: str) -> None:
    """Uses the link of the mail that follows an undo."""
    token = letters.token(letters.wait(api.stack, email, letters.ADDRESS_RESTORED))
    body = {"token": token, "password": password}
    assert api.call("PUT", "/v1/password-resets", json=body).status_code == 204


class TestUndoing:
    def test_brings_the_address_back_and_ends_everything_else(self, api: Api, ada: Person) -> None:
        target = moved(api, ada)
        others = [people.sign_in(api, target) for _ in range(2)]
        assert ok(undone(api, undo_token(api, ada.email))) == {"status": "undone"}
        for session in (ada, *others):
            assert not is_alive(api, session)
        for email in (ada.email, target):
            assert not can_sign_in(api, email, PASSWORD)
        choose_password(api, ada.email, OTHER_PASSWORD)
        back = people.sign_in(api, ada.email, OTHER_PASSWORD)
        assert back.subject == ada.subject
        assert account(api, back)["profile"]["identity"] == {"email": ada.email, "name": "Ada"}
        assert not can_sign_in(api, target, OTHER_PASSWORD)

    def test_leaves_of_the_move_what_its_mail_is_written_from(self, api: Api, ada: Person) -> None:
        moved(api, ada)
        assert len(claims(api, ada)) == 2
        ok(undone(api, undo_token(api, ada.email)))
        (change,) = changes(api, ada)
        assert "confirmed_at" not in change, "another move may be asked for at once"
        (claim,) = claims(api, ada)
        assert "reserved_until" not in claim
        assert "password_hash" not in claim

    def test_works_once(self, api: Api, ada: Person) -> None:
        moved(api, ada)
        token = undo_token(api, ada.email)
        ok(undone(api, token))
        problem(undone(api, token), 422)
        assert len(letters.about(api.stack, ada.email, letters.ADDRESS_RESTORED)) <= 1

    def test_opening_the_page_changes_nothing(self, api: Api, ada: Person) -> None:
        moved(api, ada)
        token = undo_token(api, ada.email)
        before = tables.partition(api.stack, ada.subject)
        for _ in range(2):
            page = api.get("/email/undo", params={"token": token}, headers={"Accept": HTML})
            assert page.status_code == 200
            assert token in page.text
        assert tables.partition(api.stack, ada.subject) == before

    def test_by_the_button_of_the_page(self, api: Api, ada: Person) -> None:
        moved(api, ada)
        token = undo_token(api, ada.email)
        for word in ("undone", "before"):
            answer = pressed(api, "/email/undo", token=token)
            assert led_to(api, answer) == f"/email/undo {word}"
        assert not is_alive(api, ada)
        choose_password(api, ada.email, OTHER_PASSWORD)

    def test_of_an_account_that_was_stopped_meanwhile(self, api: Api, ada: Person) -> None:
        moved(api, ada)
        ok(owners.deactivate(api, ada))
        ok(undone(api, undo_token(api, ada.email)))
        choose_password(api, ada.email, OTHER_PASSWORD)
        back = people.sign_in(api, ada.email, OTHER_PASSWORD)
        assert account(api, back)["state"] == "deactivated"


class TestAgainstAThief:
    """Who had a session and the password moved the account; its owner takes it back."""

    def test_a_new_password_does_not_keep_the_owner_out(self, api: Api, ada: Person) -> None:
        target = moved(api, ada)
        assert owners.change_password(api, ada, THIEFS_PASSWORD).status_code == 204
        ok(undone(api, undo_token(api, ada.email)))
        assert not is_alive(api, ada)
        for email in (ada.email, target):
            assert not can_sign_in(api, email, THIEFS_PASSWORD)
        choose_password(api, ada.email, OTHER_PASSWORD)
        assert can_sign_in(api, ada.email, OTHER_PASSWORD)

    def test_a_reset_that_the_new_address_got_is_void(self, api: Api, ada: Person) -> None:
        target = moved(api, ada)
        ok(api.post("/v1/password-resets", json={"email": target}), 202)
        token = letters.token(letters.wait(api.stack, target, letters.RESET))
        ok(undone(api, undo_token(api, ada.email)))
        body = {"token": token, "password": THIEFS_PASSWORD}
        problem(api.call("PUT", "/v1/password-resets", json=body), 422)
        for email in (ada.email, target):
            assert not can_sign_in(api, email, THIEFS_PASSWORD)

    def test_the_new_address_gets_no_reset_any_more(self, api: Api, ada: Person) -> None:
        target = moved(api, ada)
        ok(undone(api, undo_token(api, ada.email)))
        letters.wait(api.stack, ada.email, letters.ADDRESS_RESTORED)
        ok(api.post("/v1/password-resets", json={"email": target}), 202)
        ok(api.post("/v1/password-resets", json={"email": ada.email}), 202)
        letters.wait(api.stack, ada.email, letters.RESET)
        assert letters.about(api.stack, target, letters.RESET) == []

    def test_a_second_factor_that_came_with_the_move_goes(
        self, right_clock: DeployedStack, api: Api, ada: Person
    ) -> None:
        assert right_clock is api.stack  # the device's codes move its clock
        target = moved(api, ada)
        second_factor.switched_on(api, ada)
        ok(undone(api, undo_token(api, ada.email)))
        assert second_factor.item(api, ada) is None
        choose_password(api, ada.email, OTHER_PASSWORD)
        back = people.sign_in(api, ada.email, OTHER_PASSWORD)
        assert account(api, back)["second_factor"] is False
        assert not can_sign_in(api, target, PASSWORD)

    def test_the_owners_own_second_factor_stays(
        self, right_clock: DeployedStack, api: Api, ada: Person
    ) -> None:
        assert right_clock is api.stack
        device = second_factor.switched_on(api, ada)
        moved(api, ada, code=device.code())
        ok(undone(api, undo_token(api, ada.email)))
        choose_password(api, ada.email, OTHER_PASSWORD)
        answer = second_factor.sign_in(api, ada.email, None, OTHER_PASSWORD)
        second_factor.refused(answer, 401, "second-factor-needed")
        ok(second_factor.sign_in(api, ada.email, device.code(), OTHER_PASSWORD), 201)


class TestSeventyTwoHours:
    def test_there_is_no_other_move_for_so_long(
        self, right_clock: DeployedStack, api: Api, ada: Person
    ) -> None:
        target = moved(api, ada)
        third = people.new_address()
        for email in (third, ada.email):
            refused = problem(move(api, ada, email), 409)
            assert refused["type"] == "urn:riserbo:problem:address-changed-lately"
        letters.all_sent(api.stack, ada.subject)
        assert api.stack.mails_to(third) == []
        right_clock.move_clock(72 * HOUR + 60)
        moved(api, ada, third)
        assert can_sign_in(api, third, PASSWORD)
        assert not can_sign_in(api, target, PASSWORD)

    def test_the_link_works_until_then_and_no_longer(
        self, right_clock: DeployedStack, api: Api
    ) -> None:
        in_time, late = (people.signed_in(api) for _ in range(2))
        tokens = {}
        for person in (in_time, late):
            moved(api, person)
            tokens[person] = undo_token(api, person.email)
        right_clock.move_clock(72 * HOUR - 60)
        ok(undone(api, tokens[in_time]))
        right_clock.move_clock(72 * HOUR + 60)
        problem(undone(api, tokens[late]), 422)
        assert is_alive(api, late)
        assert not can_sign_in(api, late.email, PASSWORD)

    def test_until_then_nobody_else_gets_the_old_address(self, api: Api, ada: Person) -> None:
        moved(api, ada)
        token = undo_token(api, ada.email)
        mover = people.signed_in(api)
        assert move(api, mover, ada.email).status_code == 202
        people.register(api, ada.email)
        for person in (mover, ada):
            letters.all_sent(api.stack, person.subject)
        assert letters.about(api.stack, ada.email, letters.CONFIRM_ADDRESS) == []
        assert len(letters.about(api.stack, ada.email, letters.VERIFY)) == 1  # years ago
        ok(undone(api, token))
        choose_password(api, ada.email, OTHER_PASSWORD)
        assert people.sign_in(api, ada.email, OTHER_PASSWORD).subject == ada.subject

    def test_until_then_links_of_before_do_not_get_it_either(self, api: Api) -> None:
        email, mover = people.new_address(), people.signed_in(api)
        _, wish = asked(api, mover, email)
        for _ in range(2):
            people.register(api, email)
        early, late = (letters.token(mail) for mail in people.mails(api.stack, email, 3)[-2:])
        ok(api.post("/v1/accounts/verification", json=people.proof(late)))
        ada = people.sign_in(api, email)
        moved(api, ada)
        problem(confirmed(api, wish), 422)
        problem(api.post("/v1/accounts/verification", json=people.proof(early)), 422)
        ok(undone(api, undo_token(api, email)))
        choose_password(api, email, OTHER_PASSWORD)
        assert people.sign_in(api, email, OTHER_PASSWORD).subject == ada.subject

    def test_then_anybody_may_register_it(
        self, right_clock: DeployedStack, api: Api, ada: Person
    ) -> None:
        target = moved(api, ada)
        right_clock.move_clock(72 * HOUR + 60)
        people.register(api, ada.email)
        token = letters.token(letters.wait(api.stack, ada.email, letters.VERIFY, 2))
        ok(api.post("/v1/accounts/verification", json=people.proof(token)))
        assert people.sign_in(api, ada.email).subject == token.partition(".")[0] != ada.subject
        assert people.sign_in(api, target).subject == ada.subject

    def test_then_another_account_may_move_to_it(
        self, right_clock: DeployedStack, api: Api, ada: Person
    ) -> None:
        moved(api, ada)
        right_clock.move_clock(72 * HOUR + 60)
        mover = people.signed_in(api)
        moved(api, mover, ada.email)
        assert people.sign_in(api, ada.email).subject == mover.subject

    def test_then_its_own_account_may_come_back_too(
        self, right_clock: DeployedStack, api: Api, ada: Person
    ) -> None:
        target = moved(api, ada)
        right_clock.move_clock(72 * HOUR + 60)
        moved(api, ada, ada.email)
        assert people.sign_in(api, ada.email).subject == ada.subject
        assert not can_sign_in(api, target, PASSWORD)

    def test_a_link_that_was_never_confirmed_cannot_be_undone(self, api: Api, ada: Person) -> None:
        _, token = asked(api, ada)
        problem(undone(api, token), 422)
        ok(confirmed(api, token))
