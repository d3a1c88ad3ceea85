"""`make receiptkey STAGE=`: a new KMS key signs receipts, and those of the one before verify.

The order ensures that no receipt is ever signed by an unpublished key: it makes a new key, stores
its public half and that of the key in use in the table, then changes the stacks. Interrupted, it
can be run again; a key that was made and never used costs a dollar a month and signs nothing.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from infra import in_stage
from infra.local.place import Place
from infra.local.stack import STAGE, LocalStack, NotRunning
from infra.stacks import DeploymentFailed, Stacks
from infra.stages import LOCAL, NotDeployable, read_target

if TYPE_CHECKING:
    from boto3 import Session

OUTPUT = PARAMETER = "ReceiptKey"
"""The data stack's output and the app stack's parameter: the ARN of the key that signs."""

SUCCESSOR = "ReceiptKeyInUse"
"""The data stack's parameter: a key in place of the one that the stack made."""


@dataclass(frozen=True, slots=True)
class Where:
    """A stage: the session whose rights are used, its stacks, and its engine's URL, None on AWS."""

    session: Session
    stacks: Stacks
    endpoint: str | None


def replace_key(where: Where, stage: str, endpoint: str | None) -> str | None:
    """Replaces the signing key; returns the new one's ARN, or None if publishing it failed.

    Raises DeploymentFailed, and KeyError where the stage is not deployed.
    """
    stacks = where.stacks
    bucket = stacks.outputs(stacks.data_name)["ArtefactsBucket"]
    made = where.session.client("kms", endpoint_url=where.endpoint).create_key(
        KeySpec="ECC_NIST_P256",
        KeyUsage="SIGN_VERIFY",
        Description=f"Signs receipts, which anybody can verify ({stacks.app_name})",
        Tags=[{"TagKey": "riserbo:holds", "TagValue": "people"}],  # as infra/data.yaml does
    )
    arn = made["KeyMetadata"]["Arn"]
    if in_stage.run(["infra.receipt_keys", arn], stage, endpoint) != 0:
        return None
    stacks.change(stacks.data_name, {SUCCESSOR: arn})
    stacks.change(stacks.app_name, {PARAMETER: arn})
    last = stacks.last_release(bucket)
    if last is not None:
        # Returning to the last version must not return to the last key.
        kept = replace(last, parameters={**last.parameters, PARAMETER: arn})
        stacks.keep_release(bucket, kept)
    return arn


def main(arguments: list[str]) -> int:
    """Replace the key in the named stage; 1, with the reason, if that failed."""
    parser = argparse.ArgumentParser(prog="make receiptkey", description=__doc__)
    parser.add_argument("--stage", default="")
    parser.add_argument("--endpoint", default=None)
    asked = parser.parse_args(arguments)
    try:
        endpoint = asked.endpoint or None
        arn = replace_key(_where(asked.stage, endpoint), asked.stage, endpoint)
    except KeyError:
        sys.stderr.write("This stage is not deployed.\n")
        return 1
    except (NotRunning, NotDeployable, DeploymentFailed, BotoCoreError, ClientError) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    if arn is None:
        sys.stderr.write("The key was not introduced; nothing signs with it.\n")
        return 1
    sys.stdout.write(f"{arn} signs receipts from now on.\n")
    return 0


def _where(stage: str, endpoint: str | None) -> Where:
    if endpoint is None and stage in ("", LOCAL):
        local = LocalStack(Place.chosen())
        local.attach()
        url = local.engine.url
        return Where(local.session(), Stacks(local.session(), STAGE, url), url)
    target = read_target(stage, endpoint)
    session = target.session()
    stacks = Stacks(session, target.name, target.endpoint, role=target.execution_role)
    return Where(session, stacks, target.endpoint)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
