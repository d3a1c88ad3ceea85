"""Guessing passwords and flooding mailboxes end; who knows the password passes all the while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from chalicelib.limits.model import GUESSES, MAILS, RESETS
from tests.functions import people, strangers
from tests.functions.api import Api, ok, problem
from tests.functions.people import PASSWORD
from tests.functions.stack import DeployedStack
from tests.functions.strangers import retry_after, sign_in, somewhere, statuses
from tests.functions.together import at_once, warmed

WRONG = "a wrong guess of mine"
PAIR = GUESSES.own.tries
LEFT_TO_ALL = 4
"""Tries that are left when many come at once; each of the many needs a worker of its own."""


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(autouse=True)
def new_hour(right_clock: DeployedStack) -> Iterator[DeployedStack]:
    """The stack at the beginning of an hour, so that no window ends while tries are counted."""
    with strangers.from_a_full_hour(right_clock) as stack:
        yield stack


@pytest.fixture
def email(api: Api) -> str:
    """The address of somebody with an account."""
    return people.verified(api)


def guesses(api: Api, email: str, here: dict[str, str], count: int) -> list[requests.Response]:
    """The answers to so many wrong passwords in a row."""
    return [sign_in(api, email, WRONG, here) for _ in range(count)]


def guess_often(api: Api, email: str, here: dict[str, str], times: int) -> requests.Response:
    """The answer to a wrong password that is counted as so many."""
    return strangers.as_often(api.stack, lambda: sign_in(api, email, WRONG, here), times)


class TestOneNetwork:
    def test_gets_so_many_tries_and_then_a_429(self, api: Api, email: str) -> None:
        here = somewhere()
        answers = guesses(api, email, here, PAIR + 2)
        assert statuses(answers) == [401] * PAIR + [429] * 2
        assert 0 < retry_after(answers[-1]) <= GUESSES.own.window.total_seconds()

    def test_learns_nothing_from_the_429_even_with_the_right_password(
        self, api: Api, email: str
    ) -> None:
        here = somewhere()
        refused = guesses(api, email, here, PAIR + 1)[-1]
        assert sign_in(api, email, PASSWORD, here).content == refused.content

    def test_does_not_keep_the_owner_out(self, api: Api, email: str) -> None:
        guesses(api, email, somewhere(), PAIR + 1)
        ok(sign_in(api, email, PASSWORD, somewhere()), 201)
        ok(sign_in(api, email, PASSWORD), 201)

    def test_may_go_on_after_the_wait_that_was_told(self, api: Api, email: str) -> None:
        here = somewhere()
        wait = retry_after(guesses(api, email, here, PAIR + 1)[-1])
        strangers.move_on(api.stack, wait // 2)
        retry_after(sign_in(api, email, PASSWORD, here))
        strangers.move_on(api.stack, wait - wait // 2)
        ok(sign_in(api, email, PASSWORD, here), 201)

    def test_has_all_its_tries_again_after_a_right_password(self, api: Api, email: str) -> None:
        here = somewhere()
        for _ in range(2):
            assert set(statuses(guesses(api, email, here, PAIR - 1))) == {401}
            ok(sign_in(api, email, PASSWORD, here), 201)

    def test_is_a_network_and_not_one_address_of_it(self, api: Api, email: str) -> None:
        for first, other in (("203.0.113.7", "203.0.113.250"), ("2001:db8:ffff:1::1",) * 2):
            guesses(api, email, {"X-Forwarded-For": first}, PAIR)
            moved = other.replace(":1::1", ":2::2")
            retry_after(sign_in(api, email, WRONG, {"X-Forwarded-For": moved}))
        problem(sign_in(api, email, WRONG, {"X-Forwarded-For": "203.0.114.7"}), 401)

    def test_sees_the_same_at_an_address_that_nobody_has(self, api: Api, email: str) -> None:
        answers = [
            guesses(api, tried, somewhere(), PAIR + 1) for tried in (email, people.new_address())
        ]
        known, unknown = ([(one.status_code, one.content) for one in many] for many in answers)
        assert known == unknown
        waits = [retry_after(many[-1]) for many in answers]
        assert waits[0] == pytest.approx(waits[1], abs=60)

    def test_guessing_at_once_gains_no_try(self, api: Api, email: str) -> None:
        here, many = somewhere(), LEFT_TO_ALL + 6

        def guess(email: str) -> int:
            return sign_in(Api(api.stack), email, WRONG, here).status_code

        warmed(lambda: guess(people.new_address()), many)
        assert {guess(email) for _ in range(PAIR - LEFT_TO_ALL)} == {401}
        answers = at_once([lambda: guess(email)] * many)
        assert set(answers) == {401, 429}
        assert answers.count(401) == LEFT_TO_ALL
        right = at_once([lambda: sign_in(Api(api.stack), email, PASSWORD, here).status_code] * 5)
        assert right == [429] * 5

    def test_guessing_at_once_finds_no_password_once_its_tries_are_used(
        self, api: Api, email: str
    ) -> None:
        """The right password is among the guesses, and all are on their way before the last try."""
        here = somewhere()
        guesses(api, email, here, PAIR - 1)

        def guess(password: str) -> int:
            return sign_in(Api(api.stack), email, password, here).status_code

        tried = [lambda: guess(WRONG)] * 9 + [lambda: guess(PASSWORD)]
        answers = at_once(tried)
        if answers[-1] == 429:
            assert answers.count(401) == 1
        else:  # it was the one try that was left, or came before it: then the tries begin anew
            assert answers[-1] == 201
            assert answers.count(401) <= 1 + PAIR


class TestManyNetworks:
    def test_get_one_try_each_and_the_owner_signs_in(self, api: Api, email: str) -> None:
        """A hundred wrong guesses from ten networks: from then on each network has one."""
        for _ in range(GUESSES.address.tries // PAIR):
            problem(guess_often(api, email, somewhere(), PAIR), 401)
        assert statuses(guesses(api, email, somewhere(), 3)) == [401, 429, 429]
        ok(sign_in(api, email, PASSWORD, somewhere()), 201)
        ok(sign_in(api, email, PASSWORD), 201)

    def test_are_counted_from_the_beginning_when_the_hour_is_over(
        self, api: Api, email: str
    ) -> None:
        for _ in range(GUESSES.address.tries // PAIR):
            guess_often(api, email, somewhere(), PAIR)
        retry_after(guesses(api, email, somewhere(), 2)[-1])
        strangers.move_on(api.stack, int(GUESSES.address.window.total_seconds()))
        assert set(statuses(guesses(api, email, somewhere(), PAIR))) == {401}


class TestManyAddresses:
    def test_from_one_network_leave_each_a_try(self, api: Api, email: str) -> None:
        here = somewhere()
        often = GUESSES.address.tries
        for _ in range(GUESSES.network.tries // often):
            problem(guess_often(api, people.new_address(), here, often), 401)
        one = people.new_address()
        assert statuses(guesses(api, one, here, 3)) == [401, 429, 429]
        refused = sign_in(api, one, WRONG, here)
        assert 0 < retry_after(refused) <= GUESSES.own.window.total_seconds()
        problem(sign_in(api, one, WRONG, somewhere()), 401)
        # a neighbour of who did that signs in, and changes what needs the password, as ever
        ok(sign_in(api, email, PASSWORD, here), 201)


Ask = Callable[[Api, str, dict[str, str]], requests.Response]


def register(api: Api, email: str, here: dict[str, str], **members: Any) -> requests.Response:
    """Registers from there."""
    body = people.registration(api, email, **members)
    return api.post("/v1/accounts", headers=here, json=body)


ASKS: dict[str, Ask] = {
    "registration": register,
    "resend": strangers.resend,
    "reset": strangers.ask_reset,
}
OWN = 1
"""Mails of the registration by which somebody has an account."""

LEFT = {
    "registration": MAILS.address.tries - OWN,
    "resend": MAILS.address.tries - OWN,
    "reset": RESETS.own.tries,
}
"""How many more mails one network may cause to an address that registered today."""


class TestMails:
    """No one can make the product flood a mailbox."""

    @pytest.mark.parametrize("way", ASKS)
    def test_from_one_network_are_few(self, api: Api, email: str, way: str) -> None:
        here = somewhere()
        answers = [ASKS[way](api, email, here) for _ in range(LEFT[way] + 2)]
        assert statuses(answers) == [202] * LEFT[way] + [429] * 2
        window = RESETS.own.window if way == "reset" else MAILS.address.window
        assert 0 < retry_after(answers[-1]) <= window.total_seconds()
        strangers.all_mail_is_out(api.stack)
        assert len(api.stack.mails_to(email)) == OWN + LEFT[way]

    @pytest.mark.parametrize("verified", [True, False], ids=["verified", "waiting"])
    def test_are_few_whatever_the_way_and_the_network(self, api: Api, verified: bool) -> None:
        email = people.verified(api) if verified else people.pending(api)[0]
        most = MAILS.address.tries + RESETS.address.tries
        mix = list(ASKS.values()) * (RESETS.address.tries + 1)
        answers = [ask(api, email, somewhere()) for ask in mix]
        assert statuses(answers).count(202) == most - OWN
        assert set(statuses(answers[-len(ASKS) :])) == {429}
        strangers.all_mail_is_out(api.stack)
        mails = len(api.stack.mails_to(email))
        assert mails == (most if verified else MAILS.address.tries)

    def test_asked_for_at_once_are_no_more(self, api: Api, email: str) -> None:
        def ask() -> int:
            return strangers.ask_reset(Api(api.stack), email, somewhere()).status_code

        many = LEFT_TO_ALL + 4
        warmed(lambda: strangers.ask_reset(Api(api.stack), people.new_address(), somewhere()), many)
        assert {ask() for _ in range(RESETS.address.tries - LEFT_TO_ALL)} == {202}
        answers = at_once([ask] * many)
        assert set(answers) == {202, 429}
        strangers.all_mail_is_out(api.stack)
        assert len(api.stack.mails_to(email)) == OWN + RESETS.address.tries

    @pytest.mark.parametrize("way", ASKS)
    def test_asked_for_by_others_leave_the_owner_a_way_to_a_new_password(
        self, api: Api, email: str, way: str
    ) -> None:
        """Else whoever uses up an owner's mails every hour keeps who forgot a password out."""
        for _ in range(MAILS.address.tries):
            ASKS[way](api, email, somewhere())
        strangers.ask_reset(api, email)
        strangers.all_mail_is_out(api.stack)
        mails = [mail for mail in api.stack.mails_to(email) if "/password/new?" in mail["BodyText"]]
        assert mails, "no mail from which a password can be chosen"
        body = {"token": people.link_token(mails[-1]), "password": "a whole new long password"}
        assert api.call("PUT", "/v1/password-resets", json=body).status_code == 204

    def test_to_one_mailbox_are_few_under_whatever_subaddress(self, api: Api) -> None:
        """RFC 5233: what stands after the + is delivered to the same mailbox."""
        mailbox = people.new_address().replace("@", "+{}@")
        here = somewhere()
        tried = 2 * MAILS.address.tries
        answers = [register(api, mailbox.format(number), here) for number in range(tried)]
        assert statuses(answers).count(202) <= MAILS.address.tries
        assert answers[-1].status_code == 429

    @pytest.mark.parametrize("way", ASKS)
    def test_are_refused_alike_for_every_address(self, api: Api, email: str, way: str) -> None:
        seen = []
        for asked in (email, people.pending(api)[0]):
            here = somewhere()
            answers = [ASKS[way](api, asked, here) for _ in range(LEFT[way] + 1)]
            seen.append([(one.status_code, one.content) for one in answers])
        assert seen[0] == seen[1]
        nobody, here = people.new_address(), somewhere()
        for _ in range(MAILS.address.tries if way != "reset" else LEFT[way]):
            ok(ASKS[way](api, nobody, here), 202)
        late = ASKS[way](api, nobody, here)
        assert (late.status_code, late.content) == seen[0][-1]

    def test_may_be_asked_for_again_after_the_wait_that_was_told(
        self, api: Api, email: str
    ) -> None:
        here = somewhere()
        answers = [strangers.ask_reset(api, email, here) for _ in range(RESETS.own.tries + 1)]
        strangers.move_on(api.stack, retry_after(answers[-1]))
        ok(strangers.ask_reset(api, email, here), 202)

    def test_that_are_refused_leave_no_registration_behind(self, api: Api) -> None:
        email, here = people.new_address(), somewhere()
        for _ in range(MAILS.address.tries):
            ok(register(api, email, here), 202)
        retry_after(register(api, email, here, profile={"identity": {"name": "Too Many"}}))
        strangers.all_mail_is_out(api.stack)
        assert len(api.stack.mails_to(email)) == MAILS.address.tries
