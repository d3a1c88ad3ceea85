"""The session's cookie, which only pages read, and the token that a session's forms carry.

Instead of a session's token the cookie may hold the token of one request, for a person without an
account: then it opens the pages of that request, and no page takes its holder for signed in.

The prefix `__Host-` makes browsers refuse the cookie unless it is Secure, has Path=/ and names no
domain (draft-ietf-httpbis-rfc6265bis, section 4.1.3), so that no neighbouring host can set it.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from chalicelib.web.request import Headers

NAME = "__Host-riserbo-session"

_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"
_TOKEN = re.compile(r"[a-z2-7]{26}\.[A-Za-z0-9_-]{43}\Z")
_VALUE = re.compile(r"[A-Za-z0-9._-]{1,200}\Z")
_PURPOSE = b"riserbo: forms of this session"
_REQUEST = "request"


def held(headers: Headers) -> str | None:
    """Returns what the cookie holds: a session's token, or a ticket on the way to one.

    It is None without the cookie, and of a cookie that is sent twice none counts.
    """
    # HTTP/2 may split the header (RFC 9113, section 8.2.3), and the parts come joined by commas.
    pairs = re.split(r"[;,]", headers.get("Cookie", ""))
    named = (one.strip().partition("=") for one in pairs)
    found = [value for name, _, value in named if name == NAME]
    return found[0] if len(found) == 1 and _VALUE.match(found[0]) else None


def session_token(headers: Headers) -> str | None:
    """Returns the token in the session's cookie; None without one, or where its form is wrong."""
    found = held(headers)
    return found if found is not None and _TOKEN.match(found) else None


def request_token(headers: Headers) -> str | None:
    """Returns the token of a request in the cookie; None without one, or in another form."""
    kind, _, found = (held(headers) or "").partition(".")
    return found if kind == _REQUEST and _TOKEN.match(found) else None


def opened(token: str, seconds: int) -> str:
    """Returns the value of Set-Cookie that keeps a token, or a ticket, for so many seconds."""
    return f"{NAME}={token}; Max-Age={max(1, seconds)}; {_ATTRIBUTES}"


def opened_request(token: str, seconds: int) -> str:
    """Returns the value of Set-Cookie that keeps the token of a request for so many seconds."""
    return opened(f"{_REQUEST}.{token}", seconds)


def ended() -> str:
    """Returns the value of Set-Cookie that removes the session's cookie."""
    return f"{NAME}=; Max-Age=0; {_ATTRIBUTES}"


def form_token(session: str) -> str:
    """Returns the token that the forms of a session carry: a MAC under the session's secret.

    A page of another site knows no session's secret, and so cannot write it into a form.
    """
    secret = session.partition(".")[2]
    return hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).hexdigest()


def is_form_token(given: str, session: str) -> bool:
    """Tells whether a form carried its session's token, in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), form_token(session).encode())
