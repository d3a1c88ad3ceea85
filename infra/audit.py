"""`make audit STAGE=...`: verifies the whole chain of the desk's audit, from the table.

It runs with the settings of a stage in the environment and the rights of its caller
(infra/in_stage.py). It shows numbers and a hash, and nothing of what the entries say.
"""

from __future__ import annotations

import sys

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.audit import service
from chalicelib.errors import Problem


def main() -> int:
    """Verify the chain; 1 where an entry is not as it was written, with the first such number."""
    try:
        found = service.verify()
    except (Problem, PynamoDBException, BotoCoreError, ClientError) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    if found.fault is not None:
        sys.stderr.write(
            f"Entry {found.fault} of the audit was changed, added or taken away. It is the first "
            f"that is not as it was written; {found.count} were read.\n"
        )
        return 1
    last, pruned = found.head.last, found.head.pruned
    sys.stdout.write(
        f"The audit verifies: {found.count} entries, from {pruned.seq + 1} to {last.seq}.\n"
        f"The last one's hash: {last.hash}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
