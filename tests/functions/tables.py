"""The tables, queues and buckets as an administrator sees them: raw, whole, and to be changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.functions.stack import DeployedStack

Item = dict[str, dict[str, Any]]
"""An item in DynamoDB's own JSON."""

TABLES = ("RecordsTable", "KeysTable")
QUEUES = (
    "MailQueueUrl",
    "MailDeadLettersUrl",
    "FulfilmentQueueUrl",
    "FulfilmentDeadLettersUrl",
    "AnnouncementsQueueUrl",
    "AnnouncementsDeadLettersUrl",
    "FeedbackQueueUrl",
    "FeedbackDeadLettersUrl",
    "PropagationQueueUrl",
    "PropagationDeadLettersUrl",
)


def partition(stack: DeployedStack, subject: str, table: str = "RecordsTable") -> list[Item]:
    """All items about a subject."""
    return in_partition(stack, f"S#{subject}", table)


def in_partition(stack: DeployedStack, pk: str, table: str = "RecordsTable") -> list[Item]:
    """All items of a partition, in order."""
    found: list[Item] = stack.client("dynamodb").query(
        TableName=stack.outputs[table],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": pk}},
        ConsistentRead=True,
    )["Items"]
    return found


def of_kind(items: list[Item], kind: str) -> list[Item]:
    """Those of one kind."""
    return [item for item in items if item["kind"]["S"] == kind]


def scan(stack: DeployedStack, table: str) -> Iterator[Item]:
    """Every item of a table. Only tests do that."""
    pages = stack.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=stack.outputs[table], ConsistentRead=True):
        yield from page["Items"]


def everything(stack: DeployedStack) -> list[str]:
    """All items of both tables, as texts, in order."""
    return sorted(repr(sorted(item.items())) for table in TABLES for item in scan(stack, table))


def put(stack: DeployedStack, item: Item, table: str = "RecordsTable") -> None:
    """Writes an item as it is, past all rules."""
    stack.client("dynamodb").put_item(TableName=stack.outputs[table], Item=item)


def remove(stack: DeployedStack, item: Item, table: str = "RecordsTable") -> None:
    """Deletes an item, past all rules."""
    stack.client("dynamodb").delete_item(
        TableName=stack.outputs[table], Key={"pk": item["pk"], "sk": item["sk"]}
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
