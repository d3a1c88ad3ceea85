"""Sends one callback once, signed, and records the outcome."""

from dataclasses import replace
from datetime import datetime

from chalicelib import clock, logs, settings
from chalicelib.jobs.model import Task
from chalicelib.notices.model import Notice
from chalicelib.storage.transaction import Transaction
from chalicelib.webhooks import model, store
from chalicelib.webhooks.model import Callback, Delivery, Status
from chalicelib.webhooks.service import signature
from chalicelib.webhooks.service.transport import post
from chalicelib.webhooks.store import EndpointItem

UNFIT = "unfit_url"
"""The error of an endpoint whose URL is not allowed in this stage."""


class NotDelivered(RuntimeError):
    """A recipient was not told; SQS retries the message, then moves it to the dead letters."""


def deliver(task: Task, notice: Notice) -> None:
    """Sends the callback of a job and records the outcome.

    One BatchGetItem, a KMS call for each secret, one POST, one transaction. A worker that dies
    between the POST and the transaction causes a second POST, with the same id. Raises
    NotDelivered.
    """
    callback = model.callback_of(task.target)
    known = store.known(callback)
    if any(one.status is Status.DELIVERED for one in known.deliveries):
        return
    before = max(known.deliveries, key=lambda one: one.attempts, default=None)
    now = clock.now()
    if known.endpoint is None:
        after = model.nowhere_to_tell(callback, before, now)
    else:
        error = _tell(known.endpoint, callback, now)
        after = model.after_try(callback, before, error, clock.now())
    if task.subject != callback.subject:
        after = replace(after, place=task.subject)
    write = Transaction(notice)
    rule = notice.rule(store.DeliveryItem.KIND, store.EVENT)
    store.put_delivery(write, after, known.deliveries, rule.ends(after.created_at))
    write.commit()
    _conclude(after)


def _tell(endpoint: EndpointItem, callback: Callback, now: datetime) -> str | None:
    """Posts the message; returns why the recipient was not told, None where it was.

    It checks again that this stage may call the URL: a table can be restored into another stage.
    """
    local = settings.stage() == settings.LOCAL
    if model.unfit_url(endpoint.url, local=local) is not None:
        return UNFIT
    body = callback.body()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Riserbo",
        **signature.headers(endpoint, callback.id, body, now),
    }
    return post(endpoint.url, headers, body.encode(), anywhere=local)


def _conclude(after: Delivery) -> None:
    """Logs the outcome, and raises NotDelivered where it has to be tried again."""
    about: logs.Fields = {"recipient": after.recipient, "message": after.id}
    if after.status is Status.DELIVERED:
        return
    if after.status is Status.NO_ENDPOINT:
        logs.log("callback.no_endpoint", **about)
        return
    about |= {"reason": after.error or "", "attempt": after.attempts}
    if after.status is Status.FAILED:
        logs.log("callback.given_up", **about)
    else:
        logs.log("callback.failed", **about)
    raise NotDelivered
