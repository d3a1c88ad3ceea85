"""The walker that looks for leaks finds what is planted, in every place and spelling."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.functions import sinks, tables
from tests.functions.stack import DeployedStack

NAME = "Zelmira Quarantotti-Öström"


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
    found = "\n".join(sinks.found_in(looked_at, [*planted, "Nobody-Planted-This"]))
    assert [text for text in planted if repr(text) not in found] == []
    assert "Nobody-Planted-This" not in found


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
