"""The operations at well-known places of a site (RFC 8615)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from urllib.parse import quote

from chalicelib.web.contract import Auth, Json, Operation, Response, Schema
from chalicelib.web.schemas import closed

TEXT = "text/plain"
FOR_A_DAY = "public, max-age=86400"
"""The caching of a security.txt, which is the same all day."""

FOR_AN_HOUR = "public, max-age=3600"
"""The caching of public keys: a replaced one is believed for so long at most."""

BRIEFLY = "public, max-age=300"
"""The caching of answers that another version of the notice may change at any moment."""

_VALID = timedelta(days=180)
"""Lifetime of a security.txt; RFC 9116, section 2.5.5 asks for less than a year."""

SECURITY = Operation(
    id="getSecurityTxt",
    method="GET",
    path="/.well-known/security.txt",
    summary="Where to report a vulnerability (RFC 9116)",
    auth=Auth.NONE,
    answers={200: Response("The file.", media_types=(TEXT,))},
    problems=frozenset({503}),
    public=True,
)

CHANGE_PASSWORD = Operation(
    id="findPasswordPage",
    method="GET",
    path="/.well-known/change-password",
    summary="Leads a password manager to the page where one gets a new password",
    description="As in W3C's A Well-Known URL for Changing Passwords.",
    auth=Auth.NONE,
    answers={
        302: Response(
            "Nothing but the address of the page.",
            media_types=(TEXT,),
            headers={"Location": "The page."},
        )
    },
    public=True,
)

GPC = Operation(
    id="getGlobalPrivacyControl",
    method="GET",
    path="/.well-known/gpc.json",
    summary="Whether the Global Privacy Control signal of browsers is honoured",
    description="As in W3C's Global Privacy Control. The notice in force decides.",
    auth=Auth.NONE,
    answers={
        200: Response(
            "The statement of support.",
            closed(
                ["gpc", "lastUpdate"],
                gpc={
                    "type": "boolean",
                    "description": "Whether the notice says what the signal does.",
                },
                lastUpdate={
                    "type": "string",
                    "format": "date",
                    "maxLength": 10,
                    "description": (
                        "The day, in the notice's time zone, from which the statement is in force."
                    ),
                },
            ),
            headers={"ETag": "Of this statement."},
        )
    },
    problems=frozenset({503}),
    public=True,
)

_COORDINATE: Schema = {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$", "maxLength": 43}

JWKS = Operation(
    id="getKeySet",
    method="GET",
    path="/.well-known/jwks.json",
    summary="The public keys by which signed receipts are verified (RFC 7517)",
    description="A receipt names its key by `kid`, the key's thumbprint (RFC 7638).",
    auth=Auth.NONE,
    answers={
        200: Response(
            "The keys.",
            closed(
                ["keys"],
                keys={
                    "type": "array",
                    "items": closed(
                        ["kty", "crv", "x", "y", "use", "alg", "kid"],
                        kty={"const": "EC"},
                        crv={"const": "P-256"},
                        x=_COORDINATE,
                        y=_COORDINATE,
                        use={"const": "sig"},
                        alg={"const": "ES256"},
                        kid=_COORDINATE,
                    ),
                },
            ),
            headers={"ETag": "Of these keys."},
        )
    },
    public=True,
)

OPERATIONS = (SECURITY, CHANGE_PASSWORD, GPC, JWKS)


def security_txt(contact: str, languages: Sequence[str], public_url: str, now: datetime) -> str:
    """Returns the file of RFC 9116 for reports to `contact`, a URI, about `public_url`.

    `languages` are those in which reports are read. `now` is in UTC. The file is the same all day:
    its end is counted from the day's beginning.
    """
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: {contact}",
        f"Expires: {today + _VALID:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(languages)}",
        f"Canonical: {public_url}{SECURITY.path}",
    )
    return "".join(f"{line}\n" for line in lines)


def mail_to(address: str) -> str:
    """Returns an e-mail address as a URI (RFC 6068)."""
    return "mailto:" + quote(address, safe="@+")


def global_privacy_control(*, honoured: bool, since: date) -> Json:
    """Returns the statement of support; `since` is the notice's effective day in its zone."""
    return {"gpc": honoured, "lastUpdate": since.isoformat()}
