"""A deployment with people in it, on tables in memory: versions are published, and people are told.

Everything above the tables and clients is as it is. Played are DynamoDB, SES, SQS and the clock;
a data key lies unwrapped, so that KMS is not needed.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from chalicelib import clock
from chalicelib.accounts.store import ProfileItem, profile_place
from chalicelib.instants import instant
from chalicelib.jobs import service as jobs
from chalicelib.jobs.consumer import consume
from chalicelib.jobs.model import LEASE, Task
from chalicelib.jobs.rounds import service as rounds
from chalicelib.jobs.rounds.model import Round
from chalicelib.jobs.store import JobItem
from chalicelib.notices import service as notices
from chalicelib.notices import store
from chalicelib.notices.model import Notice
from chalicelib.notices.service import confirmations
from chalicelib.publications.model import Obligation
from chalicelib.publications.service import concerned
from chalicelib.publications.service.announcement import ANNOUNCE
from chalicelib.publications.service.publication import publish
from chalicelib.publications.service.work import work
from chalicelib.publications.store import ObligationItem, obligation_at, obligation_of
from chalicelib.storage import clients, keys
from chalicelib.subjects.model import NO_LIMITS, Decided, Decision, Life, Limits
from chalicelib.subjects.store import LANE, standing_item
from chalicelib.vault import service as vault
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.store import DataKeyItem
from tests.unit.core.samples import NOW, association_document, standing
from tests.unit.storage.tables import Killed, Steps, Tables

FIRST, SECOND = "2025-03-01", "2026-12-20"
AHEAD = timedelta(days=20)


def later_version(
    *edits: Any, version: str = SECOND, effective_at: datetime = NOW + AHEAD
) -> dict[str, Any]:
    """The association's document as a later version, edited."""
    document = association_document()
    for edit in edits:
        edit(document)
    return document | {"version": version, "effective_at": instant(effective_at)}


def subject_of(number: int) -> str:
    """The subject of that number: always the same, in some shard of the index."""
    return hashlib.sha256(f"person {number}".encode()).hexdigest()[:26]


def address(subject: str) -> str:
    """The address of a subject."""
    return f"{subject}@example.com"


@dataclass
class Ses:
    """What SES was handed over and took, and what it answers otherwise."""

    step: Steps
    accepted: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """One for each mail to come: `ok`, `lost` (taken, no answer), `unreachable`, or a code."""

    quota: Mapping[str, float] = field(
        default_factory=lambda: {
            "Max24HourSend": 50_000.0,
            "SentLast24Hours": 0.0,
            "MaxSendRate": 10_000.0,
        }
    )

    def get_send_quota(self) -> Mapping[str, float]:
        """The quota."""
        self.step("ses.quota")
        return self.quota

    def send_raw_email(self, Source: str, Destinations: list[str], RawMessage: Any) -> None:  # noqa: N803 - SES
        """Takes a mail, or not."""
        self.step("ses.send")
        answer = self.answers.pop(0) if self.answers else "ok"
        if answer in ("ok", "lost"):
            self.accepted += Destinations
        if answer == "lost":
            raise ReadTimeoutError(endpoint_url="ses")
        if answer == "unreachable":
            raise EndpointConnectionError(endpoint_url="ses")
        if answer != "ok":
            status = 500 if answer == "InternalFailure" else 400
            told: Any = {
                "Error": {"Code": answer, "Message": "no"},
                "ResponseMetadata": {"HTTPStatusCode": status},
            }
            raise ClientError(told, "SendRawEmail")


class Patient:
    """The client for mails that may be handed over twice: a mailing must not use it."""

    def __init__(self, ses: Ses) -> None:
        self.get_send_quota = ses.get_send_quota


@dataclass
class Sqs:
    """What was sent to the queues."""

    step: Steps
    bodies: list[str] = field(default_factory=list)

    def send_message_batch(
        self,
        QueueUrl: str,  # noqa: N803 - SQS
        Entries: list[dict[str, str]],  # noqa: N803 - SQS
    ) -> dict[str, list[Any]]:
        """Takes up to ten messages."""
        assert len(Entries) <= 10, "SendMessageBatch takes 10"
        self.step("sqs.batch")
        self.bodies += [one["MessageBody"] for one in Entries]
        return {}

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803 - SQS
        """Takes a message."""
        self.step("sqs.send")
        self.bodies.append(MessageBody)


@dataclass
class Message:
    """A message as the queue function gets it."""

    body: str

    def to_dict(self) -> dict[str, str]:
        return {"messageId": "m"}


