"""A version with one change of each effect reaches five hundred people, each as it concerns them.

On a stack of its own, since all other tests go by the version that is in force there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.functions import desk, people, tables, versions
from tests.functions.api import Api, ok
from tests.functions.crowd import address, crowd
from tests.functions.people import Person
from tests.functions.stack import DeployedStack, deployed
from tests.functions.versions import ASKED, TOLD

AGREED, SURVEYED, REFUSED, SILENT = "agreed", "surveyed", "refused", "silent"
GROUPS = {
    AGREED: (150, {ASKED: "granted", TOLD: "denied"}),
    SURVEYED: (100, {TOLD: "granted"}),
    REFUSED: (120, {ASKED: "denied", TOLD: "denied"}),
    SILENT: (130, {}),
}
PEOPLE = sum(count for count, _ in GROUPS.values())


@dataclass(frozen=True)
class Announced:
    """A stack on which everybody has been told who was to be."""

    api: Api
    staff: Person
    groups: dict[str, list[str]]
    document: dict[str, Any]
    progress: dict[str, Any]

    @property
    def stack(self) -> DeployedStack:
        return self.api.stack

    @property
    def version(self) -> str:
        return str(self.document["version"])

    def obligations(self, group: str) -> list[dict[str, Any]]:
        found = []
        for subject in self.groups[group]:
            found += tables.of_kind(tables.partition(self.stack, subject), "obligation")
        return found


@pytest.fixture(scope="module")
def announced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Announced]:
    with deployed(tmp_path_factory.mktemp("stack")) as stack:
        api = Api(stack)
        groups = crowd(stack, GROUPS)
        staff, device = desk.officer(api)
        document = versions.changed(versions.following(timedelta(days=16)))
        draft = desk.save(api, staff, document)
        assert draft["findings"] == []
        named = {name: draft[name] for name in ("version", "digest")}
        published = desk.publish(api, staff, device, **named)
        assert ok(published, 201)["status"] == "scheduled"
        progress = desk.all_told(api, staff, document["version"])
        yield Announced(api, staff, groups, document, progress)


def test_the_figures_say_whom_it_concerned(announced: Announced) -> None:
    found = announced.progress
    assert found["status"] == "complete"
    assert (found["sent"], found["concerned"]) == (250, 250)
    assert (found["repeated"], found["bounced"], found["uncertain"], found["left"]) == (0, 0, 0, 0)
    # Whoever works at the desk has an account too, and agreed to nothing.
    assert found["alone"] == PEOPLE - 250 + 1


def test_who_agreed_is_told_and_asked_again(announced: Announced) -> None:
    found = announced.obligations(AGREED)
    assert len(found) == 150
    assert {item["ask"]["S"] for item in found} == {ASKED}
    assert {item["status"]["S"] for item in found} == {"sent"}


def test_whose_data_a_new_processor_receives_is_told_and_not_asked(announced: Announced) -> None:
    found = announced.obligations(SURVEYED)
    assert len(found) == 100
    assert {item["ask"]["S"] for item in found} == {""}
    assert {item["status"]["S"] for item in found} == {"sent"}


@pytest.mark.parametrize("group", [REFUSED, SILENT])
def test_all_others_are_left_alone(announced: Announced, group: str) -> None:
    assert announced.obligations(group) == []


def test_each_of_them_gets_one_mail_and_nobody_else_any(announced: Announced) -> None:
    received = Counter(to for mail in announced.stack.mails() for to in mail["To"])
    expected = {
        address(group, number) for group in (AGREED, SURVEYED) for number in range(GROUPS[group][0])
    }
    crowd_only = {to: count for to, count in received.items() if to.split(".")[0] in GROUPS}
    assert set(crowd_only) == expected
    assert set(crowd_only.values()) == {1}


def test_the_mail_says_what_concerns_its_reader(announced: Announced) -> None:
    titles = versions.named(versions.shipped()["purposes"], ASKED)["title"]
    for number, locale in ((0, "it"), (1, "en")):
        (asked,) = announced.stack.mails_to(address(AGREED, number))
        assert titles[locale] in " ".join(asked["BodyText"].split())
        assert "Sondaggi" not in asked["BodyText"]
        (informed,) = announced.stack.mails_to(address(SURVEYED, number))
        assert "Sondaggi Srl" in " ".join(informed["BodyText"].split())
        assert announced.version in asked["BodyText"]


def test_nobody_is_asked_before_the_version_takes_effect_and_then_only_who_agreed(
    announced: Announced,
) -> None:
    """Through the account: what was told, that it was seen, and that the question is answered."""
    api, stack = announced.api, announced.stack
    agreed, silent = (sign_in(api, address(group, 0)) for group in (AGREED, SILENT))
    assert standing(api, agreed)[ASKED]["ask_again"] is None
    (item,) = ok(api.get("/v1/account/notices", headers=agreed.headers))["items"]
    assert (item["version"], item["status"], item["ask"]) == (announced.version, "sent", [ASKED])
    seen = f"/v1/account/notices/{announced.version}/seen"
    assert api.post(seen, headers=agreed.headers).status_code == 204
    (item,) = ok(api.get("/v1/account/notices", headers=agreed.headers))["items"]
    assert item["status"] == "seen"
    assert ok(api.get("/v1/account/notices", headers=silent.headers))["items"] == []

    effective = datetime.fromisoformat(announced.document["effective_at"])
    until_then = effective - datetime.now(effective.tzinfo) + timedelta(minutes=2)
    stack.move_clock(int(until_then.total_seconds()))
    assert stack.run_schedule("activation") == {"activated": 1}
    assert stack.run_schedule("activation") == {"activated": 0}
    assert api.notice_version() == announced.version

    agreed, silent = (sign_in(api, address(group, 0)) for group in (AGREED, SILENT))
    again = standing(api, agreed)[ASKED]
    assert (again["decision"], again["recorded"]) == ("ask_again", "granted")
    assert again["ask_again"]["categories"] == [versions.NEW_CATEGORY]
    assert again["ask_again"]["whole"] is False
    assert standing(api, sign_in(api, address(REFUSED, 0)))[ASKED]["ask_again"] is None
    assert standing(api, silent) == {}
    ok(capture(api, agreed, "granted"), 201)
    answered = standing(api, agreed)[ASKED]
    assert (answered["ask_again"], answered["notice_version"]) == (None, announced.version)


def sign_in(api: Api, email: str) -> Person:
    return people.sign_in(api, email, people.PASSWORD)


def standing(api: Api, person: Person) -> Any:
    return ok(api.get("/v1/consents", headers=person.headers))["standing"]


def capture(api: Api, person: Person, choice: str) -> Any:
    body = {
        "notice_version": api.notice_version(),
        "decisions": {ASKED: choice},
        "source": "preference_centre",
    }
    return api.post("/v1/consents", headers=person.headers, json=body)
