"""What the notice says goes, goes: seen with the clock of the stack moved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from chalicelib.subjects.model import Life
from tests.functions import ledger, people, tables
from tests.functions.api import Api, ok, problem
from tests.functions.commands import run
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack
from tests.functions.tables import Item
from tests.functions.waiting import until

DAY = 86400


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def decide(api: Api, visitor: str, choice: str = "granted") -> dict[str, object]:
    """A browser's decision."""
    body = {
        "notice_version": api.notice_version(),
        "decisions": {"site_measurement": choice},
        "source": "banner",
    }
    return ok(api.post("/v1/consents", headers=people.visitor(visitor), json=body), 201)


def subject_of(entry: dict[str, object]) -> str:
    """Whose entry a capture made."""
    return str(entry["entry_id"]).partition(".")[0]


def copied(api: Api, person: Person) -> str:
    """The id of a request for a copy that was fulfilled."""
    request = ok(api.post("/v1/requests", headers=person.headers, json={"right": "copy"}), 201)
    path = f"/v1/requests/{request['id']}"
    assert until(lambda: ok(api.get(path, headers=person.headers))["status"] == "completed")
    return str(request["id"])


def sweep(stack: DeployedStack) -> dict[str, int]:
    """Runs retention once."""
    return stack.sweep()


def erasures(stack: DeployedStack, subject: str) -> list[dict[str, object]]:
    """The log of a subject's erasures."""
    s3, bucket = stack.client("s3"), stack.outputs["ErasuresBucket"]
    return [
        json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        for key in tables.objects(stack, "ErasuresBucket")
        if subject in key
    ]


def is_gone(stack: DeployedStack, subject: str) -> bool:
    """Whether neither table holds anything about a subject."""
    return not any(tables.partition(stack, subject, table) for table in tables.TABLES)


@dataclass(frozen=True)
class Week:
    """Who there was a week ago, and what the sweep did since."""

    never_verified: tuple[str, str]
    verified: Person
    request: str
    visitor: str
    visitors_subject: str
    foreseen: str
    first: dict[str, int]
    second: dict[str, int]


@pytest.fixture(scope="class")
def week(stack: DeployedStack, api: Api) -> Iterator[Week]:
    """Eight days later, after two sweeps."""
    never_verified = people.pending(api, profile={"identity": {"name": "Nobody Yet"}})
    verified = people.signed_in(api)
    request = copied(api, verified)
    visitor = people.new_visitor()
    visitors_subject = subject_of(decide(api, visitor))
    try:
        stack.move_clock(6 * DAY)
        sweep(stack)  # what other tests left behind goes, and nothing of these yet
        assert tables.of_kind(tables.partition(stack, verified.subject), "export")
        for subject in (never_verified[1].partition(".")[0], visitors_subject):
            assert erasures(stack, subject) == []
        stack.move_clock(8 * DAY)
        foreseen = run(stack, "infra.retention", "1")
        assert foreseen.returncode == 0, foreseen.stderr
        first, second = sweep(stack), sweep(stack)
        yield Week(
            never_verified,
            verified,
            request,
            visitor,
            visitors_subject,
            foreseen.stdout,
            first,
            second,
        )
    finally:
        stack.move_clock(0)


class TestAfterEightDays:
    def test_an_account_never_verified_is_gone_with_its_keys(
        self, stack: DeployedStack, api: Api, week: Week
    ) -> None:
        email, token = week.never_verified
        assert is_gone(stack, token.partition(".")[0])
        problem(api.post("/v1/accounts/verification", json=people.proof(token)), 422)
        problem(api.post("/v1/sessions", json={"email": email, "password": PASSWORD}), 401)

    def test_its_erasure_is_logged_with_ids_only(self, stack: DeployedStack, week: Week) -> None:
        subject = week.never_verified[1].partition(".")[0]
        begun, closed = erasures(stack, subject)
        assert (begun["step"], closed["step"]) == ("begun", "closed")
        assert (begun["subject"], begun["rule"], begun["kept"]) == (subject, "registered", [])
        assert {"account", "evidence"} <= {*begun["classes"]}  # type: ignore[misc]
        assert closed["stays"] == {}

    def test_a_verified_account_stays(self, stack: DeployedStack, api: Api, week: Week) -> None:
        assert ok(api.get("/v1/account", headers=week.verified.headers))["state"] == "active"
        assert erasures(stack, week.verified.subject) == []

    def test_a_visitor_stays(self, stack: DeployedStack, api: Api, week: Week) -> None:
        found = ok(api.get("/v1/consents", headers=people.visitor(week.visitor)))
        assert found["standing"]["site_measurement"]["decision"] == "granted"
        assert erasures(stack, week.visitors_subject) == []

    def test_the_copy_is_gone_from_bucket_and_table(
        self, stack: DeployedStack, api: Api, week: Week
    ) -> None:
        assert tables.objects(stack, "ExportsBucket", f"exports/{week.verified.subject}/") == []
        items = tables.partition(stack, week.verified.subject)
        assert tables.of_kind(items, "export") == []
        path = f"/v1/requests/{week.request}"
        problem(api.get(f"{path}/export", headers=week.verified.headers), 404)
        assert ok(api.get(path, headers=week.verified.headers))["status"] == "completed"

    def test_a_dry_run_foresaw_it_and_named_nobody(self, week: Week) -> None:
        erased = sum(map(int, re.findall(r"(\d+) erased", week.foreseen)))
        assert 2 <= erased <= week.first["erased"]
        for name in (week.verified.subject, week.visitors_subject, week.request):
            assert name not in week.foreseen

    def test_a_second_sweep_finds_nothing_to_do(self, week: Week) -> None:
        assert week.first["erased"] >= 2
        assert not any(count for name, count in week.second.items() if name != "closed")


