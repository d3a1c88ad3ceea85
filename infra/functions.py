"""The functions of the app stack: each with a role and a policy of its own.

Each writes into a log group of its own by its name, which another stack holds
(infra/log_groups.py).

Memory and timeout of every function, HTTP or not, stand in `.chalice/config.json`; its permissions
stand in `infra/policies/<function>.json`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

POLICIES = Path(__file__).with_name("policies")
Kind = Literal["http", "queues", "schedules", "commands"]
Json = dict[str, Any]


_BOUNDARY: Final[Json] = {
    "Fn::If": [
        "IsLocal",
        {"Ref": "AWS::NoValue"},
        {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/riserbo-function"},
    ]
}
"""The bound of every function's role (infra/execution.yaml); the local engine has none."""

QUEUE_OF: Final = {"erasure": "retention"}
"""Queue functions whose queue has another name: that of `retention` is a schedule's function's."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function: `module` is where its code is, `entry` what the runtime calls in it."""

    name: str
    kind: Kind
    memory: int
    timeout: int

    @property
    def logical_id(self) -> str:
        """Name of the function in the template, e.g. `Accounts`."""
        return logical_id(self.name)

    @property
    def queue(self) -> str:
        """Name in the template of the queue that a queue's function takes, e.g. `Mail`."""
        return logical_id(QUEUE_OF.get(self.name, self.name))

    @property
    def concurrency(self) -> str:
        """Name of the parameter that limits how many of it run at once, e.g. `MailConcurrency`."""
        return f"{self.logical_id}Concurrency"

    @property
    def handler(self) -> str:
        """The path that the runtime imports and calls, e.g. `functions.http.accounts.handler`."""
        entry = "handler" if self.kind == "http" else self.name
        return f"functions.{self.kind}.{self.name}.{entry}"


def logical_id(name: str) -> str:
    """Returns a function's name in the template: letters alone, e.g. `DeskNotices`.

    `name` is that of its module, e.g. `desk_notices`. CloudFormation allows no underscore.
    """
    return name.title().replace("_", "")


def read_functions(project: Path) -> tuple[Function, ...]:
    """The functions that `.chalice/config.json` names, in its order.

    Raises ValueError when one of them has no module of its own.
    """
    config = json.loads((project / ".chalice" / "config.json").read_text("utf-8"))
    settings = config["stages"]["production"]["lambda_functions"]
    return tuple(
        Function(name, _kind(project, name), found["lambda_memory_size"], found["lambda_timeout"])
        for name, found in settings.items()
    )


def _kind(project: Path, name: str) -> Kind:
    kinds: tuple[Kind, ...] = ("http", "queues", "schedules", "commands")
    found = [kind for kind in kinds if (project / "functions" / kind / f"{name}.py").exists()]
    if len(found) != 1:
        raise ValueError(f".chalice/config.json names {name}, which is {len(found)} modules")
    return found[0]


def policy_of(name: str) -> Json:
    """The policy document of a function, with CloudFormation references in its resources."""
    document: Json = json.loads((POLICIES / f"{name}.json").read_text("utf-8"))
    return document


def log_group(name: str) -> str:
    """Returns the name of a function's log group, or of the API's, `api`, for `Fn::Sub`."""
    return f"/riserbo/${{Stage}}/{name}"


def log_group_arn(name: str) -> str:
    """Returns the ARN of that log group, for `Fn::Sub`."""
    place = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}"
    return f"{place}:log-group:{log_group(name)}"


def goes_on(function: Function) -> bool:
    """Tells whether a function sends to the queue that invokes it, which is how its work goes on.

    Lambda takes that for a mistake and drops the message after 16 rounds, unless the function is
    allowed to (AWS Lambda Developer Guide, "recursive loop detection").
    """
    if function.kind != "queues":
        return False
    own = {"Fn::GetAtt": [f"{function.queue}Queue", "Arn"]}
    return any(
        own in (resource if isinstance(resource, list) else [resource])
        for statement in policy_of(function.name)["Statement"]
        for resource in [statement["Resource"]]
        if statement["Effect"] == "Allow" and "sqs:SendMessage" in statement["Action"]
    )


def resources_of(function: Function, code_uri: str, runtime: str) -> Json:
    """The function and its role, by logical id."""
    name = function.logical_id
    return {
        name: {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "CodeUri": code_uri,
                "Handler": function.handler,
                "Runtime": runtime,
                "Architectures": ["x86_64"],
                "MemorySize": function.memory,
                "Timeout": function.timeout,
                "Role": {"Fn::GetAtt": [f"{name}Role", "Arn"]},
                "LoggingConfig": {"LogGroup": {"Fn::Sub": log_group(function.name)}},
                **({"RecursiveLoop": "Allow"} if goes_on(function) else {}),
                "ReservedConcurrentExecutions": {
                    "Fn::If": [
                        f"Limits{name}",
                        {"Ref": function.concurrency},
                        {"Ref": "AWS::NoValue"},
                    ]
                },
            },
        },
        f"{name}Role": _role(function),
    }


def tracing_policy(functions: Sequence[Function]) -> Json:
    """The right of every function to hand X-Ray its traces, by logical id, where tracing is on.

    X-Ray knows no resources for these actions.
    """
    statement = {
        "Effect": "Allow",
        "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
        "Resource": "*",
    }
    return {
        "TracingPolicy": {
            "Type": "AWS::IAM::Policy",
            "Condition": "IsTraced",
            "Properties": {
                "PolicyName": "tracing",
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
                "Roles": [{"Ref": f"{function.logical_id}Role"} for function in functions],
            },
        }
    }


def parameters_of(function: Function) -> Json:
    """The parameter that limits a function's concurrency, by name; empty means no limit."""
    return {
        function.concurrency: {
            "Type": "String",
            "Default": "",
            "AllowedPattern": "[0-9]*",
            "Description": f"Most executions of {function.name} at once; empty for no limit.",
        }
    }


def conditions_of(function: Function) -> Json:
    """Returns the condition, by name, that a limit was given."""
    given = {"Fn::Not": [{"Fn::Equals": [{"Ref": function.concurrency}, ""]}]}
    return {f"Limits{function.logical_id}": given}


def _role(function: Function) -> Json:
    own_logs = {
        "Sid": "OwnLogs",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": {"Fn::Sub": f"{log_group_arn(function.name)}:*"},
    }
    policy = policy_of(function.name)
    policy["Statement"].append(own_logs)
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Description": {"Fn::Sub": f"Riserbo ${{Stage}}: {function.name}"},
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            },
            "PermissionsBoundary": _BOUNDARY,
            "Policies": [{"PolicyName": function.name, "PolicyDocument": policy}],
        },
    }
