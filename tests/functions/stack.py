"""A local stack of the tests' own: the same code as `make run`, in a folder and on a port apart."""

from __future__ import annotations

import functools
import json
import threading
import urllib.request
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalicelib.retention.evidence.model import unpacked
from chalicelib.storage import keys
from infra.functions import logical_id
from infra.local.invocation import run_schedule
from infra.local.place import Place
from infra.local.stack import LocalStack, administrator
from tests.functions import saved
from tests.functions.registry import Registry
from tests.functions.waiting import until
from tests.product import PRODUCT

_MAKING = threading.Lock()
"""Sessions of boto3 are not safe to share among threads while they make a client; clients are."""


def _new_client(url: str, service: str, **options: Any) -> Any:
    return administrator().client(service, endpoint_url=url, **options)  # type: ignore[call-overload]


@functools.cache
def _client(url: str, service: str) -> Any:
    """One client for each engine and service: making one costs more than most calls it makes."""
    return _new_client(url, service)


@dataclass(frozen=True, slots=True)
class DeployedStack:
    """What tests need of the stack that runs."""

    local: LocalStack
    registry: Registry = field(init=False, repr=False, compare=False)
    _mailbox: list[dict[str, Any]] = field(default_factory=list, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The class is frozen, and its registry knows it.
        object.__setattr__(self, "registry", Registry(self))

    @property
    def base_url(self) -> str:
        """Base URL of the API, without a slash at the end."""
        return self.local.base_url

    @property
    def outputs(self) -> dict[str, str]:
        """Outputs of both CloudFormation stacks, by name."""
        return self.local.outputs

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client with the rights of the engine's administrator."""
        if options:  # a configuration of its own, which cannot be looked up by value
            return _new_client(self.local.engine.url, service, **options)
        with _MAKING:
            return _client(self.local.engine.url, service)

    def function_name(self, name: str) -> str:
        """Deployed name of a function, e.g. of `accounts` or `desk_notices`."""
        return self.outputs[f"{logical_id(name)}Function"]

    def role_name(self, name: str) -> str:
        """Name of a function's role."""
        return self.outputs[f"{logical_id(name)}Role"]

    def role_arn(self, name: str) -> str:
        """ARN of a function's role."""
        arn: str = self.client("iam").get_role(RoleName=self.role_name(name))["Role"]["Arn"]
        return arn

    def environment(self) -> dict[str, str]:
        """The settings of the deployed functions, by variable name."""
        return self.local.environment_of("notices")

    def run_schedule(self, name: str) -> Any:
        """Run a schedule now; its answer. Raises FunctionFailed."""
        return json.loads(run_schedule(self.local, name))

    def sweep(self) -> dict[str, int]:
        """Runs retention once, with all that it hands over; what came of it, from the evidence.

        `erased`, `postponed` (kept, held or restricted), `reviews`, `failed` (stuck ones among
        them), and the counts of the schedule's own answer.
        """
        before, waiting = self._evidence(), self._waiting()
        answer: dict[str, int] = self.run_schedule("retention")
        # A message that failed in another test hides for half an hour. Where there are such, those
        # of now are given some seconds; then there are no more than before.
        done = until(lambda: not self._waiting(), 120 if not waiting else 6)
        assert done or until(lambda: self._waiting() <= waiting, 100), "a batch waits"
        did = self._evidence() - before

        def count(*outcomes: str) -> int:
            return sum(did[one] for one in outcomes)

        return {
            **answer,
            "erased": count("erased"),
            "postponed": count("kept", "held", "restricted"),
            "reviews": count("reviewed"),
            "failed": count("failed", "stuck"),
        }

    def _waiting(self) -> int:
        """How many messages of the queue `retention` are not worked off."""
        url = self.outputs["RetentionQueueUrl"]
        answer = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return sum(int(answer["Attributes"][name]) for name in names)

    def _evidence(self) -> Counter[str]:
        """How many records came to which outcome, of all tallies and records of runs."""
        found = self.client("dynamodb").query(
            TableName=self.outputs["RecordsTable"],
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": keys.EVIDENCE}},
            ConsistentRead=True,
        )["Items"]
        counts: Counter[str] = Counter()
        for item in found:
            match item.get("counts"):
                case {"S": text}:
                    tally = unpacked(text)
                case {"B": packed}:
                    tally = unpacked(zlib.decompress(packed).decode())
                case _:
                    continue
            for line in tally.lines.values():
                counts.update({str(outcome): count for outcome, count in line.outcomes.items()})
        return counts

    def move_clock(self, seconds: int) -> None:
        """Put the stack's clock ahead by so many seconds; 0 sets it right."""
        self.local.place.move_clock(seconds)

    def mails(self) -> list[dict[str, Any]]:
        """Every mail that was sent, oldest first, as the engine recorded it.

        The engine hands out the whole mailbox, which grows to megabytes: it is read anew only where
        more mails were sent, which SES counts.
        """
        sent = int(self.client("ses").get_send_quota()["SentLast24Hours"])
        if sent != len(self._mailbox):
            with urllib.request.urlopen(self.local.engine.mailbox, timeout=10) as answer:
                accounts: dict[str, list[dict[str, Any]]] = json.load(answer)["messages"]
            found = [mail for mails in accounts.values() for mail in mails]
            self._mailbox[:] = sorted(found, key=lambda mail: mail["Timestamp"])
        return list(self._mailbox)

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        """The mails sent to one address, oldest first."""
        return [mail for mail in self.mails() if address in mail["To"]]


@contextmanager
def deployed(
    folder: Path, *, notice: Path = PRODUCT, kept: bool = False
) -> Iterator[DeployedStack]:
    """A stack that serves `notice`, its data in `folder`, saved at the end only if it is `kept`.

    In an empty folder it is a copy of the one stack that was deployed for all tests; `kept`, or on
    what an earlier one kept, it is started as `make run` starts it.
    """
    local = LocalStack(Place(folder), notice)
    try:
        if kept or local.place.state.exists():
            local.start()
        else:
            port = saved.copy_to(local.place, published=notice == PRODUCT)
            local.resume()
            assert local.engine.port == port, "another process took the port meanwhile"
            if notice != PRODUCT:
                local.publish(notice)
        stack = DeployedStack(local)
        with closing(stack.registry):
            yield stack
    finally:
        if not kept:
            local.engine.kill()
        local.stop()
