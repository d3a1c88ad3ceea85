"""The tables, queues and buckets as an administrator sees them: raw, whole, and to be changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.bench.engines import Services
from tests.functions.stack import DeployedStack

Item = dict[str, dict[str, Any]]
"""An item in DynamoDB's own JSON."""

TABLES = ("RecordsTable", "AccessTable", "LinksTable", "LimitsTable", "KeysTable")
_ABOUT = TABLES[:3]
"""The tables in which something lies under a subject, keys apart."""

_ELSEWHERE = {
    **dict.fromkeys(
        ("claim", "pending", "credential", "second_factor", "session", "role"),
        "AccessTable",
    ),
    "api_key": "AccessTable",
    "receipt_keys": "AccessTable",
    "link": "LinksTable",
    "code": "LinksTable",
    "limit": "LimitsTable",
}
"""Kind of item -> its table; every other lies in the table of records."""

QUEUES = (
    "MailQueueUrl",
    "MailDeadLettersUrl",
    "FulfilmentQueueUrl",
    "FulfilmentDeadLettersUrl",
    "RetentionQueueUrl",
    "RetentionDeadLettersUrl",
    "AnnouncementsQueueUrl",
    "AnnouncementsDeadLettersUrl",
    "FeedbackQueueUrl",
    "FeedbackDeadLettersUrl",
    "PropagationQueueUrl",
    "PropagationDeadLettersUrl",
)


def partition(stack: DeployedStack, subject: str, table: str | None = None) -> list[Item]:
    """All items about a subject, of one table or of all but that of the keys."""
    return in_partition(stack, f"S#{subject}", table)


def in_partition(stack: DeployedStack, pk: str, table: str | None = None) -> list[Item]:
    """All items of a partition, in order, of one table or of all but that of the keys."""
    found: list[Item] = []
    for name in _ABOUT if table is None else (table,):
        found += stack.client("dynamodb").query(
            TableName=stack.outputs[name],
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            ConsistentRead=True,
        )["Items"]
    return sorted(found, key=lambda item: str(item["sk"]["S"]))


def table_of(item: Item) -> str:
    """The table in which an item lies, by its kind."""
    kind = item["kind"]["S"] if "kind" in item else item["sk"]["S"].split("#")[1]
    return _ELSEWHERE.get(kind, "RecordsTable")


def all_of(stack: DeployedStack, kind: str) -> list[Item]:
    """Every item of a kind. Only tests do that."""
    return of_kind(list(scan(stack, _ELSEWHERE.get(kind, "RecordsTable"))), kind)


def of_kind(items: list[Item], kind: str) -> list[Item]:
    """Those of one kind."""
    return [item for item in items if item.get("kind") == {"S": kind}]


def scan(stack: DeployedStack | Services, table: str) -> Iterator[Item]:
    """Every item of a table. Only tests do that."""
    pages = stack.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=stack.outputs[table], ConsistentRead=True):
        yield from page["Items"]


def everything(stack: DeployedStack) -> list[str]:
    """All items of all tables, as texts, in order."""
    return sorted(repr(sorted(item.items())) for table in TABLES for item in scan(stack, table))


def put(stack: DeployedStack, item: Item, table: str | None = None) -> None:
    """Writes an item as it is, past all rules."""
    name = stack.outputs[table or table_of(item)]
    stack.client("dynamodb").put_item(TableName=name, Item=item)


def put_all(stack: DeployedStack, items: Sequence[Item]) -> None:
    """Writes many items of the records table as they are, past all rules."""
    _batches(stack, [{"PutRequest": {"Item": item}} for item in items])


def remove_all(stack: DeployedStack, items: Sequence[Item]) -> None:
    """Deletes many items of the records table, past all rules."""
    keys = [{"pk": item["pk"], "sk": item["sk"]} for item in items]
    _batches(stack, [{"DeleteRequest": {"Key": key}} for key in keys])


def _batches(stack: DeployedStack, writes: Sequence[Any]) -> None:
    client, name = stack.client("dynamodb"), stack.outputs["RecordsTable"]
    for start in range(0, len(writes), 25):
        some = list(writes[start : start + 25])
        assert not client.batch_write_item(RequestItems={name: some})["UnprocessedItems"]


def remove(stack: DeployedStack, item: Item, table: str | None = None) -> None:
    """Deletes an item, past all rules."""
    stack.client("dynamodb").delete_item(
        TableName=stack.outputs[table or table_of(item)],
        Key={"pk": item["pk"], "sk": item["sk"]},
    )


def waiting(stack: DeployedStack, queue: str) -> int:
    """How many messages a queue holds, seen or not."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = stack.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs[queue], AttributeNames=names
    )["Attributes"]
    return sum(int(attributes[name]) for name in names)


def objects(stack: DeployedStack, bucket: str, prefix: str = "") -> list[str]:
    """The keys in a bucket."""
    pages = stack.client("s3").get_paginator("list_objects_v2")
    return [
        found["Key"]
        for page in pages.paginate(Bucket=stack.outputs[bucket], Prefix=prefix)
        for found in page.get("Contents", [])
    ]
