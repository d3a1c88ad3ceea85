"""What the operation's roles can never do, whatever else allows it, and what their conditions hold.

Each case is a call, judged by the statements of the template: a fence that is taken away, is made
shorter or is put around something else lets a call of these through.
"""

from __future__ import annotations

import re

import pytest

from infra.package import PROJECT
from tests.iam import Answer, Context, answer, listed
from tests.package.test_roles import document, statements

ACCOUNT = "123456789012"
PLACE = f"eu-south-1:{ACCOUNT}"
RECORDS = f"arn:aws:dynamodb:{PLACE}:table/riserbo-stage-data-Records-1ABC"
KEYS = f"arn:aws:dynamodb:{PLACE}:table/riserbo-stage-data-Keys-1ABC"
KEY = f"arn:aws:kms:{PLACE}:key/12345678-1234-1234-1234-123456789012"
QUEUE = f"arn:aws:sqs:{PLACE}:riserbo-stage-FeedbackQueue-1ABC"
FUNCTION = f"arn:aws:lambda:{PLACE}:function:riserbo-stage-Mail-1ABC"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/riserbo-stage-MailRole-1ABC"
LOGS = f"arn:aws:logs:{PLACE}:log-group:/riserbo/stage/mail:*"
EXPORTS, ERASURES, TRAIL = (
    f"arn:aws:s3:::riserbo-stage-{name}-1abc"
    for name in ("data-exports", "data-erasures", "operations-traillogs")
)
PEOPLE = {"aws:ResourceTag/riserbo:holds": "people"}

Case = tuple[str, str, str, str, Context]


def _cases(role: str, actions: str, resources: list[str], context: Context) -> list[Case]:
    template, _, name = role.partition("/")
    return [(template, name, one, at, context) for one in actions.split() for at in resources]


_TABLES = """dynamodb:BatchGetItem dynamodb:ExportTableToPointInTime dynamodb:GetRecords
    dynamodb:PartiQLSelect dynamodb:PartiQLUpdate dynamodb:RestoreTableFromBackup
    dynamodb:RestoreTableToPointInTime dynamodb:Scan"""
_ITEMS = """dynamodb:BatchWriteItem dynamodb:ConditionCheckItem dynamodb:DeleteItem
    dynamodb:GetItem dynamodb:PutItem dynamodb:PutResourcePolicy dynamodb:Query
    dynamodb:UpdateItem"""
_KEYS = """kms:CreateGrant kms:Decrypt kms:DeleteImportedKeyMaterial kms:DisableKey kms:Encrypt
    kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext kms:GenerateMac kms:PutKeyPolicy
    kms:ReEncryptFrom kms:ReEncryptTo kms:ScheduleKeyDeletion kms:Sign kms:TagResource
    kms:UntagResource"""
_OBJECTS = """s3:GetObject s3:GetObjectVersion s3:PutObject s3:PutObjectRetention s3:DeleteObject
    s3:DeleteObjectVersion"""

