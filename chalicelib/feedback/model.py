"""Reads the report in an SES event, which names addresses. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.subjects.model import BOUNCE, COMPLAINT

_MOST = 50
"""Most addresses of an event that are read: a mail of this software has one, SES allows fifty."""

_LONGEST = 320

CONNECTED = "Successfully validated SNS topic for Amazon SES event publishing."
"""The text that SES publishes, in place of an event, when a topic becomes a destination of
events."""


class NotFeedback(ValueError):
    """A message that SES did not write, or in an unknown form."""


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a mail: `reason` is bounce or complaint, None for a temporary bounce.

    `lost` says that the mail did not arrive: SES reports a bounce, of any type, once it stops
    trying. A person who complained has received the mail.

    `addresses` are those that the mail was sent to, kept in memory only. `tags` are those that the
    mail was sent with.
    """

    reason: str | None
    addresses: tuple[str, ...] = field(repr=False)
    tags: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False


def read(body: str) -> Report:
    """Reads the report in a message's text, in the form of SES events or notifications.

    A bounce that SES calls permanent has a reason, and so has a complaint, except one of the type
    `not-spam` (RFC 5965, section 7.3). Raises NotFeedback for a message of any other kind.
    """
    event = _object(_json(body))
    kind = event.get("eventType") or event.get("notificationType")
    if kind == "Bounce":
        told, members = _object(event.get("bounce")), ("bouncedRecipients", "bounceType")
        reason = BOUNCE if told.get(members[1]) == "Permanent" else None
    elif kind == "Complaint":
        told, members = _object(event.get("complaint")), ("complainedRecipients", "")
        reason = None if told.get("complaintFeedbackType") == "not-spam" else COMPLAINT
    else:
        raise NotFeedback
    mail = _object(event.get("mail"))
    addresses, tags = _addresses(mail, told.get(members[0])), _tags(mail.get("tags"))
    return Report(reason, addresses, tags, lost=kind == "Bounce")


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotFeedback from None


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotFeedback
    return value


def _addresses(mail: Mapping[str, Any], reported: Any) -> tuple[str, ...]:
    """Lists the addresses that the mail was sent to.

    The mail's own destination comes first, since a host may report an address that it forwards to.
    """
    sent = mail.get("destination")
    if isinstance(sent, list) and len(sent) == 1:
        found = sent
    elif isinstance(reported, list):
        found = [_object(one).get("emailAddress") for one in reported]
    else:
        raise NotFeedback
    if not all(isinstance(one, str) and len(one) <= _LONGEST for one in found[:_MOST]):
        raise NotFeedback
    return tuple(dict.fromkeys(found[:_MOST]))


def _tags(tags: Any) -> dict[str, str]:
    """Returns the tags that have exactly one value, by name; none for a notification."""
    given = tags.items() if isinstance(tags, dict) else ()
    values = ((name, said) for name, said in given if isinstance(said, list) and len(said) == 1)
    return {name: said[0] for name, said in values if isinstance(said[0], str)}
