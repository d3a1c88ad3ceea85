"""Somebody who is erased, on tables in memory: what goes, what stays, and what breaks off."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts.store import ClaimItem, claim_place
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.service import capture
from chalicelib.consents.service.context import Caller
from chalicelib.erasure import store as erasure_store
from chalicelib.erasure.service import saga, tombstone
from chalicelib.jobs import service as jobs
from chalicelib.jobs.consumer import consume
from chalicelib.jobs.model import LEASE
from chalicelib.jobs.store import JobItem
from chalicelib.publications.store import new_obligation
from chalicelib.receipts import signature
from chalicelib.requests.casework import Act
from chalicelib.requests.machine import Action
from chalicelib.requests.service import casework
from chalicelib.storage import clients, keys
from chalicelib.storage.item import Stored
from chalicelib.subjects.model import Standing
from chalicelib.subjects.store import standing_item
from functions.queues import erasure as worker
from tests.unit.core.samples import NOW, SHOWN, SUBJECT, standing
from tests.unit.receipts.kms import ARN, Kms
from tests.unit.requests.world import D, Message, World
from tests.unit.retention.sweeping import sweep
from tests.unit.storage.tables import Killed, Steps

IMPORTED = (capture, casework, saga, tombstone)
"""Modules that are imported late: here before tables take DynamoDB's place."""

MAC = "ac" * 32
PK = keys.subject(SUBJECT)


@dataclass
class Buckets:
    """S3: the log of erasures, and the bodies of exports."""

    step: Steps
    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def put_object(self, Bucket: str, Key: str, Body: bytes, **_: Any) -> None:  # noqa: N803
        """Stores an object."""
        self.step("s3.put")
        self.objects[Bucket, Key] = Body

    def delete_object(self, Bucket: str, Key: str) -> None:  # noqa: N803
        """Deletes an object."""
        self.step("s3.delete")
        self.objects.pop((Bucket, Key), None)

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        """Reads an object."""
        from io import BytesIO

        self.step("s3.get")
        return {"Body": BytesIO(self.objects[Bucket, Key])}

    def get_paginator(self, _: str) -> Buckets:
        """Lists objects."""
        return self

    def paginate(
        self,
        Bucket: str,  # noqa: N803
        Prefix: str,  # noqa: N803
        StartAfter: str = "",  # noqa: N803
    ) -> list[dict[str, Any]]:
        """The one page of a listing."""
        self.step("s3.list")
        found = sorted(
            key
            for bucket, key in self.objects
            if bucket == Bucket and key.startswith(Prefix) and key > StartAfter
        )
        contents = [{"Key": key, "LastModified": NOW} for key in found]
        return [{"Contents": contents}] if found else [{}]


class ErasedWorld(World):
    """The deployment, with an account that has something of every kind."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.s3 = Buckets(self.steps)
        self.retention: list[str] = []
        self.told: list[str] = []
        monkeypatch.setattr(clients, "s3", lambda: self.s3)
        self.kms = Kms()
        monkeypatch.setattr(clients, "kms", lambda: self.kms)
        monkeypatch.setenv("RISERBO_RECEIPT_KEY", ARN)
        signature._load.cache_clear()
        monkeypatch.setattr(self.sqs, "send_message", self._sent)
        for bucket in ("EXPORTS", "ERASURES"):
            monkeypatch.setenv(f"RISERBO_{bucket}_BUCKET", bucket.lower())
        for queue in ("RETENTION",):
            monkeypatch.setenv(f"RISERBO_{queue}_QUEUE_URL", f"https://sqs.example/{queue.lower()}")
        pk, sk = claim_place(MAC)
        claim = ClaimItem(pk=pk, sk=sk, kind="claim", subject=SUBJECT, verified_at=self.now)
        stands = replace(
            standing(),
            claim=MAC,
            disclosed=frozenset({"credit_reference_agencies:credit_reference"}),
        )
        self.tables.put(standing_item(stands), claim)

    def _sent(self, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803
        self.steps("sqs.send")
        queue = QueueUrl.rsplit("/", 1)[1]
        if queue == "mail":
            self.sqs.bodies.append(MessageBody)
        if queue == "retention":
            self.retention.append(MessageBody)
        if queue == "propagation":
            self.told.append(MessageBody)

    def fill(self) -> None:
        """Gives the account decisions, a word of a change, and an export whose body is there."""
        shown = Shown(self.notice.version, self.notice.digest, "en", SHOWN.source)
        for number, choice in enumerate((Choice.GRANTED, Choice.DENIED)):
            capture.capture(
                Caller(bearer=self.token),
                {"offers_email": choice},
                shown,
                f"event-{number}",
                self.notice,
            )
        told = new_obligation(SUBJECT, "2026-12-01", (), self.now, self.now)
        self.tables.put(told)
        self.s3.objects["exports", f"exports/{SUBJECT}/r1.json"] = b"everything"

    def approved(self, **members: Any) -> str:
        """A request of erasure that the desk approved; its job waits."""
        request = self.ask("erase", **members)
        casework.act("o" * 26, request, Act(Action.APPROVE), self.notice)
        return request

    def carry_out(self) -> bool:
        """One message reaches the function of erasures; False when there is none."""
        if not self.retention:
            return False
        body = self.retention.pop(0)
        try:
            failed = consume([Message(body)], worker.erase)["batchItemFailures"]
        except Killed:
            self.steps.revive()
            failed = [{"itemIdentifier": "killed"}]
        if failed:
            self.now += LEASE
            self.retention.append(body)
        return True

    def finish(self, most: int = 20) -> None:
        """Everything that was asked for is done, however often it takes."""
        for _ in range(most):
            if not self.carry_out():
                if not [job for job in self.tables.all(JobItem) if job.queue == "retention"]:
                    self.work_off()
                    return
                self.now += timedelta(hours=13)
                jobs.resend_overdue(lambda created_at: created_at + timedelta(days=90))
        raise AssertionError("it is never done")

    def sweep(self) -> dict[str, int]:
        """One sweep; the counts that are not zero."""
        swept = sweep(self.notice).told()
        return {name: count for name, count in swept.items() if count}

    def left(self, subject: str = SUBJECT) -> set[str]:
        """The sort keys of what lies in a subject's partition, in any table but that of keys."""
        pk = keys.subject(subject)
        return {sk for (is_key, part, sk) in self.tables.items if part == pk and not is_key}

    def keys_left(self, subject: str = SUBJECT) -> set[str]:
        """The classes whose data key is left."""
        pk = keys.subject(subject)
        return {sk for (is_key, part, sk) in self.tables.items if part == pk and is_key}

    def log(self) -> list[dict[str, Any]]:
        """The entries of the log of erasures."""
        return list(erasure_store.entries_since(self.now.date() - timedelta(days=4000)))

    def copied(self) -> dict[Any, Any]:
        """What lies in all tables."""
        return {place: dict(raw) for place, raw in self.tables.items.items()}


__all__ = ["MAC", "PK", "D", "ErasedWorld", "Standing", "Stored"]
