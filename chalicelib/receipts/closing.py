"""The content of a closing receipt: what an erasure removed, what stays, and until when. Pure.

It says so without any data of the person but the subject's id (GDPR art. 5(2), 12(3), 17, 19).
"""

from __future__ import annotations

from typing import Any, Final

from chalicelib.instants import instant, optional_instant
from chalicelib.receipts.model import Closing

SCHEMA: Final = "urn:riserbo:closing-receipt:1"
"""The form of a closing receipt; another form gets another name."""

ARTICLE: Final = "GDPR art. 17(3)(b), (e)"
"""The grounds on which records outlive an erasure: a duty of the law, and claims."""


NEEDED: Final = "GDPR art. 17(1)(a)"
"""The reason for which data is not erased that the account cannot be without."""


def content(closing: Closing, *, issuer: str) -> dict[str, Any]:
    """Returns a closing receipt as JSON; `issuer` is the address of this deployment."""
    return {
        "iss": issuer,
        "iat": int(closing.closed_at.timestamp()),
        "schema_version": SCHEMA,
        "request": closing.request,
        "subject": closing.subject,
        "right": "erase",
        "received_at": instant(closing.received_at),
        "begun_at": instant(closing.begun_at),
        "closed_at": instant(closing.closed_at),
        "erased": {
            "categories": dict(sorted(closing.categories.items())),
            "records": dict(sorted(closing.records.items())),
        },
        "kept": [
            {
                "kind": one.kind,
                "ground": one.ground,
                "article": ARTICLE,
                "ends_at": optional_instant(one.ends_at),
            }
            for one in closing.stays
        ],
        "holds": [{"ground": ground, "until": instant(until)} for ground, until in closing.holds],
        "unreadable_from": instant(closing.readable_until),
        "recipients_told": list(closing.told),
        "systems": dict(sorted(closing.answers.items())),
        **_scope(closing),
    }


def _scope(closing: Closing) -> dict[str, Any]:
    """Returns what only the receipt of an erasure of some categories says."""
    if closing.scope is None:
        return {}
    return {
        "scope": {
            "account": "stays",
            "categories": list(closing.scope),
            "needed": [
                {
                    "category": category,
                    "ground": "still_necessary",
                    "article": NEEDED,
                    "purposes": list(purposes),
                }
                for category, purposes in sorted(closing.needed.items())
            ],
            "withdrawn": list(closing.withdrawn),
        }
    }
