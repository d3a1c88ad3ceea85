"""Where one is signed in: seen, ended one by one, and ended everywhere at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.functions import owners, people, sinks, tables
from tests.functions.api import Api, ok, problem
from tests.functions.owners import again, answers, is_alive
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack

MANY = 20


@pytest.fixture(scope="module")
def api(stack: Any) -> Api:
    return Api(stack)


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api)


def opened_from(api: Api, person: Person, address: str, country: str | None = None) -> Person:
    """A session that was opened from an IP address."""
    headers = {"X-Forwarded-For": address}
    if country is not None:
        headers["CloudFront-Viewer-Country"] = country
    body = {"email": person.email, "password": PASSWORD}
    session = ok(api.post("/v1/sessions", headers=headers, json=body), 201)
    return Person(person.email, session["token"], person.subject)


def current(api: Api, person: Person) -> dict[str, Any]:
    """The session that asks, as it is listed."""
    (found,) = [one for one in owners.sessions(api, person) if one["current"]]
    return found


class TestList:
    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1234:5678:9abc:def0:1122:3344", "2001:db8:1234::/48"),
            ("::ffff:198.51.100.23", "198.51.100.0/24"),
        ],
    )
    def test_shows_the_network_shortened_and_the_country(
        self, api: Api, ada: Person, address: str, network: str
    ) -> None:
        shown = current(api, opened_from(api, ada, address, "IT"))
        assert (shown["ip_address"], shown["approximate_place"]) == (network, "IT")
        assert shown["second_factor"] is False
        created, ends = (
            datetime.fromisoformat(shown[name]) for name in ("created_at", "expires_at")
        )
        assert ends - created == timedelta(days=14)  # the notice's rule `sign_in_session`

    def test_no_full_address_lies_anywhere(self, api: Api, ada: Person) -> None:
        began = sinks.now()
        seeds = ["203.0.113.91", "2001:db8:77aa:bb:cc:dd:ee:ff", "77aa:00bb:00cc"]
        for address in seeds[:2]:
            opened_from(api, ada, address)
            body = {"email": ada.email, "password": "not this one"}
            api.post("/v1/sessions", headers={"X-Forwarded-For": address}, json=body)
        assert sinks.found_in(sinks.everywhere(api.stack, began), seeds) == []

    def test_names_each_session_and_the_one_that_asks(self, api: Api, ada: Person) -> None:
        others = [again(api, ada) for _ in range(3)]
        listed = owners.sessions(api, ada)
        assert len(listed) == len({one["id"] for one in listed}) == 4
        assert [one["current"] for one in listed].count(True) == 1
        assert {current(api, one)["id"] for one in (ada, *others)} == {one["id"] for one in listed}
        secret = ada.token.partition(".")[2]
        assert secret not in repr(listed)

    def test_comes_in_pages_without_gaps(self, api: Api, ada: Person) -> None:
        for _ in range(4):
            again(api, ada)
        ids, params = [], {"limit": "2"}
        while True:
            page = ok(api.get("/v1/sessions", headers=ada.headers, params=params))
            assert len(page["items"]) <= 2
            ids += [one["id"] for one in page["items"]]
            if page["next"] is None:
                break
            params["cursor"] = page["next"]
        assert ids == [one["id"] for one in owners.sessions(api, ada)]
        assert len(set(ids)) == 5

    def test_leaves_out_what_expired(self, right_clock: DeployedStack, api: Api) -> None:
        person, forgotten = people.signed_in(api), people.signed_in(api)
        right_clock.move_clock(9 * 86400)
        assert is_alive(api, person)
        right_clock.move_clock(14 * 86400 - 60)
        assert not is_alive(api, forgotten), "nobody used it for ten days"
        late = again(api, person)
        assert is_alive(api, person)
        right_clock.move_clock(14 * 86400 + 60)
        assert set(answers(api, person).values()) == {401}
        assert [one["current"] for one in owners.sessions(api, late)] == [True]


class TestEndingOne:
    def test_ends_it_for_every_function_and_leaves_the_others(self, api: Api, ada: Person) -> None:
        lost, kept = again(api, ada), again(api, ada)
        ended = api.delete(f"/v1/sessions/{current(api, lost)['id']}", headers=ada.headers)
        assert (ended.status_code, ended.content) == (204, b"")
        assert not is_alive(api, lost)
        assert is_alive(api, kept)
        assert is_alive(api, ada)

    def test_twice_is_fine(self, api: Api, ada: Person) -> None:
        path = f"/v1/sessions/{current(api, again(api, ada))['id']}"
        statuses = [api.delete(path, headers=ada.headers).status_code for _ in range(2)]
        assert statuses == [204, 204]

    def test_nobody_ends_or_finds_somebody_elses(self, api: Api, ada: Person) -> None:
        path = f"/v1/sessions/{current(api, ada)['id']}"
        answer = api.delete(path, headers=people.signed_in(api).headers)
        assert answer.status_code == 204
        assert is_alive(api, ada)
        problem(api.delete(path), 401)


class TestEverywhere:
    def test_ends_all_sessions_at_once_for_every_function(self, api: Api, ada: Person) -> None:
        all_of_them = [ada, *(again(api, ada) for _ in range(MANY - 1))]
        assert len(owners.sessions(api, ada)) == MANY
        ended = api.delete("/v1/sessions", headers=ada.headers)
        assert (ended.status_code, ended.content) == (204, b"")
        for one in all_of_them:
            assert set(answers(api, one).values()) == {401}
        back = again(api, ada)
        assert [one["current"] for one in owners.sessions(api, back)] == [True]

    def test_nothing_is_written_with_a_session_of_before(self, api: Api, ada: Person) -> None:
        assert api.delete("/v1/sessions", headers=ada.headers).status_code == 204
        before = tables.partition(api.stack, ada.subject)
        version = api.notice_version()
        acts: list[tuple[str, str, dict[str, Any] | None]] = [
            ("PATCH", "/v1/account", {"profile": {"identity": {"name": "Eve"}}}),
            ("PUT", "/v1/account/preferences", {"locale": "en"}),
            (
                "PUT",
                "/v1/account/password",
                {"current_password": PASSWORD, "password": owners.OTHER_PASSWORD},
            ),
            ("PUT", "/v1/account/email", {"email": "eve@example.com", "password": PASSWORD}),
            ("POST", "/v1/account/deactivation", None),
            ("DELETE", "/v1/account/deactivation", None),
            ("POST", "/v1/account/second-factor", {"password": PASSWORD}),
            ("DELETE", "/v1/sessions", None),
            ("DELETE", "/v1/sessions/current", None),
            ("POST", "/v1/requests", {"right": "copy"}),
            (
                "POST",
                "/v1/consents",
                {"notice_version": version, "decisions": {"surveys": "granted"}, "source": "api"},
            ),
        ]
        for method, path, body in acts:
            problem(api.call(method, path, headers=ada.headers, json=body), 401)
        assert tables.partition(api.stack, ada.subject) == before

    def test_leaves_other_people_alone(self, api: Api, ada: Person) -> None:
        other = people.signed_in(api)
        assert api.delete("/v1/sessions", headers=ada.headers).status_code == 204
        assert is_alive(api, other)

    def test_the_password_stays(self, api: Api, ada: Person) -> None:
        assert api.delete("/v1/sessions", headers=ada.headers).status_code == 204
        assert owners.can_sign_in(api, ada.email, PASSWORD)


def test_a_session_lives_only_as_its_whole_token(api: Api, ada: Person) -> None:
    subject, _, secret = ada.token.partition(".")
    other = people.signed_in(api).token.partition(".")
    for forged in (
        f"{subject}.{other[2]}",
        f"{other[0]}.{secret}",
        f"{subject}.{secret[::-1]}",
        f"{subject}.{secret[:-1]}",
        f"{subject.upper()}.{secret}",
        current(api, ada)["id"],
    ):
        stranger = Person(ada.email, forged, subject)
        assert set(answers(api, stranger).values()) == {401}, forged
