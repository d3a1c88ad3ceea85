"""The refusals that the desk records for a person who wrote, called or came by: pure.

Withdrawing is as easy as giving (GDPR art. 7(3)), also by letter or phone. The desk records no
grant in a person's name.
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
from chalicelib.notices.model import Notice

SOURCE = "desk"
"""The source of a decision that the desk recorded."""

OLDEST = timedelta(days=5 * 365 + 2)
"""The greatest age of a refusal when it is recorded: five years, with two leap days."""


REFERENCE: Final = "[A-Za-z0-9]([A-Za-z0-9._/-]{0,62}[A-Za-z0-9])?"
"""The form of the desk's own file number, which identifies no person."""


class Channel(StrEnum):
    """The way by which a refusal came; `mail` and `email` are two names of one."""

    MAIL = "mail"
    POST = "post"
    PHONE = "phone"
    IN_PERSON = "in_person"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Received:
    """The channel and the instant at which a refusal came, and the desk's file number of it."""

    channel: Channel
    at: datetime
    reference: str | None = None


def refusable(notice: Notice) -> dict[str, tuple[Choice, ...]]:
    """The choices that the desk may record, by purpose; a purpose not among them takes none.

    Consent can be denied or withdrawn (GDPR art. 7(3)); a use on a public task or a legitimate
    interest can be objected to (art. 21(1)), and so can all marketing, whatever it rests on (art.
    21(2)).
    """
    found = {}
    for purpose in notice.purposes.values():
        denied = _if(purpose.needs_consent, Choice.DENIED)
        choices = (*denied, *_if(purpose.opposable, Choice.OBJECTED))
        if choices:
            found[purpose.id] = choices
    return found


def date_findings(body: object, now: datetime) -> tuple[Finding, ...]:
    """The findings about the `received_at` of any JSON body that no schema can make."""
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
    """The way and time of a refusal in any JSON object; None where either is missing or false.

    Only the desk knows them, so there is no default. A malformed reference is left out.
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
    """The provenance of a refusal, which the entry keeps sealed; `staff` is the recorder's account.

    The person is shown all of it, so that they can check the commitment; therefore the recorder is
    kept as a hash (docs/decisions/0031).
    """
    filed = {"received_at": instant(received.at), "by": recorded_by(subject, staff)}
    if received.reference is not None:
        filed["reference"] = received.reference
    return {"channel": str(received.channel), "desk": filed}


def recorded_by(subject: str, staff: str) -> str:
    """The hash, in hex, by which an entry of `subject` names the recorder's account.

    Ids have 130 random bits, so that none is found by trying; a holder of the desk's ids finds
    which of them it was.
    """
    return hashlib.sha256(f"desk\n{subject}\n{staff}".encode()).hexdigest()[:32]


def _if(condition: bool, choice: Choice) -> tuple[Choice, ...]:
    return (choice,) if condition else ()
