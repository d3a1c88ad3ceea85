"""The operator's commands as `make key` and others give them, but in this process.

A process of its own costs each of them two seconds of CPU, most of it to import. That each command
also works as a process is proven once, by `test_commands_accounts`.
"""

from __future__ import annotations

import io
import json
import os
import re
import runpy
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

import boto3
import yaml

from chalicelib.notices import service as notices
from chalicelib.storage import clients, connection
from infra.local.place import PROJECT
from infra.local.stack import administrator
from tests.functions.stack import DeployedStack

KEY = re.compile(r"rsk_([a-z2-7]{26})\.[A-Za-z0-9_-]{43}\n")
OPERATOR = PROJECT / "infra" / "operator.yaml"
_ONE = threading.Lock()
"""Settings, arguments and output belong to the process: one command runs at a time."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left: the members that `subprocess.CompletedProcess` calls the same."""

    returncode: int
    stdout: str
    stderr: str


@cache
def _clients(url: str, user: str) -> dict[Any, dict[str, Any]]:
    """The caches of clients of a user of one engine: making clients is what a call costs most."""
    return {
        clients: {"_client": cache(clients._client.__wrapped__)},
        connection: {
            "connection": cache(connection.connection.__wrapped__),
            "table": cache(connection.table.__wrapped__),
        },
    }


@cache
def _operator(url: str) -> dict[str, str]:
    """The credentials of a user of the engine who has the rights of the operator's role."""
    iam: Any = administrator().client("iam", endpoint_url=url)
    iam.create_user(UserName="operator")
    (role,) = yaml.safe_load(OPERATOR.read_text("utf-8"))["Resources"].values()
    for policy in role["Properties"]["Policies"]:
        iam.put_user_policy(
            UserName="operator",
            PolicyName=policy["PolicyName"],
            PolicyDocument=json.dumps(_resolved(policy["PolicyDocument"])),
        )
    key = iam.create_access_key(UserName="operator")["AccessKey"]
    return {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }


def _resolved(found: Any) -> Any:
    """A part of the template with the names of the local stage."""
    if isinstance(found, list):
        return [_resolved(one) for one in found]
    if not isinstance(found, dict):
        return found
    if "Fn::Sub" in found:
        text = found["Fn::Sub"].replace("${AWS::Partition}", "aws").replace("${Stage}", "local")
        return text.replace("${AWS::AccountId}", "000000000000")
    return {name: _resolved(value) for name, value in found.items()}


@contextmanager
def operating(
    stack: DeployedStack, rights: Mapping[str, str] = MappingProxyType({})
) -> Iterator[None]:
    """This process has the settings of a deployed function, and the rights of an administrator.

    With credentials in `rights` it has those of their user. It knows no version of the notice, as a
    process that has just begun.
    """
    environment = {**stack.local.command_environment(), **rights}
    made = _clients(stack.local.engine.url, environment["AWS_ACCESS_KEY_ID"])
    others = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "RISERBO_"))}
    with (
        patch.dict(os.environ, others | environment, clear=True),
        patch.object(notices, "_memory", notices._Memory()),
        # It keeps the credentials with which it was made.
        patch.object(boto3, "DEFAULT_SESSION", None),
        patch.multiple(clients, **made[clients]),
        patch.multiple(connection, **made[connection]),
    ):
        yield


def run(stack: DeployedStack, module: str, *arguments: str) -> Done:
    """A command as an operator gives it, with their rights: the module as if it were a program."""
    out, err = io.StringIO(), io.StringIO()
    with (
        _ONE,
        operating(stack, _operator(stack.local.engine.url)),
        patch.object(sys, "argv", [module, *arguments]),
        redirect_stdout(out),
        redirect_stderr(err),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", message=".*found in sys.modules", category=RuntimeWarning)
        try:
            runpy.run_module(module, run_name="__main__")
        except SystemExit as ended:
            return Done(int(ended.code or 0), out.getvalue(), err.getvalue())
    raise AssertionError(f"{module} did not say how it ended")


def make_key(
    stack: DeployedStack, name: str, scopes: str, expires: str = "", recipient: str = ""
) -> tuple[str, str]:
    """A new key: its id, and the text that its holder sends."""
    done = run(stack, "infra.api_keys", "create", name, scopes, expires, recipient)
    found = KEY.fullmatch(done.stdout)
    assert found, done
    assert found[1] in done.stderr
    assert found[0].strip() not in done.stderr
    return found[1], found[0].strip()
