"""Policies with values in the place of CloudFormation's references, so that they can be judged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]

_ACCOUNT = "123456789012"
_REGION = "eu-south-1"
_PSEUDO = {"Partition": "aws", "Region": _REGION, "AccountId": _ACCOUNT, "StackName": "riserbo-dev"}
_KEY = "key/12345678-1234-1234-1234-123456789012"
#: The ARN of a resource by its type, with the resource's own name at `{}`.
_ARNS = {
    "AWS::Backup::BackupVault": f"arn:aws:backup:{_REGION}:{_ACCOUNT}:backup-vault:{{}}",
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{_REGION}:{_ACCOUNT}:table/{{}}",
    "AWS::IAM::ManagedPolicy": f"arn:aws:iam::{_ACCOUNT}:policy/{{}}",
    "AWS::IAM::OIDCProvider": f"arn:aws:iam::{_ACCOUNT}:oidc-provider/{{}}",
    "AWS::IAM::Role": f"arn:aws:iam::{_ACCOUNT}:role/{{}}",
    "AWS::KMS::Key": f"arn:aws:kms:{_REGION}:{_ACCOUNT}:{_KEY}",
    "AWS::Lambda::Function": f"arn:aws:lambda:{_REGION}:{_ACCOUNT}:function:{{}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{_REGION}:{_ACCOUNT}:log-group:{{}}:*",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::Serverless::Function": f"arn:aws:lambda:{_REGION}:{_ACCOUNT}:function:{{}}",
    "AWS::SNS::Topic": f"arn:aws:sns:{_REGION}:{_ACCOUNT}:{{}}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{_REGION}:{_ACCOUNT}:{{}}",
}
#: Types whose `Ref` is their ARN.
_REF_IS_ARN = ("AWS::IAM::ManagedPolicy", "AWS::IAM::OIDCProvider", "AWS::SNS::Topic")
#: The type of the resource whose ARN a parameter holds, by the end of the parameter's name.
_PARAMETERS = {
    "VaultArn": "AWS::Backup::BackupVault",
    "TableArn": "AWS::DynamoDB::Table",
    "BucketArn": "AWS::S3::Bucket",
    "QueueArn": "AWS::SQS::Queue",
    "LettersArn": "AWS::SQS::Queue",
    "FunctionArn": "AWS::Lambda::Function",
    "Topic": "AWS::SNS::Topic",
    "Key": "AWS::KMS::Key",
}
_NOTHING = {"Ref": "AWS::NoValue"}
_PLACE = re.compile(r"\$\{([A-Za-z0-9:.]+)\}")


def policies(template: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    """Yields every policy of a template, as CloudFormation would make it, with its resource's id.

    A policy that depends on conditions comes twice: as if all held, and as if none did. Policies
    of who may assume a role are left out: they name no resources, and cfn-lint knows their form.
    """
    for name, resource in template["Resources"].items():
        for document in _documents(resource):
            first, second = (_Values(template, branch).of(document) for branch in (0, 1))
            yield name, first
            if second != first:
                yield name, second


def _documents(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        if "Statement" in value and "Version" in value:
            yield value
            return
        value = [each for key, each in value.items() if key != "AssumeRolePolicyDocument"]
    if isinstance(value, list):
        for each in value:
            yield from _documents(each)


class _Values:
    """The values of references in one template; `branch` is 0 where conditions hold, else 1."""

    def __init__(self, template: Mapping[str, Any], branch: int) -> None:
        self._resources = template["Resources"]
        self._branch = branch

    def of(self, value: Any) -> Any:
        """Returns `value` without references. Raises ValueError for one that is not known."""
        if isinstance(value, list):
            return [self.of(each) for each in value if not self._is_nothing(each)]
        if not isinstance(value, dict):
            return value
        match list(value.items()):
            case [("Fn::If", [_, *branches])]:
                return self.of(branches[self._branch])
            case [("Ref", name)]:
                return self._ref(name)
            case [("Fn::GetAtt", [name, "Arn" | "BackupVaultArn"])]:
                return _ARNS[self._resources[name]["Type"]].format(name.lower())
            case [("Fn::Sub", str(text))]:
                return _PLACE.sub(lambda found: self._place(found[1]), text)
            case [(str(name), _)] if name.startswith("Fn::"):
                raise ValueError(f"{name} in a policy is not known")
        return {key: self.of(each) for key, each in value.items() if not self._is_nothing(each)}

    def _is_nothing(self, value: Any) -> bool:
        match value:
            case {"Fn::If": [_, *branches]}:
                return bool(branches[self._branch] == _NOTHING)
        return bool(value == _NOTHING)

    def _place(self, name: str) -> str:
        owner, _, attribute = name.partition(".")
        return str(self.of({"Fn::GetAtt": [owner, attribute]}) if attribute else self._ref(name))

    def _ref(self, name: str) -> str:
        if name.startswith("AWS::"):
            return _PSEUDO[name.removeprefix("AWS::")]
        if name in self._resources:
            kind = self._resources[name]["Type"]
            return _ARNS[kind].format(name.lower()) if kind in _REF_IS_ARN else name.lower()
        for end, kind in _PARAMETERS.items():
            if name.endswith(end) or (end == "Key" and name.startswith("Key")):
                return _ARNS[kind].format(name.lower())
        return name.lower()
