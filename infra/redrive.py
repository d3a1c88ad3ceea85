"""`make redrive QUEUE=mail`: shows the dead letters of a queue and, if confirmed, sends them again.

Without CONFIRM=yes it only shows their number, ages and ids, never any other part of a message.
Without STAGE it applies to the running local stack.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.jobs.service import NotATicket, read_ticket
from chalicelib.retention import message as batches
from infra.functions import QUEUE_OF
from infra.local.place import Place
from infra.local.stack import LocalStack, NotRunning
from infra.stacks import Stacks
from infra.stages import NotDeployable, read_target

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

QUEUES = ("mail", "feedback", "fulfilment", "retention", "announcements", "propagation")

WORKERS = {queue: function for function, queue in QUEUE_OF.items()}
"""Queues whose function has another name."""

#: Most messages that are shown; a longer queue is still counted and moved whole.
_SHOWN = 50
_BATCH = 10
#: Seconds for which a message is hidden from others while it is looked at or moved.
_HELD = 60


class DeadLetters:
    """The dead-letter queue at `dead`, whose messages came from the queue at `alive` (URLs)."""

    def __init__(self, client: SQSClient, dead: str, alive: str) -> None:
        self._client = client
        self._dead = dead
        self._alive = alive

    def count(self) -> int:
        """Returns the approximate number of messages, by SQS."""
        found = self._client.get_queue_attributes(
            QueueUrl=self._dead, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(found["Attributes"]["ApproximateNumberOfMessages"])

    def shown(self, now: float) -> list[str]:
        """Returns a line a message, with ids and age only; they become visible again at once."""
        held = list(self._receive(_SHOWN))
        for message in held:
            self._client.change_message_visibility(
                QueueUrl=self._dead, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
        return [_line(message, now) for message in held]

    def move(self) -> int | None:
        """Sends every message to its queue again; returns how many, None when SQS moves them.

        Where SQS has no StartMessageMoveTask each message is sent, then deleted: a message that is
        sent twice does its work once, because the job decides what is left to do.
        """
        try:
            self._client.start_message_move_task(
                SourceArn=self._arn(self._dead), DestinationArn=self._arn(self._alive)
            )
        except ClientError as refused:
            if refused.response["Error"]["Code"] not in _NO_SUCH_CALL:
                raise
            return self._move_each()
        return None

    def _move_each(self) -> int:
        moved = 0
        for message in self._receive(None):
            attributes = message.get("MessageAttributes", {})
            self._client.send_message(
                QueueUrl=self._alive,
                MessageBody=message["Body"],
                MessageAttributes=attributes,
            )
            self._client.delete_message(QueueUrl=self._dead, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
        return moved

    def _receive(self, most: int | None) -> Iterator[MessageTypeDef]:
        left = self.count() if most is None else min(most, self.count())
        while left > 0:
            found = self._client.receive_message(
                QueueUrl=self._dead,
                MaxNumberOfMessages=min(_BATCH, left),
                MessageSystemAttributeNames=["SentTimestamp"],
                MessageAttributeNames=["All"],
                VisibilityTimeout=_HELD,
                WaitTimeSeconds=1,
            ).get("Messages", [])
            if not found:
                return
            left -= len(found)
            yield from found

    def _arn(self, url: str) -> str:
        found = self._client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return found["Attributes"]["QueueArn"]


_NO_SUCH_CALL = frozenset(
    {"InvalidAction", "UnknownOperationException", "UnsupportedOperation", "NotImplemented"}
)


def _line(message: MessageTypeDef, now: float) -> str:
    hours = (now - int(message["Attributes"]["SentTimestamp"]) / 1000) / 3600
    return f"  {message['MessageId']}  {max(hours, 0):.1f} h  {_work(message['Body'])}"


def _work(body: str) -> str:
    """Returns the work that a message asks for, by ids alone."""
    try:
        places = batches.read(body)
        if places is not None:
            return f"a batch of retention, {len(places)} records"
        ticket = read_ticket(body)
    except (NotATicket, batches.NotABatch):
        return "no job of this software"
    return f"job {ticket.job} of subject {ticket.subject}"


def redrive(letters: DeadLetters, confirmed: bool, now: float, say: Callable[[str], None]) -> None:
    """Show the dead letters and, if `confirmed`, send them again."""
    count = letters.count()
    say(f"dead letters: {count}")
    if not count:
        return
    for line in letters.shown(now):
        say(line)
    if not confirmed:
        say("Nothing was moved. To send them again, say the same with CONFIRM=yes.")
        return
    moved = letters.move()
    say("SQS is sending them again." if moved is None else f"sent again: {moved}")


def _found(stage: str, endpoint: str | None) -> tuple[Any, Mapping[str, str]]:
    """An SQS client and the app stack's outputs."""
    if not stage:
        local = LocalStack(Place.chosen())
        local.attach()
        return local.session().client("sqs", endpoint_url=local.engine.url), local.outputs
    target = read_target(stage, endpoint)
    session = target.session()
    stacks = Stacks(session, target.name, target.endpoint)
    client = session.client("sqs", endpoint_url=target.endpoint)
    return client, stacks.outputs(stacks.app_name)


def main(arguments: list[str]) -> int:
    """Show, or send again; 1, with the reason, if there is no such queue or stage."""
    parser = argparse.ArgumentParser(prog="make redrive", description=__doc__)
    parser.add_argument("queue", choices=QUEUES)
    parser.add_argument("--stage", default="")
    parser.add_argument("--endpoint", default=None)
    parser.add_argument("--confirm", default="")
    asked = parser.parse_args(arguments)
    try:
        client, outputs = _found(asked.stage, asked.endpoint or None)
        name = asked.queue.title()
        letters = DeadLetters(client, outputs[f"{name}DeadLettersUrl"], outputs[f"{name}QueueUrl"])
        redrive(letters, asked.confirm == "yes", time.time(), _say)
    except KeyError:
        sys.stderr.write("This stage is not deployed.\n")
        return 1
    except (NotRunning, NotDeployable, BotoCoreError, ClientError) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
