"""The content of a receipt: an entry of the ledger, and the words that it was decided on. Pure.

In the shape of ISO/IEC TS 27560:2023: a header of the record, the processing, the parties, the
events. The person is named by the subject's id only. `entry` holds all that the ledger's hash and
commitment are made of, so that they can be computed again from the receipt.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.consents.model import Entry
from chalicelib.instants import instant
from chalicelib.notices import proof
from chalicelib.notices.model import Lasting, Notice, Purpose
from chalicelib.notices.processing import (
    Activity,
    Held,
    Party,
    Receiver,
    activities,
    controllers,
)
from chalicelib.subjects.model import Decision, Origin

SCHEMA = "urn:riserbo:consent-receipt:1"
"""The form of a receipt; another form gets another name."""


def content(
    entry: Entry, notice: Notice, locale: str, *, issuer: str, issued_at: datetime
) -> dict[str, Any]:
    """Returns the receipt of an opened entry, as JSON.

    `notice` is the version that the entry names, `locale` the language of its words, `issuer` the
    address of this deployment, without a slash at the end. `iat` is in seconds, as JWTs have it;
    all other instants are RFC 3339 texts.
    """
    decisions: Mapping[str, str] = entry.opened.get("decisions", {})
    described = [one for one in activities(notice, locale) if one.purpose in decisions]
    # A category or recipient of several purposes is described once.
    used = {held.id: held for one in described for held in one.categories}
    received = {receiver.id: receiver for one in described for receiver in one.recipients}
    return {
        "iss": issuer,
        "iat": int(issued_at.timestamp()),
        "record_metadata": {
            "schema_version": SCHEMA,
            "record_id": entry.id,
            "pii_principal_id": entry.subject,
        },
        "pii_processing": {
            "privacy_notice": _words_shown(entry, notice, locale, issuer),
            "evidence": _evidence(entry),
            "purposes": [_purpose(one) for one in described],
            "pii_information": [_category(held) for held in used.values()],
            "recipients": [_recipient(receiver) for receiver in received.values()],
        },
        "party_identification": _parties(notice, locale),
        "events": [
            _event(entry, notice, purpose, decision) for purpose, decision in decisions.items()
        ],
        "entry": {
            "seq": entry.seq,
            "previous": entry.previous,
            "commitment": entry.commitment,
            "notice_version": entry.notice_version,
            "notice_digest": entry.notice_digest,
            "source": entry.source,
            "event": entry.event,
            "at": instant(entry.at),
            "hash": entry.hash,
            "opened": dict(entry.opened),
        },
    }


def _words_shown(entry: Entry, notice: Notice, locale: str, issuer: str) -> dict[str, Any]:
    return {
        "version": entry.notice_version,
        "digest": entry.notice_digest,
        "effective_at": instant(notice.effective_at),
        "language": locale if locale in notice.locales else notice.locales[0],
        "address": f"{issuer}/v1/notices/{entry.notice_version}",
    }


def _evidence(entry: Entry) -> dict[str, Any]:
    """Returns the verified proof of the words shown, which came with the decision."""
    kept = entry.opened.get("evidence")
    said = None if kept is None else proof.read(kept)
    if said is None:
        state = "none" if kept is None else "not_verified"
        return {"state": state, "version": None, "language": None, "hour": None}
    return {
        "state": "verified",
        "version": said.version,
        "language": said.locale,
        "hour": instant(said.hour),
    }


def _purpose(activity: Activity) -> dict[str, Any]:
    return {
        "id": activity.purpose,
        "title": activity.title,
        "description": activity.description,
        "lawful_basis": {"kind": activity.basis.kind, "text": activity.basis.text},
        "pii_information": [held.id for held in activity.categories],
        "recipients": [receiver.id for receiver in activity.recipients],
    }


def _category(held: Held) -> dict[str, Any]:
    return {
        "id": held.id,
        "title": held.title,
        "items": list(held.items),
        "retention": {
            "text": held.kept,
            "rules": [
                {
                    "record": limit.record,
                    "period": limit.period,
                    "starts": limit.starts,
                    "then": limit.then,
                }
                for limit in held.limits
            ],
        },
    }


def _recipient(receiver: Receiver) -> dict[str, Any]:
    transfer = receiver.transfer
    said = () if transfer is None else (transfer.tool, transfer.text)
    return {
        "id": receiver.id,
        "name": receiver.name,
        "role": receiver.role,
        "role_text": receiver.role_text,
        "place": receiver.place,
        "transfer": ": ".join(text for text in said if text) or None,
    }


def _parties(notice: Notice, locale: str) -> list[dict[str, Any]]:
    return [
        _party(role, party)
        for answers in controllers(notice, locale)
        for role, party in (
            ("controller", answers.party),
            ("representative", answers.representative),
            ("dpo", answers.dpo),
        )
        if party is not None
    ]


def _party(role: str, party: Party) -> dict[str, Any]:
    return {
        "role": role,
        "name": party.name,
        "address": party.address,
        "country": party.country,
        "email": party.email,
        "phone": party.phone,
        "website": party.website,
        "text": party.text,
    }


def _event(entry: Entry, notice: Notice, purpose: str, decision: str) -> dict[str, Any]:
    taken_from = entry.opened.get("joined", {}).get("entries", {}).get(purpose)
    lasts = None if taken_from else _lasts(notice.purposes.get(purpose), decision)
    return {
        "purpose": purpose,
        "event_state": decision,
        "event_time": instant(entry.at),
        "source": entry.source,
        "origin": str(_origin(entry, purpose)),
        "taken_from": taken_from,
        "valid_until": None if lasts is None else instant(lasts.ends(entry.at)),
        "renewed_by": str(lasts.since) if lasts is not None and lasts.renewed else None,
        **({"consent_type": "explicit"} if _is_explicit(entry, purpose) else {}),
    }


def _is_explicit(entry: Entry, purpose: str) -> bool:
    """Tells whether a grant was a statement of its own (GDPR art. 9(2)(a))."""
    return purpose in entry.opened.get("explicit", ())


def _origin(entry: Entry, purpose: str) -> Origin:
    if purpose in entry.opened.get("joined", {}).get("entries", {}):
        return Origin.JOINED
    signalled = entry.opened.get("signal", {}).values()
    return Origin.SIGNAL if any(purpose in purposes for purposes in signalled) else Origin.OWN


def _lasts(purpose: Purpose | None, decision: str) -> Lasting | None:
    return purpose.lasts if purpose is not None and decision == Decision.GRANTED else None
