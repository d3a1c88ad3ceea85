"""Tables that take the place of others after a restore: their settings, and what must not go back.

DynamoDB restores items, keys, indexes and encryption. The rest of a table's settings, and whatever
was taken from somebody since the moment restored to, are put right here (Amazon DynamoDB Developer
Guide, "Restoring a table to a point in time").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.sessions.role_store import role_place
from chalicelib.sessions.store import SessionItem
from chalicelib.storage import keys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Raw = Mapping[str, Any]
_BATCH = 25
_NAME_OF_MOMENT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Pair:
    """The names of the table of records and of the table of what opens doors."""

    records: str
    access: str


@dataclass(frozen=True, slots=True)
class TableSettings:
    """The settings that a restore leaves behind; by default those of infra/data.yaml.

    `recovery_days` are those of point-in-time recovery, None without it.
    """

    ttl: str | None = "expires"
    recovery_days: int | None = 35
    protected: bool = True
    tags: Sequence[Mapping[str, str]] = ()
    stream: Mapping[str, Any] = field(default_factory=dict)
    insights: bool = False
    policy: str | None = None


def restored_name(table: str, at: datetime) -> str:
    """Returns the name of the table that holds another one as it was at a moment, in UTC."""
    return f"{table.partition('-restored-')[0]}-restored-{at:{_NAME_OF_MOMENT}}"


def holds_moment(client: DynamoDBClient, table: str, at: datetime) -> bool:
    """Tells whether a table can be restored to a moment; False too where it is gone."""
    try:
        found = client.describe_continuous_backups(TableName=table)
    except client.exceptions.ClientError as refused:
        if _is_missing(refused):
            return False
        raise
    window = found["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    first = window.get("EarliestRestorableDateTime")
    last = window.get("LatestRestorableDateTime")
    return first is not None and last is not None and first <= at <= last


def restore(client: DynamoDBClient, table: str, to: str, at: datetime) -> bool:
    """Begins to restore a table into a new one; returns False where that was begun before."""
    try:
        client.restore_table_to_point_in_time(
            SourceTableName=table, TargetTableName=to, RestoreDateTime=at
        )
    except client.exceptions.TableAlreadyExistsException:
        return False
    return True


def settings_of(client: DynamoDBClient, table: str) -> TableSettings:
    """Returns the settings of a table; those of the template where it is gone."""
    try:
        described = client.describe_table(TableName=table)["Table"]
    except client.exceptions.ResourceNotFoundException:
        return TableSettings()
    arn = described["TableArn"]
    ttl = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    found = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    recovery = found["PointInTimeRecoveryDescription"]
    insights = client.describe_contributor_insights(TableName=table)
    return TableSettings(
        ttl=ttl.get("AttributeName") if ttl["TimeToLiveStatus"].startswith("ENABL") else None,
        recovery_days=(
            recovery.get("RecoveryPeriodInDays", 35)
            if recovery["PointInTimeRecoveryStatus"] == "ENABLED"
            else None
        ),
        protected=described.get("DeletionProtectionEnabled", False),
        tags=_own_tags(client, arn),
        stream=described.get("StreamSpecification", {}),
        insights=insights.get("ContributorInsightsStatus", "").startswith("ENABL"),
        policy=_policy(client, arn),
    )


def put_settings(client: DynamoDBClient, table: str, wanted: TableSettings) -> None:
    """Gives a table settings; those that it has already are left alone. May be repeated."""
    has = settings_of(client, table)
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    if wanted.ttl and has.ttl != wanted.ttl:
        client.update_time_to_live(
            TableName=table,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": wanted.ttl},
        )
    if wanted.recovery_days and has.recovery_days != wanted.recovery_days:
        client.update_continuous_backups(
            TableName=table,
            PointInTimeRecoverySpecification={
                "PointInTimeRecoveryEnabled": True,
                "RecoveryPeriodInDays": wanted.recovery_days,
            },
        )
    if wanted.tags and list(has.tags) != list(wanted.tags):
        client.tag_resource(ResourceArn=arn, Tags=wanted.tags)  # type: ignore[arg-type]
    if wanted.insights and not has.insights:
        client.update_contributor_insights(TableName=table, ContributorInsightsAction="ENABLE")
    if wanted.policy and has.policy != wanted.policy:
        client.put_resource_policy(ResourceArn=arn, Policy=wanted.policy)
    for change in _table_changes(has, wanted):
        client.get_waiter("table_exists").wait(TableName=table)
        client.update_table(TableName=table, **change)
    client.get_waiter("table_exists").wait(TableName=table)


def _table_changes(has: TableSettings, wanted: TableSettings) -> Iterator[dict[str, Any]]:
    if wanted.stream.get("StreamEnabled") and not has.stream.get("StreamEnabled"):
        yield {"StreamSpecification": dict(wanted.stream)}
    if wanted.protected and not has.protected:
        yield {"DeletionProtectionEnabled": True}


def _own_tags(client: DynamoDBClient, arn: str) -> list[Mapping[str, str]]:
    pages = client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
    found = (tag for page in pages for tag in page.get("Tags", []))
    # AWS alone writes the tags that say which stack made a table.
    return [{"Key": one["Key"], "Value": one["Value"]} for one in found if one["Key"][:4] != "aws:"]


def _policy(client: DynamoDBClient, arn: str) -> str | None:
    try:
        return client.get_resource_policy(ResourceArn=arn)["Policy"]
    except client.exceptions.ClientError as refused:
        if refused.response["Error"]["Code"] != "PolicyNotFoundException" and not _is_missing(
            refused
        ):
            raise
        return None


def _is_missing(refused: Any) -> bool:
    code = refused.response["Error"]["Code"]
    return code in {"ResourceNotFoundException", "TableNotFoundException"}


def carry_over(client: DynamoDBClient, before: Pair, after: Pair) -> Mapping[str, int]:
    """Carries over what must not go back in time; returns counts by what was done.

    The audit of the desk and the API keys become what they are in the tables before. Roles that
    were taken away since are taken away again, and all sessions end, since those that were ended
    would come back, also with an older password. May be repeated, as long as nobody is served.
    """
    return {
        "audit entries": _copy(client, before.records, after.records, keys.AUDIT),
        "API keys": _copy_keys(client, before.access, after.access),
        "roles taken away": _take_roles(client, before, after),
        "sessions ended": _end_sessions(client, after.access),
    }


def _copy_keys(client: DynamoDBClient, before: str, after: str) -> int:
    listed = _copy(client, before, after, keys.API_KEYS)
    for item in _partition(client, before, keys.API_KEYS):
        _copy(client, before, after, keys.api_key(keys.record_id(item["sk"]["S"])))
    return listed


def _copy(client: DynamoDBClient, before: str, after: str, pk: str) -> int:
    items = list(_partition(client, before, pk))
    _write(client, after, [{"PutRequest": {"Item": dict(item)}} for item in items])
    return len(items)


def _take_roles(client: DynamoDBClient, before: Pair, after: Pair) -> int:
    def members(table: str) -> set[str]:
        found = _partition(client, table, keys.DESK)
        names = (item["sk"]["S"] for item in found)
        prefix = keys.MEMBER_PREFIX
        return {name.removeprefix(prefix) for name in names if name.startswith(prefix)}

    gone = members(after.records) - members(before.records)
    for subject in gone:
        pk, sk = role_place(subject)
        client.delete_item(TableName=after.access, Key={"pk": {"S": pk}, "sk": {"S": sk}})
        entry = {"pk": {"S": keys.DESK}, "sk": {"S": f"{keys.MEMBER_PREFIX}{subject}"}}
        client.delete_item(TableName=after.records, Key=entry)
    return len(gone)


def _end_sessions(client: DynamoDBClient, table: str) -> int:
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="kind = :session",
        ExpressionAttributeValues={":session": {"S": SessionItem.KIND}},
        ProjectionExpression="pk, sk",
        ConsistentRead=True,
    )
    found = [{"DeleteRequest": {"Key": dict(item)}} for page in pages for item in page["Items"]]
    _write(client, table, found)
    return len(found)


def _partition(client: DynamoDBClient, table: str, pk: str) -> Iterable[Raw]:
    pages = client.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": pk}},
        ConsistentRead=True,
    )
    return (item for page in pages for item in page["Items"])


def _write(client: DynamoDBClient, table: str, requests: Sequence[Any]) -> None:
    for start in range(0, len(requests), _BATCH):
        left = list(requests[start : start + _BATCH])
        while left:
            answer = client.batch_write_item(RequestItems={table: left})
            left = answer.get("UnprocessedItems", {}).get(table, [])
