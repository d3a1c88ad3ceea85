"""The operation by which the desk finds a person."""

from datetime import datetime

from chalicelib.accounts.model import address_findings
from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.requests.machine import Status
from chalicelib.subjects.model import Kind, Life
from chalicelib.web.contract import Auth, Json, Operation, Response, Schema
from chalicelib.web.schemas import EMAIL, ID, INSTANT, STAFF_READS, closed

MOST = 100
"""Most requests of a person that are listed."""

_REQUEST: Schema = closed(
    ["id", "right", "status", "received_at"],
    id=ID,
    right={"type": "string", "maxLength": 48},
    status={"enum": [str(status) for status in Status]},
    received_at=INSTANT,
)
_FOUND: Schema = closed(
    ["subject", "kind", "state", "restricted", "held", "requests"],
    subject=ID,
    kind={"enum": [str(kind) for kind in Kind]},
    state={"enum": [str(life) for life in Life]},
    restricted={"type": "boolean", "description": "Whether a restriction stands (art. 18)."},
    held={"type": "boolean", "description": "Whether something stops an erasure."},
    requests={
        "type": "array",
        "maxItems": MOST,
        "items": _REQUEST,
        "description": "In the order of their ids, up to a hundred.",
    },
)


def _unfit(_: Notice, body: Json, _now: datetime) -> tuple[Finding, ...]:
    return tuple(address_findings(body))


SEARCH = Operation(
    id="searchSubjects",
    method="POST",
    path="/v1/desk/subjects/search",
    summary="Find a person by address, by subject, or by one of their requests",
    description=(
        f"{STAFF_READS} The body names one of the three. An address has to be spelled in full; the "
        "account that holds it is found, and of the kind `contact` each request that came from it "
        "without an account and was proven, or entered at the desk. Each search is an entry of the "
        "audit, which does not keep the address. Nobody found is an empty list."
    ),
    auth=Auth.STAFF,
    body={
        **closed(
            [],
            email={**EMAIL, "description": "The proven address of an account, or of a request."},
            subject={**ID, "description": "An account, a browser, or a contact."},
            request={**ID, "description": "One of their requests."},
        ),
        "minProperties": 1,
        "maxProperties": 1,
    },
    check=_unfit,
    example={"email": "ada@example.org"},
    answers={
        200: Response(
            "Who was found.",
            closed(
                ["items"],
                items={
                    "type": "array",
                    "maxItems": MOST,
                    "items": _FOUND,
                },
            ),
        )
    },
    problems=frozenset({403, 409, 503}),
)

OPERATIONS = (SEARCH,)
