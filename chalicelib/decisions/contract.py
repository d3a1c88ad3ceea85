"""The HTTP operations of the decision point."""

from chalicelib.decisions.permission import Reason
from chalicelib.notices.model import LegalBasis, Notice
from chalicelib.web.contract import Auth, Operation, Response, Schema
from chalicelib.web.schemas import ENTRY_ID, ID, INSTANT, closed

MOST = 100
"""Most questions that one request may hold."""

PARTS = ("subject", "purpose", "category", "recipient", "channel")
"""The members of a question."""

CHANNELS = ("email", "post", "phone", "fax", "sms", "web", "app")
"""The channels to a person that a notice may name."""

_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 64}

_SUBJECT: Schema = {
    **ID,
    "description": (
        "Of an account, as introspection of a session tells it; of a browser without account, what "
        "stands before the dot of any of its entries' ids."
    ),
}


def question(notice: Notice) -> Schema:
    """Returns the schema of a question, which refuses names that the notice does not have."""
    return closed(
        ["subject", "purpose"],
        subject=_SUBJECT,
        purpose={"enum": sorted(notice.purposes), "description": "What it is to be done for."},
        category={"enum": sorted(notice.categories), "description": "The data, by category."},
        recipient={"enum": sorted(notice.recipients), "description": "Who is to receive it."},
        channel={"enum": list(CHANNELS), "description": "How the person is to be reached."},
    )


def _questions(notice: Notice) -> Schema:
    return closed(
        ["questions"],
        questions={
            "type": "array",
            "minItems": 1,
            "maxItems": MOST,
            "items": question(notice),
            "description": "Up to 100, about one person or many.",
        },
    )


_ANSWER = closed(
    ["allowed", "basis", "reasons", "evidence", "as_of"],
    allowed={"type": "boolean", "description": "Only true permits it."},
    basis={
        "enum": [str(basis) for basis in LegalBasis],
        "description": "What the purpose rests on (GDPR art. 6(1)).",
    },
    reasons={
        "type": "array",
        "items": {"enum": [str(reason) for reason in Reason]},
        "description": (
            "All that stands against it; of a yes `granted`, or nothing where no consent is needed."
        ),
    },
    evidence={
        "type": "array",
        "items": ENTRY_ID,
        "description": "The entries of the ledger that record the person's decision.",
    },
    as_of={**INSTANT, "description": "When it was asked: what was acknowledged before, counts."},
)

_DESCRIPTION = (
    "Needs an API key with the scope `decisions`. What is left out of a question is asked about as "
    "a whole: without `category`, about all data that the purpose may use. Ask right before each "
    "use and keep no answer: a withdrawal counts from the moment that it is acknowledged."
)

DECIDE = Operation(
    id="getDecision",
    method="GET",
    path="/v1/decisions",
    summary="Whether something may be done with somebody's data, on which basis, and why",
    description=_DESCRIPTION,
    auth=Auth.SERVICE,
    scope="decisions",
    query={
        "subject": _SUBJECT,
        "purpose": {**_NAME, "description": "One of the notice's purposes."},
        "category": {**_NAME, "description": "One of its categories of data."},
        "recipient": {**_NAME, "description": "One of its recipients."},
        "channel": {"enum": list(CHANNELS), "description": "How the person is to be reached."},
    },
    required_query=frozenset({"subject", "purpose"}),
    answers={200: Response("The answer.", _ANSWER)},
    problems=frozenset({401, 403, 503}),
)

DECIDE_ALL = Operation(
    id="getDecisions",
    method="POST",
    path="/v1/decisions",
    summary="The same for up to 100 questions at once",
    description=_DESCRIPTION,
    auth=Auth.SERVICE,
    scope="decisions",
    body=_questions,
    answers={
        200: Response(
            "The answers, in the order of the questions.",
            closed(["answers"], answers={"type": "array", "items": _ANSWER}),
        )
    },
    problems=frozenset({401, 403, 503}),
)

OPERATIONS = (DECIDE, DECIDE_ALL)
