"""Where recipients are told: what an operator sets, changes, lists and removes."""

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
    """Where a recipient is told, since when so; the secret is shown once and never again."""

    recipient: str
    url: str
    changed_at: datetime


def register(recipient: str, url: str, notice: Notice) -> str:
    """Says where a recipient is told; answers the secret with which it verifies messages.

    Said again, there is a new secret; the former one signs too for a day. One GetItem, one KMS
    call, one transaction. Raises Unprocessable with everything that is wrong, and Conflict.
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
    """Forgets where a recipient is told; False where nobody had said."""
    return store.delete_endpoint(recipient)


def listed() -> list[Endpoint]:
    """All endpoints, by recipient. One Query."""
    return [
        Endpoint(keys.endpoint_of(item.sk), item.url, item.changed_at)
        for item in store.list_endpoints()
    ]


def _findings(
    recipient: str, url: str, before: EndpointItem | None, notice: Notice
) -> Iterator[Finding]:
    # Who has an endpoint may have another one after the notice stopped naming them: they still
    # have to hear of what they received before.
    if before is None and recipient not in notice.recipients:
        known = ", ".join(sorted(notice.recipients))
        yield Finding("/recipient", f"must be one of the notice's: {known}")
    unfit = model.unfit_url(url, local=settings.stage() == settings.LOCAL)
    if unfit is not None:
        yield Finding("/url", unfit)


__all__ = ["Endpoint", "listed", "register", "remove"]