DENIED: list[Case] = [
    # Who reads people's items, copies, messages or lines.
    *_cases("account/DeployRole", _TABLES, [RECORDS, KEYS], {}),
    *_cases("account/DeployRole", "sqs:ReceiveMessage", [QUEUE], {}),
    *_cases("account/DeployRole", f"{_KEYS} kms:CreateKey", [KEY], {}),
    *_cases("account/DeployRole", "sts:AssumeRole", [ROLE], {}),
    *_cases("account/DeployRole", _OBJECTS, [f"{EXPORTS}/a", f"{ERASURES}/a"], {}),
    *_cases("execution/ExecutionRole", f"{_TABLES} {_ITEMS}", [RECORDS, KEYS], {}),
    *_cases("execution/ExecutionRole", "sqs:ReceiveMessage", [QUEUE], {}),
    *_cases(
        "execution/ExecutionRole",
        "logs:FilterLogEvents logs:GetLogEvents logs:StartQuery",
        [LOGS],
        {},
    ),
    *_cases(
        "execution/ExecutionRole",
        f"{_OBJECTS} s3:BypassGovernanceRetention",
        [f"{EXPORTS}/a", f"{ERASURES}/a", f"{TRAIL}/a"],
        {},
    ),
    # Who deletes what holds people's data.
    *_cases("execution/ExecutionRole", "dynamodb:DeleteTable", [RECORDS, KEYS], {}),
    *_cases("execution/ExecutionRole", "s3:DeleteBucket", [EXPORTS, ERASURES, TRAIL], {}),
    *_cases(
        "execution/ExecutionRole",
        "backup:DeleteBackupVault backup:DeleteRecoveryPoint dynamodb:DeleteBackup",
        ["*"],
        {},
    ),
    # Who opens a key of people, ends it or hands it on.
    *_cases("execution/ExecutionRole", _KEYS, [KEY], PEOPLE),
    *_cases(
        "execution/ExecutionRole",
        "kms:CreateGrant kms:Decrypt kms:GenerateDataKey",
        [KEY],
        {**PEOPLE, "kms:ViaService": "backup.eu-south-1.amazonaws.com"},
    ),
    *_cases("execution/CopiesBoundary", _KEYS, [KEY], PEOPLE),
    *_cases("execution/ExecutionRole", "iam:DeleteRolePermissionsBoundary", [ROLE], {}),
    *_cases("operator/OperatorRole", "kms:Decrypt kms:ReEncryptFrom kms:ReEncryptTo", [KEY], {}),
    # What is bound works for nobody but a function of the stage.
    *_cases("execution/FunctionBoundary", "dynamodb:GetItem dynamodb:Query", [RECORDS], {}),
    *_cases("execution/FunctionBoundary", "kms:Decrypt kms:GenerateMac", [KEY], {}),
    *_cases("execution/FunctionBoundary", "s3:GetObject", [f"{EXPORTS}/a"], {}),
    *_cases("execution/FunctionBoundary", "sqs:SendMessage", [QUEUE], {}),
    *_cases("execution/FunctionBoundary", "ses:SendRawEmail", ["*"], {}),
    *_cases(
        "execution/FunctionBoundary",
        "dynamodb:GetItem",
        [RECORDS],
        {"lambda:SourceFunctionArn": f"arn:aws:lambda:{PLACE}:function:somebody-else-s"},
    ),
    # The pipeline reads of the records the notice, and who works at the desk.
    *_cases(
        "account/DeployRole",
        "dynamodb:GetItem dynamodb:Query",
        [RECORDS],
        {"dynamodb:LeadingKeys": ["S#abc"]},
    ),
    *_cases(
        "account/DeployRole",
        "dynamodb:GetItem",
        [RECORDS],
        {"dynamodb:LeadingKeys": ["N", "S#abc"]},
    ),
]


@pytest.mark.parametrize(("template", "role", "action", "resource", "context"), DENIED)
def test_it_is_denied_whatever_else_allows_it(
    template: str, role: str, action: str, resource: str, context: Context
) -> None:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    judged = answer([*statements(template, role), everything], action, resource, context)
    assert judged is Answer.DENIED


IN_A_FUNCTION = {"lambda:SourceFunctionArn": FUNCTION}
ASKED_BY = "cloudformation:RoleArn"
EXECUTION = f"arn:aws:iam::{ACCOUNT}:role/riserbo-execution"
STACK = f"arn:aws:cloudformation:{PLACE}:stack/riserbo-stage-data/1"

