"""The desk records what somebody refused by mail, by post, by phone or in person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.accounts.service import addresses, claims, mails
from chalicelib.consents import desk
from chalicelib.consents.desk import Channel, Received
from chalicelib.consents.model import USABLE, Choice, Shown, Standing
from chalicelib.consents.service import subjects
from chalicelib.consents.service.capture import Caller, Captured, capture
from chalicelib.errors import NotFound
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Refusal:
    """What somebody refuses, and how that came to the desk: `subject` or `email` says who it is.

    Without a `locale`, the words are taken to be in the language in which they were shown before.
    """

    subject: str | None
    email: str | None
    choices: Mapping[str, Choice]
    received: Received
    locale: str | None = None


def refusal_of(body: Mapping[str, Any]) -> Refusal:
    """The refusal in a body that fits the operation's contract."""
    at = datetime.fromisoformat(body["received_at"].upper())
    return Refusal(
        subject=body.get("subject"),
        email=body.get("email"),
        choices={purpose: Choice(choice) for purpose, choice in body["decisions"].items()},
        received=Received(Channel(body["channel"]), at, body.get("reference")),
        locale=body.get("locale"),
    )


def record(refusal: Refusal, staff: str, notice: Notice) -> Captured:
    """Records refusals in somebody's name, and has their person told by mail.

    `staff` is the subject of who records them. What stands already makes no entry and no mail. One
    GetItem more than a capture, and by address one GetItem and one KMS call. Raises NotFound for
    who is not known, and as `capture`.
    """
    standing = subjects.account_standing(_subject(refusal))
    if standing is None:
        raise NotFound("There is no such person.")
    shown = Shown(
        notice.version, notice.digest, refusal.locale or standing.locale, source=desk.SOURCE
    )
    return capture(
        Caller(subject=standing.subject),
        refusal.choices,
        shown,
        None,
        notice,
        provenance=desk.provenance(refusal.received, standing.subject, staff),
        also=_letter,
    )


def _subject(refusal: Refusal) -> str:
    if refusal.subject is not None:
        return refusal.subject
    held = claims.held_by(addresses.keyed(refusal.email or ""))
    if held is None:
        raise NotFound("There is no such person.")
    return held


def _letter(write: Transaction, after: Standing, now: datetime) -> Iterable[JobItem]:
    """Who has no account, or whose address is not proven, is not written to."""
    if after.state not in USABLE:
        return []
    return [mails.ask(write, after.subject, mails.DECISION_RECORDED, str(after.seq), now)]
