"""Dead letters: messages of a queue that failed too often, by their ids, and sending them again.

The queue `feedback` has no part in it: its messages name addresses, since SES writes them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from chalicelib import logs, settings
from chalicelib.jobs.model import QUEUES
from chalicelib.jobs.service import AT_ONCE, NotATicket, Ticket, read_ticket
from chalicelib.storage import clients

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

MOST: Final = 50
"""Most dead letters that are sent again at once."""

_HELD: Final = 60
"""Seconds for which a message is hidden from others while it is moved."""

_START: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter: its id, when it was first sent, and its ticket.

    `ticket` is None of a batch of retention, and of a message that this software did not write.
    """

    id: str
    since: datetime
    ticket: Ticket | None


@dataclass(frozen=True, slots=True)
class Dead:
    """The dead letters of a queue: about how many, by SQS, and up to ten of them.

    `count` is None where the queue could not be read.
    """

    queue: str
    count: int | None
    letters: tuple[Letter, ...] = ()


def every() -> list[Dead]:
    """Lists the dead letters of each queue, which stay.

    An SQS call a queue, one more a queue with dead letters, and at first one more to find each.
    """
    return [_dead(queue) for queue in QUEUES]


def send_again(queue: str) -> int:
    """Moves up to MOST dead letters back to their queue; returns how many.

    A message that is moved twice does its work once, since its job decides what is left to do.
    Two SQS calls for ten, and one a message. Raises KeyError for another queue.
    """
    if queue not in QUEUES:
        raise KeyError(queue)
    sqs, dead, moved = clients.sqs(), _dead_letters(settings.queue_url(queue)), 0
    while moved < MOST:
        found = _received(dead, _HELD)
        if not found:
            break
        sent = sqs.send_message_batch(
            QueueUrl=settings.queue_url(queue),
            Entries=[
                {"Id": str(number), "MessageBody": one["Body"]} for number, one in enumerate(found)
            ],
        )
        taken = [int(one["Id"]) for one in sent.get("Successful", ())]
        if not taken:
            break
        for number in taken:
            sqs.delete_message(QueueUrl=dead, ReceiptHandle=found[number]["ReceiptHandle"])
        moved += len(taken)
    logs.log("job.sent_again", queue=queue, count=moved)
    return moved


def _dead(queue: str) -> Dead:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        url = _dead_letters(settings.queue_url(queue))
        count = int(_attribute(url, "ApproximateNumberOfMessages"))
        found = _received(url, 0) if count else []
    except (BotoCoreError, ClientError) as error:
        logs.failure("job.dead_letters_unread", error, queue=queue)
        return Dead(queue, None)
    letters = sorted(map(_letter, found), key=lambda one: (one.since, one.id))
    return Dead(queue, max(count, len(letters)), tuple(letters))


def _received(url: str, hidden: int) -> list[MessageTypeDef]:
    """Receives up to ten messages, which are hidden from others for so many seconds.

    It waits for a second, so that SQS asks all of its servers and not a sample of them.
    """
    answer = clients.sqs().receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=AT_ONCE,
        MessageSystemAttributeNames=["SentTimestamp"],
        VisibilityTimeout=hidden,
        WaitTimeSeconds=1,
    )
    return answer.get("Messages", [])


def _letter(message: MessageTypeDef) -> Letter:
    milliseconds = int(message.get("Attributes", {}).get("SentTimestamp", "0"))
    try:
        ticket = read_ticket(message["Body"])
    except NotATicket:
        ticket = None
    return Letter(message["MessageId"], _START + timedelta(milliseconds=milliseconds), ticket)


@cache
def _dead_letters(url: str) -> str:
    """Returns the URL of a queue's dead letters, which lie beside it by the name in its policy."""
    target = json.loads(_attribute(url, "RedrivePolicy"))["deadLetterTargetArn"]
    return f"{url.rpartition('/')[0]}/{target.rpartition(':')[2]}"


def _attribute(url: str, name: str) -> str:
    found = clients.sqs().get_queue_attributes(
        QueueUrl=url,
        AttributeNames=[name],  # type: ignore[list-item]
    )
    return found["Attributes"][name]  # type: ignore[index]
