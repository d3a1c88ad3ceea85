"""`make replay SINCE=2026-11-01`: replays erasures on the running local stack."""

from __future__ import annotations

import subprocess
import sys

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.place import PROJECT, Place
from infra.local.stack import LocalStack, NotRunning


def main(arguments: list[str]) -> int:
    """Replay the erasures since the day; 1 if it is no day or nothing runs."""
    stack = LocalStack(Place.chosen())
    try:
        stack.attach()
        environment = stack.command_environment()
    except (NotRunning, BotoCoreError, ClientError) as failed:
        sys.stderr.write(f"{failed}\n")
        return 1
    command = [sys.executable, "-m", "infra.replay", arguments[0]]
    return subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
