"""After all that people do here, nothing of them lies anywhere in the clear."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.functions import people, sinks, tables
from tests.functions.api import Api, ok, problem
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.waiting import until
from tests.functions.workers import worker_away

NAME = "Zelmira Quarantotti-Öström"
ADDRESS = "Vicolo dell'Aquilone 17, Pizzighettone"
PHONE = "+390372999123"
COMPANY = "Squacquerone & Figli Srl"
LOCAL_PART, DOMAIN = "zelmira.quarantotti+leak", "xn--riservatissimo.example"
EMAIL = f"{LOCAL_PART}@example.com"
PASSWORD = "Tubero?Zanzibar/7412"
OTHER_PASSWORD = "Sgabuzzino!Wrong/9931"
DETAILS = "Vorrei sapere del reclamo Xilofono-8812"
AGENT = "Zuzzurellone/4.2 (Leaktest)"
EVENT = "zelmira-event@example.com"
SEEN_FROM = "203.0.113.77"

SEEDS = (
    NAME,
    "Quarantotti",
    ADDRESS,
    "Aquilone",
    PHONE,
    "0372999123",
    COMPANY,
    "Squacquerone",
    EMAIL,
    LOCAL_PART,
    PASSWORD,
    OTHER_PASSWORD,
    DETAILS,
    "Xilofono",
    AGENT,
    "Zuzzurellone",
    EVENT,
    SEEN_FROM,
)
SPELLINGS = (EMAIL, EMAIL.upper(), EMAIL.title(), "zelmira.Quarantotti+LEAK@EXAMPLE.com")


class Seeded(Api):
    """A client whose every request says who it is."""

    def call(self, method: str, path: str, **rest: Any) -> requests.Response:
        headers = {
            "User-Agent": AGENT,
            "X-Forwarded-For": SEEN_FROM,
            "Referer": f"https://example.com/?email={quote(EMAIL)}",
            **(rest.pop("headers", None) or {}),
        }
        return super().call(method, path, headers=headers, **rest)


@pytest.fixture(scope="module")
def journey(stack: DeployedStack) -> Person:
    """All that a person does, and mistakes on the way, with values that can be recognised."""
    api = Seeded(stack)
    profile = {
        "identity": {"name": NAME, "address": ADDRESS, "phone": PHONE},
        "company": {"name": COMPANY},
    }
    body = people.registration(
        api, EMAIL, password=PASSWORD, profile=profile, decisions={"surveys": "granted"}
    )
    ok(api.post("/v1/accounts", json=body, headers={"Idempotency-Key": EMAIL}), 202)
    token = people.link_token(people.mails(stack, EMAIL)[0])
    ok(api.post("/v1/accounts/verification", json={"token": token}))
    problem(api.post("/v1/accounts/verification", json={"token": token}), 422)
    for spelled in SPELLINGS:
        ok(api.post("/v1/accounts", json={**body, "email": spelled}), 202)
        wrong = {"email": spelled, "password": OTHER_PASSWORD}
        problem(api.post("/v1/sessions", json=wrong), 401)
    person = people.sign_in(api, EMAIL, PASSWORD)
    _make_mistakes(api, body, person)
    _decide(api, person)
    _copy(api, person)
    assert until(lambda: not _jobs(stack, person))
    return person


def _make_mistakes(api: Api, body: dict[str, Any], person: Person) -> None:
    problem(api.post("/v1/accounts", json={**body, "email": f"{EMAIL} {PHONE}"}), 400)
    problem(api.post("/v1/accounts", json={**body, NAME: ADDRESS}), 400)
    problem(api.post("/v1/accounts", data=json.dumps(body) + PASSWORD, headers=_JSON), 400)
    problem(api.post("/v1/requests", json={"right": DETAILS}, headers=person.headers), 400)
    problem(api.get("/v1/notices", params={"cursor": EMAIL}), 400)
    problem(api.get(f"/v1/requests/{quote(EMAIL)}", headers=person.headers), 404)
    problem(api.get(f"/v1/requests/{quote(LOCAL_PART, safe='')}", headers=person.headers), 404)
    problem(api.get("/v1/account", headers={"Authorization": f"Bearer {LOCAL_PART}"}), 401)


_JSON = {"Content-Type": "application/json"}


def _decide(api: Api, person: Person) -> None:
    body = {
        "notice_version": api.notice_version(),
        "decisions": {"surveys": "denied"},
        "source": "api",
        "event_id": EVENT,
    }
    for _ in range(2):
        ok(api.post("/v1/consents", json=body, headers=person.headers), 201)


def _copy(api: Api, person: Person) -> None:
    asked = {"right": "copy", "details": DETAILS}
    request = ok(api.post("/v1/requests", json=asked, headers=person.headers), 201)
    path = f"/v1/requests/{request['id']}"
    assert until(lambda: ok(api.get(path, headers=person.headers))["status"] == "completed")
    url = ok(api.get(f"{path}/export", headers=person.headers))["url"]
    assert sinks.found_in([("address of a copy", url.encode())], SEEDS) == []
    copy = requests.get(url, timeout=10).content
    assert sinks.found_in([("", copy)], [NAME, EMAIL, DETAILS])  # the walker reads what is there


def _jobs(stack: DeployedStack, person: Person) -> list[tables.Item]:
    return tables.of_kind(tables.partition(stack, person.subject), "job")


@pytest.mark.usefixtures("journey")
def test_nothing_of_a_person_lies_anywhere_in_the_clear(stack: DeployedStack) -> None:
    looked_at = list(sinks.everywhere(stack))
    assert {where.split(" ")[0] for where, _ in looked_at} >= {
        "RecordsTable",
        "KeysTable",
        "name",
        "log",
    }
    assert any(b"http.answered" in content for where, content in looked_at if "log" in where)
    assert sinks.found_in(looked_at, SEEDS) == []


def test_addresses_in_mails_hold_only_the_token(stack: DeployedStack, journey: Person) -> None:
    links = [
        link
        for mail in stack.mails_to(EMAIL)
        for link in re.findall(r"https?://\S+", mail["BodyText"])
    ]
    assert links
    assert sinks.found_in([("link", link.encode()) for link in links], SEEDS) == []


def test_messages_hold_only_ids(stack: DeployedStack, journey: Person) -> None:
    api = Seeded(stack)
    body = people.registration(api, EMAIL, password=PASSWORD)
    with worker_away(stack, "mail"):
        ok(api.post("/v1/accounts", json=body), 202)
        waiting = list(sinks.messages(stack))
    assert len(waiting) == 1
    assert sinks.found_in(waiting, SEEDS) == []


def test_passwords_are_stored_as_argon2id(stack: DeployedStack, journey: Person) -> None:
    (claim,) = [
        item
        for item in tables.of_kind(list(tables.scan(stack, "RecordsTable")), "claim")
        if item["subject"]["S"] == journey.subject
    ]
    assert claim["password_hash"]["S"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def _in_a_table(stack: DeployedStack, planted: str) -> None:
    tables.put(stack, {**_CONTROL, "sk": {"S": "_in_a_table"}, "detail": {"S": planted}})


def _in_a_list(stack: DeployedStack, planted: str) -> None:
    deep = {"L": [{"M": {"deep": {"S": planted}}}]}
    tables.put(stack, {**_CONTROL, "sk": {"S": "_in_a_list"}, "list": deep})


def _in_bytes(stack: DeployedStack, planted: str) -> None:
    encoded = base64.b64encode(b"x" + planted.encode())
    blob = {"B": b"\x01\xff" + encoded}
    tables.put(stack, {**_CONTROL, "sk": {"S": "_in_bytes"}, "blob": blob}, "KeysTable")


def _in_a_name(stack: DeployedStack, planted: str) -> None:
    stack.client("s3").put_object(
        Bucket=stack.outputs["ExportsBucket"], Key=f"control/{planted}", Body=b""
    )


def _in_a_message(stack: DeployedStack, planted: str) -> None:
    stack.client("sqs").send_message(
        QueueUrl=stack.outputs["FulfilmentDeadLettersUrl"], MessageBody=planted
    )


def _in_a_log(stack: DeployedStack, planted: str) -> None:
    client, group = stack.client("logs"), "/control/leaks"
    client.create_log_group(logGroupName=group)
    client.create_log_stream(logGroupName=group, logStreamName="one")
    event = {"timestamp": 1_795_000_000_000, "message": f"a line with {planted}"}
    client.put_log_events(logGroupName=group, logStreamName="one", logEvents=[event])


_CONTROL: tables.Item = {
    "pk": {"S": "S#control"},
    "sk": {"S": "control"},
    "kind": {"S": "control"},
}


PLANTS = (_in_a_table, _in_a_list, _in_bytes, _in_a_name, _in_a_message, _in_a_log)


@pytest.fixture
def planted(stack: DeployedStack) -> Iterator[list[str]]:
    """A text of its own in each place that is walked."""
    texts = [f"Planted{plant.__name__.replace('_', '-')}-Canary" for plant in PLANTS]
    try:
        for plant, text in zip(PLANTS, texts, strict=True):
            plant(stack, text)
        yield texts
    finally:
        for sk in ("_in_a_table", "_in_a_list", "_in_bytes"):
            for table in tables.TABLES:
                tables.remove(stack, {**_CONTROL, "sk": {"S": sk}}, table)
        stack.client("sqs").purge_queue(QueueUrl=stack.outputs["FulfilmentDeadLettersUrl"])
        for key in tables.objects(stack, "ExportsBucket", "control/"):
            stack.client("s3").delete_object(Bucket=stack.outputs["ExportsBucket"], Key=key)


def test_the_walker_finds_what_is_planted(stack: DeployedStack, planted: list[str]) -> None:
    looked_at = list(sinks.everywhere(stack))
    missed = [text for text in planted if not sinks.found_in(looked_at, [text])]
    assert missed == []
    assert sinks.found_in(looked_at, ["Nobody-Planted-This"]) == []


@pytest.mark.parametrize(
    "spelled",
    [
        NAME.encode(),
        NAME.lower().encode(),
        NAME[::-1].encode(),
        NAME.encode().hex().encode(),
        quote(NAME).encode(),
        json.dumps(NAME).encode(),
        base64.b64encode(NAME.encode()),
        base64.b64encode(b"a" + NAME.encode() + b"b"),
        base64.urlsafe_b64encode(b"ab" + NAME.encode() + b"cd"),
    ],
)
def test_the_walker_knows_every_spelling(spelled: bytes) -> None:
    assert sinks.found_in([("here", b"before " + spelled + b" after")], [NAME])
