"""`make remove STAGE=dev CONFIRM=dev`: takes a stage away, with everybody's data in it.

Production wants a second word, ALSO=with-everybodys-data. KMS deletes keys after 30 days, until
which their deletion can be cancelled; all else is gone at once. It can be run again after an
interruption: what is gone is passed over.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from infra.preflight import check_account
from infra.stacks import DeploymentFailed, Stacks
from infra.stages import LOCAL, PRODUCTION, NotDeployable, Target, read_target

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ALSO = "with-everybodys-data"
_LEFT = (
    "left: the account's stacks (riserbo-account, riserbo-execution, riserbo-operator), the bucket "
    "of a trail, copies outside the account, the SES identity, DNS records"
)
_BUDGETS_REGION = "us-east-1"
_KEY_DAYS = 30
_MISSING = {
    "NoSuchBucket",
    "NotFoundException",
    "ResourceNotFoundException",
    "404",
}


class NotRemovable(Exception):
    """The removal is refused; the text says why."""


def refuse_unconfirmed(stage: str, confirm: str, also: str) -> None:
    """Raises NotRemovable unless the stage was named twice, and for production a word was added."""
    if confirm != stage:
        raise NotRemovable(
            f"This would delete {stage} and everybody's data in it, which no restore brings back. "
            f"To do it, say the same with CONFIRM={stage}."
        )
    if stage == PRODUCTION and also != ALSO:
        raise NotRemovable(f"For production, say ALSO={ALSO} as well.")


class Removal:
    """The removal of one stage; `say` gets a line for each thing that goes."""

    def __init__(self, target: Target, say: Callable[[str], None]) -> None:
        self._target = target
        self._say = say
        session = target.session()

        def client(service: str) -> Any:
            return session.client(service, endpoint_url=target.endpoint)  # type: ignore[call-overload]

        self._stacks = Stacks(session, target.name, target.endpoint, say)
        self._tables, self._keys, self._logs = client("dynamodb"), client("kms"), client("logs")
        self._s3: S3Client = client("s3")

    def run(self) -> None:
        """Removes everything. Raises DeploymentFailed, and AWS's errors.

        The order: first what looks at the stage, then what serves people, so that nothing writes
        any more; then the logs and the data; last the data stack, whose list of resources the steps
        before need.
        """
        app, data = self._stacks.app_name, self._stacks.data_name
        api = self._stacks.outputs(app).get("ApiId")
        self._delete_budget()
        for name in self._stacks.beside():
            self._stacks.delete(name)
        self._stacks.delete(app)
        if api is not None:
            self._delete_api_logs(api)
        self._stacks.delete(self._stacks.logs_name)
        kinds = self._stacks.kinds(data)
        in_use = self._stacks.outputs(data).get("ReceiptKey")
        for table in [*kinds.get("AWS::DynamoDB::Table", []), *self._restored()]:
            self._delete_table(table)
        for bucket in kinds.get("AWS::S3::Bucket", []):
            self._delete_bucket(bucket)
        for key in [*kinds.get("AWS::KMS::Key", []), *([in_use] if in_use else [])]:
            self._delete_key(key)
        self._stacks.delete(data)
        self._say(_LEFT)

    def _delete_budget(self) -> None:
        if self._target.name != LOCAL and self._target.endpoint is None:
            elsewhere = self._target.session(_BUDGETS_REGION)
            budgets = Stacks(elsewhere, self._target.name, say=self._say)
            budgets.delete(f"{self._stacks.app_name}-budget")

    def _delete_api_logs(self, api: str) -> None:
        """Deletes the log group that API Gateway makes by itself."""
        name = f"API-Gateway-Execution-Logs_{api}/api"
        if self._passed_over(lambda: self._logs.delete_log_group(logGroupName=name)):
            return
        self._say(f"log group {name}")

    def _restored(self) -> Iterator[str]:
        """Yields the tables that restores made."""
        prefix = f"{self._stacks.data_name}-"
        for page in self._tables.get_paginator("list_tables").paginate():
            for name in page["TableNames"]:
                if name.startswith(prefix) and "-restored-" in name:
                    yield name

    def _delete_table(self, name: str) -> None:
        def unprotect() -> None:
            self._tables.update_table(TableName=name, DeletionProtectionEnabled=False)
            self._tables.get_waiter("table_exists").wait(TableName=name)
            self._tables.delete_table(TableName=name)
            self._tables.get_waiter("table_not_exists").wait(TableName=name)

        if not self._passed_over(unprotect):
            self._say(f"table {name}")

    def _delete_bucket(self, name: str) -> None:
        """Empties a bucket of every version, also write-once ones, and deletes it.

        The log of erasures is write-once in the mode GOVERNANCE, which a right of its own
        (s3:BypassGovernanceRetention) overrides.
        """

        def empty() -> None:
            for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=name):
                found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
                places = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
                if places:
                    self._delete_versions(name, places)
            self._s3.delete_bucket(Bucket=name)

        if not self._passed_over(empty):
            self._say(f"bucket {name}")

    def _delete_versions(self, name: str, places: list[Any]) -> None:
        answer = self._s3.delete_objects(
            Bucket=name,
            Delete={"Objects": places, "Quiet": True},
            BypassGovernanceRetention=True,
        )
        if answer.get("Errors"):
            first: Mapping[str, Any] = answer["Errors"][0]
            raise NotRemovable(
                f"{len(answer['Errors'])} objects of {name} cannot be deleted: {first.get('Code')}"
            )

    def _delete_key(self, key: str) -> None:
        def schedule() -> None:
            state = self._keys.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
            if state != "PendingDeletion":
                self._keys.schedule_key_deletion(KeyId=key, PendingWindowInDays=_KEY_DAYS)

        if not self._passed_over(schedule):
            self._say(f"key {key}, in {_KEY_DAYS} days")

    @staticmethod
    def _passed_over(step: Callable[[], object]) -> bool:
        """Does a step; tells whether its resource was gone already."""
        try:
            step()
        except ClientError as refused:
            if refused.response["Error"]["Code"] not in _MISSING:
                raise
            return True
        return False


def main(arguments: list[str]) -> int:
    """Remove the named stage; 1, with the reason, if it is refused or fails."""
    parser = argparse.ArgumentParser(prog="make remove", description=__doc__)
    parser.add_argument("stage")
    parser.add_argument("--endpoint", default=None)
    parser.add_argument("--confirm", default="")
    parser.add_argument("--also", default="")
    asked = parser.parse_args(arguments)
    try:
        target = read_target(asked.stage, asked.endpoint or None)
        refuse_unconfirmed(target.name, asked.confirm, asked.also)
        check_account(target)
        Removal(target, _say).run()
    except (NotDeployable, NotRemovable, DeploymentFailed) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    except (BotoCoreError, ClientError, WaiterError) as refused:
        sys.stderr.write(f"AWS refused: {refused}\n")
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