class World:
    """The deployment."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        self._environment = monkeypatch
        self.tables = Tables()
        self.steps = self.tables.steps
        self.ses, self.sqs = Ses(self.steps), Sqs(self.steps)
        self.tables.play(monkeypatch)
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(clients, "ses", lambda: Patient(self.ses))
        monkeypatch.setattr(clients, "ses_once", lambda: self.ses)
        monkeypatch.setattr(clients, "sqs", lambda: self.sqs)
        monkeypatch.setattr(notices, "_memory", notices._Memory())
        self.restart()
        monkeypatch.setenv("RISERBO_STAGE", "local")
        monkeypatch.setenv("RISERBO_MAIL_RATE", "10000")
        monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
        monkeypatch.setenv("RISERBO_MAIL_SENDER", "privacy@millbrook.example")
        monkeypatch.setenv("RISERBO_ANNOUNCEMENTS_QUEUE_URL", "https://sqs.example/announcements")
        monkeypatch.delenv("RISERBO_CONFIRMATIONS", raising=False)

    @property
    def notice(self) -> Notice:
        """The version in force."""
        return notices.current()

    def restart(self) -> None:
        """Another process: it lives, and knows nothing yet."""
        self.steps.revive()
        notices._memory = notices._Memory()
        concerned.version.cache_clear()

    def deploy_confirmed(self, *entries: str) -> None:
        """Another deployment, which confirms statements of the notice."""
        self.tables.put(store.confirmations_item(confirmations.digest_of(entries), entries))
        self._environment.setenv("RISERBO_CONFIRMATIONS", confirmations.digest_of(entries))
        self.restart()

    def publish(self, document: Mapping[str, Any]) -> Notice:
        """Publishes a version."""
        return publish(document)

    def person(
        self,
        number: int,
        decisions: Mapping[str, Decision] | None = None,
        life: Life = Life.ACTIVE,
        registered_at: datetime = NOW - timedelta(days=30),
        version: str = FIRST,
        *,
        limits: Limits = NO_LIMITS,
        subject: str = "",
    ) -> str:
        """Somebody with an account, who decided under the first version; their subject."""
        subject = subject or subject_of(number)
        decided = {
            name: Decided(one, seq, registered_at, version)
            for seq, (name, one) in enumerate((decisions or {}).items(), 1)
        }
        stands = replace(
            standing(subject, life, limits),
            locale="en",
            notice_version=version,
            decisions=decided,
            registered_at=registered_at,
            last_activity_at=registered_at,
        )
        item = standing_item(stands)
        item.schedule(LANE, registered_at + timedelta(days=3 * 365), "last_activity", registered_at)
        key = DataKey(subject, ProfileItem.CLASS, b"k" * 32)
        pk, sk = profile_place(subject, "member")
        profile = ProfileItem(pk=pk, sk=sk, kind="profile")
        vault.seal_item(profile, key, {"mail": address(subject), "full_name": "Ada"})
        wrapped = DataKeyItem(
            pk=keys.subject(subject),
            sk=ProfileItem.CLASS,
            kind="data_key",
            material=key.material,
            created_at=registered_at,
        )
        self.tables.put(item, profile, wrapped)
        return subject

    def obligation(self, subject: str, version: str = SECOND) -> Obligation | None:
        """What stands recorded about telling somebody."""
        item = self.tables.one(*obligation_at(subject, version))
        return None if item is None else obligation_of(item)

    def put_obligation(self, known: Obligation, **changed: Any) -> None:
        """Somebody's obligation is otherwise from now."""
        kind, pk, sk = obligation_at(known.subject, known.version)
        item = self.tables.one(kind, pk, sk)
        assert isinstance(item, ObligationItem)
        for name, value in changed.items():
            setattr(item, name, value)
        self.tables.put(item)

    def mails(self) -> Counter[str]:
        """How many mails each subject was sent."""
        return Counter(one.partition("@")[0] for one in self.ses.accepted)

    def round(self, version: str = SECOND, action: str = ANNOUNCE) -> Round | None:
        """How far a round has come."""
        return rounds.find(version, action)

    def jobs(self) -> list[JobItem]:
        """The jobs that are not done."""
        return self.tables.all(JobItem)

    def task_of_round(self) -> Task:
        """What the latest job of a round asks for: of its first part, where it has parts."""
        pages = [job for job in self.jobs() if job.action == rounds.PAGE]
        first = [job for job in pages if job.target.split(" ")[4:] == ["0"]]
        job = max(first or pages, key=lambda job: int(job.target.split(" ")[3]))
        return Task(job.subject, job.action, job.target)

    def spread(self) -> None:
        """The round that was begun last is spread into its parts, one a shard."""
        self.sqs.bodies.clear()
        (job,) = [job for job in self.jobs() if job.action == rounds.PAGE]
        work(Task(job.subject, job.action, job.target))
        self.tables.items.pop((False, job.pk, job.sk))

    def deliver(self) -> bool:
        """One message reaches the queue function; False when there is none.

        One whose worker is killed, or failed, comes again when its lease is over.
        """
        if not self.sqs.bodies:
            return False
        body = self.sqs.bodies.pop(0)
        try:
            failed = consume([Message(body)], work)["batchItemFailures"]
        except Killed:
            self.restart()
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

    def work_off(self, most: int = 400) -> None:
        """Everything that was asked for is done, however long it takes."""
        for _ in range(most):
            if not self.deliver():
                if not self.jobs():
                    return
                self.relay()
        raise AssertionError(json.dumps([job.target for job in self.jobs()]))
