"""The security headers of every answer, of functions and of API Gateway itself."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # Answers hold personal data unless a handler says otherwise (RFC 9111, section 5.2.2.5).
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        # Pages of other sites are the callers; CORS decides which of them may read an answer.
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        # The address of a page may hold a token: no other site may learn it.
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)
"""Name -> value."""

SANDBOX: Final = "sandbox; default-src about:; frame-ancestors about:"
"""The content security policy of API Gateway's own answers: nothing is loaded, run or framed.

API Gateway takes a header's text between single quotes and does not say what quotes inside it
become, so this one has none.
"""
