"""Runs a command of this folder with the settings of a stage and the rights of the operator.

`python -m infra.in_stage --stage dev infra.api_keys list`; without a stage, or with `local` and no
endpoint, it applies to the running local stack.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.place import Place
from infra.local.stack import LocalStack, NotRunning
from infra.package import PROJECT
from infra.publication import PublishingFailed, operator_environment
from infra.stacks import Stacks
from infra.stages import LOCAL, NotDeployable, read_target

_REFUSALS = (NotRunning, NotDeployable, PublishingFailed, BotoCoreError, ClientError)


def run(command: Sequence[str], stage: str, endpoint: str | None) -> int:
    """Run a module with its arguments; return its exit code, or 1 for a stage that is refused."""
    try:
        environment = _environment(stage, endpoint)
    except KeyError:
        sys.stderr.write("This stage is not deployed.\n")
        return 1
    except _REFUSALS as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    whole = [sys.executable, "-m", *command]
    return subprocess.run(whole, cwd=PROJECT, env=environment, check=False).returncode


def _environment(stage: str, endpoint: str | None) -> dict[str, str]:
    """The settings of a deployed stage, with the credentials of the operator."""
    if endpoint is None and stage in ("", LOCAL):
        local = LocalStack(Place.chosen())
        local.attach()
        return local.command_environment()
    target = read_target(stage, endpoint)
    stacks = Stacks(target.session(), target.name, target.endpoint)
    # All functions have the same settings.
    function = stacks.outputs(stacks.app_name)["NoticesFunction"]
    return operator_environment(target.session(), function, target.endpoint)


def main(arguments: list[str]) -> int:
    """Run the named command in the named stage; returns its exit code."""
    parser = argparse.ArgumentParser(prog="infra.in_stage", description=__doc__)
    parser.add_argument("--stage", default="")
    parser.add_argument("--endpoint", default=None)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args(arguments)
    return run(asked.command, asked.stage, asked.endpoint or None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
