"""A version in force that an older release published: what needs more says so, nothing else fails.

The stack is one of its own, since its notice is made older past the software.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.notices.store import packed
from infra.deploy import Deployment
from infra.stages import read_target
from tests.functions import people
from tests.functions.api import Api, ok
from tests.functions.people import Person
from tests.functions.stack import DeployedStack, deployed
from tests.functions.told import forget
from tests.product import PRODUCT

REQUESTS = "/v1/requests"


@dataclass
class Old:
    """A stack whose version in force names no country of its days, and somebody's request."""

    api: Api
    ada: Person
    request: str


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Old]:
    with deployed(tmp_path_factory.mktemp("stack")) as stack:
        api = Api(stack)
        ada = people.signed_in(api)
        body = {"right": "review"}
        made = ok(api.post(REQUESTS, headers=ada.headers, json=body), 201)
        take_away_the_country(stack)
        yield Old(api, ada, made["id"])


def take_away_the_country(stack: DeployedStack) -> None:
    """The version in force becomes a copy of itself by a release that knew no working days."""
    client, table = stack.client("dynamodb"), stack.outputs["RecordsTable"]
    place = {"pk": {"S": "N"}, "sk": {"S": "pointer"}}
    version = client.get_item(TableName=table, Key=place)["Item"]["current"]["S"]
    lies_at = {"pk": {"S": f"N#{version}"}, "sk": {"S": "document"}}
    item = client.get_item(TableName=table, Key=lies_at)["Item"]
    document: dict[str, Any] = json.loads(gzip.decompress(item["document"]["B"]))
    del document["requests"]["calendar"]["country"]
    older = f"{version}.9"
    document["version"] = older
    item |= {"pk": {"S": f"N#{older}"}, "document": {"B": packed(document)}}
    client.put_item(TableName=table, Item=item)
    client.update_item(
        TableName=table,
        Key=place,
        UpdateExpression="SET #current = :older",
        ExpressionAttributeNames={"#current": "current"},
        ExpressionAttributeValues={":older": {"S": older}},
    )
    forget(stack)


def test_what_needs_working_days_answers_503_and_changes_nothing(old: Old) -> None:
    path, headers = f"{REQUESTS}/{old.request}", old.ada.headers
    for answer in (
        old.api.post(REQUESTS, headers=headers, json={"right": "erase"}),
        old.api.get(REQUESTS, headers=headers),
        old.api.get(path, headers=headers),
        old.api.post(f"{path}/messages", headers=headers, json={"text": "Hello."}),
    ):
        assert answer.status_code == 503
        assert answer.json()["type"].endswith(":notice-too-old")


def test_nothing_else_fails(old: Old) -> None:
    api, headers = old.api, old.ada.headers
    for path in ("/v1/health", "/v1/notice", "/v1/cookies", "/v1/notices"):
        assert api.get(path).status_code == 200, path
    for path in ("/v1/account", "/v1/consents", "/v1/consents/ledger", "/v1/sessions"):
        assert api.get(path, headers=headers).status_code == 200, path
    people.signed_in(api)
    told = api.stack.run_schedule("deadlines")
    assert told["failed"] == 0


def test_deploying_says_so_before(old: Old) -> None:
    said: list[str] = []
    target = read_target("local", old.api.stack.local.engine.url)
    Deployment(target, PRODUCT, said.append).check()
    (line,) = [one for one in said if "lacks" in one]
    assert line.startswith("warning: the version in force")
    assert "requests/calendar/country" in line
