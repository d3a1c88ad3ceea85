"""`make replay SINCE=2026-11-01`: erases again, after a restore, who was erased since that day.

Give the day of the moment that the tables were restored to; erasing twice does no harm. Without
STAGE it is about the running local stack.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.place import Place
from infra.local.stack import LocalStack, NotRunning
from infra.package import PROJECT
from infra.publication import PublishingFailed, operator_environment
from infra.stacks import Stacks
from infra.stages import NotDeployable, read_target


def main(arguments: list[str]) -> int:
    """Replay the erasures since the day; 1, with the reason, if it is no day or nothing runs."""
    parser = argparse.ArgumentParser(prog="make replay", description=__doc__)
    parser.add_argument("since")
    parser.add_argument("--stage", default="")
    parser.add_argument("--endpoint", default=None)
    asked = parser.parse_args(arguments)
    try:
        environment = _environment(asked.stage, asked.endpoint or None)
    except KeyError:
        sys.stderr.write("This stage is not deployed.\n")
        return 1
    except (
        NotRunning,
        NotDeployable,
        PublishingFailed,
        BotoCoreError,
        ClientError,
    ) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    command = [sys.executable, "-m", "infra.erase_again", asked.since]
    return subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode


def _environment(stage: str, endpoint: str | None) -> dict[str, str]:
    """The settings of a deployed stage, with the rights of the operator."""
    if not stage:
        local = LocalStack(Place.chosen())
        local.attach()
        return local.command_environment()
    target = read_target(stage, endpoint)
    stacks = Stacks(target.session(), target.name, target.endpoint)
    function = stacks.outputs(stacks.app_name)["RetentionFunction"]
    return operator_environment(target.session(), function, target.endpoint)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
