"""People whose data was passed on, on tables in memory, and real receivers on this machine.

Everything above the tables and clients is as it is. Played are DynamoDB, KMS, SQS and the clock.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import functions.queues.propagation as function
from chalicelib import clock
from chalicelib.jobs import service as jobs
from chalicelib.jobs.consumer import consume
from chalicelib.jobs.model import LEASE
from chalicelib.jobs.store import JobItem
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.storage import clients
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Life, Standing
from chalicelib.subjects.store import standing_item, standing_of
from chalicelib.webhooks import service as webhooks
from chalicelib.webhooks import store
from chalicelib.webhooks.model import Delivery, Status
from chalicelib.webhooks.service import delivery, endpoints, transport
from chalicelib.webhooks.store import DeliveryItem
from tests.unit.core.samples import SUBJECT, shipped, standing
from tests.unit.storage.tables import Killed, Steps, Tables

PARTNERS = "affiliate_partners"
SPONSORS = "sponsors"
MEASURERS = "measurement_providers"
BOTH = frozenset({PARTNERS, SPONSORS})
LISTS = "partner_lists"
"""The purpose for which both received data, as the shipped notice names them for it."""


def received(*recipients: str, purpose: str = LISTS) -> frozenset[str]:
    """What a standing says of recipients who received data."""
    return frozenset(f"{recipient}:{purpose}" for recipient in recipients)


@dataclass
class Kms:
    """Wraps a secret by writing its context beside it; opens it in that context alone."""

    step: Steps
    made: int = 0

    def generate_data_key(self, **asked: Any) -> Mapping[str, bytes]:
        """A secret that no other is."""
        self.step("kms.generate")
        assert asked["KeyId"] == "callback key"
        self.made += 1
        secret = bytes([self.made]) * asked["NumberOfBytes"]
        wrapped = json.dumps([asked["EncryptionContext"], secret.hex()])
        return {"Plaintext": secret, "CiphertextBlob": wrapped.encode()}

    def decrypt(self, **asked: Any) -> Mapping[str, bytes]:
        """The secret, in its own context."""
        self.step("kms.decrypt")
        assert asked["KeyId"] == "callback key"
        context, secret = json.loads(asked["CiphertextBlob"])
        assert context == asked["EncryptionContext"], "KMS refuses another context"
        return {"Plaintext": bytes.fromhex(secret)}


@dataclass
class Sqs:
    """What was sent to the queue."""

    step: Steps
    bodies: list[str] = field(default_factory=list)

    def send_message_batch(
        self,
        QueueUrl: str,  # noqa: N803 - SQS
        Entries: list[dict[str, str]],  # noqa: N803 - SQS
    ) -> dict[str, list[Any]]:
        """Takes up to ten messages."""
        assert len(Entries) <= 10, "SendMessageBatch takes 10"
        for one in Entries:
            self.send_message(QueueUrl, one["MessageBody"])
        return {}

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803 - SQS
        """Takes a message."""
        self.step("sqs.send")
        assert QueueUrl == "https://sqs.example/propagation"
        self.bodies.append(MessageBody)


@dataclass
class Message:
    """A message as the queue function gets it."""

    body: str

    def to_dict(self) -> dict[str, str]:
        return {"messageId": "m"}


class World:
    """The deployment."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *disclosed: str) -> None:
        self.now = _now()
        self.tables = Tables()
        self.steps = self.tables.steps
        self.kms, self.sqs = Kms(self.steps), Sqs(self.steps)
        self.tables.play(monkeypatch)
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(clients, "kms", lambda: self.kms)
        monkeypatch.setattr(clients, "sqs", lambda: self.sqs)
        monkeypatch.setattr(notices, "current", shipped)
        monkeypatch.setenv("RISERBO_STAGE", "local")
        monkeypatch.setenv("RISERBO_CALLBACK_KEY", "callback key")
        monkeypatch.setenv("RISERBO_PROPAGATION_QUEUE_URL", "https://sqs.example/propagation")
        post = transport.post

        def stepped(*asked: Any, **how: Any) -> str | None:
            self.steps("post")
            return post(*asked, **how)

        monkeypatch.setattr(delivery, "post", stepped)
        self.stands = replace(standing(), disclosed=received(*disclosed))
        self.put_standing(self.stands)

    @property
    def notice(self) -> Notice:
        """The notice in force."""
        return shipped()

    def put_standing(self, stands: Standing) -> None:
        """What stands about somebody is this from now on."""
        self.tables.put(standing_item(stands))

    def standing(self, subject: str = SUBJECT) -> Standing | None:
        """What stands about somebody."""
        item = self.tables.one(*subjects.standing_at(subject))
        return None if item is None else standing_of(item)

    def endpoint(self, recipient: str, url: str) -> bytes:
        """A recipient is told there; its secret."""
        text = endpoints.register(recipient, url, self.notice)
        return base64.b64decode(text.removeprefix("whsec_"))

    def notify(self, kind: str, **more: Any) -> list[JobItem]:
        """Something happened: asked for, committed, sent."""
        write = self.tables.transaction(self.notice)
        asked = webhooks.notify(write, self.stands, kind, self.notice, self.now, **more)  # type: ignore[arg-type]
        write.commit()
        for job in asked:
            jobs.send(job)
        return asked

    def deliver(self) -> bool:
        """One message reaches the function; False if there is none.

        If its worker fails it comes again; if it dies, when its lease is over.
        """
        if not self.sqs.bodies:
            return False
        body = self.sqs.bodies.pop(0)
        try:
            failed = bool(consume([Message(body)], function._work)["batchItemFailures"])
        except Killed:
            self.steps.revive()
            self.now += LEASE
            failed = True
        if failed:
            self.sqs.bodies.append(body)
        return True

    def work_off(self, most: int = 100) -> None:
        """Everything that was asked for is done, and what got lost is sent again."""
        for _ in range(most):
            if not self.deliver():
                if not self.jobs():
                    return
                self.now = max(self.now, min(job.due_at for job in self.jobs()))
                jobs.resend_overdue(lambda created_at: created_at + timedelta(days=90))
        raise AssertionError([job.target for job in self.jobs()])

    def jobs(self) -> list[JobItem]:
        """The callbacks that are not done."""
        return self.tables.all(JobItem)

    def deliveries(self) -> list[Delivery]:
        """What stands recorded, whatever its status."""
        return [store.delivery_of(item) for item in self.tables.all(DeliveryItem)]

    def statuses(self) -> dict[str, Status]:
        """The same by recipient, of one callback each."""
        return {one.recipient: one.status for one in self.deliveries()}


def pending(stands: Standing) -> Standing:
    """The same of somebody whose address is not proven yet."""
    return replace(stands, life=Life.PENDING)


def _now() -> datetime:
    """The real time: the library that verifies messages asks for it."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
