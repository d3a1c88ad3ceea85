"""The calls that a deployment makes of AWS, as IAM would be asked about them.

The command's own calls are seen where it makes them; those of the process that publishes the notice
are seen on their way, by a proxy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from boto3 import Session
from botocore.client import BaseClient

from infra import deploy
from infra.publication import operator_environment
from tests.functions.faults import proxied
from tests.iam import Context

Json = Mapping[str, Any]
Call = tuple[str, str, Context]
"""An action, the resource that it is about, and the keys that a condition may ask for."""

ACCOUNT = "123456789012"
PLACE = f"eu-south-1:{ACCOUNT}"
EXECUTION = f"arn:aws:iam::{ACCOUNT}:role/riserbo-execution"
_BY_EXECUTION = {"cloudformation:RoleArn": EXECUTION}
_TRANSFORM = "arn:aws:cloudformation:eu-south-1:aws:transform/Serverless-2016-10-31"

_OF_THE_ENGINE = {("ses", "SetIdentityNotificationTopic")}
"""What is called only where a local engine answers (infra/rehearsal/deployed.py)."""

_NAMELESS = {
    ("account", "GetRegionOptStatus"): "account:GetRegionOptStatus",
    ("lambda", "GetAccountSettings"): "lambda:GetAccountSettings",
    ("sesv2", "GetAccount"): "ses:GetAccount",
    ("sts", "GetCallerIdentity"): "sts:GetCallerIdentity",
}
"""Calls about no resource, and their actions."""

_EQUALS = re.compile(r"(#?\w+) = (:\w+)")


@contextmanager
def heard(engine: str) -> Iterator[list[Call]]:
    """Collects the calls of deployments and publications to the engine at an address."""
    calls: list[Call] = []
    called = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: BaseClient, operation: str, given: Json) -> Any:
        calls.extend(asked(client.meta.service_model.service_name, operation, given))
        return called(client, operation, given)

    with proxied(engine) as proxy:

        def hear(target: str, body: bytes) -> None:
            service, _, operation = target.partition(".")
            calls.extend(asked(service.partition("_")[0].lower(), operation, json.loads(body)))

        def through(session: Session, function: str, endpoint: str | None) -> dict[str, str]:
            environment = operator_environment(session, function, endpoint)
            return {**environment, "AWS_ENDPOINT_URL": proxy.url}

        proxy.hear = hear
        with (
            patch.object(BaseClient, "_make_api_call", call),
            patch.object(deploy, "operator_environment", through),
        ):
            yield calls


def asked(service: str, operation: str, given: Json) -> Iterator[Call]:
    """Yields what IAM is asked about one call. Raises KeyError for a call that is not known."""
    if (service, operation) in _OF_THE_ENGINE:
        return
    if (service, operation) in _NAMELESS:
        yield _NAMELESS[service, operation], "*", {}
        return
    match service:
        case "cloudformation":
            yield from _of_stacks(operation, given)
        case "s3" if operation == "ListObjectsV2":
            yield "s3:ListBucket", _named(f"arn:aws:s3:::{given['Bucket']}"), {}
        case "s3":
            yield f"s3:{operation}", _named(f"arn:aws:s3:::{given['Bucket']}/{given['Key']}"), {}
        case "lambda":
            action = "InvokeFunction" if operation == "Invoke" else operation
            name = f"arn:aws:lambda:{PLACE}:function:{given['FunctionName']}"
            yield f"lambda:{action}", _named(name), {}
        case "apigateway":
            yield "apigateway:GET", "arn:aws:apigateway:eu-south-1::/account", {}
        case "dynamodb":
            yield from _of_items(operation, given)
        case "sqs" | "amazonsqs":
            queue = given["QueueUrl"].rpartition("/")[2]
            yield f"sqs:{operation}", _named(f"arn:aws:sqs:{PLACE}:{queue}"), {}
        case _:
            raise KeyError(f"{service} {operation}")


def _named(arn: str) -> str:
    """The name of a resource of the local stage, as the templates' tests name the stage."""
    return arn.replace("riserbo-local", "riserbo-stage")


def _of_stacks(operation: str, given: Json) -> Iterator[Call]:
    stack = _named(f"arn:aws:cloudformation:{PLACE}:stack/{given['StackName']}/1")
    if operation != "CreateChangeSet":
        yield f"cloudformation:{operation}", stack, {}
        return
    # On AWS each names the execution role; the local engine has none.
    yield "cloudformation:CreateChangeSet", stack, _BY_EXECUTION
    yield "iam:PassRole", EXECUTION, {"iam:PassedToService": "cloudformation.amazonaws.com"}
    if "TemplateURL" in given:  # the template of the app stack, which has a transform
        yield "cloudformation:CreateChangeSet", _TRANSFORM, {}
        place = given["TemplateURL"].partition("//")[2].partition("/")[2]
        yield "s3:GetObject", _named(f"arn:aws:s3:::{place}"), {}


def _of_items(operation: str, given: Json) -> Iterator[Call]:
    if operation == "TransactWriteItems":
        names = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}
        for one in given["TransactItems"]:
            for name, item in one.items():
                yield from _of_items(names.get(name, "ConditionCheckItem"), item)
        return
    table = _named(f"arn:aws:dynamodb:{PLACE}:table/{given['TableName']}")
    yield f"dynamodb:{operation}", table, {"dynamodb:LeadingKeys": [_leading_key(operation, given)]}


def _leading_key(operation: str, given: Json) -> str:
    if operation != "Query":
        key = given.get("Key") or given["Item"]
        return str(key["pk"]["S"])
    names = given.get("ExpressionAttributeNames", {})
    for name, place in _EQUALS.findall(given["KeyConditionExpression"]):
        if names.get(name, name) == "pk" and "IndexName" not in given:
            return str(given["ExpressionAttributeValues"][place]["S"])
    raise KeyError(f"no partition in {given['KeyConditionExpression']}")
