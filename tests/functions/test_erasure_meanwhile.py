"""Whoever is being erased gets nothing added, whatever was under way."""

from __future__ import annotations

import pytest

from chalicelib.subjects.model import Life
from tests.functions import people, tables
from tests.functions.api import Api, ok, problem
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.waiting import until
from tests.functions.workers import worker_away


def mark(stack: DeployedStack, person: Person) -> None:
    """What an erasure does first."""
    stack.client("dynamodb").update_item(
        TableName=stack.outputs["RecordsTable"],
        Key={"pk": {"S": f"S#{person.subject}"}, "sk": {"S": "core#standing#"}},
        UpdateExpression="SET #state = :erasing",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":erasing": {"S": str(Life.ERASING)}},
    )


def remove_request(stack: DeployedStack, person: Person, request: str) -> None:
    """What an erasure does to the request."""
    stack.client("dynamodb").delete_item(
        TableName=stack.outputs["RecordsTable"],
        Key={
            "pk": {"S": f"S#{person.subject}"},
            "sk": {"S": f"evidence#request#{request}"},
        },
    )


@pytest.mark.parametrize("step", ["marked", "request gone"])
def test_a_copy_under_way_leaves_nothing(stack: DeployedStack, step: str) -> None:
    api = Api(stack)
    person = people.signed_in(api)
    with worker_away(stack, "fulfilment"):
        made = ok(api.post("/v1/requests", headers=person.headers, json={"right": "copy"}), 201)
        mark(stack, person)
        if step == "request gone":
            remove_request(stack, person, made["id"])
        before = tables.partition(stack, person.subject)

    def done() -> bool:
        return not tables.of_kind(tables.partition(stack, person.subject), "job")

    assert until(done)
    after = tables.partition(stack, person.subject)
    assert after == [item for item in before if item["kind"]["S"] != "job"]
    assert not tables.objects(stack, "ExportsBucket", f"exports/{person.subject}/")


def test_nothing_new_is_taken(stack: DeployedStack) -> None:
    api = Api(stack)
    person = people.signed_in(api)
    mark(stack, person)
    before = tables.partition(stack, person.subject)
    asked = api.post("/v1/requests", headers=person.headers, json={"right": "copy"})
    problem(asked, 401)
    sign_in = api.post("/v1/sessions", json={"email": person.email, "password": people.PASSWORD})
    problem(sign_in, 401)
    assert tables.partition(stack, person.subject) == before
