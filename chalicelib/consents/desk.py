"""What the desk records for somebody who wrote, called or came by: refusals alone. Pure.

Withdrawing is as easy as giving (GDPR art. 7(3)), also by letter or phone; nobody at the desk says
yes for somebody else.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from chalicelib.clock import instant
from chalicelib.consents.model import Choice
from chalicelib.errors import Finding
from chalicelib.notices.model import LegalBasis, Notice

SOURCE = "desk"
"""Where a decision was made that the desk recorded."""

OLDEST = timedelta(days=5 * 365 + 2)
"""How long ago something may have come in: five years, whatever leap years are among them."""


class Channel(StrEnum):
    """By what a refusal came; `mail` and `email` are two names of one."""

    MAIL = "mail"
    POST = "post"
    PHONE = "phone"
    IN_PERSON = "in_person"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Received:
    """What came in: by which channel, when, and under which number the desk files it."""

    channel: Channel
    at: datetime
    reference: str | None = None


def refusable(notice: Notice) -> dict[str, tuple[Choice, ...]]:
    """What the desk may record about each purpose; a purpose that is not named takes nothing.

    Consent can be denied or withdrawn (GDPR art. 7(3)); what rests on legitimate interest can be
    objected to (art. 21(1)), and so can all marketing, whatever it rests on (art. 21(2)).
    """
    found = {}
    for purpose in notice.purposes.values():
        objects = purpose.marketing or purpose.basis is LegalBasis.LEGITIMATE_INTEREST
        choices = (*_if(purpose.needs_consent, Choice.DENIED), *_if(objects, Choice.OBJECTED))
        if choices:
            found[purpose.id] = choices
    return found


def date_findings(body: object, now: datetime) -> tuple[Finding, ...]:
    """What is wrong with the `received_at` of any JSON body that a schema cannot find."""
    given = body.get("received_at") if isinstance(body, dict) else None
    try:
        at = datetime.fromisoformat(given.upper() if isinstance(given, str) else "")
    except ValueError:  # the schema says so
        return ()
    if at.tzinfo is None:
        return ()
    if at > now:
        return (Finding("/received_at", "must not be in the future"),)
    if at < now - OLDEST:
        return (Finding("/received_at", "must not be longer ago than five years"),)
    return ()


def provenance(received: Received, subject: str, staff: str) -> Mapping[str, Any]:
    """What the entry of a subject keeps sealed of how a refusal came; `staff` is who recorded it.

    Its person is shown all of it, so that they can check the commitment; so who works at the desk
    is kept as a hash (docs/decisions/0031).
    """
    filed = {"received_at": instant(received.at), "by": recorded_by(subject, staff)}
    if received.reference is not None:
        filed["reference"] = received.reference
    return {"channel": str(received.channel), "desk": filed}


def recorded_by(subject: str, staff: str) -> str:
    """The hash, in hex, by which an entry of `subject` names the account of who recorded it.

    Ids have 130 random bits, so nobody finds one by trying; who has the ids of those at the desk
    finds which of them it was.
    """
    return hashlib.sha256(f"desk\n{subject}\n{staff}".encode()).hexdigest()[:32]


def _if(condition: bool, choice: Choice) -> tuple[Choice, ...]:
    return (choice,) if condition else ()
