"""The policies: named actions on named resources, with a stated reason for every exception."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from chalicelib.storage import keys
from infra.functions import POLICIES, Function, policy_of
from tests.unit.docs.markdown import DOCS, rows

Json = dict[str, Any]
WILDCARDS: dict[str, str] = json.loads((POLICIES / "wildcards.json").read_text("utf-8"))


def _resources(value: Any) -> Iterator[str]:
    """Every way that a resource can turn out, `Fn::If` included."""
    if isinstance(value, list):
        for item in value:
            yield from _resources(item)
    elif isinstance(value, dict) and "Fn::If" in value:
        yield from _resources(value["Fn::If"][1:])
    else:
        yield value if isinstance(value, str) else json.dumps(value)


def test_every_function_has_a_policy_and_no_policy_is_left_over(
    functions: tuple[Function, ...],
) -> None:
    found = {path.stem for path in POLICIES.glob("*.json")} - {"wildcards"}
    assert found == {function.name for function in functions}


def test_wildcards_have_a_reason(functions: tuple[Function, ...]) -> None:
    used = {
        f"{function.name}/{statement['Sid']}"
        for function in functions
        for statement in policy_of(function.name)["Statement"]
        if "*" in _resources(statement["Resource"])
    }
    assert used == set(WILDCARDS)
    assert all(len(reason) > 40 for reason in WILDCARDS.values())


def test_actions_are_named(functions: tuple[Function, ...]) -> None:
    for function in functions:
        for statement in policy_of(function.name)["Statement"]:
            assert statement["Effect"] == "Allow"
            assert not [action for action in statement["Action"] if "*" in action]
            assert "dynamodb:Scan" not in statement["Action"]


def test_on_aws_mail_comes_from_the_one_sender_and_with_any_identity(
    functions: tuple[Function, ...],
) -> None:
    """A sender may be verified by itself, and the sandbox asks for the recipient's identity too."""
    found = {
        function.name: statement
        for function in functions
        for statement in policy_of(function.name)["Statement"]
        if "ses:SendRawEmail" in statement["Action"]
    }
    assert found.keys() == {"mail", "announcements"}
    only = {"StringEquals": {"ses:FromAddress": {"Ref": "MailSender"}}}
    for statement in found.values():
        assert statement["Condition"] == {"Fn::If": ["IsLocal", {"Ref": "AWS::NoValue"}, only]}
        identities, configuration = statement["Resource"]
        assert identities["Fn::If"][2]["Fn::Sub"].endswith(":identity/*")
        assert configuration["Fn::Sub"].endswith("configuration-set/${MailConfiguration}")


WRITES = {"BatchWriteItem", "PutItem", "UpdateItem"}
"""Actions that can lay an item in a table."""

CHANGES = ("DeleteItem", "PutItem", "UpdateItem")
"""Actions that change one item."""


def _actions(function: str, table: str) -> set[str]:
    """What a function may do to a table, without the service's name."""
    return {
        action.partition(":")[2]
        for statement in policy_of(function)["Statement"]
        if statement["Resource"] == {"Ref": f"{table}TableArn"}
        for action in statement["Action"]
    }


@pytest.mark.parametrize("table", ["access", "links", "limits", "keys"])
def test_who_writes_what_opens_doors_is_as_documented(
    functions: tuple[Function, ...], table: str
) -> None:
    told = next(row[3] for row in rows(DOCS / "table.md", "Which table") if table in row[0])
    names = {one.name for one in functions}
    parts = [(part, {*part.replace(",", " ").split()} & names) for part in told.split(";")]
    writers = set().union(*(found for part, found in parts if "delete" not in part))
    deleters = set().union(*(found for part, found in parts if "delete" in part))
    may = {one.name: _actions(one.name, table.title()) for one in functions}
    in_batches = {"erasure"} if table == "keys" else set()
    assert {name for name, acts in may.items() if acts & WRITES} - in_batches == writers
    touching = {name for name, acts in may.items() if acts & (WRITES | {"DeleteItem"})}
    assert touching == writers | deleters
    if table != "keys":  # a batch needs one right for both, which writes too
        assert not [name for name, acts in may.items() if "BatchWriteItem" in acts]


def test_on_aws_no_function_makes_an_api_key_or_a_key_of_receipts(
    functions: tuple[Function, ...],
) -> None:
    """The local engine ignores this condition, which is why tables tell doors apart and not it."""
    people = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["A#*", "S#*"]}}
    changes = {f"dynamodb:{action}" for action in WRITES | {"DeleteItem"}}
    found = [
        statement
        for function in functions
        for statement in policy_of(function.name)["Statement"]
        if statement["Resource"] == {"Ref": "AccessTableArn"} and changes & {*statement["Action"]}
    ]
    assert len(found) == 5
    assert all(statement["Condition"] == people for statement in found)
    for key in (keys.api_key("x"), keys.API_KEYS, keys.RECEIPT_KEYS):
        assert not key.startswith(("A#", "S#"))
    assert (keys.claim("x")[:2], keys.subject("x")[:2]) == ("A#", "S#")


