"""Sets, changes, lists and removes the endpoints of recipients, for an operator."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chalicelib import clock, settings
from chalicelib.errors import Conflict, Finding, Unprocessable
from chalicelib.notices.model import Notice
from chalicelib.storage import keys
from chalicelib.storage.transaction import ConditionFailed
from chalicelib.webhooks import model, store
from chalicelib.webhooks.model import BOTH_SECRETS
from chalicelib.webhooks.service import signature
from chalicelib.webhooks.store import EndpointItem


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A recipient's URL, with the time of its last change; the secret is shown only once."""

    recipient: str
    url: str
    changed_at: datetime


def register(recipient: str, url: str, notice: Notice) -> str:
    """Stores a recipient's URL; returns the new secret with which it verifies messages.

    For a recipient that has an endpoint the former secret signs too for a day. One GetItem, one KMS
    call, one transaction. Raises Unprocessable with all findings, and Conflict.
    """
    before, now = store.get_endpoint(recipient), clock.now()
    found = tuple(_findings(recipient, url, before, notice))
    if found:
        raise Unprocessable("This endpoint cannot be used.", findings=found)
    secret, wrapped = signature.new_secret(recipient)
    pk, sk = store.endpoint_place(recipient)
    item = EndpointItem(pk, sk, kind=store.KIND, url=url, secret=wrapped, changed_at=now)
    if before is not None:
        item.former, item.former_until = before.secret, now + BOTH_SECRETS
    try:
        store.put_endpoint(item, before)
    except ConditionFailed:
        raise Conflict("Somebody changed this endpoint at the same moment.") from None
    return f"whsec_{base64.b64encode(secret).decode()}"


def remove(recipient: str) -> bool:
    """Deletes a recipient's endpoint; returns False where there was none."""
    return store.delete_endpoint(recipient)


def listed() -> list[Endpoint]:
    """Lists all endpoints, by recipient. One Query a MB."""
    return [
        Endpoint(keys.endpoint_of(item.sk), item.url, item.changed_at)
        for item in store.list_endpoints()
    ]


def _findings(
    recipient: str, url: str, before: EndpointItem | None, notice: Notice
) -> Iterator[Finding]:
    # A recipient that the notice no longer names may change its endpoint: it still has to be told
    # of changes to data that it received before.
    if before is None and recipient not in notice.recipients:
        known = ", ".join(sorted(notice.recipients))
        yield Finding("/recipient", f"must be one of the notice's: {known}")
    unfit = model.unfit_url(url, local=settings.stage() == settings.LOCAL)
    if unfit is not None:
        yield Finding("/url", unfit)


__all__ = ["Endpoint", "listed", "register", "remove"]
