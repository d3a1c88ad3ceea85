"""Somebody with requests, on tables in memory: what is asked, done and mailed, and what breaks off.

Played are DynamoDB, SES, SQS and the clock; data keys lie unwrapped, so that KMS is not needed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib import clock
from chalicelib.accounts.store import ProfileItem, profile_place
from chalicelib.jobs import service as jobs
from chalicelib.jobs.consumer import consume
from chalicelib.jobs.model import LEASE
from chalicelib.jobs.store import JobItem
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.grounds import Right
from chalicelib.requests.history import written
from chalicelib.requests.machine import Action, Actor, advanced, move
from chalicelib.requests.model import Asked, Request
from chalicelib.requests.service import effects, intake
from chalicelib.requests.service.mails import tell
from chalicelib.requests.store import RequestItem
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import Opened, Session, SignedIn
from chalicelib.storage import clients, keys
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Life, Limits
from chalicelib.subjects.store import standing_item
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem
from functions.queues import mail
from tests.unit.core.samples import NOW, SUBJECT, shipped, standing
from tests.unit.storage.tables import Killed, Steps, Tables

IMPORTED = effects
"""Imported when it is needed, but here before tables take DynamoDB's place."""

ADDRESS = "ada@example.com"
P, D, S = Actor.PERSON, Actor.DESK, Actor.SYSTEM


