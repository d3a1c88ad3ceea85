"""The short code of a verification mail: proves an address once, and cannot be guessed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from chalicelib.accounts.service.codes import CODE_VALID
from chalicelib.limits.model import CODES
from tests.functions import people, strangers
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.pages import led_to, pressed
from tests.functions.people import PASSWORD
from tests.functions.stack import DeployedStack
from tests.functions.strangers import FORM, retry_after, seen, somewhere, statuses, verify
from tests.functions.together import at_once

HOUR = int(CODE_VALID.total_seconds())


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture
def new_hour(right_clock: DeployedStack) -> Iterator[DeployedStack]:
    """The stack at the beginning of an hour, so that no window ends while tries are counted."""
    with strangers.from_a_full_hour(right_clock) as stack:
        yield stack


@pytest.fixture(scope="module")
def refusal(api: Api) -> tuple[int, bytes, dict[str, str]]:
    """What is said of any code for an address that nobody ever used."""
    answer = verify(api, email=people.new_address(), code="12345678")
    assert problem(answer, 422)["type"].endswith(":code-not-valid")
    return seen(answer)


def registered(api: Api, email: str | None = None, **members: str) -> tuple[str, str, str]:
    """Somebody new with an unread mail: the address, the mail's code, the link's token."""
    email = email or people.new_address()
    before = len(api.stack.mails_to(email))
    people.register(api, email, **members)
    mail = people.mails(api.stack, email, before + 1)[-1]
    return email, people.short_code(mail), people.link_token(mail)


def other_than(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 10**8:08d}"


def guesses(api: Api, email: str, code: str, count: int, **rest: dict[str, str]) -> list[int]:
    """What so many wrong codes in a row are answered."""
    wrong = other_than(code)
    return statuses([verify(api, email=email, code=wrong, **rest) for _ in range(count)])


class TestRightCode:
    @pytest.mark.parametrize("spelled", [str, str.upper])
    def test_proves_the_address(self, api: Api, spelled: type[str]) -> None:
        email, code, token = registered(api)
        assert ok(verify(api, email=spelled(email), code=code)) == {"status": "verified"}
        assert people.sign_in(api, email).subject == token.partition(".")[0]

    def test_works_in_a_form(self, api: Api) -> None:
        email, code, _ = registered(api)
        fields = {"email": email, "code": f"{code[:4]} {code[4:]}", "password": PASSWORD}
        assert led_to(api, pressed(api, "/verification", **fields)) == "/sign-in verified"
        people.sign_in(api, email)

    def test_works_in_a_form_of_a_page_that_is_older_than_its_address(self, api: Api) -> None:
        _, _, token = registered(api)
        sent = urlencode(people.proof(token))
        answer = api.post("/v1/accounts/verification?lang=it", headers=FORM, data=sent)
        assert led_to(api, answer) == "/sign-in verified"
        assert answer.headers["Location"].endswith("&lang=it")

    def test_works_once(self, api: Api, refusal: object) -> None:
        email, code, _ = registered(api)
        ok(verify(api, email=email, code=code))
        assert seen(verify(api, email=email, code=code)) == refusal

    def test_sent_many_times_at_once_works_once(self, api: Api) -> None:
        email, code, _ = registered(api)

        def send() -> int:
            return verify(Api(api.stack), email=email, code=code).status_code

        assert sorted(at_once([send] * 3)) == [200, 422, 422]

    def test_and_link_are_one_proof(self, api: Api, refusal: object) -> None:
        (one, code, token), (two, code_two, token_two) = registered(api), registered(api)
        ok(verify(api, token=token))
        assert seen(verify(api, email=one, code=code)) == refusal
        ok(verify(api, email=two, code=code_two))
        problem(verify(api, token=token_two), 422)

    def test_proves_the_registration_whose_mail_it_stood_in(
        self, api: Api, refusal: object
    ) -> None:
        email, others_code, _ = registered(api, password="the first password")
        _, code, token = registered(api, email, password="the other password")
        assert code != others_code
        ok(verify(api, email=email, code=code, password="the other password"))
        person = people.sign_in(api, email, "the other password")
        assert person.subject == token.partition(".")[0]
        problem(strangers.sign_in(api, email, "the first password"), 401)
        late = verify(api, email=email, code=others_code, password="the first password")
        assert seen(late) == refusal


class TestWrongCode:
    """Whatever is wrong with a code, what is said of it is the same."""

    def test_digits_that_stood_in_no_mail(self, api: Api, refusal: object) -> None:
        email, code, _ = registered(api)
        assert seen(verify(api, email=email, code=other_than(code))) == refusal

    def test_of_another_address(self, api: Api, refusal: object) -> None:
        (one, _, _), (_, code, _) = registered(api), registered(api)
        assert seen(verify(api, email=one, code=code)) == refusal

    def test_for_an_account_that_is_verified(self, api: Api, refusal: object) -> None:
        assert seen(verify(api, email=people.verified(api), code="12345678")) == refusal

    def test_too_old(self, right_clock: DeployedStack, api: Api, refusal: object) -> None:
        (old, code, token), (young, code_young, _) = registered(api), registered(api)
        strangers.move_on(right_clock, HOUR - 60)
        ok(verify(api, email=young, code=code_young))
        strangers.move_on(right_clock, 120)
        assert seen(verify(api, email=old, code=code)) == refusal
        ok(verify(api, token=token))

    @pytest.mark.parametrize(
        ("body", "wrong"),
        [
            ({"code": "12345678"}, ["/email"]),
            ({"email": "ada@example.com"}, ["/code"]),
            ({"email": "ada@example.com", "code": "1234567"}, ["/code"]),
            ({"email": "ada@example.com", "code": 12345678}, ["/code"]),
            ({"email": "ada@example.com", "code": "１２３４５６７８"}, ["/code"]),
            ({"token": strangers.NOBODYS, "email": "a@example.com", "code": "1" * 8}, ["/token"]),
            ({}, ["/token"]),
        ],
    )
    def test_no_code_at_all(self, api: Api, body: dict[str, Any], wrong: list[str]) -> None:
        assert pointers(problem(verify(api, **body), 400)) == wrong


class TestGuessing:
    def test_from_one_network_ends(self, new_hour: DeployedStack, api: Api) -> None:
        email, code, _ = registered(api)
        here = somewhere()
        assert guesses(api, email, code, CODES.own.tries, headers=here) == [422] * CODES.own.tries
        late = verify(api, here, email=email, code=code)
        assert 0 < retry_after(late) <= CODES.own.window.total_seconds()
        ok(verify(api, somewhere(), email=email, code=code))

    def test_looks_the_same_at_an_address_that_nobody_registered(
        self, new_hour: DeployedStack, api: Api
    ) -> None:
        email, code, _ = registered(api)
        tried = [(email, somewhere()), (people.new_address(), somewhere())]

        def answers(email: str, here: dict[str, str]) -> list[requests.Response]:
            wrong = other_than(code)
            return [verify(api, here, email=email, code=wrong) for _ in range(CODES.own.tries + 1)]

        known, unknown = (answers(*one) for one in tried)
        assert [one.content for one in known] == [one.content for one in unknown]
        assert statuses(known) == [422] * CODES.own.tries + [429]
        assert retry_after(known[-1]) == pytest.approx(retry_after(unknown[-1]), abs=60)

    def test_from_many_networks_ends_and_the_link_goes_on(
        self, new_hour: DeployedStack, api: Api
    ) -> None:
        email, code, token = registered(api)
        for _ in range(CODES.address.tries // CODES.own.tries):
            assert set(guesses(api, email, code, CODES.own.tries, headers=somewhere())) == {422}
        late = verify(api, somewhere(), email=email, code=code)
        assert 0 < retry_after(late) <= CODES.address.window.total_seconds()
        ok(verify(api, token=token))
        people.sign_in(api, email)

    def test_at_once_gains_nothing(self, new_hour: DeployedStack, api: Api) -> None:
        email, code, _ = registered(api)
        here, wrong = somewhere(), other_than(code)

        def guess(email: str) -> int:
            return verify(Api(api.stack), here, email=email, code=wrong).status_code

        for guessed in (people.new_address(), email):  # by the second, all workers are running
            answers = at_once([lambda guessed=guessed: guess(guessed)] * (2 * CODES.own.tries))  # type: ignore[misc]
            assert set(answers) == {422, 429}
            assert answers.count(422) == CODES.own.tries
        retry_after(verify(api, here, email=email, code=code))

    def test_may_go_on_after_the_wait_that_was_told(
        self, new_hour: DeployedStack, api: Api
    ) -> None:
        email, code, _ = registered(api)
        here = somewhere()
        guesses(api, email, code, CODES.own.tries, headers=here)
        strangers.move_on(new_hour, retry_after(verify(api, here, email=email, code=code)))
        strangers.resend(api, email)
        mail = people.mails(api.stack, email, 2)[-1]
        ok(verify(api, here, email=email, code=people.short_code(mail)))
