"""The operations of the site itself."""

from chalicelib.web.contract import Auth, Operation, Response
from chalicelib.web.schemas import NOTICE_VERSION, closed

HEALTH = Operation(
    id="getHealth",
    method="GET",
    path="/v1/health",
    summary="Whether the table answers and a notice is in force",
    auth=Auth.NONE,
    answers={
        200: Response(
            "It works.",
            closed(["status", "notice"], status={"const": "ok"}, notice=NOTICE_VERSION),
        )
    },
    problems=frozenset({503}),
    public=True,
)

OPENAPI = Operation(
    id="getOpenApi",
    method="GET",
    path="/openapi.json",
    summary="This interface as OpenAPI 3.1, from the schemas that check every call",
    auth=Auth.NONE,
    answers={200: Response("The document.", {"type": "object"})},
    problems=frozenset({503}),
    public=True,
)

OPERATIONS = (HEALTH, OPENAPI)
