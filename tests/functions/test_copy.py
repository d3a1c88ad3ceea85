"""The copy of one's data (GDPR art. 15): asked for, announced, downloaded, recorded."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from chalicelib.pages.formats import day
from tests.functions import letters, moves, owners, people, second_factor, sinks, tables
from tests.functions.api import JSON, Api, ok, problem
from tests.functions.commands import make_key
from tests.functions.people import Person
from tests.functions.second_factor import Device
from tests.functions.stack import DeployedStack
from tests.functions.waiting import until

NAME = "Ada Lovelace"
DECISIONS = {"offers_email": "granted", "surveys": "denied"}


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def ada(api: Api) -> Person:
    profile = {"identity": {"name": NAME}}
    return people.signed_in(api, profile=profile, decisions=DECISIONS)


@pytest.fixture(scope="module")
def copied(api: Api, ada: Person) -> dict[str, Any]:
    """Ada's request for a copy, completed."""
    asked = {"right": "copy", "details": "Tutto, grazie."}
    request = ok(api.post("/v1/requests", headers=ada.headers, json=asked), 201)
    assert request["status"] == "received"

    def completed() -> dict[str, Any] | None:
        now = ok(api.get(f"/v1/requests/{request['id']}", headers=ada.headers))
        return now if now["status"] == "completed" else None

    found = until(completed)
    assert found, "the request was not completed"
    return found


class TestCopy:
    def test_is_announced_by_a_mail_without_a_link_or_data(
        self, api: Api, ada: Person, copied: dict[str, Any]
    ) -> None:
        mail = letters.wait(api.stack, ada.email, letters.COPY)
        assert copied["id"] in mail["BodyText"]
        assert "http" not in mail["BodyText"]
        assert NAME not in mail["BodyText"]
        receipt = letters.text(letters.wait(api.stack, ada.email, letters.RECEIPT))
        assert f"Numero: {copied['id']}" in receipt
        assert f"Data di ricevimento: {written(copied['received_on'])}" in receipt
        assert f"Risposta al più tardi: {written(copied['due_on'])}" in receipt
        letters.all_sent(api.stack, ada.subject)
        assert len(letters.about(api.stack, ada.email, letters.RECEIPT)) == 1
        assert len(letters.about(api.stack, ada.email, letters.COPY)) == 1

    def test_has_a_clock_and_a_history(self, copied: dict[str, Any]) -> None:
        clock = copied["clock"]
        ends_on = date.fromisoformat(clock["ends_on"])
        wait = ends_on - date.fromisoformat(copied["received_on"])
        assert 28 <= wait.days <= 31  # one month: GDPR art. 12(3)
        moved = ends_on + timedelta(days=len(clock["days_off"]))
        assert date.fromisoformat(copied["due_on"]) == moved
        rome = datetime.fromisoformat(copied["due_at"]).astimezone(ZoneInfo("Europe/Rome"))
        assert rome == datetime.combine(moved, time(23, 59, 59, 999_000), rome.tzinfo)
        assert [(one["status"], one["event"], one["by"]) for one in copied["history"]] == [
            ("received", "submit", "person"),
            ("completed", "complete", "system"),
        ]
        assert (copied["outcome"], copied["overdue"]) == ("completed", False)

    def test_holds_the_profile_and_the_decisions_and_no_secret(
        self, api: Api, ada: Person, copied: dict[str, Any]
    ) -> None:
        text = _download(api, ada, copied).content.decode()
        document = json.loads(text)
        records = {record["kind"]: record["items"] for record in document["records"]}
        profile = {one["id"]: one for one in records["profile"]}
        assert profile["identity"]["name"] == NAME
        assert profile["identity"]["email"] == ada.email
        assert records["entry"][0]["decisions"] == DECISIONS
        assert records["request"][0]["details"] == "Tutto, grazie."
        assert document["information"]["rights"]
        assert "$argon2" not in text
        assert "password" not in text
        assert ada.token.partition(".")[2] not in text

    def test_lies_encrypted_with_kms_and_can_be_fetched_by_its_address_alone(
        self, api: Api, ada: Person, copied: dict[str, Any]
    ) -> None:
        key = f"exports/{ada.subject}/{copied['id']}.json"
        head = api.stack.client("s3").head_object(
            Bucket=api.stack.outputs["ExportsBucket"], Key=key
        )
        assert head["ServerSideEncryption"] == "aws:kms"
        assert head["SSEKMSKeyId"] == api.stack.outputs["KeyEvidence"]
        unsigned = issue(api, ada, copied).partition("?")[0]
        assert requests.get(unsigned, timeout=10).status_code == 403

    def test_records_each_issue_of_its_address(
        self, api: Api, ada: Person, copied: dict[str, Any]
    ) -> None:
        before = len(_issues(api, ada, copied))
        issue(api, ada, copied)
        issue(api, ada, copied)
        assert len(_issues(api, ada, copied)) == before + 2

    def test_is_nobody_elses(self, api: Api, copied: dict[str, Any]) -> None:
        stranger = people.signed_in(api)
        path = f"/v1/requests/{copied['id']}"
        problem(api.get(path, headers=stranger.headers), 404)
        problem(api.get(f"{path}/export", headers=stranger.headers), 404)
        problem(api.get(path), 401)

    def test_is_listed_among_ones_requests(
        self, api: Api, ada: Person, copied: dict[str, Any]
    ) -> None:
        listed = ok(api.get("/v1/requests", headers=ada.headers))["items"]
        assert copied in [{**one, "messages": []} for one in listed]


