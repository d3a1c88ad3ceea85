"""Records refusals that the desk received by mail, by post, by phone or in person."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib import clock
from chalicelib.accounts.model import address_findings
from chalicelib.accounts.service import addresses, claims, mails
from chalicelib.audit import service as audit
from chalicelib.audit.model import Act, Action, Outcome
from chalicelib.consents import desk
from chalicelib.consents.desk import Channel, Received, received_in
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.no import No, about_at_desk
from chalicelib.consents.service.capture import Caller, Captured, capture
from chalicelib.errors import NotFound
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing

_ID = re.compile("[a-z2-7]{26,40}")
"""The form of a subject's id."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal, and how it came to the desk: `subject` or `email` identifies the person.

    Without a `locale`, the words are taken to be in the language in which they were shown before.
    """

    subject: str | None
    email: str | None
    choices: Mapping[str, Choice]
    received: Received
    locale: str | None = None


def refusal_of(body: Mapping[str, Any]) -> Refusal:
    """Returns the refusal in a body that fits the operation's contract."""
    at = datetime.fromisoformat(body["received_at"].upper())
    return Refusal(
        subject=body.get("subject"),
        email=body.get("email"),
        choices={purpose: Choice(choice) for purpose, choice in body["decisions"].items()},
        received=Received(Channel(body["channel"]), at, body.get("reference")),
        locale=body.get("locale"),
    )


def record(refusal: Refusal, staff: str, notice: Notice) -> Captured:
    """Records a person's refusals, and has them told by mail.

    `staff` is the subject of the member of the desk. A refusal that is in force already makes no
    entry of the ledger and no mail; the audit has an entry of every act, in the ledger's own
    transaction where it changes something. Two GetItem more than a capture, and by address one
    GetItem and one KMS call.
    Raises NotFound for an unknown person, and the errors of `capture`.
    """
    standing = subjects.account_standing(_subject(refusal))
    if standing is None:
        raise NotFound("There is no such person.")
    shown = Shown(
        notice.version, notice.digest, refusal.locale or standing.locale, source=desk.SOURCE
    )
    act, written = Act(staff, Action.DECISIONS_RECORDED, standing.subject), False

    def also(write: Transaction, after: Standing, now: datetime) -> Iterable[JobItem]:
        nonlocal written
        audit.append(write, act, notice, now)
        written = True
        return _letter(write, after, now)

    captured = capture(
        Caller(subject=standing.subject),
        refusal.choices,
        shown,
        None,
        notice,
        provenance=desk.provenance(refusal.received, standing.subject, staff),
        also=also,
    )
    if not written:
        audit.record(replace(act, outcome=Outcome.UNCHANGED), notice)
    return captured


def keep(body: object, no: No, staff: str, notice: Notice) -> Captured | None:
    """Records the refusals in a body that was invalid; None where it names no purpose or person.

    The person and the channel are never guessed. One GetItem more than `record`.
    """
    received = received_in(body, clock.now()) if isinstance(body, dict) else None
    if not isinstance(body, dict) or received is None:
        return None
    subject, email = body.get("subject"), body.get("email")
    if (subject is None) == (email is None):
        return None
    if email is not None and (not isinstance(email, str) or address_findings({"email": email})):
        return None
    if subject is not None and (not isinstance(subject, str) or not _ID.fullmatch(subject)):
        return None
    locale = no.locale if no.locale in notice.locales else None
    whose = _subject(Refusal(subject, email, {}, received))
    standing = subjects.account_standing(whose)
    if standing is None:
        return None
    choices = about_at_desk(no.choices, notice, standing)
    if not choices:
        return None
    return record(Refusal(whose, None, choices, received, locale), staff, notice)


def _subject(refusal: Refusal) -> str:
    if refusal.subject is not None:
        return refusal.subject
    held = claims.held_by(addresses.keyed(refusal.email or ""))
    if held is None:
        raise NotFound("There is no such person.")
    return held


def _letter(write: Transaction, after: Standing, now: datetime) -> Iterable[JobItem]:
    """Adds the job of the mail about a refusal; a subject without a usable account gets none."""
    if not after.usable:
        return []
    return [mails.ask(write, after.subject, mails.DECISION_RECORDED, str(after.seq), now)]
