"""Accounts that nobody used for long: how they stand, and how they are warned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.accounts import warning_store as store
from chalicelib.instants import instant
from chalicelib.jobs import service as jobs
from chalicelib.jobs.service import Ticket
from chalicelib.notices.model import Period
from chalicelib.subjects import encoding
from chalicelib.subjects.model import Warned
from tests.functions import tables
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.tables import Item

WEEK = Period(days=7)


def standing(stack: DeployedStack, person: Person) -> Item:
    """The standing of an account, as it is stored."""
    (found,) = tables.of_kind(tables.partition(stack, person.subject), "standing")
    return found


def records(stack: DeployedStack, person: Person) -> list[Item]:
    """The warnings that somebody got, the earliest first."""
    return tables.of_kind(tables.partition(stack, person.subject), "warning")


def last_activity(stack: DeployedStack, person: Person) -> datetime:
    """When an account was used last."""
    return datetime.fromisoformat(standing(stack, person)["last_activity_at"]["S"])


def warned(stack: DeployedStack, person: Person) -> datetime:
    """The person is warned as if they had not come for two years; the beginning of their period.

    What the sweep writes in one transaction is put there, and the mail's job is sent.
    """
    now = datetime.now(UTC) + timedelta(seconds=stack.local.place.ahead)
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    since = now - timedelta(days=720)
    about = Warned(since, now, now + timedelta(days=7), WEEK)
    record = store.new_warning(person.subject, about, "erase", None)
    job = jobs.new_job(person.subject, "mail", "account_unused", store.id_of(about), now)
    changed = {
        "last_activity_at": {"S": instant(since)},
        "warned": {"S": encoding.pack_warned(about)},
    }
    tables.put(stack, {**standing(stack, person), **changed})
    for item in (record, job):
        written: dict[str, Any] = item.serialize()
        tables.put(stack, written)
    stack.client("sqs").send_message(
        QueueUrl=stack.outputs["MailQueueUrl"],
        MessageBody=Ticket(person.subject, job.id).body(),
    )
    return since
