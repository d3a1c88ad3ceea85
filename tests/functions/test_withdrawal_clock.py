"""Data that only a consent uses goes when the consent ends: through a stack whose clock moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.functions import desk, owners, people, tables, versions
from tests.functions.api import Api, ok
from tests.functions.people import Person
from tests.functions.stack import DeployedStack, deployed
from tests.functions.versions import Document, named

PURPOSE, OTHER, INTERESTS = "promotion", "surveys", "interests"
DAYS = 30
PROFILE = {INTERESTS: {"topics": "telescopes"}}


def with_interests(document: Document) -> Document:
    """A version with data that two consents use and nothing else does."""
    company = named(document["categories"], "company")
    topics = {**company["items"][0], "id": "topics"}
    retention = {**company["retention"], "rules": ["profile_withdrawn", "account_profile"]}
    category = {**company, "id": INTERESTS, "items": [topics], "retention": retention}
    document["categories"].append(category)
    for purpose in (PURPOSE, OTHER):
        named(document["purposes"], purpose)["categories"].append(INTERESTS)
    named(document["forms"], "registration")["optional"].append(f"{INTERESTS}.topics")
    (record,) = (one for one in document["records"] if one["kind"] == "profile")
    record["fields"][INTERESTS] = ["topics"]
    ended = named(document["retention"], "account_profile")
    rule = {**ended, "id": "profile_withdrawn", "from": "withdrawn", "survives": []}
    document["retention"].append({**rule, "period": {"days": DAYS}})
    return document


class Stack:
    """A stack on which that version is in force, and how far its clock has gone."""

    def __init__(self, stack: DeployedStack) -> None:
        self.stack, self.api = stack, Api(stack)
        staff, device = desk.officer(self.api)
        document = with_interests(versions.following(timedelta(days=16)))
        made = desk.publish(self.api, staff, device, document=document)
        assert made.status_code == 201, made.text
        desk.all_told(self.api, staff, document["version"])
        in_force = datetime.fromisoformat(document["effective_at"]) - datetime.now(UTC)
        self.days = in_force / timedelta(days=1) + 0.01
        self.go_on(0)
        self.stack.run_schedule("activation")
        assert self.api.notice_version() == document["version"]

    def go_on(self, days: float) -> None:
        """Moves the clock on."""
        self.days += days
        self.stack.move_clock(int(self.days * 86400))

    def decide(self, person: Person, **given: str) -> Any:
        """A choice in the account, in a session of its own."""
        fresh = people.sign_in(self.api, person.email)
        body = {"notice_version": self.api.notice_version(), "decisions": given, "source": "api"}
        return ok(self.api.post("/v1/consents", headers=fresh.headers, json=body), 201)

    def kept(self, person: Person) -> list[tables.Item]:
        """The record of what the person is interested in."""
        items = tables.of_kind(tables.partition(self.stack, person.subject), "profile")
        return [item for item in items if item["sk"]["S"].endswith(f"#{INTERESTS}")]

    def profile(self, person: Person) -> Any:
        """The profile, as its person sees it."""
        return owners.account(self.api, people.sign_in(self.api, person.email))["profile"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with deployed(tmp_path_factory.mktemp("stack")) as stack:
        yield Stack(stack)


@pytest.fixture
def ada(running: Stack) -> Person:
    """Somebody who agreed to one of the two purposes, and said what interests them."""
    given = {PURPOSE: "granted", OTHER: "denied"}
    person = people.signed_in(running.api, profile=PROFILE, decisions=given)
    (kept,) = running.kept(person)
    assert "lane" not in kept
    return person


def ends(data: list[dict[str, Any]]) -> dict[str, Any]:
    return {one["category"]: one["erased_at"] for one in data}


def test_at_its_date_it_is_gone_and_the_rest_stays(running: Stack, ada: Person) -> None:
    told = running.decide(ada, promotion="denied")
    erased_at = ends(told["data"])[INTERESTS]
    made_at = datetime.fromisoformat(told["standing"][PURPOSE]["decided_at"])
    assert datetime.fromisoformat(erased_at) == made_at + timedelta(days=DAYS)
    (kept,) = running.kept(ada)
    assert kept["due_at"]["S"] == erased_at
    identity = next(one for one in told["data"] if one["category"] == "identity")
    assert identity["erased_at"] is None
    assert {"purpose": "run_account", "basis": "contract"} in identity["kept_for"]
    running.go_on(DAYS - 1)
    running.stack.sweep()
    assert running.profile(ada)[INTERESTS] == PROFILE[INTERESTS]
    running.go_on(1.1)
    assert running.stack.sweep()["erased"] >= 1
    assert running.kept(ada) == []
    assert running.profile(ada).keys() == {"identity"}
    again = running.decide(ada, promotion="denied")
    assert ends(again["data"])[INTERESTS] is None


def test_another_consent_keeps_it(running: Stack, ada: Person) -> None:
    running.decide(ada, surveys="granted")
    told = running.decide(ada, promotion="denied")["data"]
    interests = next(one for one in told if one["category"] == INTERESTS)
    assert interests["erased_at"] is None
    assert interests["kept_for"] == [{"purpose": OTHER, "basis": "consent"}]
    (kept,) = running.kept(ada)
    assert "due_at" not in kept
    assert ends(running.decide(ada, surveys="denied")["data"])[INTERESTS] is not None


def test_who_agrees_again_in_time_keeps_it(running: Stack, ada: Person) -> None:
    running.decide(ada, promotion="denied")
    running.go_on(DAYS - 1)
    assert running.decide(ada, promotion="granted")["data"] == []
    running.go_on(2)
    running.stack.sweep()
    assert running.profile(ada)[INTERESTS] == PROFILE[INTERESTS]


def test_the_sweep_asks_again_what_stands(running: Stack, ada: Person) -> None:
    """A restore may bring back a record as it was before its person agreed again."""
    running.decide(ada, promotion="denied")
    (dated,) = running.kept(ada)
    running.decide(ada, promotion="granted")
    tables.put(running.stack, dated)
    running.go_on(DAYS + 1)
    running.stack.sweep()
    (kept,) = running.kept(ada)
    assert kept["due_at"]["S"] > dated["due_at"]["S"], "it is looked at again"
    assert running.profile(ada)[INTERESTS] == PROFILE[INTERESTS]


def test_preferences_say_so_too_and_a_correction_does_not_put_it_off(
    running: Stack, ada: Person
) -> None:
    fresh = people.sign_in(running.api, ada.email)
    body = {"decisions": {PURPOSE: "denied"}, "notice_version": running.api.notice_version()}
    said = ok(owners.prefer(running.api, fresh, **body))
    erased_at = ends(said["data"])[INTERESTS]
    assert erased_at is not None
    running.go_on(3)
    fresh = people.sign_in(running.api, ada.email)
    ok(owners.correct(running.api, fresh, {INTERESTS: {"topics": "sextants"}}))
    (kept,) = running.kept(ada)
    assert kept["due_at"]["S"] == erased_at


def test_what_is_told_at_registration_and_refused_there_goes_too(running: Stack) -> None:
    given = {PURPOSE: "denied", OTHER: "denied"}
    person = people.signed_in(running.api, profile=PROFILE, decisions=given)
    (kept,) = running.kept(person)
    assert kept["due_event"]["S"] == "withdrawn"
