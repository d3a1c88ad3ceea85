"""Who registers cannot learn whether an address is known, and cannot take it from its owner."""

from __future__ import annotations

import pytest
import requests

from chalicelib.subjects.model import Decision, Life
from tests.functions import ledger, people, tables
from tests.functions.api import HTML, Api, ok, pointers, problem
from tests.functions.people import PASSWORD
from tests.functions.stack import DeployedStack
from tests.functions.strangers import NOBODYS, seen
from tests.functions.together import at_once


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.mark.parametrize("spelled", [str, str.upper, str.title])
def test_a_known_address_gets_the_answer_of_an_unknown_one(api: Api, spelled: type[str]) -> None:
    known = people.verified(api)
    answers = [
        api.post("/v1/accounts", json=people.registration(api, email))
        for email in (spelled(known), people.new_address())
    ]
    assert seen(answers[0]) == seen(answers[1])
    assert answers[0].status_code == 202


def test_the_owner_is_told_and_nothing_changes(api: Api) -> None:
    owner = people.signed_in(api, profile={"identity": {"name": "The Owner"}})
    before = tables.partition(api.stack, owner.subject)
    mine = {"profile": {"identity": {"name": "Somebody Else"}}, "password": "a stranger's password"}
    people.register(api, owner.email, **mine)
    mail = people.mails(api.stack, owner.email, count=2)[-1]
    assert mail["Subject"].startswith("Ha già un account")
    assert "token=" not in mail["BodyText"]
    assert tables.partition(api.stack, owner.subject) == before
    refused = api.post("/v1/sessions", json={"email": owner.email, "password": mine["password"]})
    problem(refused, 401)


def test_of_two_racing_registrations_one_gets_the_address(api: Api) -> None:
    email = people.new_address()
    passwords = ("the first password", "the other password")
    tokens = []
    for count, password in enumerate(passwords, 1):
        people.register(api, email, password=password)
        tokens.append(people.link_token(people.mails(api.stack, email, count)[-1]))
    assert len(set(tokens)) == 2

    def verify(token: str, password: str) -> int:
        body = people.proof(token, password=password)
        return Api(api.stack).post("/v1/accounts/verification", json=body).status_code

    proofs = zip(tokens, passwords, strict=True)
    outcome = at_once([lambda proof=proof: verify(*proof) for proof in proofs])  # type: ignore[misc]
    assert sorted(outcome) == [200, 422]
    opened = [
        api.post("/v1/sessions", json={"email": email, "password": password}).status_code
        for password in passwords
    ]
    assert sorted(opened) == [201, 401]
    states = {
        str(ledger.standing(api.stack, token.partition(".")[0]).life): status
        for token, status in zip(tokens, outcome, strict=True)
    }
    assert states == {"active": 200, "pending": 422}


def test_one_link_used_many_times_at_once_works_once(api: Api) -> None:
    _, token = people.pending(api)

    def verify() -> int:
        return (
            Api(api.stack).post("/v1/accounts/verification", json=people.proof(token)).status_code
        )

    assert sorted(at_once([verify] * 3)) == [200, 422, 422]


def use(api: Api, token: str) -> requests.Response:
    """Sends the token of a link."""
    return api.post("/v1/accounts/verification", json=people.proof(token))


@pytest.fixture(scope="module")
def refusal(api: Api) -> tuple[int, bytes, dict[str, str]]:
    """What is said of a link that nobody ever made."""
    answer = use(api, NOBODYS)
    problem(answer, 422)
    return seen(answer)


class TestLinks:
    """Whatever is wrong with a link, what is said of it is the same."""

    def test_used(self, api: Api, refusal: object) -> None:
        _, token = people.pending(api)
        ok(use(api, token))
        assert seen(use(api, token)) == refusal

    def test_with_the_secret_of_another(self, api: Api, refusal: object) -> None:
        (_, one), (_, two) = people.pending(api), people.pending(api)
        crossed = f"{one.partition('.')[0]}.{two.partition('.')[2]}"
        assert seen(use(api, crossed)) == refusal

    def test_a_sessions_token_is_no_link(self, api: Api, refusal: object) -> None:
        assert seen(use(api, people.signed_in(api).token)) == refusal

    def test_a_links_token_is_no_session(self, api: Api) -> None:
        _, token = people.pending(api)
        problem(api.get("/v1/account", headers=people.bearer(token)), 401)

    def test_expired(self, right_clock: DeployedStack, api: Api, refusal: object) -> None:
        _, token = people.pending(api)
        right_clock.move_clock(7 * 86400 + 60)
        assert seen(use(api, token)) == refusal

    def test_cut_off_by_a_mail_program(self, api: Api, refusal: object) -> None:
        _, token = people.pending(api)
        assert seen(use(api, token[:-1])) == refusal

    def test_a_person_sees_a_page(self, api: Api) -> None:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": HTML}
        answer = api.post(
            "/v1/accounts/verification?lang=it",
            headers=headers,
            data=f"token={NOBODYS}",
        )
        assert answer.status_code == 422
        assert answer.headers["Content-Type"].startswith(HTML)
        assert 'lang="it"' in answer.text


class TestUnverified:
    def test_decisions_stand_pending_and_nowhere_else(self, api: Api) -> None:
        email, token = people.pending(api, decisions={"offers_email": "granted"})
        subject = token.partition(".")[0]
        standing = ledger.standing(api.stack, subject)
        assert standing.life is Life.PENDING
        assert standing.decisions["offers_email"].decision is Decision.GRANTED
        problem(api.post("/v1/sessions", json={"email": email, "password": PASSWORD}), 401)
        claims = [
            item for item in tables.all_of(api.stack, "claim") if item["subject"]["S"] == subject
        ]
        assert claims == []

    def test_everything_wrong_is_said_at_once(self, api: Api) -> None:
        body = people.registration(
            api,
            "not an address",
            profile={"identity": {"phone": "12", "name": " "}, "company": {"email": "@"}},
        )
        refused = problem(api.post("/v1/accounts", json=body), 400)
        assert pointers(refused) == [
            "/email",
            "/profile/company/email",
            "/profile/identity/name",
            "/profile/identity/phone",
        ]
