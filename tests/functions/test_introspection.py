"""What the site's own back end may ask and say: whose session it is, and its id of a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from tests.functions import owners, people, sinks, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.commands import make_key
from tests.functions.people import Person, bearer
from tests.functions.stack import DeployedStack

INTROSPECTION = "/v1/sessions/introspection"
INACTIVE = {"active": False}


@pytest.fixture(scope="module")
def api(stack: Any) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def asking(stack: DeployedStack) -> str:
    """A key that may ask about sessions."""
    return make_key(stack, "asking", "introspection")[1]


@pytest.fixture(scope="module")
def referring(stack: DeployedStack) -> str:
    """A key that may store references."""
    return make_key(stack, "referring", "accounts")[1]


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api)


def introspect(api: Api, key: str, token: str) -> dict[str, Any]:
    """What is said about a session."""
    return ok(api.post(INTROSPECTION, headers=bearer(key), json={"token": token}))


def refer(api: Api, key: str, subject: str, reference: Any) -> requests.Response:
    """Stores the site's own id of a person."""
    path = f"/v1/accounts/{subject}/reference"
    return api.call("PUT", path, headers=bearer(key), json={"reference": reference})


class TestSession:
    def test_alive_says_whose_it_is_and_until_when(
        self, api: Api, asking: str, ada: Person
    ) -> None:
        said = introspect(api, asking, ada.token)
        (listed,) = owners.sessions(api, ada)
        assert said == {
            "active": True,
            "account": ada.subject,
            "session": listed["id"],
            "created_at": listed["created_at"],
            "expires_at": listed["expires_at"],
            "second_factor": False,
            "role": None,
            "locale": "it",
            "reference": None,
        }
        assert datetime.fromisoformat(said["expires_at"]) > datetime.now(UTC)

    def test_says_nothing_of_the_profile(self, api: Api, asking: str, ada: Person) -> None:
        answer = api.post(INTROSPECTION, headers=bearer(asking), json={"token": ada.token})
        assert ada.email not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("ending", ["one", "everywhere", "password"])
    def test_that_ended_is_not_alive(self, api: Api, asking: str, ada: Person, ending: str) -> None:
        other = owners.again(api, ada)
        assert introspect(api, asking, ada.token)["active"] is True
        if ending == "one":
            api.delete("/v1/sessions/current", headers=ada.headers)
        elif ending == "everywhere":
            api.delete("/v1/sessions", headers=other.headers)
        else:
            owners.change_password(api, other, owners.OTHER_PASSWORD)
        assert introspect(api, asking, ada.token) == INACTIVE

    def test_that_expired_is_not_alive(
        self, right_clock: DeployedStack, api: Api, asking: str, ada: Person
    ) -> None:
        right_clock.move_clock(14 * 86400 + 60)
        assert introspect(api, asking, ada.token) == INACTIVE

    def test_of_a_stopped_account_is_not_alive_until_it_comes_back(
        self, api: Api, asking: str, ada: Person
    ) -> None:
        ok(owners.deactivate(api, ada))
        assert introspect(api, asking, ada.token) == INACTIVE
        assert introspect(api, asking, owners.again(api, ada).token) == INACTIVE
        ok(owners.reactivate(api, ada))
        assert introspect(api, asking, ada.token)["active"] is True

    @pytest.mark.parametrize("token", ["x", "a" * 200, f"{'a' * 26}.{'b' * 43}", "<b>", "\u202e"])
    def test_that_nobody_opened_is_not_alive(self, api: Api, asking: str, token: str) -> None:
        assert introspect(api, asking, token) == INACTIVE

    def test_a_link_or_a_key_is_no_session(self, api: Api, asking: str) -> None:
        _, link = people.pending(api)
        assert introspect(api, asking, link) == INACTIVE
        assert introspect(api, asking, asking) == INACTIVE

    def test_asking_does_not_make_it_last_longer(self, api: Api, asking: str, ada: Person) -> None:
        before = tables.partition(api.stack, ada.subject)
        introspect(api, asking, ada.token)
        assert tables.partition(api.stack, ada.subject) == before


