"""Links that end mails: as the site is handed them, and as an administrator could make them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from chalicelib.unsubscribe import model
from chalicelib.unsubscribe.model import Kind, Link, Scope
from tests.functions.api import Api, ok
from tests.functions.people import bearer
from tests.functions.stack import DeployedStack

ISSUE = "/v1/unsubscribe-links"
NEWSLETTER = "offers_email"
ONE_CLICK = {"Content-Type": "application/x-www-form-urlencoded"}, "List-Unsubscribe=One-Click"


def ask(api: Api, key: str, subject: str, purpose: str = NEWSLETTER, **more: Any) -> Any:
    """Asks for a link; the response."""
    body = {"subject": subject, "purpose": purpose, **more}
    return api.post(ISSUE, headers=bearer(key), json=body)


def issued(api: Api, key: str, subject: str, purpose: str = NEWSLETTER, **more: Any) -> str:
    """The path of a link that the site may put into a mail."""
    url: str = ok(ask(api, key, subject, purpose, **more))["url"]
    return url.removeprefix(api.base_url)


def minted(
    stack: DeployedStack, subject: str, scope: Scope, valid: timedelta = timedelta(days=1)
) -> str:
    """The path of a link that nobody had to ask for."""
    link = Link(subject, scope, int((datetime.now(UTC) + valid).timestamp()))
    mac = stack.client("kms").generate_mac(
        KeyId=stack.outputs["LinkKey"], MacAlgorithm="HMAC_SHA_256", Message=link.signed()
    )["Mac"]
    return f"/v1/unsubscribe/{model.token(link, mac)}"


def newsletter(stack: DeployedStack, subject: str) -> str:
    """One of those that ends the newsletter."""
    return minted(stack, subject, Scope(Kind.PURPOSE, NEWSLETTER))


def click(api: Api, path: str) -> requests.Response:
    """What a mail program sends when its reader presses its own button (RFC 8058)."""
    headers, body = ONE_CLICK
    return api.post(path, headers=headers, data=body)
