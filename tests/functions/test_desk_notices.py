"""Drafts at the desk, through the deployed API: who may, what is kept, what is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.web.contract import Auth, Operation
from functions.http.site import OPERATIONS
from tests.functions import desk, owners, people, second_factor, tables, versions
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.commands import run
from tests.functions.desk import NOTICES
from tests.functions.people import Person
from tests.functions.second_factor import Device
from tests.functions.stack import DeployedStack

STAFF = [operation for operation in OPERATIONS if operation.auth is Auth.STAFF]
VERSION = "2031-05-05"
BODIES: dict[str, Any] = {
    "saveNoticeDraft": {"document": {"version": VERSION}},
    "simulateNotice": {"version": VERSION},
    "publishNotice": {"version": VERSION, "digest": "0" * 64},
    "withdrawNotice": {"version": VERSION},
    "confirmRule": {"version": VERSION, "rule": "r", "erases": 1},
    "decideReview": {"decision": "erase", "reason": "It is needed no more."},
    "enterRequest": {
        "right": "review",
        "subject": "a" * 26,
        "channel": "post",
        "received_at": "2026-01-01T00:00:00Z",
    },
    "actOnRequest": {"action": "note", "text": "A note."},
    "searchSubjects": {"subject": "a" * 26},
    "placeHold": {
        "subject": "a" * 26,
        "classes": ["evidence"],
        "ground": "claims",
        "reason": "A claim.",
        "until": "2027-10-01T00:00:00Z",
    },
    "recordDecisions": {
        "subject": "a" * 26,
        "decisions": {"surveys": "denied"},
        "channel": "post",
        "received_at": "2026-01-01T00:00:00Z",
    },
}


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def officer(api: Api) -> tuple[Person, Device]:
    return desk.officer(api)


@pytest.fixture(scope="module")
def staff(officer: tuple[Person, Device]) -> Person:
    return officer[0]


@pytest.fixture(autouse=True)
def _no_drafts(api: Api, staff: Person) -> None:
    for item in listed(api, staff):
        assert api.delete(f"{NOTICES}/{item['version']}", headers=staff.headers).status_code == 204


def listed(api: Api, staff: Person) -> list[dict[str, Any]]:
    """All drafts."""
    found: list[dict[str, Any]] = ok(
        api.get(NOTICES, headers=staff.headers, params={"limit": "100"})
    )["items"]
    return found


def read(api: Api, staff: Person, version: str = VERSION) -> dict[str, Any]:
    """One draft."""
    return ok(api.get(f"{NOTICES}/{version}", headers=staff.headers))


def whole(version: str = VERSION) -> dict[str, Any]:
    """The shipped text as another version, which compiles."""
    return {**versions.shipped(), "version": version}


def ask(api: Api, operation: Operation, headers: dict[str, str]) -> Any:
    """Asks for an operation of the desk."""
    path = operation.path.format(version=VERSION, id="a" * 26)
    return api.call(operation.method, path, headers=headers, json=BODIES.get(operation.id))


@pytest.mark.parametrize("operation", STAFF, ids=lambda one: one.id)
class TestWhoMay:
    def test_nobody_without_a_session(self, api: Api, operation: Operation) -> None:
        problem(ask(api, operation, {}), 401)
        problem(ask(api, operation, people.bearer(f"{'a' * 26}.{'b' * 43}")), 401)

    def test_no_ordinary_account(self, api: Api, operation: Operation, stranger: Person) -> None:
        second_factor.refused(ask(api, operation, stranger.headers), 403, "staff-only")

    def test_nobody_of_the_desk_without_a_second_factor(
        self, api: Api, operation: Operation, careless: Person
    ) -> None:
        second_factor.refused(ask(api, operation, careless.headers), 403, "staff-only")

    def test_a_reader_reads_and_does_nothing(
        self, api: Api, operation: Operation, reader: Person
    ) -> None:
        answer = ask(api, operation, reader.headers)
        if operation.acts:
            second_factor.refused(answer, 403, "staff-only")
        else:
            assert answer.status_code not in (401, 403), answer.text


@pytest.fixture(scope="module")
def reader(api: Api) -> Person:
    return desk.officer(api, "reader")[0]


@pytest.fixture(scope="module")
def stranger(api: Api) -> Person:
    """Somebody with a second factor, and no role."""
    person = people.signed_in(api)
    device = second_factor.switched_on(api, person)
    return second_factor.opens(api, person, device.code())


@pytest.fixture(scope="module")
def careless(api: Api) -> Person:
    """Somebody with the role, whose session was opened without a second factor."""
    person = people.signed_in(api)
    assert run(api.stack, "infra.role", person.email, "desk").returncode == 0
    return person


def test_who_stops_the_account_works_at_the_desk_no_more(api: Api) -> None:
    person, _ = desk.officer(api)
    ok(api.get(NOTICES, headers=person.headers))
    ok(owners.deactivate(api, person))
    second_factor.refused(api.get(NOTICES, headers=person.headers), 403, "staff-only")
    ok(owners.reactivate(api, person))
    ok(api.get(NOTICES, headers=person.headers))


def test_the_role_is_gone_as_soon_as_it_is_taken_away(api: Api) -> None:
    person, _ = desk.officer(api)
    ok(api.get(NOTICES, headers=person.headers))
    assert run(api.stack, "infra.role", person.email, "none").returncode == 0
    second_factor.refused(api.get(NOTICES, headers=person.headers), 403, "staff-only")


class TestDrafts:
    def test_a_broken_document_is_kept_with_all_that_is_wrong(
        self, api: Api, staff: Person
    ) -> None:
        document = {"version": VERSION, "controller": [], "purposes": {"a": [[1]]}}
        saved = desk.save(api, staff, document)
        found = {finding["pointer"] for finding in saved["findings"]}
        assert {"/controller", "/purposes", "/categories"} <= found
        (line,) = listed(api, staff)
        assert (line["version"], line["digest"]) == (VERSION, saved["digest"])
        assert line["findings"] == len(saved["findings"]) > 10
        draft = read(api, staff)
        assert (draft["document"], draft["findings"]) == (document, saved["findings"])
        assert draft["saved_at"] == line["saved_at"]

    def test_a_whole_one_takes_its_place(self, api: Api, staff: Person) -> None:
        broken = desk.save(api, staff, {"version": VERSION})
        saved = desk.save(api, staff, whole())
        assert saved["findings"] == []
        assert saved["unconfirmed"]
        assert saved["digest"] != broken["digest"]
        assert [one["findings"] for one in listed(api, staff)] == [0]
        assert read(api, staff)["document"] == whole()

    def test_it_lies_twice_in_the_table_and_expires(self, api: Api, staff: Person) -> None:
        desk.save(api, staff, whole())
        (draft,) = tables.in_partition(api.stack, f"N#{VERSION}")
        (line,) = [
            item
            for item in tables.in_partition(api.stack, "N")
            if item["sk"]["S"].startswith("draft#")
        ]
        assert draft["expires"] == line["expires"]
        assert len(draft["document"]["B"]) < 40_000
        assert api.delete(f"{NOTICES}/{VERSION}", headers=staff.headers).status_code == 204
        assert tables.in_partition(api.stack, f"N#{VERSION}") == []

    def test_a_deleted_one_is_gone(self, api: Api, staff: Person) -> None:
        desk.save(api, staff, whole())
        for _ in range(2):
            answer = api.delete(f"{NOTICES}/{VERSION}", headers=staff.headers)
            assert (answer.status_code, answer.content) == (204, b"")
        problem(api.get(f"{NOTICES}/{VERSION}", headers=staff.headers), 404)
        assert listed(api, staff) == []

    def test_what_was_published_is_not_thrown_away(self, api: Api, staff: Person) -> None:
        version = api.notice_version()
        answer = api.delete(f"{NOTICES}/{version}", headers=staff.headers)
        second_factor.refused(answer, 409, "already-published")

    def test_they_are_listed_in_pages_newest_version_first(self, api: Api, staff: Person) -> None:
        names = [f"2031-05-{day:02}" for day in (1, 2, 3)]
        for name in names:
            desk.save(api, staff, {"version": name})
        found, query = [], {"limit": "2"}
        while True:
            page = ok(api.get(NOTICES, headers=staff.headers, params=query))
            found += [one["version"] for one in page["items"]]
            if page["next"] is None:
                break
            query["cursor"] = page["next"]
        assert found == names[::-1]

    def test_the_version_in_force_takes_no_draft(self, api: Api, staff: Person) -> None:
        version = api.notice_version()
        answer = api.post(NOTICES, headers=staff.headers, json={"document": whole(version)})
        second_factor.refused(answer, 409, "already-published")
        assert listed(api, staff) == []

    @pytest.mark.parametrize("version", ["soon", "2031-5-5", "2031-05-05.1234", 7, None])
    def test_it_has_to_say_which_version_it_is(
        self, api: Api, staff: Person, version: object
    ) -> None:
        answer = api.post(NOTICES, headers=staff.headers, json={"document": {"version": version}})
        assert pointers(problem(answer, 400)) == ["/document/version"]

    def test_one_key_saves_once(self, api: Api, staff: Person) -> None:
        headers = {**staff.headers, "Idempotency-Key": "draft-1"}
        first = ok(api.post(NOTICES, headers=headers, json={"document": whole()}), 201)
        desk.save(api, staff, {"version": VERSION})
        again = ok(api.post(NOTICES, headers=headers, json={"document": whole()}), 201)
        assert again == first
        assert read(api, staff)["document"] == {"version": VERSION}
        problem(api.post(NOTICES, headers=headers, json={"document": {"version": VERSION}}), 422)

    def test_a_body_may_be_larger_than_others(self, api: Api, staff: Person) -> None:
        document = {"version": VERSION, "note": "x" * 500_000}
        assert desk.save(api, staff, document)["findings"]
        assert read(api, staff)["document"] == document
        more = json.dumps({"document": {**document, "more": "x" * 24_288}})
        headers = {**staff.headers, "Content-Type": "application/json"}
        problem(api.post(NOTICES, headers=headers, data=more + " " * 10), 413)


class TestPublishing:
    """What is refused; that it works is for the tests that watch what follows."""

    def test_a_broken_document_is_refused_with_what_the_compiler_finds(
        self, api: Api, staff: Person
    ) -> None:
        document = {"version": VERSION, "purposes": []}
        told = desk.save(api, staff, document)["findings"]
        for body in (
            {"document": document},
            {"version": VERSION, "digest": read(api, staff)["digest"]},
        ):
            answer = desk.publish(api, staff, **body)
            second_factor.refused(answer, 422, "notice-refused")
            assert answer.json()["errors"] == told
        assert [one["version"] for one in listed(api, staff)] == [VERSION]

    @pytest.mark.parametrize("document", [{}, {"version": 1}, {"a": {"b": [{}]}}])
    def test_a_document_of_any_shape_gets_findings(
        self, api: Api, staff: Person, document: dict[str, Any]
    ) -> None:
        answer = desk.publish(api, staff, document=document)
        second_factor.refused(answer, 422, "notice-refused")
        assert len(answer.json()["errors"]) > 10

    def test_what_was_saved_again_is_not_published_by_the_digest_of_before(
        self, api: Api, staff: Person
    ) -> None:
        digest = desk.save(api, staff, whole())["digest"]
        desk.save(api, staff, {**whole(), "text_date": "2031-01-01"})
        answer = desk.publish(api, staff, version=VERSION, digest=digest)
        second_factor.refused(answer, 409, "draft-changed")

    def test_there_has_to_be_a_draft(self, api: Api, staff: Person) -> None:
        named: dict[str, Any] = {"digest": "0" * 64}
        problem(desk.publish(api, staff, version=VERSION, **named), 404)
        answer = desk.publish(api, staff, version=api.notice_version(), **named)
        second_factor.refused(answer, 409, "already-published")

    def test_a_version_is_published_once(self, api: Api, staff: Person) -> None:
        answer = desk.publish(api, staff, document=versions.shipped())
        second_factor.refused(answer, 409, "already-published")

    def test_a_version_cannot_take_effect_in_the_past(self, api: Api, staff: Person) -> None:
        late = {**whole(), "effective_at": "2026-01-01T00:00:00Z"}
        answer = desk.publish(api, staff, document=late)
        second_factor.refused(answer, 422, "notice-date")
        assert pointers(answer.json()) == ["/effective_at"]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"version": VERSION},
            {"digest": "0" * 64},
            {"version": VERSION, "digest": "0" * 64, "document": {}},
        ],
    )
    def test_either_a_draft_or_a_document(
        self, api: Api, staff: Person, body: dict[str, Any]
    ) -> None:
        assert pointers(problem(desk.publish(api, staff, **body), 400)) == [""]

    def test_nobody_is_told_of_a_version_that_was_not_published(
        self, api: Api, staff: Person
    ) -> None:
        for version in (VERSION, "x", api.notice_version()):
            path = f"{NOTICES}/{version}/announcement"
            problem(api.get(path, headers=staff.headers), 404)


class TestSimulating:
    @pytest.mark.parametrize("saved", [True, False])
    def test_a_broken_document_is_answered_with_what_is_wrong(
        self, api: Api, staff: Person, saved: bool
    ) -> None:
        document = {"version": VERSION, "purposes": []}
        found = desk.save(api, staff, document)["findings"]
        body = {"version": VERSION} if saved else {"document": document}
        answer = api.post(f"{NOTICES}/simulate", headers=staff.headers, json=body)
        assert ok(answer)["findings"] == found

    def test_there_has_to_be_a_draft(self, api: Api, staff: Person) -> None:
        path = f"{NOTICES}/simulate"
        problem(api.post(path, headers=staff.headers, json={"version": VERSION}), 404)