class TestKey:
    @pytest.mark.parametrize("who", ["nobody", "a session", "a browser", "no key", "a basic"])
    def test_is_needed(self, api: Api, ada: Person, who: str) -> None:
        headers = {
            "nobody": {},
            "a session": ada.headers,
            "a browser": people.visitor(people.new_visitor()),
            "no key": bearer(f"rsk_{'a' * 26}.{'b' * 43}"),
            "a basic": {"Authorization": "Basic YTpi"},
        }[who]
        asked = api.post(INTROSPECTION, headers=headers, json={"token": ada.token})
        problem(asked, 401)
        path = f"/v1/accounts/{ada.subject}/reference"
        problem(api.call("PUT", path, headers=headers, json={"reference": "x"}), 401)

    def test_is_good_for_its_scope_alone(
        self, api: Api, ada: Person, asking: str, referring: str
    ) -> None:
        asked = api.post(INTROSPECTION, headers=bearer(referring), json={"token": ada.token})
        assert "introspection" in problem(asked, 403)["detail"]
        assert "accounts" in problem(refer(api, asking, ada.subject, "x"), 403)["detail"]
        assert references(api, ada) == []

    def test_opens_nothing_else(self, api: Api, asking: str) -> None:
        for path in owners.EVERY_FUNCTION:
            problem(api.get(path, headers=bearer(asking)), 401)


def references(api: Api, person: Person) -> list[tables.Item]:
    """What is stored about an account's reference."""
    return tables.of_kind(tables.partition(api.stack, person.subject), "reference")


class TestReference:
    def test_is_told_with_each_session_until_it_is_removed(
        self, api: Api, asking: str, referring: str, ada: Person
    ) -> None:
        for reference in ("customer-1815", "ada@example.org", "così è", "x" * 128):
            answer = refer(api, referring, ada.subject, reference)
            assert (answer.status_code, answer.content) == (204, b"")
            assert introspect(api, asking, ada.token)["reference"] == reference
        for _ in range(2):
            assert refer(api, referring, ada.subject, None).status_code == 204
            assert introspect(api, asking, ada.token)["reference"] is None
        assert references(api, ada) == []

    def test_lies_nowhere_in_the_clear(
        self, api: Api, asking: str, referring: str, ada: Person
    ) -> None:
        began = sinks.now()
        seeds = ["Riferimento-Xanthos-7731", "vecchio.riferimento@xanthos.example"]
        for reference in reversed(seeds):
            assert refer(api, referring, ada.subject, reference).status_code == 204
            assert introspect(api, asking, ada.token)["reference"] == reference
        assert len(references(api, ada)) == 1
        assert sinks.found_in(sinks.everywhere(api.stack, began), seeds) == []

    def test_is_not_the_persons_to_see_or_to_set(
        self, api: Api, referring: str, ada: Person
    ) -> None:
        assert refer(api, referring, ada.subject, "customer-1").status_code == 204
        assert "customer-1" not in repr(owners.account(api, ada))
        refused = owners.correct(api, ada, {"identity": {"reference": "customer-2"}})
        assert pointers(problem(refused, 400)) == ["/profile/identity/reference"]

    def test_survives_deactivation(
        self, api: Api, asking: str, referring: str, ada: Person
    ) -> None:
        ok(owners.deactivate(api, ada))
        assert refer(api, referring, ada.subject, "customer-9").status_code == 204
        ok(owners.reactivate(api, ada))
        assert introspect(api, asking, ada.token)["reference"] == "customer-9"

    def test_is_of_an_account_that_is_in_use(self, api: Api, referring: str) -> None:
        _, link = people.pending(api)
        visitor = ok(
            api.post(
                "/v1/consents",
                json={
                    "notice_version": api.notice_version(),
                    "decisions": {"site_measurement": "granted"},
                    "source": "banner",
                },
            ),
            201,
        )["entry_id"].partition(".")[0]
        for subject in ("a" * 26, link.partition(".")[0], visitor, "x", "a" * 128):
            for reference in ("customer-1", None):
                problem(refer(api, referring, subject, reference), 404)
            assert tables.of_kind(tables.partition(api.stack, subject), "reference") == []

    @pytest.mark.parametrize("wrong", ["", "x" * 129, "a\nb", "\u0007", 7, True, [], {}])
    def test_that_does_not_fit_is_refused(
        self, api: Api, referring: str, ada: Person, wrong: Any
    ) -> None:
        refused = problem(refer(api, referring, ada.subject, wrong), 400)
        assert set(pointers(refused)) == {"/reference"}
        assert references(api, ada) == []
