"""Acts with the rights of a deployed function's role, to see what IAM lets it do.

A role can only be taken on by Lambda, so the probe is a small function of its own that runs with
the role of the function in question and makes the AWS calls that it is told.
"""

from __future__ import annotations

import base64
import io
import json
import textwrap
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from tests.functions.stack import DeployedStack

_CODE = textwrap.dedent(
    """
    import base64
    from functools import cache

    import boto3
    from botocore.exceptions import ClientError

    client_of = cache(boto3.client)

    def handler(event, context):
        return [act(call) for call in event]

    def act(event):
        client = client_of(event["service"])
        binary = {name: base64.b64decode(value) for name, value in event["binary"].items()}
        try:
            getattr(client, event["operation"])(**event["parameters"], **binary)
        except ClientError as refused:
            return refused.response["Error"]["Code"]
        return "allowed"
    """
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})


class Probe:
    """Some AWS calls, as the role of a function."""

    def __init__(self, stack: DeployedStack) -> None:
        self._stack = stack
        self._client = stack.client("lambda")
        self._made: set[str] = set()

    def may(self, function: str, service: str, operation: str, **parameters: Any) -> bool:
        """Whether IAM lets `function` make the call; what the call then finds does not matter."""
        return self.may_each(function, [(service, operation, parameters)])[0]

    def may_each(
        self, function: str, calls: Sequence[tuple[str, str, Mapping[str, Any]]]
    ) -> list[bool]:
        """Whether IAM lets `function` make each of these calls. One invocation."""
        self._make(function)
        answer = self._client.invoke(
            FunctionName=f"probe-{function}", Payload=json.dumps([_event(*c) for c in calls])
        )
        said = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, said
        return [one not in _DENIED for one in said]

    def forget(self) -> None:
        """Deletes the functions that were made."""
        for function in self._made:
            self._client.delete_function(FunctionName=f"probe-{function}")
        self._made.clear()

    def _make(self, function: str) -> None:
        if function in self._made:
            return
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as package:
            package.writestr("probe.py", _CODE)
        deployed = self._client.get_function_configuration(
            FunctionName=self._stack.function_name(function)
        )
        self._client.create_function(
            FunctionName=f"probe-{function}",
            Runtime=deployed["Runtime"],
            Role=deployed["Role"],
            Handler="probe.handler",
            Code={"ZipFile": code.getvalue()},
            Timeout=30,
        )
        self._made.add(function)


def _event(service: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    binary = {key: value for key, value in parameters.items() if isinstance(value, bytes)}
    return {
        "service": service,
        "operation": operation,
        "parameters": {key: parameters[key] for key in parameters.keys() - binary.keys()},
        "binary": {key: base64.b64encode(value).decode() for key, value in binary.items()},
    }
