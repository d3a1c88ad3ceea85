"""Operations about warnings of unused accounts: the page of their mails, and the lost ones."""

from chalicelib.accounts.contract.shared import FORM_ANSWERED
from chalicelib.web.contract import HTML, JSON, Auth, Operation, Response, Schema
from chalicelib.web.cursor import PAGE_QUERY, DatedCursor, page_schema
from chalicelib.web.schemas import ID, INSTANT, LINK_TOKEN, STAFF_READS, closed

_CURSOR = DatedCursor("warning")

KEEP = Operation(
    id="keepAccount",
    method="POST",
    path="/v1/accounts/warning",
    summary="Keep an account that nobody used for long, by the link of a warning",
    description=(
        "It counts as activity, as signing in does: the period of the account begins anew, and so "
        "do its warnings. Nobody is signed in by it. The link works until the account is erased; "
        "then the answer is 422 with the type `account-gone`. An account that was stopped stays "
        "so until its person takes it up again."
    ),
    auth=Auth.LINK,
    body=closed(["token"], token=LINK_TOKEN),
    answers={
        200: Response(
            "The account stays.",
            closed(["status"], status={"const": "kept"}),
            media_types=(JSON, HTML),
            example={"status": "kept"},
        ),
        **FORM_ANSWERED,
    },
    problems=frozenset({422, 503}),
    form=True,
)

OPERATIONS = (KEEP,)

_UNREACHED: Schema = closed(
    ["subject", "warned_at", "ends_at", "then", "reason"],
    subject=ID,
    warned_at={**INSTANT, "description": "When the warning was given."},
    ends_at={
        **INSTANT,
        "description": "The end that it named; it may be later by then, and never earlier.",
    },
    then={"enum": ["erase", "deactivate"], "description": "What happens to the account then."},
    reason={
        "enum": ["bounce", "complaint", "refused", "uncertain", "not_permitted"],
        "description": (
            "Why it reached nobody: the address bounces, its person complained about mail, SES "
            "refused the mail, its outcome is unknown, or no such mail may be sent to them."
        ),
    },
)

LIST = Operation(
    id="listWarnings",
    method="GET",
    path="/v1/desk/warnings",
    summary="The warnings of unused accounts that reached nobody, the earliest first",
    description=(
        f"{STAFF_READS} Their people count as warned, and the account ends on its day. Somebody "
        "who used the account since is not listed. A page may hold fewer than `limit` although "
        "more follow: `next` is null on the last page alone."
    ),
    auth=Auth.STAFF,
    query=PAGE_QUERY,
    answers={200: Response("A page of warnings.", page_schema(_UNREACHED))},
    problems=frozenset({403, 503}),
)

DESK_OPERATIONS = (LIST,)

place_after = _CURSOR.after
place = _CURSOR.place
