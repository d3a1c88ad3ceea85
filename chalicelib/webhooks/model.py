"""What recipients are told, where, and what became of telling them: pure.

Who received data is told when it is corrected, restricted or erased (GDPR art. 19), and when the
person changes their mind about what it was given for (art. 7(3)). A message holds ids only: what
changed, the recipient asks for itself, with the rights that it has.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from chalicelib.instants import instant
from chalicelib.webhooks.destination import MAX_URL, unfit_url

QUEUE = "propagation"
"""The queue of callbacks."""

GIVEN_UP_AFTER = 5
"""So many failed tries count as given up: as many as the queue makes before it puts a message
among the dead letters. The relay goes on for as long as jobs are kept, more and more seldom."""

BOTH_SECRETS = timedelta(hours=24)
"""How long after a change of secret messages are signed with both, the new and the former."""

__all__ = [
    "BOTH_SECRETS",
    "GIVEN_UP_AFTER",
    "MAX_URL",
    "OF_DECISIONS",
    "QUEUE",
    "Callback",
    "Delivery",
    "Event",
    "Status",
    "after_try",
    "callback_id",
    "callback_of",
    "nowhere_to_tell",
    "told",
    "unfit_url",
]


class Event(StrEnum):
    """What happened; named as other webhooks name theirs, what it is about first."""

    DECISION_CHANGED = "decision.changed"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    RECTIFIED = "subject.rectified"
    RESTRICTED = "subject.restricted"
    ERASED = "subject.erased"


OF_DECISIONS = frozenset({Event.DECISION_CHANGED, Event.CONSENT_WITHDRAWN})
"""Events that are about what some data was given for."""


class Status(StrEnum):
    """What became of telling one recipient of one event."""

    RETRYING = "retrying"
    """It failed and is tried again."""
    DELIVERED = "delivered"
    FAILED = "failed"
    """It failed so often that somebody has to look."""
    NO_ENDPOINT = "no_endpoint"
    """Nobody said where to tell them: it has to be done by hand."""


@dataclass(frozen=True, slots=True)
class Callback:
    """One message to one recipient. `id` stays the same over all tries, `at` is when it happened.

    `id` begins with the time, so that a recipient's messages sort by it. `purposes` are those for
    which the recipient received data, `entry` names the ledger's entry; both only of decisions.
    """

    id: str
    event: Event
    at: datetime
    subject: str
    recipient: str
    purposes: tuple[str, ...]
    entry: str | None
    notice_version: str

    def body(self) -> str:
        """What is posted: the same bytes at every try."""
        message = {
            "type": str(self.event),
            "timestamp": instant(self.at),
            "data": {
                "subject": self.subject,
                "recipient": self.recipient,
                "purposes": list(self.purposes),
                "entry_id": self.entry,
                "notice_version": self.notice_version,
            },
        }
        return json.dumps(message, separators=(",", ":"))

    def target(self) -> str:
        """The same as a job's target."""
        return json.dumps({**asdict(self), "at": instant(self.at)}, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a callback so far; `error` is why the last try failed, in a word of ours."""

    id: str
    recipient: str
    event: Event
    subject: str
    entry: str | None
    status: Status
    attempts: int
    error: str | None
    created_at: datetime
    updated_at: datetime
    delivered_at: datetime | None


def callback_of(target: str) -> Callback:
    """The callback in a job's target."""
    values: dict[str, Any] = json.loads(target)
    return Callback(
        **{
            **values,
            "event": Event(values["event"]),
            "at": datetime.fromisoformat(values["at"]),
            "purposes": tuple(values["purposes"]),
        }
    )


def callback_id(at: datetime, unique: str) -> str:
    """A message's id. No dot: it is one of the parts that are signed with dots between them."""
    return f"msg_{at.astimezone(UTC):%Y%m%dT%H%M%S%f}_{unique}"


def told(
    event: Event, disclosed: Iterable[str], purposes: Collection[str]
) -> Mapping[str, tuple[str, ...]]:
    """Who is told of something, and of which of the purposes.

    `disclosed` is the standing's. Of what concerns the person as a whole everybody is told who
    received data; of decisions about `purposes`, who received data for one of them, also where the
    notice does not name them for it any more.
    """
    received: dict[str, set[str]] = {}
    for recipient, _, purpose in (one.partition(":") for one in sorted(disclosed)):
        received.setdefault(recipient, set()).add(purpose)
    if event not in OF_DECISIONS:
        return dict.fromkeys(received, ())
    theirs = {name: tuple(sorted(known & set(purposes))) for name, known in received.items()}
    return {name: concerned for name, concerned in theirs.items() if concerned}


def after_try(
    callback: Callback, before: Delivery | None, error: str | None, now: datetime
) -> Delivery:
    """What stands recorded after a try that failed with `error`, or was answered."""
    attempts = 1 if before is None else before.attempts + 1
    if error is None:
        status = Status.DELIVERED
    else:
        status = Status.FAILED if attempts >= GIVEN_UP_AFTER else Status.RETRYING
    return _delivery(callback, status, attempts, error, now)


def nowhere_to_tell(callback: Callback, before: Delivery | None, now: datetime) -> Delivery:
    """What stands recorded where nobody said where to tell a recipient."""
    attempts = 0 if before is None else before.attempts
    return _delivery(callback, Status.NO_ENDPOINT, attempts, None, now)


def _delivery(
    callback: Callback, status: Status, attempts: int, error: str | None, now: datetime
) -> Delivery:
    return Delivery(
        id=callback.id,
        recipient=callback.recipient,
        event=callback.event,
        subject=callback.subject,
        entry=callback.entry,
        status=status,
        attempts=attempts,
        error=error,
        created_at=callback.at,
        updated_at=now,
        delivered_at=now if status is Status.DELIVERED else None,
    )
