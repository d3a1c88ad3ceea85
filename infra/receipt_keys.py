"""What `make receiptkey` has a stage's own code do: keep and publish a key before it signs.

It runs with the settings of a stage in the environment and the rights of whoever calls it
(infra/in_stage.py).
"""

from __future__ import annotations

import sys

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.errors import Problem
from chalicelib.receipts.service import verification


def main(arguments: list[str]) -> int:
    """Keep the public halves of the key in use and of the one at the ARN given; 1 if it cannot."""
    (arn,) = arguments
    try:
        kid = verification.introduce(arn)
    except Problem as refused:
        sys.stderr.write(f"{refused.detail or refused.title}\n")
        return 1
    except (PynamoDBException, BotoCoreError, ClientError) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    sys.stdout.write(f"{kid}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
