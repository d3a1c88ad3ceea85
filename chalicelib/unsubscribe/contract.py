"""The operations of unsubscribing."""

from chalicelib.notices.model import Notice
from chalicelib.unsubscribe.model import refusable
from chalicelib.web.contract import HTML, JSON, Auth, Operation, Response, Schema
from chalicelib.web.schemas import ID, INSTANT, closed

_PATH = "/v1/unsubscribe/{token}"

UNSUBSCRIBE = Operation(
    id="unsubscribe",
    method="POST",
    path=_PATH,
    summary="End the mails that a link is about, with one click (RFC 8058)",
    description=(
        "The link says all: whatever body comes is taken and not read, `List-Unsubscribe="
        "One-Click` as a form or in parts, JSON, or none, and neither `Accept` nor appended "
        "parameters matter; neither session nor cookie is asked "
        "for, and the answer is no redirect. A link is good for a year, for one purpose or "
        "one notification, and may be used again: then it is done already, as it is for "
        "somebody who is gone. A refusal stands in the ledger with the source `link`."
    ),
    auth=Auth.LINK,
    answers={
        200: Response(
            "No such mail is sent any more.",
            closed(["status"], status={"const": "unsubscribed"}),
            media_types=(JSON, HTML),
            example={"status": "unsubscribed"},
        )
    },
    problems=frozenset({409, 422, 503}),
)


def _issue(notice: Notice) -> Schema:
    return closed(
        ["subject", "purpose"],
        subject=ID,
        purpose={
            "enum": [purpose.id for purpose in refusable(notice)],
            "description": "A purpose for which mails are sent, and which people may refuse.",
        },
        locale={"enum": list(notice.locales), "description": "The language of the page."},
    )


ISSUE = Operation(
    id="issueUnsubscribeLink",
    method="POST",
    path="/v1/unsubscribe-links",
    summary="A link that ends mails of one purpose, to put into a mail that the site sends itself",
    description=(
        "Needs an API key with the scope `decisions`. It asks the decision point first: where a "
        "mail for the purpose may not be sent now, the answer is 409 with the type "
        "`not-permitted`, and `reasons` says why. Put both headers into the mail as they are, "
        "sign them with DKIM (RFC 8058, section 4), and let the text have `page`, which asks "
        "first. Nothing is stored: ask for one for each mail."
    ),
    auth=Auth.SERVICE,
    scope="decisions",
    body=_issue,
    answers={
        200: Response(
            "The link, and the headers of the mail.",
            closed(
                ["url", "page", "expires_at", "headers"],
                url={
                    "type": "string",
                    "format": "uri",
                    "maxLength": 600,
                    "description": "The address of one click; opened, it leads to the page.",
                },
                page={
                    "type": "string",
                    "format": "uri",
                    "maxLength": 600,
                    "description": "The address for the text of the mail.",
                },
                expires_at=INSTANT,
                headers={
                    "type": "object",
                    "description": "Header of the mail to its value.",
                    "additionalProperties": {"type": "string", "maxLength": 600},
                },
            ),
        )
    },
    problems=frozenset({403, 409, 503}),
)

OPERATIONS = (UNSUBSCRIBE, ISSUE)