def test_on_aws_who_shows_keys_of_receipts_reads_nothing_else_beside_them(
    functions: tuple[Function, ...],
) -> None:
    found = {
        function.name: statement["Condition"]
        for function in functions
        for statement in policy_of(function.name)["Statement"]
        if statement["Sid"] == "KeysOfReceipts"
    }
    only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [keys.RECEIPT_KEYS]}}
    assert found == {"receipts": only, "wellknown": only}
    assert _actions("wellknown", "Access") == {"GetItem"}


def _reaches(function: str, action: str, key: str) -> bool:
    """Whether on AWS a role may do something to the items of a partition of the records."""
    return any(
        f"dynamodb:{action}" in statement["Action"]
        and statement["Resource"] == {"Ref": "RecordsTableArn"}
        and any(
            fnmatchcase(key, pattern)
            for pattern in statement.get("Condition", {})
            .get("ForAllValues:StringLike", {})
            .get("dynamodb:LeadingKeys", ["*"])
        )
        for statement in policy_of(function)["Statement"]
    )


THE_DESK = ("desk_notices", "desk_subjects", "desk_reports", "desk_requests")
OF_PEOPLE, OF_ANSWERS = keys.subject("x"), keys.idempotency("x")
OF_NOTICES = (keys.NOTICES, keys.notice("2026-12-01"), keys.DESK)
OF_REQUESTS, OF_AUDIT, OF_RUNS = keys.register("x"), keys.AUDIT, keys.EVIDENCE
OF_RECIPIENTS = (keys.RECIPIENTS, keys.recipient("x"))


@pytest.mark.parametrize(
    ("action", "partitions", "may"),
    [
        *((action, OF_NOTICES, {"desk_notices"}) for action in CHANGES),
        *((action, OF_RECIPIENTS, set()) for action in CHANGES),
        ("PutItem", (OF_PEOPLE, OF_ANSWERS), {"desk_notices", "desk_subjects", "desk_requests"}),
        ("UpdateItem", (OF_ANSWERS,), {"desk_notices", "desk_subjects", "desk_requests"}),
        *((action, (OF_AUDIT,), {*THE_DESK}) for action in ("GetItem", "PutItem", "UpdateItem")),
        ("Query", (OF_AUDIT,), {"desk_reports"}),
        *((action, (OF_RUNS,), {"desk_reports"}) for action in ("GetItem", "Query")),
        *((action, (OF_RUNS,), set()) for action in CHANGES),
        ("GetItem", (OF_REQUESTS,), {"desk_requests", "desk_subjects"}),
        *((action, (OF_REQUESTS,), {"desk_requests"}) for action in CHANGES),
        ("GetItem", (OF_PEOPLE,), {"desk_subjects", "desk_requests"}),
        ("GetItem", (keys.NOTICES, keys.notice("2026-12-01")), {*THE_DESK}),
        ("BatchGetItem", (OF_PEOPLE,), {*THE_DESK}),
        ("BatchGetItem", (*OF_NOTICES, *OF_RECIPIENTS), set()),
        ("Query", (OF_PEOPLE,), {"desk_requests", "desk_subjects"}),
        ("Query", OF_NOTICES, {"desk_notices"}),
        ("Query", OF_RECIPIENTS, {"desk_reports"}),
    ],
)
def test_on_aws_each_role_of_the_desk_has_partitions_of_its_own(
    action: str, partitions: tuple[str, ...], may: set[str]
) -> None:
    """The local engine ignores these conditions too: the tables and keys are the first lock."""
    for key in partitions:
        assert {one for one in THE_DESK if _reaches(one, action, key)} == may, key


def test_the_deployed_roles_carry_just_these(
    template: Json, log_groups: Json, functions: tuple[Function, ...]
) -> None:
    for function in functions:
        role = template["Resources"][f"{function.logical_id}Role"]
        assert role["Type"] == "AWS::IAM::Role"
        (policy,) = role["Properties"]["Policies"]
        statements = policy["PolicyDocument"]["Statement"]
        assert statements[:-1] == policy_of(function.name)["Statement"]
        group = log_groups["Resources"][f"{function.logical_id}Logs"]["Properties"]["LogGroupName"]
        (place,) = statements[-1]["Resource"].values()
        start = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
        assert place == f"{start}{group['Fn::Sub']}:*"
        assert "ManagedPolicyArns" not in role["Properties"]
        (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
