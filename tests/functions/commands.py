"""The operator's commands as `make key` and others give them, but in this process.

A process of its own costs each of them two seconds of CPU, most of it to import. That each command
also works as a process is proven once, by `test_commands_accounts`.
"""

from __future__ import annotations

import io
import os
import re
import runpy
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from typing import Any
from unittest.mock import patch

from chalicelib.notices import service as notices
from chalicelib.storage import clients, connection
from tests.functions.stack import DeployedStack

KEY = re.compile(r"rsk_([a-z2-7]{26})\.[A-Za-z0-9_-]{43}\n")
_ONE = threading.Lock()
"""Settings, arguments and output belong to the process: one command runs at a time."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left: the members that `subprocess.CompletedProcess` calls the same."""

    returncode: int
    stdout: str
    stderr: str


@cache
def _clients(url: str) -> dict[Any, dict[str, Any]]:
    """The caches of clients of one engine: making clients is what a call costs most."""
    return {
        clients: {"_client": cache(clients._client.__wrapped__)},
        connection: {
            "connection": cache(connection.connection.__wrapped__),
            "table": cache(connection.table.__wrapped__),
        },
    }


@contextmanager
def operating(stack: DeployedStack) -> Iterator[None]:
    """This process has the settings of a deployed function and the rights of the operator.

    It knows no version of the notice, as a process that has just begun.
    """
    others = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "RISERBO_"))}
    with (
        patch.dict(os.environ, others | stack.local.command_environment(), clear=True),
        patch.object(notices, "_memory", notices._Memory()),
        patch.multiple(clients, **_clients(stack.local.engine.url)[clients]),
        patch.multiple(connection, **_clients(stack.local.engine.url)[connection]),
    ):
        yield


def run(stack: DeployedStack, module: str, *arguments: str) -> Done:
    """A command as an operator gives it: the module, as if it were the program."""
    out, err = io.StringIO(), io.StringIO()
    with (
        _ONE,
        operating(stack),
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