@dataclass
class Ses:
    """The mails that SES took; while it is `away` it takes none."""

    step: Steps
    taken: list[EmailMessage] = field(default_factory=list)
    away: bool = False

    def send_raw_email(self, RawMessage: Mapping[str, bytes], **_: Any) -> None:  # noqa: N803 - SES
        """Takes a mail, or not."""
        self.step("ses.send")
        if self.away:
            raise EndpointConnectionError(endpoint_url="ses")
        parsed = message_from_bytes(RawMessage["Data"], policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.taken.append(parsed)


@dataclass
class Sqs:
    """The tickets that were sent to the queue of mails; those of other queues are left alone.

    `dead` are the texts of dead letters, by queue.
    """

    step: Steps
    bodies: list[str] = field(default_factory=list)
    dead: dict[str, list[str]] = field(default_factory=dict)
    away: bool = False

    def send_message_batch(
        self,
        QueueUrl: str,  # noqa: N803 - SQS
        Entries: list[dict[str, str]],  # noqa: N803 - SQS
    ) -> dict[str, list[Any]]:
        """Takes up to ten messages."""
        assert len(Entries) <= 10, "SendMessageBatch takes 10"
        for one in Entries:
            self.send_message(QueueUrl, one["MessageBody"])
        return {"Successful": [{"Id": one["Id"]} for one in Entries]}

    def get_queue_attributes(self, QueueUrl: str, **_: Any) -> dict[str, Any]:  # noqa: N803 - SQS
        """Tells how many dead letters there are, and where those of a queue lie."""
        if self.away:
            raise EndpointConnectionError(endpoint_url="sqs")
        name = QueueUrl.rpartition("/")[2].removesuffix("-dead")
        target = f"arn:aws:sqs:eu-south-1:123456789012:{name}-dead"
        policy = json.dumps({"deadLetterTargetArn": target})
        count = str(len(self.dead.get(name, ())))
        return {"Attributes": {"RedrivePolicy": policy, "ApproximateNumberOfMessages": count}}

    def receive_message(
        self,
        QueueUrl: str,  # noqa: N803 - SQS
        **_: Any,
    ) -> dict[str, Any]:
        """Shows up to ten dead letters."""
        found = self.dead.get(QueueUrl.rpartition("/")[2].removesuffix("-dead"), [])[:10]
        return {
            "Messages": [
                {
                    "MessageId": f"{number:08d}-0000",
                    "Body": body,
                    "ReceiptHandle": body,
                    "Attributes": {"SentTimestamp": str(1_795_363_200_000 + number)},
                }
                for number, body in enumerate(found)
            ]
        }

    def delete_message(self, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803 - SQS
        """Takes a dead letter away."""
        self.dead[QueueUrl.rpartition("/")[2].removesuffix("-dead")].remove(ReceiptHandle)

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803 - SQS
        """Takes a message."""
        self.step("sqs.send")
        if QueueUrl.endswith("mail"):
            self.bodies.append(MessageBody)


@dataclass
class Message:
    """A message as the queue function gets it."""

    body: str

    def to_dict(self) -> dict[str, str]:
        return {"messageId": "m"}


class World:
    """The deployment, with one account in it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        self.notice: Notice = shipped()
        self.tables = Tables()
        self.steps = self.tables.steps
        self.ses, self.sqs = Ses(self.steps), Sqs(self.steps)
        self.tables.play(monkeypatch)
        monkeypatch.setattr(clock, "now", lambda: self.now)
        for ses in ("ses", "ses_once"):
            monkeypatch.setattr(clients, ses, lambda: self.ses)
        monkeypatch.setattr(clients, "sqs", lambda: self.sqs)
        monkeypatch.setattr(notices, "current", lambda: self.notice)
        monkeypatch.setenv("RISERBO_STAGE", "local")
        monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
        monkeypatch.setenv("RISERBO_MAIL_SENDER", "noreply@kaveripoint.example")
        for queue in ("MAIL", "FULFILMENT", "RETENTION", "PROPAGATION"):
            url = f"https://sqs.example/{queue.lower()}"
            monkeypatch.setenv(f"RISERBO_{queue}_QUEUE_URL", url)
        self._open_account()

    def _open_account(self) -> None:
        pk, sk = profile_place(SUBJECT, "identity")
        identity = ProfileItem(pk=pk, sk=sk, kind="profile")
        account = DataKey(SUBJECT, ProfileItem.CLASS, b"k" * 32)
        vault.seal_item(identity, account, {"email": ADDRESS, "name": "Ada"})
        data_keys = [
            DataKeyItem(
                pk=keys.subject(SUBJECT),
                sk=name,
                kind="data_key",
                material=b"k" * 32,
                created_at=NOW,
            )
            for name in ("account", "evidence")
        ]
        token, session = sessions.new_session(SUBJECT, Opened(), 0, self.notice, NOW)
        self.token = str(token)
        self.tables.put(standing_item(standing()), identity, session, *data_keys)

    def stop(self, life: Life = Life.ACTIVE, *, disowned: bool = False) -> None:
        """The account is in another state from now."""
        limits = Limits(disowned=disowned)
        self.tables.put(standing_item(standing(life=life, limits=limits)))

    def signed_in(self) -> SignedIn:
        """The person, signed in."""
        found = subjects.account_standing(SUBJECT)
        assert found is not None
        until = self.now + timedelta(days=1)
        return SignedIn(Session(SUBJECT, "s", self.now, until, 0, Opened()), found)

    def ask(self, right: str = "port", locale: str | None = "en", **members: Any) -> str:
        """The person asks for a right; the id of the request."""
        asked = Asked(Right(right), **members)
        return intake.make(self.token, asked, locale, self.notice).request.request.id

    def act(
        self, request_id: str, action: Action, by: Actor, reason: str | None = None
    ) -> JobItem | None:
        """An act on a request that does no more than its entry and its mail."""
        item = self.item(request_id)
        history = store.request_of(item).history
        told = move(history, action, by).told
        entry = advanced(history, action, by, self.now, reason)[-1]
        item.history = [*item.history, written(entry)]
        item.status = str(entry.status)
        item.sealed_fields = store.SEALED
        write: Transaction = self.tables.transaction(self.notice)  # type: ignore[assignment]
        write.replace(item)
        job = None if told is None else tell(write, SUBJECT, request_id, told, self.now)
        write.commit()
        if job is not None:
            jobs.send(job)
        return job

    def item(self, request_id: str) -> RequestItem:
        """A request as it is stored."""
        found: RequestItem = self.tables.one(RequestItem, *store.request_place(SUBJECT, request_id))
        assert found is not None
        return found

    def request(self, request_id: str) -> Request:
        """A request."""
        return store.request_of(self.item(request_id))

    def events(self, request_id: str) -> list[str]:
        """The events of a request's history."""
        return [str(entry.event) for entry in self.request(request_id).history]

    def jobs(self) -> list[JobItem]:
        """The jobs of mails that are not done."""
        return [job for job in self.tables.all(JobItem) if job.queue == "mail"]

    def deliver(self) -> bool:
        """One message reaches the queue function; False when there is none.

        One whose worker is killed, or failed, comes again when its lease is over.
        """
        if not self.sqs.bodies:
            return False
        body = self.sqs.bodies.pop(0)
        try:
            failed = consume([Message(body)], mail.send)["batchItemFailures"]
        except Killed:
            self.steps.revive()
            failed = [{"itemIdentifier": "killed"}]
        if failed:
            self.now += LEASE
            self.sqs.bodies.append(body)
        return True

    def relay(self) -> None:
        """Time goes on until the next job is overdue, which is then sent."""
        dates = [job.due_at for job in self.jobs() if job.due_at is not None]
        self.now = max(self.now, min(dates))
        jobs.resend_overdue(lambda created_at: created_at + timedelta(days=90))

    def work_off(self, most: int = 50) -> None:
        """Every mail that was asked for is sent, however long it takes."""
        for _ in range(most):
            if not self.deliver():
                if not self.jobs():
                    return
                self.relay()
        raise AssertionError([job.action for job in self.jobs()])

    def subjects(self) -> list[str]:
        """What the mails so far are about, oldest first."""
        return [str(one["Subject"]) for one in self.ses.taken]

    def text(self, number: int = -1) -> str:
        """What a mail says, as one line."""
        return " ".join(self.ses.taken[number].get_content().split())
