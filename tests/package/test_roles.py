"""The operation's roles: each may do its work, none reads people, and no role loses its fences."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import cfnlint
import pytest
import yaml

from infra.judges.references import policies
from infra.package import PROJECT, Package
from infra.stages import Target

Json = dict[str, Any]
INFRA = PROJECT / "infra"
SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"

NOT_NEEDED: dict[str, str] = {
    "fenced: only the break-glass role and administrators delete these": (
        "backup:DeleteBackupVault dynamodb:DeleteTable s3:DeleteBucket"
    ),
    "the schema names it, and IAM knows no such action": "backup-storage:Mount",
    "the vault has no policy, lock or notices": (
        "backup:DeleteBackupVaultAccessPolicy backup:DeleteBackupVaultLockConfiguration "
        "backup:DeleteBackupVaultNotifications backup:PutBackupVaultAccessPolicy "
        "backup:PutBackupVaultLockConfiguration backup:PutBackupVaultNotifications"
    ),
    "fenced: no role loses its bound": "iam:DeleteRolePermissionsBoundary",
    "fenced; replicas and imports alone need it, and it would touch what people gave": (
        "dynamodb:BatchWriteItem dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem "
        "dynamodb:Query dynamodb:Scan dynamodb:UpdateItem"
    ),
    "fenced; no table or API has a policy of its own, by which others could read it": (
        "apigateway:UpdateRestApiPolicy dynamodb:DeleteResourcePolicy dynamodb:PutResourcePolicy"
    ),
    "no table has replicas, streams, imports or insights": (
        "dynamodb:AssociateTableReplica dynamodb:CreateTableReplica dynamodb:DescribeImport "
        "dynamodb:DisableKinesisStreamingDestination dynamodb:EnableKinesisStreamingDestination "
        "dynamodb:ImportTable dynamodb:UpdateContributorInsights "
        "dynamodb:UpdateKinesisStreamingDestination kinesis:DescribeStream kinesis:PutRecords "
        "logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents s3:GetObjectMetadata"
    ),
    "what is encrypted here by KMS has keys of AWS's own, whose policies allow it": (
        "kms:Encrypt kms:ListAliases kms:RevokeGrant logs:AssociateKmsKey logs:DisassociateKmsKey"
    ),
    "no function has a network, a file system, a layer, a signing or a capacity of its own": (
        "ec2:DescribeNetworkInterfaces ec2:DescribeSecurityGroups ec2:DescribeSubnets "
        "ec2:DescribeVpcs elasticfilesystem:DescribeMountTargets s3files:ListMountTargets "
        "lambda:DeleteFunctionCodeSigningConfig lambda:GetCodeSigningConfig lambda:GetLayerVersion "
        "lambda:PassCapacityProvider lambda:PutFunctionCodeSigningConfig "
        "lambda:PutFunctionScalingConfig"
    ),
    "functions take the runtime's updates as they come": (
        "lambda:AssociateRuntimeAlias lambda:PutRuntimeManagementConfig"
    ),
    "no log group is delivered elsewhere or has a policy, an index, a token or data protection": (
        "firehose:TagDeliveryStream logs:CreateLogDelivery logs:DeleteDataProtectionPolicy "
        "logs:DeleteIndexPolicy logs:DeleteResourcePolicy logs:PutBearerTokenAuthentication "
        "logs:PutDataProtectionPolicy logs:PutIndexPolicy logs:PutLogGroupDeletionProtection "
        "logs:PutResourcePolicy s3:REST.PUT.OBJECT"
    ),
    "no bucket has one of these configurations": (
        "s3:DeleteBucketAnalyticsConfiguration s3:DeleteBucketCors s3:DeleteBucketEncryption "
        "s3:DeleteBucketLifecycle s3:DeleteBucketMetricsConfiguration s3:DeleteBucketReplication "
        "s3:DeleteBucketWebsite s3:DeleteObject s3:PutAccelerateConfiguration "
        "s3:PutAnalyticsConfiguration s3:PutBucketAbac s3:PutBucketAcl s3:PutBucketCORS "
        "s3:PutBucketLogging s3:PutBucketNotification s3:PutBucketOwnershipControls "
        "s3:PutBucketReplication s3:PutBucketWebsite s3:PutIntelligentTieringConfiguration "
        "s3:PutInventoryConfiguration s3:PutMetricsConfiguration s3:PutObjectAcl "
        "s3:PutObjectLockConfiguration s3:PutReplicationConfiguration"
    ),
    "no bucket has metadata tables": (
        "s3:CreateBucketMetadataTableConfiguration s3:DeleteBucketMetadataTableConfiguration "
        "s3:UpdateBucketMetadataAnnotationTableConfiguration "
        "s3:UpdateBucketMetadataInventoryTableConfiguration "
        "s3:UpdateBucketMetadataJournalTableConfiguration s3tables:CreateNamespace "
        "s3tables:CreateTable s3tables:CreateTableBucket s3tables:GetTable "
        "s3tables:GetTableMetadataLocation s3tables:PutTableBucketPolicy "
        "s3tables:PutTableEncryption s3tables:PutTablePolicy s3tables:UpdateTableMetadataLocation"
    ),
    "the firewall stands before an API of API Gateway alone, and pays for no managed rules": (
        "amplify:AssociateWebACL amplify:DisassociateWebACL amplify:GetWebACLForResource "
        "apprunner:AssociateWebAcl apprunner:DescribeWebAclForService "
        "apprunner:DisassociateWebAcl appsync:AssociateWebACL appsync:DisassociateWebACL "
        "appsync:GetWebACLForResource appsync:SetWebACL "
        "bedrock-agentcore:GatewayAssociateWebACL bedrock-agentcore:GatewayDisassociateWebACL "
        "bedrock-agentcore:GatewayGetWebACLForResource cognito-idp:AssociateWebACL "
        "cognito-idp:DisassociateWebACL cognito-idp:GetWebACLForResource "
        "ec2:AssociateVerifiedAccessInstanceWebAcl "
        "ec2:DescribeVerifiedAccessInstanceWebAclAssociations "
        "ec2:DisassociateVerifiedAccessInstanceWebAcl ec2:GetVerifiedAccessInstanceWebAcl "
        "elasticloadbalancing:CreateWebACLAssociation "
        "elasticloadbalancing:DeleteWebACLAssociation "
        "elasticloadbalancing:GetLoadBalancerWebACL elasticloadbalancing:SetWebACL "
        "payments:GetConnectedAccount wafv2:GetPermissionPolicy wafv2:PutPermissionPolicy"
    ),
    "the trail is of one account and has no insights": (
        "cloudtrail:PutEventConfiguration cloudtrail:PutInsightSelectors "
        "organizations:DescribeOrganization organizations:ListAWSServiceAccessForOrganization"
    ),
    "policies are of roles, and there are neither users nor groups": (
        "iam:DeleteGroupPolicy iam:DeleteUserPolicy iam:GetGroupPolicy iam:GetUserPolicy "
        "iam:PutGroupPolicy iam:PutUserPolicy"
    ),
    "mails are not archived, and there is no dashboard of deliverability": (
        "ses:PutConfigurationSetArchivingOptions ses:PutConfigurationSetVdmOptions"
    ),
    "no topic has data protection": "sns:PutDataProtectionPolicy",
}
"""Why a type does not need actions of its handler as the templates use it -> the actions."""

EXCEPTIONS = {action for actions in NOT_NEEDED.values() for action in actions.split()}


def document(name: str) -> Json:
    found: Json = yaml.safe_load((INFRA / f"{name}.yaml").read_text("utf-8"))
    return found


@cache
def statements(template: str, role: str) -> tuple[Json, ...]:
    """The statements of a role's or a managed policy's own policies, references resolved."""
    parts = {role, "ExecutionServices"} if role == "ExecutionRole" else {role}
    found = policies(document(template))
    return tuple(each for name, one in found if name in parts for each in one["Statement"])


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def names(statement: Json, action: str) -> bool:
    """Whether a statement is about an action; IAM knows no capitals."""
    patterns = listed(statement["Action"])
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


def allows(template: str, role: str, action: str) -> bool:
    """Whether a role may take an action at all: allowed somewhere, denied nowhere for all."""
    about = [one for one in statements(template, role) if names(one, action)]
    denied = [
        one
        for one in about
        if one["Effect"] == "Deny" and one["Resource"] == "*" and "Condition" not in one
    ]
    return not denied and any(one["Effect"] == "Allow" for one in about)


def handlers(kind: str) -> Json:
    """The handlers of a resource type, from cfn-lint's copy of AWS's schemas."""
    for region in ("eu-south-1", "us-east-1"):
        places = json.loads((SCHEMAS / "providers" / f"{region}.json").read_text("utf-8"))
        if kind in places:
            path = SCHEMAS / "resources" / f"{places[kind]}.json"
            found: Json = json.loads(path.read_text("utf-8"))["handlers"]
            return found
    raise AssertionError(kind)


@pytest.fixture(scope="module")
def transformed(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Json:
    target = tmp_path_factory.mktemp("transformed") / "template.json"
    python = PROJECT / ".venv-engine" / "bin" / "python"
    command = [str(python), "-m", "infra.judges.transform", str(package.template), str(target)]
    subprocess.run(command, cwd=PROJECT, check=True)
    found: Json = json.loads(target.read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def needed(transformed: Json, log_groups: Json, watching: Json) -> dict[str, set[str]]:
    """The actions that the handlers of all types ask for, with the types that do."""
    beside = map(document, ("data", "operations", "backup", "budget"))
    deployed = [transformed, log_groups, watching, *beside]
    kinds = {one["Type"] for stack in deployed for one in stack["Resources"].values()}
    found: dict[str, set[str]] = {}
    for kind in kinds:
        for handler in handlers(kind).values():
            for action in handler["permissions"]:
                service, _, name = action.partition(":")
                found.setdefault(f"{service.lower()}:{name}", set()).add(kind)
    return found


def test_the_execution_role_may_do_what_every_handler_does(needed: dict[str, set[str]]) -> None:
    lacking = {
        action: kinds
        for action, kinds in needed.items()
        if not allows("execution", "ExecutionRole", action)
    }
    assert {one: kinds for one, kinds in lacking.items() if one not in EXCEPTIONS} == {}
    assert EXCEPTIONS - set(lacking) == set()


READS = (
    *("dynamodb:BatchGetItem", "dynamodb:Scan", "dynamodb:PartiQLSelect"),
    *("dynamodb:ExportTableToPointInTime", "dynamodb:GetRecords", "sqs:ReceiveMessage"),
)


@pytest.mark.parametrize(
    ("template", "role"), [("account", "DeployRole"), ("execution", "ExecutionRole")]
)
def test_a_deployment_reads_nobody(template: str, role: str) -> None:
    for action in READS:
        assert not allows(template, role, action), action
    copies = [
        one
        for one in statements(template, role)
        if one["Effect"] == "Deny" and names(one, "s3:GetObject")
    ]
    assert {place.split("-")[-2] for one in copies for place in one["Resource"]} >= {
        "exports",
        "erasures",
    }


def test_the_pipeline_has_no_key_and_becomes_nobody_else() -> None:
    for action in ("kms:Decrypt", "kms:Sign", "kms:ScheduleKeyDeletion", "sts:AssumeRole"):
        assert not allows("account", "DeployRole", action)


def test_the_pipeline_reads_of_the_records_the_notice_and_who_works_at_the_desk() -> None:
    (fence,) = [
        one
        for one in statements("account", "DeployRole")
        if one["Effect"] == "Deny" and names(one, "dynamodb:GetItem")
    ]
    places = fence["Condition"]["ForAnyValue:StringNotLike"]["dynamodb:LeadingKeys"]
    assert places == ["N", "N#*", "D"]
    assert {*listed(fence["Action"])} == {"dynamodb:GetItem", "dynamodb:Query"}


def test_the_pipeline_changes_nothing_but_by_the_execution_role() -> None:
    about = [one for one in statements("account", "DeployRole") if one["Effect"] == "Allow"]
    (given,) = [one for one in about if names(one, "iam:PassRole")]
    assert given["Resource"].endswith(":role/riserbo-execution")
    assert given["Condition"] == {
        "StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}
    }
    asked = [one for one in about if names(one, "cloudformation:CreateChangeSet")]
    for one in asked:
        if "Condition" not in one:
            assert one["Resource"].endswith(":aws:transform/Serverless-2016-10-31")
            continue
        (role,) = one["Condition"]["ArnEquals"].values()
        assert role.endswith(":role/riserbo-execution")
    for action in ("cloudformation:CreateStack", "cloudformation:UpdateStack", "iam:CreateRole"):
        assert not allows("account", "DeployRole", action)


def test_a_deployment_names_the_execution_role_and_the_local_engine_has_none() -> None:
    there = Target("dev", "eu-south-1", "123456789012", {})
    assert there.execution_role == "arn:aws:iam::123456789012:role/riserbo-execution"
    assert Target("local", "eu-south-1", "0", {}, "http://127.0.0.1:1").execution_role is None


def test_a_role_is_made_only_with_its_bound() -> None:
    made = [
        one
        for one in statements("execution", "ExecutionRole")
        if one["Effect"] == "Allow"
        and any(
            names(one, f"iam:{action}")
            for action in ("CreateRole", "PutRolePolicy", "AttachRolePolicy")
        )
    ]
    assert made
    for one in made:
        (bounds,) = one["Condition"]["ArnEquals"].values()
        names_of = [bound.rpartition("/")[2] for bound in bounds]
        assert names_of == ["functionboundary", "copiesboundary"]
    assert not allows("execution", "ExecutionRole", "iam:DeleteRolePermissionsBoundary")


def test_every_role_of_the_app_stack_names_the_bound(template: Json) -> None:
    roles = [one for one in template["Resources"].values() if one["Type"] == "AWS::IAM::Role"]
    assert roles
    condition = {"Fn::If": ["IsLocal", {"Ref": "AWS::NoValue"}]}
    for role in roles:
        *start, bound = role["Properties"]["PermissionsBoundary"]["Fn::If"]
        assert start == condition["Fn::If"]
        assert bound["Fn::Sub"].endswith(":policy/riserbo-function")
    name = document("execution")["Resources"]["FunctionBoundary"]["Properties"]["ManagedPolicyName"]
    assert name == "riserbo-function"


def test_the_bound_lets_every_function_do_its_work(template: Json) -> None:
    bound = statements("execution", "FunctionBoundary")
    kinds = {name: one["Type"] for name, one in template["Resources"].items()}
    given = {
        action
        for name, one in policies(template)
        if kinds[name] in ("AWS::IAM::Role", "AWS::IAM::Policy")
        for statement in one["Statement"]
        for action in listed(statement["Action"])
    }
    assert "dynamodb:GetItem" in given
    for action in given:
        assert any(one["Effect"] == "Allow" and names(one, action) for one in bound), action
    for action in ("kms:ScheduleKeyDeletion", "dynamodb:Scan", "iam:CreateRole", "sts:AssumeRole"):
        assert not allows("execution", "FunctionBoundary", action)


def test_copies_are_made_with_a_bound_that_opens_no_key_of_people() -> None:
    role = document("backup")["Resources"]["Role"]["Properties"]
    assert role["PermissionsBoundary"]["Fn::Sub"].endswith(":policy/riserbo-copies")
    bound = statements("execution", "CopiesBoundary")
    given = [each for name, one in policies(document("backup")) for each in one["Statement"]]
    for action in {action for one in given for action in listed(one["Action"])}:
        assert any(one["Effect"] == "Allow" and names(one, action) for one in bound), action
    (fence,) = [one for one in bound if one["Effect"] == "Deny"]
    assert names(fence, "kms:Decrypt")
    assert fence["Condition"] == {"StringEquals": {"aws:ResourceTag/riserbo:holds": "people"}}


def test_what_is_bound_works_in_a_function_alone() -> None:
    (fence,) = [
        one for one in statements("execution", "FunctionBoundary") if one["Effect"] == "Deny"
    ]
    (where,) = fence["Condition"]["ArnNotLike"].items()
    assert where[0] == "lambda:SourceFunctionArn"
    for action in ("dynamodb:GetItem", "kms:Decrypt", "s3:GetObject", "ses:SendRawEmail"):
        assert names(fence, action)
    # Lambda takes messages itself, and of that it says no function.
    assert not names(fence, "sqs:ReceiveMessage")


def test_every_key_of_people_is_fenced_once_its_first_creation_is_over() -> None:
    data = document("data")
    keys = [one for one in data["Resources"].values() if one["Type"] == "AWS::KMS::Key"]
    for key in keys:
        held = [{"Key": "riserbo:holds", "Value": "people"}]
        expected = ["IsProtected", held, {"Ref": "AWS::NoValue"}]
        assert key["Properties"]["Tags"] == {"Fn::If": expected}
        assert "KeyPolicy" not in key["Properties"]
    (fence,) = [
        one
        for one in statements("execution", "ExecutionRole")
        if one["Effect"] == "Deny" and names(one, "kms:Decrypt")
    ]
    assert fence["Condition"] == {"StringEquals": {"aws:ResourceTag/riserbo:holds": "people"}}
    for action in ("ScheduleKeyDeletion", "DisableKey", "PutKeyPolicy", "UntagResource", "Sign"):
        assert names(fence, f"kms:{action}")


def test_nothing_of_people_is_deleted_by_a_deployment() -> None:
    for action in ("dynamodb:DeleteTable", "s3:DeleteBucket", "dynamodb:DeleteBackup"):
        assert not allows("execution", "ExecutionRole", action)
        assert not allows("account", "DeployRole", action)
    for action in ("dynamodb:DeleteTable", "s3:DeleteBucket", "kms:ScheduleKeyDeletion"):
        assert allows("execution", "BreakGlassRole", action)


def test_the_glass_is_broken_with_a_second_factor() -> None:
    role = document("execution")["Resources"]["BreakGlassRole"]
    assert role["Condition"] == "HasAdministrators"
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}


def _roles() -> Iterator[tuple[str, str]]:
    for template in ("account", "execution"):
        for name, found in document(template)["Resources"].items():
            if found["Type"] in ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy"):
                yield template, name


@pytest.mark.parametrize(("template", "role"), list(_roles()))
def test_policies_fit_into_what_iam_takes(template: str, role: str) -> None:
    """IAM counts without white space: 10,240 characters of a role's own policies, 6,144 managed."""
    found = [one for name, one in policies(document(template)) if name == role]
    texts = [json.dumps(one, separators=(",", ":")) for one in found]
    size = sum(len(text.replace("riserbo-stage", "riserbo-production")) for text in texts)
    managed = document(template)["Resources"][role]["Type"] == "AWS::IAM::ManagedPolicy"
    assert size < (6_144 if managed else 10_240)
