"""The operation by which the desk records refusals that came by mail, post or phone."""

from datetime import datetime

from chalicelib.accounts.model import address_findings
from chalicelib.consents.contract.schemas import (
    DATA,
    NEVER_REFUSED,
    OVERLOOKED,
    STANDING,
)
from chalicelib.consents.desk import REFERENCE, Channel, date_findings, refusable
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.web.contract import Auth, Json, Operation, Response, Schema
from chalicelib.web.schemas import EMAIL, ENTRY_ID, ID, INSTANT, STAFF_ACTS, closed

_REFERENCE: Schema = {
    "type": "string",
    "pattern": f"^{REFERENCE}$",
    "maxLength": 64,
    "description": "The desk's own file number: nothing that tells who somebody is.",
}


def _decisions(notice: Notice) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "description": "Purpose to refusal. A purpose left out is not decided.",
        "properties": {
            purpose: {
                "enum": [str(choice) for choice in choices],
                "description": notice.text(notice.purposes[purpose].title, "en"),
            }
            for purpose, choices in refusable(notice).items()
        },
    }


def _body(notice: Notice) -> Schema:
    return {
        **closed(
            ["decisions", "channel", "received_at"],
            subject={**ID, "description": "Whose refusals these are: an account or a browser."},
            email={**EMAIL, "description": "Or the proven address of an account."},
            decisions=_decisions(notice),
            channel={
                "enum": [str(channel) for channel in Channel],
                "description": "How it came; `mail` and `email` mean the same.",
            },
            received_at={
                **INSTANT,
                "description": "When it came: not in the future, within the last five years.",
            },
            reference=_REFERENCE,
            locale={
                "enum": list(notice.locales),
                "description": "The language of the words; without it, the person's own.",
            },
        ),
        "oneOf": [
            {"required": ["subject"], "properties": {"email": False}},
            {"required": ["email"], "properties": {"subject": False}},
        ],
    }


def _unfit(_: Notice, body: Json, now: datetime) -> tuple[Finding, ...]:
    return (*address_findings(body), *date_findings(body, now))


DECIDE = Operation(
    id="recordDecisions",
    method="POST",
    path="/v1/desk/decisions",
    summary="Record a refusal that came by mail, post or phone, or in person: never a consent",
    description=(
        f"{STAFF_ACTS} `denied` is for purposes that rest on consent, and a withdrawal where the "
        "person had agreed; `objected` for those that rest on legitimate interest, and for all "
        "marketing. What stands already is not recorded again: the same refusal twice is one "
        "entry. The person is told by mail, and sees the entry in their ledger. "
        + NEVER_REFUSED
        + " Whose it is, how it came and when has to be right: only the desk knows that."
    ),
    auth=Auth.STAFF,
    acts=True,
    body=_body,
    check=_unfit,
    answers={
        201: Response(
            "Recorded.",
            closed(
                ["entry_id", "standing", "data"],
                entry_id=ENTRY_ID,
                standing=STANDING,
                data=DATA,
                overlooked=OVERLOOKED,
            ),
        )
    },
    problems=frozenset({403, 404, 409, 503}),
    idempotent=True,
)

OPERATIONS = (DECIDE,)
