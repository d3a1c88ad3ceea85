"""A body that each operation accepts as far as its contract goes, and who may send it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chalicelib.instants import instant
from tests.functions import people
from tests.functions.api import Api
from tests.functions.people import PASSWORD, Person
from tests.functions.strangers import NOBODYS

OTHER = "quattro lampioni sul molo"
ANY_PASSWORD = frozenset({"/password"})


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request to change.

    `free` names members that hold any text, `nullable` those that null removes, `open` objects with
    any members, as JSON Pointers.
    """

    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    free: frozenset[str] = frozenset()
    nullable: frozenset[str] = frozenset()
    id: str = ""
    open: frozenset[str] = frozenset()


def accepted(api: Api, person: Person, staff: Person, key: str) -> dict[str, Accepted]:
    """By operation's id; what is free is sealed or hashed, and never shown as HTML."""
    return (
        _strangers(api)
        | _owners(api, person.headers)
        | _systems(person, people.bearer(key))
        | _desk(staff.headers, person.subject)
    )


def _strangers(api: Api) -> dict[str, Accepted]:
    profile = {"identity": {"name": "A Name", "phone": "+390612345678"}}
    registration = people.registration(
        api, people.new_address(), decisions={"surveys": "denied"}, profile=profile
    )
    link = Accepted({"token": NOBODYS})
    reset = Accepted({"token": NOBODYS, "password": OTHER}, free=ANY_PASSWORD)
    email = Accepted({"email": "nobody@example.com"})
    credentials = {"email": "nobody@example.com", "password": "no such", "code": "123456"}
    return {
        "registerAccount": Accepted(registration, free=ANY_PASSWORD | {"/profile/identity/name"}),
        "verifyAccount": link,
        "verifyRequest": Accepted({"token": NOBODYS}, id="a" * 26),
        "issueExport": Accepted({"token": NOBODYS}, id="a" * 26),
        "verifyMessage": Accepted({"token": NOBODYS}, id="a" * 26),
        "disavowAccount": link,
        "keepAccount": link,
        "confirmAddress": link,
        "undoAddress": link,
        "resetPassword": reset,
        "confirmPasswordReset": reset,
        "resendVerification": email,
        "requestPasswordReset": email,
        "verifyReceipt": Accepted({"receipt": "e30.e30.e30"}),
        "signIn": Accepted(credentials, free=ANY_PASSWORD),
    }


def _owners(api: Api, headers: Mapping[str, str]) -> dict[str, Accepted]:
    version = api.notice_version()
    decisions = {"notice_version": version, "decisions": {"surveys": "granted"}}
    consent = {
        **decisions,
        "source": "banner",
        "locale": "it",
        "event_id": "one",
        "evidence": api.get("/v1/notice").headers["Riserbo-Notice-Evidence"],
    }
    preferences = {**decisions, "locale": "it", "notifications": {"new_sign_in": False}}
    profile = {"identity": {"name": "A Name", "phone": "+390612345678"}}
    passwords = {"current_password": PASSWORD, "password": OTHER}
    move = {"email": people.new_address(), "password": PASSWORD}
    proof = {"password": PASSWORD, "code": "123456"}
    message = {
        "kind": "feedback",
        "text": "It works.",
        "fields": {"topic": "The site"},
        "locale": "en",
    }
    told = {
        "purpose": "site_measurement",
        "type": "search",
        "at": instant(datetime.now(UTC)),
        "fields": {"search_terms": "A timetable"},
    }
    open_fields = frozenset({"/events/0/fields"})
    copy = {"right": "copy", "details": "Please.", "locale": "en"}
    return {
        "captureConsent": Accepted(consent, headers, frozenset({"/event_id"})),
        "makeRequest": Accepted(copy, headers, frozenset({"/details"})),
        "sendMessage": Accepted({"text": "Please."}, headers, frozenset({"/text"}), id="a" * 26),
        "writeMessage": Accepted(message, headers, frozenset({"/text", "/fields/topic"})),
        "tellActivity": Accepted(
            {"events": [told]},
            headers,
            free=frozenset({"/events/0/fields/search_terms"}),
            open=open_fields,
        ),
        "disputeRequest": Accepted({"text": "No."}, headers, frozenset({"/text"}), id="a" * 26),
        "correctAccount": Accepted(
            {"profile": profile},
            headers,
            free=frozenset({"/profile/identity/name"}),
            nullable=frozenset({"/profile/identity/name", "/profile/identity/phone"}),
        ),
        "setPreferences": Accepted(preferences, headers),
        "changeOwnPassword": Accepted(passwords, headers, ANY_PASSWORD | {"/current_password"}),
        "changeAddress": Accepted(move, headers, ANY_PASSWORD),
        "offerSecondFactor": Accepted({"password": PASSWORD}, headers, ANY_PASSWORD),
        "confirmSecondFactor": Accepted({"code": "123456"}, headers),
        "renewRecoveryCodes": Accepted(proof, headers, ANY_PASSWORD),
        "removeSecondFactor": Accepted(proof, headers, ANY_PASSWORD),
    }