class TestCopyOfAnAccountInUse:
    @pytest.fixture
    def device(self, right_clock: DeployedStack, api: Api) -> Device:
        """Somebody who uses all that there is."""
        person = people.signed_in(api, decisions=DECISIONS)
        key = make_key(right_clock, "copied", "accounts")[1]
        path = f"/v1/accounts/{person.subject}/reference"
        body = {"reference": "customer-1815"}
        assert api.call("PUT", path, headers=people.bearer(key), json=body).status_code == 204
        ok(owners.prefer(api, person, notifications={"new_sign_in": False}))
        credentials = {"email": person.email, "password": people.PASSWORD}
        headers = {"CloudFront-Viewer-Country": "IT"}
        ok(api.post("/v1/sessions", headers=headers, json=credentials), 201)
        device = second_factor.switched_on(api, person)
        target = moves.moved(api, person, code=device.code())
        device.person = Person(target, person.token, person.subject)
        return device

    def test_tells_what_is_held_and_proves_nothing_to_a_thief(
        self, api: Api, device: Device
    ) -> None:
        person = device.person
        request = ok(api.post("/v1/requests", headers=person.headers, json={"right": "copy"}), 201)
        path = f"/v1/requests/{request['id']}"
        assert until(lambda: ok(api.get(path, headers=person.headers))["status"] == "completed")
        text = _download(api, person, request).content.decode()
        records = {one["kind"]: one["items"] for one in json.loads(text)["records"]}
        assert records["reference"][0]["reference"] == "customer-1815"
        assert records["email_change"][0]["email"] == person.email
        assert records["email_change"][0]["former_email"]
        assert records["second_factor"][0]["status"] == "confirmed"
        assert {one["ip_address"] for one in records["session"]} == {"127.0.0.0/24"}
        assert records["claim"][0]["country"] == "IT"
        assert records["standing"][0]["muted"] == "new_sign_in"
        codes = [*device.recovery, *(code.replace("-", "") for code in device.recovery)]
        hashes = [
            item["pk"]["S"].removeprefix("A#")
            for item in tables.all_of(api.stack, "claim")
            if item["subject"]["S"] == person.subject
        ]
        assert len(hashes) == 2
        secrets = [device.secret, *codes, *hashes, person.token.partition(".")[2], "$argon2"]
        assert sinks.found_in([("copy", text.encode())], secrets) == []


def written(civil_day: str) -> str:
    """A civil day in Italian."""
    return day(date.fromisoformat(civil_day), "it")


def issue(api: Api, person: Person, request: dict[str, Any]) -> str:
    """A fresh address of the copy."""
    path = f"/v1/requests/{request['id']}/export"
    url: str = ok(api.get(path, headers=person.headers))["url"]
    return url


def _download(api: Api, person: Person, request: dict[str, Any]) -> requests.Response:
    answer = requests.get(issue(api, person, request), timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == JSON
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    return answer


def _issues(api: Api, person: Person, request: dict[str, Any]) -> list[Any]:
    exports = tables.of_kind(tables.partition(api.stack, person.subject), "export")
    (export,) = [one for one in exports if one["request"]["S"] == request["id"]]
    issued: list[Any] = export["issued"]["L"]
    return issued
