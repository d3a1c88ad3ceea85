"""The profile by category: read, corrected, and safe against who read it too early."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.functions import owners, people, sinks, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.owners import account, correct
from tests.functions.people import Person
from tests.functions.together import at_once

PROFILE = {
    "identity": {"name": "Ada Lovelace", "phone": "+39 06 1234567"},
    "company": {"name": "Analytical Srl", "sector": "Macchine"},
}
WEAK_LIST = 'W/"something", "else"'


@pytest.fixture(scope="module")
def api(stack: Any) -> Api:
    return Api(stack)


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api, profile=PROFILE)


def tag(api: Api, person: Person) -> str:
    """What If-Match compares, as the account is now."""
    return str(api.get(owners.ACCOUNT, headers=person.headers).headers["ETag"])


class TestReading:
    def test_shows_the_account_and_each_category_that_was_given(
        self, api: Api, ada: Person
    ) -> None:
        shown = account(api, ada)
        assert shown.pop("registered_at")
        assert shown == {
            "id": ada.subject,
            "state": "active",
            "locale": "it",
            "notice_version": api.notice_version(),
            "role": None,
            "second_factor": False,
            "notifications": {
                "account_security": True,
                "requests": True,
                "new_sign_in": True,
                "notice_changes": True,
            },
            "profile": {
                "identity": {
                    "email": ada.email,
                    "name": "Ada Lovelace",
                    "phone": "+39061234567",
                },
                "company": {"name": "Analytical Srl", "sector": "Macchine"},
            },
        }

    def test_what_the_client_has_already_is_not_sent_again(self, api: Api, ada: Person) -> None:
        now = tag(api, ada)
        assert now.startswith('"')
        for known in (now, f"W/{now}", f"{WEAK_LIST}, {now}", "*"):
            headers = {**ada.headers, "If-None-Match": known}
            answer = api.get(owners.ACCOUNT, headers=headers)
            assert (answer.status_code, answer.content) == (304, b""), known
            assert answer.headers["ETag"] == now
            assert answer.headers["Cache-Control"] == "no-store"
        ok(api.get(owners.ACCOUNT, headers={**ada.headers, "If-None-Match": WEAK_LIST}))

    def test_a_session_that_ended_learns_nothing_by_a_known_tag(
        self, api: Api, ada: Person
    ) -> None:
        now = tag(api, ada)
        api.delete("/v1/sessions/current", headers=ada.headers)
        headers = {**ada.headers, "If-None-Match": now}
        problem(api.get(owners.ACCOUNT, headers=headers), 401)


class TestCorrecting:
    def test_changes_a_field_and_leaves_the_others(self, api: Api, ada: Person) -> None:
        before = account(api, ada)
        answer = correct(api, ada, {"identity": {"name": "  Ada King "}})
        after = ok(answer)
        before["profile"]["identity"]["name"] = "Ada King"
        assert after == before == account(api, ada)
        assert answer.headers["ETag"] == tag(api, ada)

    def test_null_removes_a_field_and_at_the_end_the_category(self, api: Api, ada: Person) -> None:
        after = ok(correct(api, ada, {"company": {"sector": None}, "identity": {"phone": None}}))
        assert after["profile"]["company"] == {"name": "Analytical Srl"}
        assert "phone" not in after["profile"]["identity"]
        after = ok(correct(api, ada, {"company": {"name": None, "fax": None}}))
        assert after["profile"].keys() == {"identity"}
        stored = tables.of_kind(tables.partition(api.stack, ada.subject), "profile")
        assert [one["sk"]["S"] for one in stored] == ["account#profile#identity"]

    def test_adds_a_category(self, api: Api) -> None:
        person = people.signed_in(api)
        ok(correct(api, person, {"company": {"email": "Ufficio@ESEMPIO.example"}}))
        assert account(api, person)["profile"]["company"] == {"email": "Ufficio@esempio.example"}

    @pytest.mark.parametrize(
        "typed", ["+39 06 1234567", "+39 06-123 45 67", "+39 (06) 1234567", "tel:+39061234567"]
    )
    def test_a_number_is_kept_in_one_form(self, api: Api, ada: Person, typed: str) -> None:
        ok(correct(api, ada, {"identity": {"mobile": typed}}))
        assert account(api, ada)["profile"]["identity"]["mobile"] == "+39061234567"

    def test_everything_wrong_is_said_at_once_and_nothing_changes(
        self, api: Api, ada: Person
    ) -> None:
        before = account(api, ada), tag(api, ada)
        refused = correct(
            api,
            ada,
            {
                "identity": {
                    "name": " ",
                    "phone": "06 1234567",
                    "mobile": "12",
                    "fax": 7,
                    "shoe_size": "43",
                    "occupation": "x" * 30_000,
                    "title": "two\nlines",
                },
                "company": {"email": "@", "name": "A good one"},
                "children": {"name": "Byron"},
            },
        )
        assert pointers(problem(refused, 400)) == [
            "/profile/children",
            "/profile/company/email",
            "/profile/identity/fax",
            "/profile/identity/mobile",
            "/profile/identity/name",
            "/profile/identity/occupation",
            "/profile/identity/phone",
            "/profile/identity/shoe_size",
            "/profile/identity/title",
        ]
        assert (account(api, ada), tag(api, ada)) == before

    @pytest.mark.parametrize("given", ["eve@example.com", None, "no address"])
    def test_the_address_is_not_changed_here(
        self, api: Api, ada: Person, given: str | None
    ) -> None:
        refused = correct(api, ada, {"identity": {"email": given, "name": "Eve"}})
        assert pointers(problem(refused, 400)) == ["/profile/identity/email"]
        assert account(api, ada)["profile"]["identity"]["name"] == "Ada Lovelace"

    @pytest.mark.parametrize("member", ["id", "state", "role", "second_factor", "notifications"])
    def test_nothing_else_of_the_account_is_corrected(
        self, api: Api, ada: Person, member: str
    ) -> None:
        body = {"profile": {"identity": {"name": "Eve"}}, member: account(api, ada)[member]}
        refused = api.call("PATCH", owners.ACCOUNT, headers=ada.headers, json=body)
        assert pointers(problem(refused, 400)) == [f"/{member}"]
        assert account(api, ada)["profile"]["identity"]["name"] == "Ada Lovelace"

    def test_is_nobody_elses(self, api: Api, ada: Person) -> None:
        profile = {"identity": {"name": "Eve"}}
        problem(api.call("PATCH", owners.ACCOUNT, json={"profile": profile}), 401)
        ok(correct(api, people.signed_in(api), profile))
        assert account(api, ada)["profile"]["identity"]["name"] == "Ada Lovelace"


class TestIfMatch:
    def test_who_read_too_early_changes_nothing(self, api: Api, ada: Person) -> None:
        early = tag(api, ada)
        ok(correct(api, ada, {"identity": {"name": "Ada King"}}, early))
        refused = problem(correct(api, ada, {"identity": {"phone": None}}, early), 412)
        assert "read it again" in refused["detail"]
        assert account(api, ada)["profile"]["identity"]["phone"] == "+39061234567"

    def test_other_settings_make_it_stale_too(self, api: Api, ada: Person) -> None:
        early = tag(api, ada)
        ok(owners.prefer(api, ada, locale="en"))
        problem(correct(api, ada, {"identity": {"phone": None}}, early), 412)

    def test_a_weak_tag_never_matches(self, api: Api, ada: Person) -> None:
        problem(correct(api, ada, {"identity": {"phone": None}}, f"W/{tag(api, ada)}"), 412)

    @pytest.mark.parametrize("wrong", ["", "garbage", '""', "'*'", '"*"', "x" * 5000])
    def test_what_is_no_tag_never_matches(self, api: Api, ada: Person, wrong: str) -> None:
        answer = correct(api, ada, {"identity": {"phone": None}}, wrong)
        assert answer.status_code in (400, 412), answer.text
        assert account(api, ada)["profile"]["identity"]["phone"] == "+39061234567"

    def test_any_account_matches_a_star_and_one_of_a_list_is_enough(
        self, api: Api, ada: Person
    ) -> None:
        ok(correct(api, ada, {"identity": {"name": "One"}}, "*"))
        ok(correct(api, ada, {"identity": {"name": "Two"}}, f'"a", {tag(api, ada)}, "b"'))
        assert account(api, ada)["profile"]["identity"]["name"] == "Two"

    def test_the_tag_of_an_answer_serves_for_the_next_correction(
        self, api: Api, ada: Person
    ) -> None:
        first = correct(api, ada, {"identity": {"name": "One"}}, tag(api, ada))
        ok(correct(api, ada, {"identity": {"name": "Two"}}, first.headers["ETag"]))

    def test_of_two_who_read_the_same_one_writes(self, api: Api, ada: Person) -> None:
        same = tag(api, ada)

        def write(name: str) -> int:
            answer = correct(Api(api.stack), ada, {"identity": {"name": name}}, same)
            return int(answer.status_code)

        names = [f"Name {number}" for number in range(4)]
        statuses = at_once([partial(write, name) for name in names])
        assert sorted(statuses) == [200, 412, 412, 412]
        winner = names[statuses.index(200)]
        assert account(api, ada)["profile"]["identity"]["name"] == winner


def test_two_corrections_of_different_fields_at_once_both_survive(api: Api, ada: Person) -> None:
    changes: list[dict[str, dict[str, str | None]]] = [
        {"identity": {"name": "Ada King"}},
        {"identity": {"phone": None}},
    ]
    acts = [partial(correct, Api(api.stack), ada, change) for change in changes]
    assert [answer.status_code for answer in at_once(acts)] == [200, 200]
    assert account(api, ada)["profile"]["identity"] == {"email": ada.email, "name": "Ada King"}


def test_old_and_new_values_lie_nowhere_in_the_clear(api: Api) -> None:
    old, new, began = "Ottavia Precedente", "Ottavia Successiva", sinks.now()
    person = people.signed_in(api, profile={"identity": {"name": old}})
    ok(correct(api, person, {"identity": {"name": new}}))
    ok(correct(api, person, {"identity": {"name": None, "occupation": new}}))
    assert sinks.found_in(sinks.everywhere(api.stack, began), [old, new]) == []
    assert sinks.found_in([("account", repr(account(api, person)).encode())], [new])
