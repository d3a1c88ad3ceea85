"""Small schemas that the contracts of several capabilities share."""

from chalicelib.web.contract import Schema

ID: Schema = {"type": "string", "pattern": "^[a-z2-7]{26,40}$", "maxLength": 40}
"""An id that this software made."""

ENTRY_ID: Schema = {
    "type": "string",
    "pattern": "^[a-z2-7]{26,40}[.][0-9]{1,12}$",
    "maxLength": 60,
}
"""The public name of an entry of a ledger: its subject and its number."""

INSTANT: Schema = {"type": "string", "format": "date-time", "maxLength": 32}
"""An instant: RFC 3339, UTC."""

TOKEN: Schema = {
    "type": "string",
    "maxLength": 80,
    "pattern": "^[a-z2-7]{26}\\.[A-Za-z0-9_-]{43}$",
    "description": "A session's or a link's token.",
}

LINK_TOKEN: Schema = {
    "type": "string",
    "minLength": 1,
    "maxLength": 200,
    "description": (
        "The token of a mailed link. One cut short by a mail program is no bad request; what "
        "follows it in the link's address, from `&` on, is ignored."
    ),
}
"""A link's token in a request: an impossible one is answered like one that was used."""

EMAIL: Schema = {"type": "string", "format": "email", "minLength": 3, "maxLength": 254}
"""An e-mail address; the use case checks its exact form."""

NOTICE_VERSION: Schema = {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([.][0-9]{1,3})?$",
    "maxLength": 14,
    "description": "The version whose words the person had before them.",
}

DIGEST: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$", "maxLength": 64}
"""A SHA-256, in hex."""


EVIDENCE: Schema = {
    "type": "string",
    "maxLength": 128,
    "pattern": (
        "^1[.][0-9]{4}-[0-9]{2}-[0-9]{2}([.][0-9]{1,3})?[.][A-Za-z0-9-]{2,35}"
        "[.][0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}[.][0-9a-f]{64}$"
    ),
    "description": (
        "The value of Riserbo-Notice-Evidence that came with the notice shown: of the version and "
        "language told here, at most 48 hours old. A yes with evidence that does not hold is "
        "refused; of a refusal, which counts, only that it was not verified is kept."
    ),
}

STAFF_READS = (
    "Needs a session that was opened with a second factor, of an account with the role `desk` or "
    "`reader`; any other is answered 403 with the type `staff-only`."
)
"""The description of who may look at something at the desk."""

STAFF_ACTS = (
    "Needs a session that was opened with a second factor, of an account with the role `desk`; "
    "any other is answered 403 with the type `staff-only`."
)
"""The description of who may do something at the desk."""


def closed(required: list[str], **properties: Schema) -> Schema:
    """Returns the schema of an object with these properties and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
    }
