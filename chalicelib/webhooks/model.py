"""Callbacks, their recipients and their deliveries: pure.

Each recipient of a person's data is told when it is corrected, erased or restricted (GDPR art. 19),
when the account that it is about is disowned, and when the person changes a decision that it was
given for (art. 7(3)). A system that takes part in requests is asked about one. A message holds ids
only: the recipient asks for the changed data itself, with its own rights.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from chalicelib.instants import instant
from chalicelib.webhooks.destination import MAX_URL, unfit_url

QUEUE = "propagation"
"""The queue of callbacks."""

GIVEN_UP_AFTER = 5
"""Failed tries after which a callback counts as given up: as many as SQS makes before it moves the
message to the dead-letter queue. The relay goes on for as long as jobs are kept, at growing
intervals."""

BOTH_SECRETS = timedelta(hours=24)
"""Time after a change of secret in which messages are signed with both the new and the old one."""

__all__ = [
    "BOTH_SECRETS",
    "GIVEN_UP_AFTER",
    "MAX_URL",
    "OF_DECISIONS",
    "QUEUE",
    "Callback",
    "Delivery",
    "Event",
    "Inquiry",
    "Status",
    "after_try",
    "callback_id",
    "callback_of",
    "nowhere_to_tell",
    "told",
    "unfit_url",
]


class Event(StrEnum):
    """The type of a message, named as webhooks name theirs: the object, then the change."""

    DECISION_CHANGED = "decision.changed"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    RECTIFIED = "subject.rectified"
    RESTRICTED = "subject.restricted"
    RESTRICTION_LIFTED = "subject.restriction_lifted"
    DISOWNED = "subject.disowned"
    ERASED = "subject.erased"
    ERASED_PARTLY = "subject.categories_erased"
    """Some categories are erased, and the account stays: a type of its own, so that nobody takes it
    for the end of the person."""
    REQUEST_ASKED = "request.asked"


OF_DECISIONS = frozenset(
    {
        Event.DECISION_CHANGED,
        Event.CONSENT_WITHDRAWN,
        Event.RESTRICTED,
        Event.RESTRICTION_LIFTED,
    }
)
"""Events about purposes that data was given for: a decision on one, or its restriction."""


class Status(StrEnum):
    """The state of telling one recipient of one event."""

    RETRYING = "retrying"
    """The last try failed; it is tried again."""
    DELIVERED = "delivered"
    FAILED = "failed"
    """So many tries failed that an operator has to look."""
    NO_ENDPOINT = "no_endpoint"
    """The recipient has no endpoint: the desk has to tell it by hand."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question to a system about a request: ids, and where and until when it answers."""

    request: str
    right: str
    categories: tuple[str, ...]
    answer_by: datetime
    answer_url: str

    def data(self) -> dict[str, Any]:
        """Returns it as it is posted, and as it stands in a job's target."""
        return {
            "request": self.request,
            "right": self.right,
            "categories": list(self.categories),
            "answer_by": instant(self.answer_by),
            "answer_url": self.answer_url,
        }


@dataclass(frozen=True, slots=True)
class Callback:
    """One message to one recipient. `id` is the same in all tries, `at` is the time of the event.

    `id` begins with the time, so that a recipient's messages sort by it. `purposes` are those for
    which the recipient received data: of decisions and restrictions. `entry` is the id of the
    ledger's entry: of decisions. `inquiry` is what a system is asked about a request. `categories`
    are those that were erased, where the account stays.
    """

    id: str
    event: Event
    at: datetime
    subject: str
    recipient: str
    purposes: tuple[str, ...]
    entry: str | None
    notice_version: str
    inquiry: Inquiry | None = None
    categories: tuple[str, ...] = ()

    def body(self) -> str:
        """Returns the JSON that is posted: the same bytes at every try."""
        about: dict[str, Any] = {"subject": self.subject, "recipient": self.recipient}
        if self.inquiry is None:
            about |= {"purposes": list(self.purposes), "entry_id": self.entry}
        else:
            about |= self.inquiry.data()
        if self.categories:
            about["categories"] = list(self.categories)
        message = {
            "type": str(self.event),
            "timestamp": instant(self.at),
            "data": {**about, "notice_version": self.notice_version},
        }
        return json.dumps(message, separators=(",", ":"))

    def target(self) -> str:
        """Returns the callback as the text of a job's target."""
        values = {**asdict(replace(self, inquiry=None)), "at": instant(self.at)}
        if not self.categories:
            del values["categories"]
        if self.inquiry is not None:
            values["inquiry"] = self.inquiry.data()
        return json.dumps(values, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Delivery:
    """The state of a callback; `error` is a fixed word for why the last try failed.

    `place` is where its job lies, None for the subject's own partition.
    """

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
    place: str | None = None


def callback_of(target: str) -> Callback:
    """Returns the callback that a job's target holds."""
    values: dict[str, Any] = json.loads(target)
    return Callback(
        **{
            **values,
            "event": Event(values["event"]),
            "at": datetime.fromisoformat(values["at"]),
            "purposes": tuple(values["purposes"]),
            "categories": tuple(values.get("categories", ())),
            "inquiry": _inquiry(values.get("inquiry")),
        }
    )


def _inquiry(values: Mapping[str, Any] | None) -> Inquiry | None:
    if values is None:
        return None
    return Inquiry(
        **{
            **values,
            "categories": tuple(values["categories"]),
            "answer_by": datetime.fromisoformat(values["answer_by"]),
        }
    )


def callback_id(at: datetime, unique: str) -> str:
    """Returns a message's id, without a dot, since the signed text joins its parts with dots."""
    return f"msg_{at.astimezone(UTC):%Y%m%dT%H%M%S%f}_{unique}"


def told(
    event: Event, disclosed: Iterable[str], purposes: Collection[str]
) -> Mapping[str, tuple[str, ...]]:
    """Returns the recipients to be told of an event, each with its purposes among `purposes`.

    `disclosed` is the standing's list of `recipient:purpose`. An event about the whole
    person goes to every recipient. One about decisions or restrictions goes to those who received
    data for one of `purposes`, also where the notice no longer names them for it.
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
    """Returns the state after a try; `error` is None where the recipient took the message."""
    attempts = 1 if before is None else before.attempts + 1
    if error is None:
        status = Status.DELIVERED
    else:
        status = Status.FAILED if attempts >= GIVEN_UP_AFTER else Status.RETRYING
    return _delivery(callback, status, attempts, error, now)


def nowhere_to_tell(callback: Callback, before: Delivery | None, now: datetime) -> Delivery:
    """Returns the state of a callback to a recipient without an endpoint."""
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
