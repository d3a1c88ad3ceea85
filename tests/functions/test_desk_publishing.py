"""Publishing and calling back through the deployed API, as the desk does: on a stack of its own."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.functions import desk, people, versions
from tests.functions.api import Api, ok, problem
from tests.functions.people import Person
from tests.functions.second_factor import Device, refused
from tests.functions.stack import deployed
from tests.functions.versions import TOLD, Document
from tests.functions.waiting import until


@dataclass
class Desk:
    """A stack, two people of its desk, and somebody whom a version concerns."""

    api: Api
    ann: tuple[Person, Device]
    bob: tuple[Person, Device]
    reader: Person

    def status(self, version: str) -> str | None:
        listed = ok(self.api.get("/v1/notices"))["items"]
        return next((str(one["status"]) for one in listed if one["version"] == version), None)

    def mails(self, person: Person, about: str) -> list[dict[str, Any]]:
        found = self.api.stack.mails_to(person.email)
        return [one for one in found if about in " ".join(one["BodyText"].split())]

    def told(self) -> Any:
        return ok(self.api.get("/v1/account/notices", headers=self.reader.headers))["items"]


@pytest.fixture(scope="module")
def at_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with deployed(tmp_path_factory.mktemp("stack")) as stack:
        api = Api(stack)
        reader = people.signed_in(api, decisions={TOLD: "granted"})
        yield Desk(api, desk.officer(api), desk.officer(api), reader)


def following(days: int, number: int = 0) -> Document:
    """A version that concerns the reader."""
    document = versions.changed(versions.following(timedelta(days=days)))
    return {**document, "version": f"{document['version']}.{number}"} if number else document


def grave(document: Document) -> Document:
    """The version that erases every account two weeks later."""
    found = deepcopy(document)
    rule = versions.named(found["retention"], "unused_account")
    rule["period"], rule["then"] = {"days": 1}, "erase"
    del rule["warn"]  # nobody can be warned a month before the end of a day
    return found


def test_a_session_alone_publishes_nothing(at_desk: Desk) -> None:
    ann, device = at_desk.ann
    document = following(16)
    refused(desk.publish(at_desk.api, ann, document=document), 401, "second-factor-needed")
    wrong = desk.publish(at_desk.api, ann, document=document, code="000000")
    refused(wrong, 401, "second-factor-wrong")
    used = device.last  # at sign-in
    again = desk.publish(at_desk.api, ann, document=document, code=used)
    refused(again, 401, "second-factor-wrong")
    assert at_desk.status(document["version"]) is None


def test_what_erases_everybody_needs_two_people(at_desk: Desk) -> None:
    document = grave(following(17))
    first = ok(desk.publish(at_desk.api, *at_desk.ann, document=document), 202)
    assert first["status"] == "awaiting_second"
    assert first["alone_from"] is None
    assert {one["about"] for one in first["reasons"]} >= {"retention/unused_account/period"}
    assert at_desk.status(document["version"]) is None
    tried = {"document": document}
    simulated = at_desk.api.post(
        f"{desk.NOTICES}/simulate", headers=at_desk.bob[0].headers, json=tried
    )
    assert ok(simulated)["second_person"] == first["reasons"]
    same = ok(desk.publish(at_desk.api, *at_desk.ann, document=document), 202)
    assert same == first
    asked = until(lambda: at_desk.mails(at_desk.bob[0], first["digest"]))
    assert len(asked) == 1
    ok(desk.publish(at_desk.api, *at_desk.bob, document=document), 201)
    assert at_desk.status(document["version"]) == "scheduled"
    link = f"/notice/{document['version']}"
    for person, _ in (at_desk.ann, at_desk.bob):
        assert until(lambda one=person: at_desk.mails(one, link), 60)  # type: ignore[misc]


def test_it_is_called_back_and_who_was_told_is_told_that(at_desk: Desk) -> None:
    api, (ann, _) = at_desk.api, at_desk.ann
    version = following(17)["version"]
    assert until(lambda: [one for one in at_desk.told() if one["sent_at"]], 90)
    refused(api.delete(f"{desk.NOTICES}/{version}", headers=ann.headers), 409, "already-published")
    body = ok(desk.withdraw(api, ann, version))
    assert (body["version"], body["status"]) == (version, "withdrawn")
    assert ok(desk.withdraw(api, at_desk.bob[0], version)) == body
    assert at_desk.status(version) == "withdrawn"
    assert ok(api.get(f"/v1/notices/{version}"))["version"] == version
    assert until(lambda: at_desk.told()[0]["status"] == "withdrawn", 90)
    assert at_desk.told()[0]["ask"] == []
    assert until(lambda: len(at_desk.mails(at_desk.reader, version)) == 2, 60)
    # In what told the desk of each of the two; the mail to everybody leads to the changes.
    link = f"/notice/{version}?lang="
    assert until(lambda: len(at_desk.mails(at_desk.bob[0], link)) == 2, 60)
    again = desk.publish(api, *at_desk.ann, document=grave(following(17)))
    refused(again, 409, "already-published")  # its name, with another text


def test_a_better_one_takes_its_place(at_desk: Desk) -> None:
    api = at_desk.api
    first, better = following(18), following(19, 1)
    ok(desk.publish(api, *at_desk.ann, document=first), 201)
    waits = desk.publish(api, *at_desk.ann, document=better)
    refused(waits, 409, "version-waiting")
    replaced = desk.publish(api, *at_desk.ann, document=better, replaces=first["version"])
    ok(replaced, 201)
    assert at_desk.status(first["version"]) == "withdrawn"
    assert at_desk.status(better["version"]) == "scheduled"
    late = desk.withdraw(api, at_desk.ann[0], api.notice_version())
    refused(late, 409, "too-late")
    problem(desk.withdraw(api, at_desk.ann[0], "2031-01-01"), 404)