def _systems(person: Person, headers: Mapping[str, str]) -> dict[str, Accepted]:
    member = frozenset({"/reference"})
    question = {
        "subject": person.subject,
        "purpose": "offers_email",
        "category": "identity",
        "recipient": "aws",
        "channel": "email",
    }
    disclosure = {
        "subject": person.subject,
        "recipient": "aws",
        "category": "identity",
        "purpose": "run_account",
        "fields": ["email"],
        "disclosed_at": "2026-11-22T16:00:00Z",
    }
    record = {
        "category": "identity",
        "fields": {"name": "A Name"},
        "recorded_at": "2025-11-22T16:00:00Z",
    }
    answer = {"recipient": "aws", "status": "data", "records": [record]}
    handed = {
        "subject": person.subject,
        "category": "third_parties",
        "fields": {"from_partners": "A lead."},
        "origin": "Fairs and Halls Srl",
        "occurred_at": "2025-11-22T16:00:00Z",
        "purpose": "provide_services",
    }
    event = {"subject": person.subject, "event": "ended", "at": "2025-11-22T16:00:00Z"}
    sealed = frozenset({"/fields/from_partners", "/origin"})
    link = {"subject": person.subject, "purpose": "offers_email", "locale": "it"}
    return {
        "issueUnsubscribeLink": Accepted(link, headers),
        "getDecisions": Accepted({"questions": [question]}, headers),
        "recordDisclosure": Accepted(disclosure, headers),
        "handOverRecord": Accepted(handed, headers, sealed),
        "moveRecord": Accepted(event, headers, id=f"external.third_parties.{'a' * 26}"),
        "answerRequest": Accepted(answer, headers, id="a" * 26),
        "introspectSession": Accepted({"token": NOBODYS}, headers, frozenset({"/token"})),
        "setReference": Accepted(
            {"reference": "customer-1815"}, headers, member, member, person.subject
        ),
    }


def _desk(headers: Mapping[str, str], subject: str) -> dict[str, Accepted]:
    draft = {"document": {"version": "1999-01-01"}}
    named = {"version": "1999-01-01", "digest": "0" * 64}
    letter = {
        "subject": subject,
        "decisions": {"surveys": "denied", "improvement": "objected"},
        "channel": "post",
        "received_at": "2025-11-20T09:00:00Z",
        "reference": "2025/118",
        "locale": "it",
    }
    came = {"channel": "post", "received_at": "2025-11-20T09:00:00Z"}
    entered = {"right": "review", "subject": subject, **came, "identified_by": "Signature."}
    hold = {
        "subject": subject,
        "classes": ["account"],
        "ground": "dispute",
        "reason": "The letter of 20 November is disputed.",
        "until": "2027-10-01T00:00:00Z",
    }
    extended = {"action": "extend", "ground": "number", "reason": "Eleven letters came at once."}
    return {
        "enterRequest": Accepted(entered, headers, frozenset({"/identified_by"})),
        "actOnRequest": Accepted(extended, headers, frozenset({"/reason"}), id="a" * 26),
        "searchSubjects": Accepted({"subject": subject}, headers),
        "placeHold": Accepted(hold, headers, frozenset({"/reason"})),
        "decideReview": Accepted(
            {"decision": "erase", "reason": "It is needed no more."},
            headers,
            frozenset({"/reason"}),
            id=f"{'a' * 26}.{'a' * 32}",
        ),
        "saveNoticeDraft": Accepted(draft, headers, open=frozenset({"/document"})),
        "simulateNotice": Accepted({"version": "1999-01-01", "exact": False}, headers),
        "publishNotice": Accepted(named, headers),
        "confirmRule": Accepted({"version": "1999-01-01", "rule": "r", "erases": 1}, headers),
        "withdrawNotice": Accepted({"version": "1999-01-01"}, headers),
        "recordDecisions": Accepted(letter, headers, frozenset({"/reference"})),
    }
