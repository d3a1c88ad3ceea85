"""A new password for who forgot theirs: asked for by anybody, chosen by who reads the mail."""

from __future__ import annotations

import pytest

from chalicelib.accounts.service.letters import RESET_VALID
from tests.functions import people, strangers, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack
from tests.functions.strangers import ask_reset, seen, sign_in, verify
from tests.functions.together import at_once

NEW = "a whole new long password"
VALID = int(RESET_VALID.total_seconds())


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api, profile={"identity": {"name": "Ada Lovelace"}})


def link(api: Api, email: str) -> str:
    """The token of the link that an address gets when a reset is asked for."""
    before = len(api.stack.mails_to(email))
    ok(ask_reset(api, email), 202)
    mail = people.mails(api.stack, email, before + 1)[-1]
    assert f"{api.base_url}/password/new?token=" in mail["BodyText"]
    return people.link_token(mail)


def choose(api: Api, token: str, password: str = NEW) -> int:
    """The status of choosing a password by a link."""
    body = {"token": token, "password": password}
    return api.call("PUT", "/v1/password-resets", json=body).status_code


class TestAsking:
    def test_tells_nothing(self, api: Api) -> None:
        has, waits = people.verified(api), people.pending(api)[0]
        answers = [ask_reset(api, email) for email in (has, waits, people.new_address())]
        assert ok(answers[0], 202) == {"status": "requested"}
        assert seen(answers[0]) == seen(answers[1]) == seen(answers[2])

    def test_sends_nothing_to_who_has_no_account(self, api: Api) -> None:
        waits, unknown = people.pending(api)[0], people.new_address()
        for email in (waits, unknown):
            ok(ask_reset(api, email), 202)
        strangers.all_mail_is_out(api.stack)
        assert api.stack.mails_to(unknown) == []
        assert len(api.stack.mails_to(waits)) == 1

    @pytest.mark.parametrize(
        ("locale", "subject"),
        [("it", "Una nuova password per"), ("en", "A new password for")],
    )
    def test_sends_a_mail_in_the_accounts_language(
        self, api: Api, locale: str, subject: str
    ) -> None:
        email = people.verified(api, locale=locale)
        ok(ask_reset(api, email.upper()), 202)
        assert people.mails(api.stack, email, 2)[-1]["Subject"].startswith(subject)

    def test_with_what_is_no_address_says_so(self, api: Api) -> None:
        assert pointers(problem(ask_reset(api, "ada@example"), 400)) == ["/email"]

    def test_changes_nothing(self, api: Api, ada: Person) -> None:
        link(api, ada.email)
        ok(api.get("/v1/account", headers=ada.headers))
        people.sign_in(api, ada.email)


class TestLink:
    def test_changes_the_password_and_ends_all_sessions(self, api: Api, ada: Person) -> None:
        elsewhere = people.sign_in(api, ada.email)
        assert choose(api, link(api, ada.email)) == 204
        for session in (ada, elsewhere):
            problem(api.get("/v1/account", headers=session.headers), 401)
        problem(sign_in(api, ada.email, PASSWORD), 401)
        again = people.sign_in(api, ada.email, NEW)
        account = ok(api.get("/v1/account", headers=again.headers))
        assert account["profile"]["identity"]["name"] == "Ada Lovelace"
        assert again.subject == ada.subject

    def test_tells_its_person_what_happened(self, api: Api, ada: Person) -> None:
        token = link(api, ada.email)
        before = len(api.stack.mails_to(ada.email))
        assert choose(api, token) == 204
        mail = people.mails(api.stack, ada.email, before + 1)[-1]
        assert mail["Subject"].startswith("La Sua password")
        assert "token=" not in mail["BodyText"]
        assert NEW not in mail["BodyText"]

    def test_works_once(self, api: Api, ada: Person) -> None:
        token = link(api, ada.email)
        assert choose(api, token) == 204
        assert choose(api, token, "yet another long password") == 422
        people.sign_in(api, ada.email, NEW)

    def test_sent_many_times_at_once_works_once(self, api: Api, ada: Person) -> None:
        token = link(api, ada.email)
        passwords = [f"{NEW} number {number}" for number in range(4)]

        def use(password: str) -> int:
            return choose(Api(api.stack), token, password)

        chosen = at_once([lambda password=password: use(password) for password in passwords])  # type: ignore[misc]
        assert sorted(chosen) == [204, 422, 422, 422]
        opened = [sign_in(api, ada.email, password).status_code for password in passwords]
        assert opened == [201 if status == 204 else 401 for status in chosen]

    def test_works_for_an_hour(self, right_clock: DeployedStack, api: Api, ada: Person) -> None:
        one, other = link(api, ada.email), link(api, ada.email)
        strangers.move_on(right_clock, VALID - 60)
        assert choose(api, one) == 204
        strangers.move_on(right_clock, 120)
        assert choose(api, other, PASSWORD) == 422

    def test_is_not_voided_by_a_newer_one(self, api: Api, ada: Person) -> None:
        """Else a stranger who goes on asking would keep the owner from ever choosing."""
        older, _ = link(api, ada.email), link(api, ada.email)
        assert choose(api, older) == 204

    def test_is_voided_by_another_that_was_used(self, api: Api, ada: Person) -> None:
        older, newer = link(api, ada.email), link(api, ada.email)
        assert choose(api, newer) == 204
        assert choose(api, older, "yet another long password") == 422
        people.sign_in(api, ada.email, NEW)

    def test_is_voided_by_a_change_of_the_password(self, api: Api, ada: Person) -> None:
        asked_by_a_thief = link(api, ada.email)
        body = {"current_password": PASSWORD, "password": NEW}
        changed = api.call("PUT", "/v1/account/password", headers=ada.headers, json=body)
        assert changed.status_code == 204
        assert choose(api, asked_by_a_thief, "yet another long password") == 422
        people.sign_in(api, ada.email, NEW)

    def test_of_another_kind_is_none(self, api: Api, ada: Person) -> None:
        _, verification = people.pending(api)
        assert choose(api, verification) == 422
        problem(verify(api, token=link(api, ada.email)), 422)
        problem(strangers.disavow(api, link(api, ada.email)), 422)
        ok(verify(api, token=verification))

    def test_of_another_person_is_none(self, api: Api, ada: Person) -> None:
        own = link(api, ada.email)
        other = people.signed_in(api)
        crossed = f"{other.subject}.{own.partition('.')[2]}"
        assert choose(api, crossed) == 422
        assert choose(api, strangers.NOBODYS) == 422
        ok(api.get("/v1/account", headers=other.headers))

    @pytest.mark.parametrize(
        "password",
        ["short", "Password1234!", "ada lovelace 99", "abcabcabcabcabc", "x" * 257],
        ids=["short", "breached", "own data", "guessable", "long"],
    )
    def test_survives_a_refused_password(self, api: Api, ada: Person, password: str) -> None:
        token = link(api, ada.email)
        body = {"token": token, "password": password}
        refused = problem(api.call("PUT", "/v1/password-resets", json=body), 400)
        assert pointers(refused) == ["/password"]
        ok(api.get("/v1/account", headers=ada.headers))
        assert choose(api, token) == 204

    def test_is_not_in_the_table(self, api: Api, ada: Person) -> None:
        secret = link(api, ada.email).partition(".")[2]
        assert secret not in str(tables.partition(api.stack, ada.subject))
