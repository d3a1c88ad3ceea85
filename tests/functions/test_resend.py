"""Asking for the verification mail again: who gets which mail, and what the asker sees of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.limits.model import MAILS
from tests.functions import people, strangers, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.stack import DeployedStack
from tests.functions.strangers import resend, retry_after, seen, somewhere, statuses, verify

DAY = 86400


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture
def new_hour(right_clock: DeployedStack) -> Iterator[DeployedStack]:
    """The stack at the beginning of an hour, so that no window ends while mails are counted."""
    with strangers.from_a_full_hour(right_clock) as stack:
        yield stack


def sent_again(api: Api, email: str) -> list[dict[str, Any]]:
    """The mails that an address gets once the mail was asked for again, all of them."""
    before = len(api.stack.mails_to(email))
    assert ok(resend(api, email), 202) == {"status": "requested"}
    strangers.all_mail_is_out(api.stack)
    return api.stack.mails_to(email)[before:]


class TestMail:
    def test_to_who_waits_has_a_link_and_a_code_that_work(self, api: Api) -> None:
        for way in ("link", "code"):
            email, first = people.pending(api)
            (mail,) = sent_again(api, email)
            assert mail["Subject"].startswith("Confermi il Suo indirizzo")
            token, code = people.link_token(mail), people.short_code(mail)
            assert token != first
            proof: dict[str, Any] = (
                {"token": token} if way == "link" else {"email": email, "code": code}
            )
            ok(verify(api, **proof))
            assert people.sign_in(api, email).subject == first.partition(".")[0]

    def test_leaves_the_first_link_as_it_was(self, api: Api) -> None:
        email, first = people.pending(api)
        sent_again(api, email)
        ok(verify(api, token=first))

    @pytest.mark.parametrize(
        ("locale", "subject"),
        [("it", "Confermi il Suo indirizzo"), ("en", "Confirm your e-mail address")],
    )
    def test_is_in_the_language_of_the_registration(
        self, api: Api, locale: str, subject: str
    ) -> None:
        email, _ = people.pending(api, locale=locale)
        (mail,) = sent_again(api, email)
        assert mail["Subject"].startswith(subject)

    def test_to_who_has_an_account_says_so(self, api: Api) -> None:
        email = people.verified(api)
        (mail,) = sent_again(api, email)
        assert mail["Subject"].startswith("Ha già un account")
        assert "token=" not in mail["BodyText"]
        assert "/password?lang=" in mail["BodyText"]

    def test_to_nobody_known_is_not_sent(self, api: Api) -> None:
        assert sent_again(api, people.new_address()) == []

    def test_to_a_registration_that_waited_too_long_is_not_sent(
        self, right_clock: DeployedStack, api: Api
    ) -> None:
        email, _ = people.pending(api)
        right_clock.move_clock(7 * DAY + 60)
        assert sent_again(api, email) == []

    def test_to_an_address_of_many_registrations_is_for_the_newest(self, api: Api) -> None:
        email, token = people.pending(api)
        subject = token.partition(".")[0]
        forgotten(api.stack, subject, count=25)
        (mail,) = sent_again(api, email)
        assert people.link_token(mail).partition(".")[0] == subject

    def test_asked_for_twice_with_one_key_is_sent_once(self, api: Api) -> None:
        email, _ = people.pending(api)
        headers = {"Idempotency-Key": people.new_visitor()}
        answers = [resend(api, email, headers) for _ in range(2)]
        assert statuses(answers) == [202, 202]
        strangers.all_mail_is_out(api.stack)
        assert len(api.stack.mails_to(email)) == 2


def forgotten(stack: DeployedStack, subject: str, count: int) -> None:
    """Earlier registrations of the address of `subject`, by people who forgot about them."""
    (waits,) = [item for item in tables.all_of(stack, "pending") if item["subject"]["S"] == subject]
    for number in range(count):
        other = "a" * 24 + "".join(
            "abcdefghijklmnopqrstuvwxyz234567"[d] for d in divmod(number, 32)
        )
        earlier = {
            "sk": {"S": waits["sk"]["S"].replace(subject, other)},
            "subject": {"S": other},
            "expires_at": {"S": waits["expires_at"]["S"].replace("20", "19", 1)},
        }
        tables.put(stack, {**waits, **earlier})


class TestAnswer:
    def test_is_the_same_for_every_address(self, api: Api) -> None:
        waits, has = people.pending(api)[0], people.verified(api)
        answers = [resend(api, email) for email in (waits, has, people.new_address())]
        assert answers[0].status_code == 202
        assert seen(answers[0]) == seen(answers[1]) == seen(answers[2])

    def test_is_the_same_when_there_were_too_many(self, new_hour: DeployedStack, api: Api) -> None:
        waits, has = people.pending(api)[0], people.verified(api)
        asked = []
        most = MAILS.address.tries
        for email, own in ((waits, 1), (has, 1), (people.new_address(), 0)):
            asked.append([resend(api, email, somewhere()) for _ in range(most - own + 1)])
            assert statuses(asked[-1]) == [202] * (most - own) + [429]
        for answers in asked:
            assert 0 < retry_after(answers[-1]) <= MAILS.address.window.total_seconds()
            assert answers[-1].content == asked[0][-1].content
        strangers.all_mail_is_out(new_hour)
        assert len(new_hour.mails_to(waits)) == most

    @pytest.mark.parametrize(
        ("body", "wrong"),
        [({}, ["/email"]), ({"email": 7}, ["/email"]), ({"email": "a@b.it", "x": 1}, ["/x"])],
    )
    def test_says_what_is_wrong(self, api: Api, body: dict[str, Any], wrong: list[str]) -> None:
        answer = api.post("/v1/accounts/verification/resend", json=body)
        assert pointers(problem(answer, 400)) == wrong

    def test_of_what_is_no_address_says_so(self, api: Api) -> None:
        assert pointers(problem(resend(api, "ada@example"), 400)) == ["/email"]
