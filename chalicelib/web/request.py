"""Reads the API Gateway proxy event of a request once, strictly, without trusting it."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.errors import BadRequest, Finding, NotFound, TooLarge, Unauthenticated
from chalicelib.web.contract import MAX_BODY

_MAX_HEADER = 8 * 1024
_LISTS = frozenset({"accept", "accept-language", "if-none-match"})
_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]{1,512}=*)\Z", re.IGNORECASE)
_VISITOR = re.compile(r"[A-Za-z0-9_-]{22,128}\Z")
_KEY = re.compile(r"[\x21-\x7e]{1,128}\Z")
_SEGMENT = re.compile(r"[A-Za-z0-9._~-]{1,128}\Z")
_READ = "riserbo.headers"
"""The member of an event in which its headers lie once they were read; no client can set it."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}\Z")


class Headers(Mapping[str, str]):
    """Request headers by name in any case; those that RFC 9110 lets repeat are joined."""

    def __init__(self, values: Mapping[str, list[str]]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        return ", ".join(self._values[name.lower()])

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def one(self, name: str) -> str | None:
        """Returns the value of a header that may come once. Raises BadRequest if it came twice."""
        values = self._values.get(name.lower(), [])
        if len(values) > 1:
            raise _refused(f"/header/{name}", "is given more than once")
        if values and len(values[0]) > _MAX_HEADER:
            raise _refused(f"/header/{name}", "is too long")
        return values[0].strip() if values else None


def headers_of(event: Mapping[str, Any]) -> Headers:
    """Returns all headers of an event, also those that only `headers` has.

    They are read once of an event that `with_headers` returned.
    """
    read = event.get(_READ)
    if isinstance(read, Headers):
        return read
    found: dict[str, list[str]] = {}
    for name, many in _items(event.get("multiValueHeaders")):
        if isinstance(many, list):
            found.setdefault(name.lower(), []).extend(v for v in many if isinstance(v, str))
    for name, single in _items(event.get("headers")):
        if isinstance(single, str):
            found.setdefault(name.lower(), [single])
    return Headers({name: values for name, values in found.items() if values})


def with_headers(event: dict[str, Any]) -> dict[str, Any]:
    """Returns the event with its headers as read, which a request needs several times."""
    return {**event, _READ: headers_of(event)}


def raw_body(event: Mapping[str, Any], most: int = MAX_BODY) -> bytes:
    """Returns the bytes of the body, decoded if API Gateway treated them as binary.

    The length is counted here, since Content-Length is the client's claim. Raises TooLarge beyond
    `most` bytes, BadRequest for broken base64.
    """
    body = event.get("body")
    if body is None or body in ("", b""):
        return b""
    if isinstance(body, bytes):  # Chalice's local gateway gives bytes
        return _bounded(body, most)
    if not isinstance(body, str):
        raise _refused("", "is not text")
    if not event.get("isBase64Encoded"):
        # A lone surrogate becomes bytes that are not UTF-8, and is refused as such.
        return _bounded(body.encode("utf-8", "surrogatepass"), most)
    if len(body) > most * 4 // 3 + 4:
        raise _too_large(most)
    try:
        return _bounded(base64.b64decode(body, validate=True), most)
    except (binascii.Error, ValueError) as error:
        raise _refused("", "is not base64") from error


def bearer_token(headers: Headers) -> str | None:
    """Returns the token of `Authorization: Bearer` (RFC 6750), or None without the header.

    Raises Unauthenticated for any other credentials.
    """
    value = headers.one("Authorization")
    if value is None:
        return None
    match = _BEARER.match(value)
    if match is None:
        raise Unauthenticated("Send the credentials as: Authorization: Bearer <token>.")
    return match.group(1)


def visitor_token(headers: Headers) -> str | None:
    """Returns the token of `Riserbo-Visitor`: at least 128 random bits in base64url."""
    value = headers.one("Riserbo-Visitor")
    if value is not None and not _VISITOR.match(value):
        raise _refused(
            "/header/Riserbo-Visitor", "must be 22 to 128 letters, digits, hyphens or underscores"
        )
    return value


def idempotency_key(headers: Headers) -> str | None:
    """Returns the value of `Idempotency-Key`: 1 to 128 visible ASCII characters."""
    value = headers.one("Idempotency-Key")
    if value is not None and not _KEY.match(value):
        raise _refused("/header/Idempotency-Key", "must be 1 to 128 visible ASCII characters")
    return value


def global_privacy_control(headers: Headers) -> bool:
    """Tells whether the browser sent `Sec-GPC: 1`, a person's objection to sale and sharing."""
    return "1" in [value.strip() for value in headers.get("Sec-GPC", "").split(",")]


def path_parameters(values: Mapping[str, Any]) -> dict[str, str]:
    """Returns the parameters of the path. Raises NotFound for one that cannot be an id."""
    for value in values.values():
        if not isinstance(value, str) or not _SEGMENT.match(value):
            raise NotFound()
    return dict(values)


def request_id(event: Mapping[str, Any], context: object) -> str:
    """Returns the id of Lambda's invocation, else API Gateway's: no client chooses it."""
    context_event = event.get("requestContext")
    gateway = context_event.get("requestId") if isinstance(context_event, dict) else None
    for candidate in (getattr(context, "aws_request_id", None), gateway):
        if isinstance(candidate, str) and _REQUEST_ID.match(candidate):
            return candidate
    return ""


def source_ip(event: Mapping[str, Any], told: str | None = None) -> str | None:
    """Returns the client's address: personal data, not to be stored or logged.

    It is API Gateway's, or the one that a CDN in front `told`: an address, with or without a port.
    """
    if told is not None:
        return told if _is_address(told) else told.rpartition(":")[0]
    identity = event.get("requestContext", {}).get("identity")
    address = identity.get("sourceIp") if isinstance(identity, dict) else None
    return address if isinstance(address, str) else None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _items(value: object) -> list[tuple[str, Any]]:
    if not isinstance(value, dict):
        return []
    return [(name, item) for name, item in value.items() if isinstance(name, str)]


def _bounded(body: bytes, most: int) -> bytes:
    if len(body) > most:
        raise _too_large(most)
    return body


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"A body may have {most} bytes.")


def _refused(pointer: str, detail: str) -> BadRequest:
    return BadRequest("The request cannot be read.", findings=(Finding(pointer, detail),))
