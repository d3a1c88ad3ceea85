"""What SES reports of a mail: read from its event, which names addresses. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.subjects.model import BOUNCE, COMPLAINT

_MOST = 50
"""Addresses of one event that are looked at: a mail of ours has one, SES takes fifty."""

_LONGEST = 320

CONNECTED = "Successfully validated SNS topic for Amazon SES event publishing."
"""What SES publishes, in place of an event, when a topic is made the destination of its events."""


class NotFeedback(ValueError):
    """A message that SES did not write, or in a form that is not known."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a mail: `reason` is bounce or complaint, None for what may pass by itself.

    `lost` says that it did not arrive: SES tells of a bounce, of whatever type, once it tries no
    more. Who complained has read it.

    `addresses` are those that it was sent to: they live in memory only. `tags` are those that the
    mail was handed over with.
    """

    reason: str | None
    addresses: tuple[str, ...] = field(repr=False)
    tags: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False


def read(body: str) -> Report:
    """The report in a message's text, in the form in which SES publishes events and notifications.

    A bounce that SES calls permanent counts, and a complaint, save one by which somebody says
    that a mail is no spam (RFC 5965, section 7.3). Raises NotFeedback for every other message.
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
    """Where the mail was sent to. A host may report another address, to which it forwards."""
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
    """Tags by name, of which each of ours has one value; a notification has none."""
    given = tags.items() if isinstance(tags, dict) else ()
    values = ((name, said) for name, said in given if isinstance(said, list) and len(said) == 1)
    return {name: said[0] for name, said in values if isinstance(said[0], str)}
