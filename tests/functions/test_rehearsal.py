"""The rehearsal on a local stack whose functions call AWS through a proxy that sees every call."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml

from infra.local.engine import Engine
from infra.local.place import Place
from infra.local.stack import LocalStack
from infra.rehearsal.deployed import Deployed, Unhealthy
from infra.rehearsal.journey import Rehearsal
from infra.stacks import DATA
from tests.functions import saved, sinks, tables
from tests.functions.faults import proxied
from tests.functions.stack import DeployedStack
from tests.functions.waiting import until
from tests.product import PRODUCT

SERVICES = ("DYNAMODB", "KMS", "S3", "SES", "SQS")
APP = DATA.with_name("app.yaml")


class Calls:
    """The resources that the functions' calls named, as they named them."""

    def __init__(self) -> None:
        self.text: set[str] = set()

    def see(self, service: str, path: str, body: bytes) -> None:
        """Keeps the names of tables, keys, queues and buckets in a call."""
        if service == "s3":
            self.text.add(unquote(path).split("/")[1])
        elif body.startswith(b"{"):
            told: dict[str, Any] = json.loads(body)
            self.text |= {
                str(told[one]) for one in ("TableName", "KeyId", "QueueUrl") if one in told
            }
            self.text |= set(re.findall(r'"TableName": ?"([^"]+)"', body.decode()))
            self.text |= set(told.get("RequestItems", {}))


class Watched(Engine):
    """An engine whose functions call AWS at another address."""

    def __init__(self, place: Place, at: str) -> None:
        super().__init__(place)
        self._at = at

    def _environment(self) -> dict[str, str]:
        at = {f"AWS_ENDPOINT_URL_{service}": self._at for service in SERVICES}
        return {**super()._environment(), **at}


@pytest.fixture(scope="module")
def calls() -> Calls:
    return Calls()


@pytest.fixture(scope="module")
def watched(calls: Calls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedStack]:
    """A stack of its own: what a rehearsal does is told apart from other tests' acts."""
    local = LocalStack(Place(tmp_path_factory.mktemp("rehearsal")), PRODUCT)
    with proxied("http://127.0.0.1:1") as proxy:
        proxy.watch = calls.see
        local.engine = Watched(local.place, proxy.url)
        try:
            saved.copy_to(local.place)
            local.resume()
            proxy.engine = ("127.0.0.1", local.engine.port)
            yield DeployedStack(local)
        finally:
            local.engine.kill()
            local.stop()


def deployed(stack: DeployedStack, **more: Any) -> Deployed:
    local = stack.local
    return Deployed(local.session(), local.outputs, local.base_url, local.engine.url, 0.2, **more)


@pytest.fixture(scope="module")
def said(watched: DeployedStack) -> list[str]:
    """What one rehearsal says."""
    lines: list[str] = []
    Rehearsal(deployed(watched), lines.append).run()
    return lines


def _of_type(path: Path, *types: str) -> set[str]:
    found = yaml.safe_load(path.read_text("utf-8"))["Resources"]
    return {name for name, one in found.items() if one["Type"] in types}


def test_every_step_says_what_it_did(said: list[str]) -> None:
    assert [line.split(": ")[1] for line in said] == [
        *("service", "workers", "browser", "registration", "keys", "proof", "sign-in", "consent"),
        *("unsubscribing", "copy", "work", "bounce", "erasure"),
    ]
    assert "@" not in "".join(said)


def test_it_uses_every_key_table_and_bucket(
    watched: DeployedStack, calls: Calls, said: list[str]
) -> None:
    types = ("AWS::KMS::Key", "AWS::DynamoDB::Table", "AWS::S3::Bucket")
    # Every deployment itself reads and writes the bucket of packages.
    wanted = _of_type(DATA, *types) - {"Artefacts"}
    outputs = {
        name: [watched.outputs.get(f"{name}{kind}") for kind in ("", "Table", "Bucket")]
        for name in wanted
    }
    assert {name for name, known in outputs.items() if not any(known)} == set()
    used = {name for name, known in outputs.items() if calls.text & {*known}}
    assert used == wanted


def test_every_queue_had_something_to_do(
    watched: DeployedStack, calls: Calls, said: list[str]
) -> None:
    queues = {one for one in _of_type(APP, "AWS::SQS::Queue") if not one.endswith("DeadLetters")}
    used = {name for name in queues if watched.outputs[f"{name}Url"] in calls.text}
    # SES reports to the queue of feedback, and the step that bounces waits for what came of it.
    assert used == queues - {"FeedbackQueue"}
    urls = [f"{name}Url" for name in queues]
    assert until(lambda: all(tables.waiting(watched, url) == 0 for url in urls))
    dead = _of_type(APP, "AWS::SQS::Queue") - queues
    assert all(tables.waiting(watched, f"{name}Url") == 0 for name in dead)


def test_nothing_of_the_person_stays_but_the_proof(watched: DeployedStack, said: list[str]) -> None:
    (line,) = (one for one in said if one.startswith("rehearsal: erasure"))
    subject = line.split("subject ")[1].split(" ")[0]
    left = tables.partition(watched, subject)
    assert {one["kind"]["S"] for one in left} - {"job", "reply"} == {
        "tombstone",
        "entry",
        "request",
    }
    assert tables.partition(watched, subject, "AccessTable") == []
    found = [*sinks.logs(watched), *sinks.items(watched)]
    assert sinks.found_in(found, ["simulator.amazonses.com"]) == []


def test_it_can_be_had_often_on_one_day(watched: DeployedStack, said: list[str]) -> None:
    stage, address = deployed(watched), "success+often@simulator.amazonses.com"
    body = {"email": address, "password": "correct horse battery staple", "decisions": {}}
    body |= {"locale": "it", "notice_version": stage.call("GET", "/v1/health", 200)["notice"]}
    for _ in range(2):  # one rehearsal was before: of the mails to one mailbox three a day go
        stage.call("POST", "/v1/accounts", 202, body=body)
    stage.call("POST", "/v1/accounts", 429, body=body)
    stage.asked("admit", address)
    stage.call("POST", "/v1/accounts", 202, body=body)


def test_a_key_that_does_not_work_is_told_with_its_step(
    watched: DeployedStack, said: list[str]
) -> None:
    kms = watched.client("kms")
    for name, step in (("KeyTransaction", "keys"), ("ReceiptKey", "browser")):
        kms.disable_key(KeyId=watched.outputs[name])
        try:
            with pytest.raises(Unhealthy, match=f"^step {step}: "):
                Rehearsal(deployed(watched, patience=5), lambda _line: None).run()
        finally:
            kms.enable_key(KeyId=watched.outputs[name])


def test_nobody_but_the_simulator_s_people_is_answered_about(watched: DeployedStack) -> None:
    stage = deployed(watched)
    for do in ("proof", "disavowal", "state", "admit", "keys", "work", "begin"):
        with pytest.raises(Unhealthy, match="the mailbox simulator"):
            stage.asked(do, "ada@example.com", request="x")
    for address in ("a@simulator.amazonses.com.example.org", "a@x.simulator.amazonses.com", ""):
        with pytest.raises(Unhealthy, match="the mailbox simulator"):
            stage.asked("state", address)