class TestCrashes:
    """A sweep that died half-way: the next one finishes, wherever it was."""

    @pytest.fixture
    def half_way(self, right_clock: DeployedStack, api: Api) -> str:
        """The subject of an account that a sweep had begun to erase."""
        _, token = people.pending(api)
        subject = token.partition(".")[0]
        right_clock.move_clock(8 * DAY)
        return subject

    def mark(self, stack: DeployedStack, subject: str) -> None:
        items = tables.partition(stack, subject)
        (standing,) = tables.of_kind(items, "standing")
        tables.put(stack, {**standing, "state": {"S": "erasing"}})

    def lose_keys(self, stack: DeployedStack, subject: str, only: str = "") -> None:
        for key in tables.partition(stack, subject, "KeysTable"):
            if key["sk"]["S"].startswith(only):
                tables.remove(stack, key, "KeysTable")

    def lose_records(self, stack: DeployedStack, subject: str) -> list[Item]:
        items = tables.partition(stack, subject)
        for item in items:
            if item["kind"]["S"] not in ("standing", "profile"):
                tables.remove(stack, item)
        return items

    def test_marked_and_nothing_removed(self, stack: DeployedStack, half_way: str) -> None:
        self.mark(stack, half_way)
        sweep(stack)
        assert is_gone(stack, half_way)
        assert len(erasures(stack, half_way)) == 2

    def test_one_key_destroyed(self, stack: DeployedStack, half_way: str) -> None:
        self.mark(stack, half_way)
        self.lose_keys(stack, half_way, only="account")
        sweep(stack)
        assert is_gone(stack, half_way)

    def test_all_keys_destroyed(self, stack: DeployedStack, half_way: str) -> None:
        self.mark(stack, half_way)
        self.lose_keys(stack, half_way)
        sweep(stack)
        assert is_gone(stack, half_way)

    def test_some_records_removed(self, stack: DeployedStack, half_way: str) -> None:
        self.mark(stack, half_way)
        self.lose_keys(stack, half_way)
        self.lose_records(stack, half_way)
        sweep(stack)
        assert is_gone(stack, half_way)

    def test_a_copy_whose_body_is_gone(self, right_clock: DeployedStack, api: Api) -> None:
        person = people.signed_in(api)
        request = copied(api, person)
        (export,) = tables.of_kind(tables.partition(right_clock, person.subject), "export")
        assert export["request"]["S"] == request
        key = export["object"]["S"]
        bucket = right_clock.outputs["ExportsBucket"]
        right_clock.client("s3").delete_object(Bucket=bucket, Key=key)
        right_clock.move_clock(8 * DAY)
        sweep(right_clock)
        assert tables.of_kind(tables.partition(right_clock, person.subject), "export") == []

    def test_who_is_being_erased_cannot_be_verified(
        self, right_clock: DeployedStack, api: Api
    ) -> None:
        _, token = people.pending(api)
        self.mark(right_clock, token.partition(".")[0])
        problem(api.post("/v1/accounts/verification", json=people.proof(token)), 422)


class TestYears:
    def test_a_visitor_goes_24_months_after_the_last_decision(
        self, right_clock: DeployedStack, api: Api
    ) -> None:
        one, other = people.new_visitor(), people.new_visitor()
        once, often = subject_of(decide(api, one)), subject_of(decide(api, other))
        right_clock.move_clock(400 * DAY)
        decide(api, other, "denied")
        right_clock.move_clock(735 * DAY)
        sweep(right_clock)
        assert is_gone(right_clock, once)
        assert erasures(right_clock, once)[0]["rule"] == "last_decision"
        found = ok(api.get("/v1/consents", headers=people.visitor(other)))
        assert found["standing"]["site_measurement"]["decision"] == "withdrawn"
        assert ok(api.get("/v1/consents", headers=people.visitor(one)))["standing"] == {}
        right_clock.move_clock((400 + 735) * DAY)
        sweep(right_clock)
        assert is_gone(right_clock, often)

    def test_an_account_unused_for_24_months_does_not_go_unwarned(
        self, right_clock: DeployedStack, api: Api
    ) -> None:
        person = people.signed_in(api)
        right_clock.move_clock(735 * DAY)
        sweep(right_clock)
        items = tables.partition(right_clock, person.subject)
        assert ledger.standing(right_clock, person.subject).life is Life.ACTIVE
        assert tables.of_kind(items, "profile")
