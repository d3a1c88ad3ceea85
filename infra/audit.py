"""`make audit STAGE=...`: verifies two whole chains, from the table.

They are the desk's audit, and the records of what runs of retention did. It runs with the settings
of a stage in the environment and the rights of its caller (infra/in_stage.py). It shows numbers and
hashes, and nothing of what the entries say.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib.audit import service as audit
from chalicelib.errors import Problem
from chalicelib.retention.evidence import service as evidence

if TYPE_CHECKING:
    from chalicelib.audit.service import Verified as OfTheDesk
    from chalicelib.retention.evidence.service import Verified as OfRetention


class Chain(NamedTuple):
    """A chain: its name, what its parts are called, and what verifies it."""

    name: str
    part: str
    parts: str
    verify: Callable[[], OfTheDesk | OfRetention]


CHAINS: Final = (
    Chain("audit", "Entry", "entries", audit.verify),
    Chain("evidence of retention", "Record", "records", evidence.verify),
)


def main() -> int:
    """Verify both chains; 1 where a part is not as it was written, with the first such number."""
    return max([_verified(chain) for chain in CHAINS])


def _verified(chain: Chain) -> int:
    try:
        found = chain.verify()
    except (Problem, PynamoDBException, BotoCoreError, ClientError) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    if found.fault is not None:
        sys.stderr.write(
            f"{chain.part} {found.fault} of the {chain.name} was changed, added or taken away. It "
            f"is the first that is not as it was written; {found.count} were read.\n"
        )
        return 1
    last, pruned = found.head.last, found.head.pruned
    if not last.seq:
        sys.stdout.write(f"The {chain.name} has no {chain.parts} yet.\n")
        return 0
    sys.stdout.write(
        f"The {chain.name} verifies: {found.count} {chain.parts}, "
        f"from {pruned.seq + 1} to {last.seq}.\nThe last one's hash: {last.hash}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
