"""Cross-origin requests (Fetch standard), answered per request since several origins are allowed.

Credentials are never allowed cross-origin: callers authenticate by header, so that a page of
another site cannot act with a person's cookie.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

_ALLOWED = (
    "Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, "
    "If-None-Match, Riserbo-Visitor, Sec-GPC"
)
_EXPOSED = (
    "ETag",
    "Location",
    "Retry-After",
    "WWW-Authenticate",
    # API Gateway's name for it, on its way out.
    "x-amzn-Remapped-WWW-Authenticate",
)
_PREFLIGHT_SECONDS = 7200


def answer_headers(
    origin: str | None, allowed: Collection[str], sent: Mapping[str, str]
) -> dict[str, str]:
    """Returns the CORS headers of an answer whose other headers are `sent`.

    `Vary` names Origin also where the origin is not allowed, since caches would mix the two up.
    """
    vary = ", ".join(filter(None, (sent.get("Vary"), "Origin")))
    if origin is None or origin not in allowed:
        return {"Vary": vary}
    own = (name for name in sent if name.lower().startswith("riserbo-"))
    return {
        "Vary": vary,
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": ", ".join((*_EXPOSED, *sorted(own))),
    }


def preflight_headers(
    origin: str | None, allowed: Collection[str], methods: Collection[str]
) -> dict[str, str]:
    """Returns the headers of a preflight beside `answer_headers`; none for an unknown origin."""
    if origin is None or origin not in allowed:
        return {}
    return {
        "Access-Control-Allow-Methods": ", ".join(sorted(methods)),
        "Access-Control-Allow-Headers": _ALLOWED,
        "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
    }
