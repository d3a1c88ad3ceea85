"""The operations by which a person follows a request, writes about it and ends it."""

from datetime import datetime

from chalicelib.errors import Finding
from chalicelib.notices.model import Notice
from chalicelib.requests.contract.schemas import ONE, REQUEST, TEXT, blank
from chalicelib.web.contract import Auth, Json, Operation, Response
from chalicelib.web.cursor import PAGE_QUERY, page_schema
from chalicelib.web.schemas import closed


def _unfit_text(_notice: Notice, body: Json, _now: datetime) -> tuple[Finding, ...]:
    return tuple(blank(body, "text")) if isinstance(body, dict) else ()


LIST = Operation(
    id="listRequests",
    method="GET",
    path="/v1/requests",
    summary="One's own requests",
    auth=Auth.SESSION,
    query=PAGE_QUERY,
    answers={200: Response("A page of requests.", page_schema(REQUEST))},
    problems=frozenset({503}),
)

GET = Operation(
    id="getRequest",
    method="GET",
    path="/v1/requests/{id}",
    summary="One of one's own requests",
    auth=Auth.REQUEST,
    visitor=True,
    answers={200: Response("The request, with what was written about it.", ONE)},
    problems=frozenset({503}),
)

CANCEL = Operation(
    id="cancelRequest",
    method="DELETE",
    path="/v1/requests/{id}",
    summary="Cancel a request that is not carried out yet",
    auth=Auth.REQUEST,
    answers={200: Response("The request, cancelled.", REQUEST)},
    problems=frozenset({409, 503}),
)

MESSAGE = Operation(
    id="sendMessage",
    method="POST",
    path="/v1/requests/{id}/messages",
    summary="Write about a request that is open; answers the question, where one is open",
    auth=Auth.REQUEST,
    body=closed(["text"], text=TEXT),
    check=_unfit_text,
    example={"text": "I mean the messages of last year."},
    answers={201: Response("The request, with the event of the message.", REQUEST)},
    problems=frozenset({409, 503}),
    idempotent=True,
)

DISPUTE = Operation(
    id="disputeRequest",
    method="POST",
    path="/v1/requests/{id}/dispute",
    summary="Dispute a refusal or an outcome, once: the request is open again, on a new clock",
    auth=Auth.REQUEST,
    body=closed([], text=TEXT),
    check=_unfit_text,
    example={"text": "The claim was settled last year."},
    answers={200: Response("The request, open again.", REQUEST)},
    problems=frozenset({409, 503}),
    idempotent=True,
)

OPERATIONS = (
    LIST,
    GET,
    CANCEL,
    MESSAGE,
    DISPUTE,
)
"""The operations on a request that was made."""