#: A call that a role makes, and the same with one thing other than the role's condition wants.
CONDITIONS: list[tuple[str, str, str, str, Context, Context]] = [
    (
        *("account", "DeployRole", "cloudformation:CreateChangeSet", STACK),
        {ASKED_BY: EXECUTION},
        {ASKED_BY: f"arn:aws:iam::{ACCOUNT}:role/administrator"},
    ),
    (
        *("account", "DeployRole", "dynamodb:PutItem", RECORDS),
        {"dynamodb:LeadingKeys": ["N"]},
        {"dynamodb:LeadingKeys": ["D"]},
    ),
    (
        *("account", "DeployRole", "dynamodb:UpdateItem", RECORDS),
        {"dynamodb:LeadingKeys": ["N#2026-11-22"]},
        {"dynamodb:LeadingKeys": ["S#abc"]},
    ),
    (
        *("account", "DeployRole", "dynamodb:DeleteItem", RECORDS),
        {"dynamodb:LeadingKeys": ["N"]},
        {"dynamodb:LeadingKeys": ["S#abc"]},
    ),
    (
        *("account", "DeployRole", "dynamodb:Query", RECORDS),
        {"dynamodb:LeadingKeys": ["D"]},
        {"dynamodb:LeadingKeys": ["B"]},
    ),
    (
        *("account", "DeployRole", "dynamodb:PutItem", RECORDS),
        {"dynamodb:LeadingKeys": ["S#abc"]},
        {"dynamodb:LeadingKeys": ["A#abc"]},
    ),
    (
        *("account", "DeployRole", "iam:PassRole", EXECUTION),
        {"iam:PassedToService": "cloudformation.amazonaws.com"},
        {"iam:PassedToService": "lambda.amazonaws.com"},
    ),
    (
        *("execution", "ExecutionRole", "lambda:AddPermission", FUNCTION),
        {"lambda:Principal": "apigateway.amazonaws.com"},
        {"lambda:Principal": "210987654321"},
    ),
    (
        *("execution", "ExecutionRole", "lambda:CreateEventSourceMapping", "*"),
        {"lambda:FunctionArn": FUNCTION},
        {"lambda:FunctionArn": f"arn:aws:lambda:{PLACE}:function:somebody-else-s"},
    ),
    (
        *("execution", "ExecutionRole", "iam:CreateRole", ROLE),
        {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/functionboundary"},
        {},
    ),
    (
        *("execution", "ExecutionRole", "iam:PutRolePolicy", ROLE),
        {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/functionboundary"},
        {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/anything"},
    ),
    (
        *("execution", "ExecutionRole", "iam:PassRole", ROLE),
        {"iam:PassedToService": "lambda.amazonaws.com"},
        {"iam:PassedToService": "ec2.amazonaws.com"},
    ),
    (
        *("execution", "ExecutionRole", "iam:CreateServiceLinkedRole"),
        f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/ops.apigateway.amazonaws.com/A",
        {"iam:AWSServiceName": "ops.apigateway.amazonaws.com"},
        {"iam:AWSServiceName": "ecs.amazonaws.com"},
    ),
    (
        *("execution", "ExecutionRole", "kms:Decrypt", KEY),
        {"kms:ViaService": "backup.eu-south-1.amazonaws.com"},
        {},
    ),
    # A first creation that fails takes its keys back: they hold nobody yet, and have no tag.
    (*("execution", "ExecutionRole", "kms:ScheduleKeyDeletion", KEY), {}, PEOPLE),
    *(
        ("execution", "FunctionBoundary", action, resource, IN_A_FUNCTION, {})
        for action, resource in (
            ("dynamodb:GetItem", RECORDS),
            ("kms:Decrypt", KEY),
            ("s3:GetObject", f"{EXPORTS}/a"),
            ("sqs:SendMessage", QUEUE),
        )
    ),
]


@pytest.mark.parametrize(("template", "role", "action", "resource", "held", "other"), CONDITIONS)
def test_a_condition_lets_through_what_it_is_for_alone(
    template: str, role: str, action: str, resource: str, held: Context, other: Context
) -> None:
    found = statements(template, role)
    assert answer(found, action, resource, held) is Answer.ALLOWED
    assert answer(found, action, resource, other) is not Answer.ALLOWED


#: Services of which a role touches what has the stage's name, or a name of its own in its place.
_OWN = ("riserbo-", "/riserbo/")
_NAMELESS = {
    "apigateway": "resources have ids that API Gateway gives",
    "kms": "keys have ids; who may use one says its tag, and a function's own policy",
    "acm": "a certificate has an id, and is only looked at",
    "ses": "the sender's identity is a domain, which a stage says",
}
"""Services whose resources cannot be told apart by a name, and why that is no hole."""


_NO_RESOURCE = {
    *("LookBeforeDeploying", "MailQuota", "Traces", "NewSources", "Lists", "ListsOfCopies"),
}
"""Statements about actions that know no resource, by their names."""


@pytest.mark.parametrize("template", ["account", "execution", "operator"])
def test_what_is_allowed_is_the_stage_s_own(template: str) -> None:
    """No action is allowed by a pattern but the reading of a bucket's settings."""
    for role, one in document(template)["Resources"].items():
        if one["Type"] not in ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy"):
            continue
        for statement in statements(template, role):
            if statement["Effect"] != "Allow":
                continue
            patterns = [action for action in listed(statement["Action"]) if "*" in action]
            assert set(patterns) <= {"s3:GetBucket*"}, (role, statement["Sid"])
            for resource in listed(statement["Resource"]):
                service = resource.split(":")[2] if resource != "*" else ""
                if resource == "*":
                    assert statement["Sid"] in _NO_RESOURCE, (role, statement["Sid"])
                    continue
                if service in _NAMELESS:
                    continue
                named = re.sub(r"^arn:[^:]*:[^:]*:[^:]*:[^:]*:", "", resource)
                assert any(name in named for name in _OWN) or statement["Sid"] in (
                    *("Transform", "Sources", "Functions", "Vaults", "Copies"),
                    "ServiceRoleOfDomains",
                ), (role, statement["Sid"], resource)


@pytest.mark.parametrize(
    ("template", "role", "key", "wanted"),
    [
        ("execution", "BreakGlassRole", "aws:MultiFactorAuthPresent", "true"),
        ("execution", "BreakGlassRole", "aws:MultiFactorAuthAge", 900),
        ("operator", "OperatorRole", "aws:MultiFactorAuthPresent", "true"),
        ("execution", "ExecutionRole", "aws:SourceAccount", {"Ref": "AWS::AccountId"}),
    ],
)
def test_who_takes_a_role_proves_it(template: str, role: str, key: str, wanted: object) -> None:
    found = document(template)["Resources"][role]["Properties"]
    (trust,) = found["AssumeRolePolicyDocument"]["Statement"]
    (said,) = [keys[key] for keys in trust["Condition"].values() if key in keys]
    assert said == wanted


ALARM = f"arn:aws:cloudwatch:{PLACE}:alarm:riserbo-stage-LimitsReached"
TOPIC = f"arn:aws:sns:{PLACE}:riserbo-stage-AlarmsTopic-1ABC"


@pytest.mark.parametrize(
    ("command", "client", "service", "resource"),
    [
        ("alarm_test", r"self\.cloudwatch", "cloudwatch", ALARM),
        ("alarm_test", r"self\.sns", "sns", TOPIC),
        ("redrive", r"self\._client", "sqs", QUEUE),
    ],
)
def test_the_operator_may_do_what_these_commands_call(
    command: str, client: str, service: str, resource: str
) -> None:
    """The other commands are run with the operator's rights on an engine that enforces them."""
    source = (PROJECT / "infra" / f"{command}.py").read_text("utf-8")
    called = {
        page or call
        for call, page in re.findall(rf'{client}\.(\w+)\((?:"(\w+)"\))?', source)
        if page or call != "get_paginator"
    }
    assert called
    found = statements("operator", "OperatorRole")
    for call in called:
        action = f"{service}:{call.title().replace('_', '')}"
        assert answer(found, action, resource) is Answer.ALLOWED, action


def test_the_glass_is_broken_to_mend_a_key_and_to_delete_what_is_left() -> None:
    """The commands of docs/operations.md, "Breaking the glass" and "When a creation fails"."""
    found = statements("execution", "BreakGlassRole")
    calls = [
        ("kms:CancelKeyDeletion", KEY),
        ("kms:DescribeKey", KEY),
        ("kms:DisableKey", KEY),
        ("kms:EnableKey", KEY),
        ("kms:ListResourceTags", KEY),
        ("kms:ScheduleKeyDeletion", KEY),
        ("dynamodb:DeleteTable", RECORDS),
        ("dynamodb:DescribeTable", RECORDS),
        ("dynamodb:UpdateTable", RECORDS),
        ("s3:DeleteBucket", EXPORTS),
        ("s3:ListBucket", EXPORTS),
        ("s3:ListBucketVersions", EXPORTS),
        ("s3:BypassGovernanceRetention", f"{ERASURES}/a"),
        ("s3:DeleteObject", f"{ERASURES}/a"),
        ("s3:DeleteObjectVersion", f"{ERASURES}/a"),
        ("cloudformation:DeleteStack", STACK),
        ("cloudformation:DescribeStacks", STACK),
        ("cloudformation:DescribeStackEvents", STACK),
    ]
    for action, resource in calls:
        assert answer(found, action, resource) is Answer.ALLOWED, action
    for action, resource in (("dynamodb:GetItem", RECORDS), ("kms:Decrypt", KEY)):
        assert answer(found, action, resource) is Answer.SILENT
