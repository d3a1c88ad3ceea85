"""`make publish DOCUMENT=notice.json`: publishes a document on the running local stack."""

from __future__ import annotations

import sys
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.place import Place
from infra.local.stack import LocalStack, NotRunning
from infra.publication import PublishingFailed


def main(arguments: list[str]) -> int:
    """Publish the named document; 1 if it is refused or nothing runs."""
    stack = LocalStack(Place.chosen())
    try:
        stack.attach()
        said = stack.publish(Path(arguments[0]))
    except (NotRunning, PublishingFailed, BotoCoreError, ClientError) as failed:
        sys.stderr.write(f"{failed}\n")
        return 1
    sys.stdout.write(said)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
