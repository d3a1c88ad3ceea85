"""Stores and publishes a receipt key before it signs: a step of `make receiptkey`.

It runs with the settings of a stage in the environment and the rights of its caller
(infra/in_stage.py).
"""

from __future__ import annotations

import sys

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.errors import Problem
from chalicelib.receipts.service import verification


def main(arguments: list[str]) -> int:
    """Store the public halves of the key in use and of the one at the ARN; 1 if that fails."""
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
