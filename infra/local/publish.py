"""`make publish NOTICE=notice.json`: publishes a document on the running local stack."""

from __future__ import annotations

import sys

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.place import Place
from infra.local.stack import LocalStack, NotRunning
from infra.notice_document import NoticeUnusable, chosen, notice_of
from infra.publication import PublishingFailed


def main(arguments: list[str]) -> int:
    """Publish the named document, or that of the setting; 1 if it is refused or nothing runs."""
    stack, document = LocalStack(Place.chosen()), chosen(*arguments[:1])
    try:
        notice_of(document)
        stack.attach()
        said = stack.publish(document)
    except (NoticeUnusable, NotRunning, PublishingFailed, BotoCoreError, ClientError) as failed:
        sys.stderr.write(f"{failed}\n")
        return 1
    sys.stdout.write(said)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
