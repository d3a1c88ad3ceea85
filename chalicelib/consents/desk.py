"""What the desk records for somebody who wrote, called or came by: refusals alone. Pure.

Withdrawing is as easy as giving (GDPR art. 7(3)), also by letter or phone; nobody at the desk says
yes for somebody else.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from chalicelib.consents.model import Choice
from chalicelib.errors import Finding
from chalicelib.instants import instant
from chalicelib.notices.model import LegalBasis, Notice

SOURCE = "desk"
"""Where a decision was made that the desk recorded."""

OLDEST = timedelta(days=5 * 365 + 2)
"""How long ago something may have come in: five years, whatever leap years are among them."""


REFERENCE: Final = "[A-Za-z0-9]([A-Za-z0-9._/-]{0,62}[A-Za-z0-9])?"
"""The form of the desk's own file number: nothing that tells who somebody is."""


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


def received_in(body: Mapping[str, Any], now: datetime) -> Received | None:
    """How something came in, as any JSON object says it; None where that is missing or false.

    That the desk alone knows, so that nothing takes its place; a reference is left out instead.
    """
    channel, given, reference = (body.get(one) for one in ("channel", "received_at", "reference"))
    if not isinstance(given, str) or not isinstance(channel, str) or date_findings(body, now):
        return None
    try:
        at = datetime.fromisoformat(given.upper())
        came = Channel(channel)
    except ValueError:
        return None
    if at.tzinfo is None:
        return None
    fits = isinstance(reference, str) and re.fullmatch(REFERENCE, reference)
    return Received(came, at, reference if fits else None)


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
