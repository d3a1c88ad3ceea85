"""Receipts as people get them, and as anybody reads them."""

from __future__ import annotations

from typing import Any

import jwt
from jwt import PyJWK

from tests.functions.api import Api, ok

JWKS, VERIFY = "/.well-known/jwks.json", "/v1/receipts/verify"

CHOICES = {"site_measurement": "granted", "advertising_cookies": "denied"}
"""What a browser may decide."""


def decide(api: Api, headers: dict[str, str], decisions: dict[str, str], **more: Any) -> str:
    """The id of the entry that a decision makes."""
    body = {
        "notice_version": api.notice_version(),
        "decisions": decisions,
        "source": "banner",
        **more,
    }
    return str(ok(api.post("/v1/consents", headers=headers, json=body), 201)["entry_id"])


def fetched(api: Api, headers: dict[str, str], entry_id: str) -> dict[str, Any]:
    """The receipt of an entry."""
    return ok(api.get(f"/v1/receipts/{entry_id}", headers=headers))


def verdict(api: Api, receipt: str) -> dict[str, Any]:
    """What the open operation says of a receipt."""
    return ok(api.post(VERIFY, json={"receipt": receipt}))


def read_with_the_published_key(api: Api, receipt: str) -> dict[str, Any]:
    """What a program of somebody else's reads in a receipt: it has the key set and nothing more."""
    named = jwt.get_unverified_header(receipt)["kid"]
    (key,) = [one for one in ok(api.get(JWKS))["keys"] if one["kid"] == named]
    ahead = api.stack.local.place.ahead  # the stack's clock dates the receipt
    content: dict[str, Any] = jwt.decode(receipt, PyJWK(key), algorithms=["ES256"], leeway=ahead)
    return content
