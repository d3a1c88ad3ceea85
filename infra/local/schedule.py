"""`make schedule NAME=retention`: runs a schedule of the running local stack now."""

from __future__ import annotations

import sys

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.invocation import FunctionFailed, run_schedule
from infra.local.place import Place
from infra.local.stack import LocalStack, NotRunning


def main(arguments: list[str]) -> int:
    """Run the named schedule and print its answer; 1 if it failed or nothing runs."""
    stack = LocalStack(Place.chosen())
    try:
        stack.attach()
        answer = run_schedule(stack, arguments[0])
    except (NotRunning, FunctionFailed, BotoCoreError, ClientError) as failed:
        sys.stderr.write(f"{failed}\n")
        return 1
    sys.stdout.write(answer + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
