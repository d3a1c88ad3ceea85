"""The operation that records a disclosure."""

from datetime import datetime

from chalicelib.disclosures import model
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.web.contract import Auth, Json, Operation, Response, Schema
from chalicelib.web.schemas import ID, INSTANT, closed


def _disclosure(notice: Notice) -> Schema:
    fields = {name for category in notice.categories.values() for name in category.fields}
    return closed(
        ["subject", "recipient", "category", "purpose"],
        subject={**ID, "description": "Whose data it is."},
        recipient={"enum": sorted(notice.recipients), "description": "Who is given it."},
        category={"enum": sorted(notice.categories), "description": "What is given."},
        purpose={"enum": sorted(notice.purposes), "description": "What it is given for."},
        fields={
            "type": "array",
            "minItems": 1,
            "maxItems": 100,
            "uniqueItems": True,
            "items": {"enum": sorted(fields)},
            "description": (
                "Which fields of the category; without it, all that the recipient may receive. "
                "Names alone: what is in them is not told."
            ),
        },
        disclosed_at={
            **INSTANT,
            "description": (
                "When it was given: not in the future, within the last five years; without it, "
                "now. Whether it may be given is asked as of now."
            ),
        },
    )


def _check(notice: Notice, body: Json, now: datetime) -> tuple[Finding, ...]:
    return tuple(model.findings(body, notice, now))


RECORD = Operation(
    id="recordDisclosure",
    method="POST",
    path="/v1/disclosures",
    summary="Record that a recipient is given somebody's data, if they may have it",
    description=(
        "Needs an API key with the scope `disclosures`. Call it before the data leaves: 409 means "
        "that it must not, `reasons` says why as the decision point does, and nothing is recorded. "
        "From then on the recipient is told of the person's withdrawals, corrections and erasure, "
        "and where the account is disowned; the person's copy of their data names it."
    ),
    auth=Auth.SERVICE,
    scope="disclosures",
    body=_disclosure,
    check=_check,
    answers={201: Response("Recorded.", closed(["id"], id=ID))},
    problems=frozenset({401, 403, 409, 503}),
    idempotent=True,
)

OPERATIONS = (RECORD,)
