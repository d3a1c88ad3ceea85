"""Somebody with requests, and two systems that are asked about them, on tables in memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import IO, Any

import pytest
from botocore.exceptions import ClientError

from chalicelib import clock
from chalicelib.api_keys import service as api_keys
from chalicelib.catalogue import STORED
from chalicelib.jobs import service as jobs
from chalicelib.jobs.model import Task
from chalicelib.jobs.store import JobItem
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.requests.service import answers, deadlines
from chalicelib.requests.service.answers import Given
from chalicelib.requests.store import register_place
from chalicelib.storage import clients
from chalicelib.systems import service as systems
from chalicelib.systems.model import Answer, Question, Status
from chalicelib.systems.store import AnswerItem, QuestionItem
from chalicelib.webhooks.model import Callback, callback_of
from tests.product import product_document
from tests.unit.core.samples import SUBJECT
from tests.unit.requests.world import World as Requests
from tests.unit.storage.tables import Steps

ARCHIVE, PARTNER = "archive_host", "affiliation_providers"
"""A processor of all that two purposes need, and one that may hold four fields and no more."""

RIGHTS = ("copy", "port", "rectify", "restrict", "erase")
RECORD = {"category": "identity", "fields": {"name": "Ada"}}
DAY = timedelta(days=1)


@cache
def asking() -> Notice:
    """The notice of the product's tests, with two systems that take part in every right."""
    document = product_document()
    for name, days in ((ARCHIVE, 10), (PARTNER, 5)):
        one = next(found for found in document["recipients"] if found["id"] == name)
        one["answers"] = {"rights": [*RIGHTS], "within": {"days": days}}
    return compile_notice(document, STORED)


@dataclass
class S3:
    """A bucket in memory. What an address was given out for can be put there by `put`."""

    step: Steps
    objects: dict[str, bytes] = field(default_factory=dict)
    written: dict[str, datetime] = field(default_factory=dict)

    def generate_presigned_url(
        self,
        name: str,
        Params: Mapping[str, Any],  # noqa: N803 - boto's name
        ExpiresIn: int,  # noqa: N803 - boto's name
    ) -> str:
        """The address says what it is for."""
        return f"https://s3.example/{Params['Key']}?{name}&{Params['ContentLength']}&{ExpiresIn}"

    def put(self, url: str, body: bytes) -> None:
        """Somebody with the address puts a file there."""
        key, _, about = url.removeprefix("https://s3.example/").partition("?")
        assert about.split("&")[1] == str(len(body)), "S3 refuses another length"
        self.objects[key] = body

    def get_paginator(self, _: str) -> S3:
        """Lists what is there, in one page."""
        return self

    def paginate(self, Bucket: str, Prefix: str) -> list[dict[str, Any]]:  # noqa: N803 - boto
        self.step("s3.list")
        found = [key for key in self.objects if key.startswith(Prefix)]
        return [{"Contents": [{"Key": key, "LastModified": self.written[key]} for key in found]}]

    def put_object(
        self,
        Key: str,  # noqa: N803 - boto's names
        Body: IO[bytes],  # noqa: N803
        **_: Any,
    ) -> None:
        self.step("s3.put")
        self.objects[Key], self.written[Key] = Body.read(), clock.now()

    def head_object(self, Bucket: str, Key: str) -> None:  # noqa: N803 - boto's names
        self.step("s3.head")
        self._found(Key)

    def copy_object(
        self,
        Key: str,  # noqa: N803 - boto's names
        CopySource: Mapping[str, str],  # noqa: N803
        **_: Any,
    ) -> None:
        self.step("s3.copy")
        self.objects[Key] = self._found(CopySource["Key"])

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - boto's names
        self.step("s3.get")
        return {"Body": Body(self._found(Key))}

    def delete_object(self, Bucket: str, Key: str) -> None:  # noqa: N803 - boto's names
        self.step("s3.delete")
        self.objects.pop(Key, None)

    def _found(self, key: str) -> bytes:
        if key not in self.objects:
            raise ClientError(
                {"Error": {"Code": "403"}, "ResponseMetadata": {"HTTPStatusCode": 403}},  # type: ignore[typeddict-item]
                "HeadObject",
            )
        return self.objects[key]


@dataclass
class Body:
    """The body of an object, as it is streamed; a piece ends anywhere."""

    content: bytes

    def iter_chunks(self, size: int) -> Iterator[bytes]:
        del size
        for start in range(0, len(self.content), 7):
            yield self.content[start : start + 7]


class World(Requests):
    """The deployment with the two systems, and a key for each."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.notice = asking()
        self.s3 = S3(self.steps)
        monkeypatch.setattr(clients, "s3", lambda: self.s3)
        monkeypatch.setenv("RISERBO_EXPORTS_BUCKET", "exports")
        monkeypatch.setenv("RISERBO_KEY_EVIDENCE", "arn:evidence")
        self.keys = {
            name: api_keys.create(name, {"answers"}, recipient=name)[1]
            for name in (ARCHIVE, PARTNER)
        }

    def give(self, request: str, recipient: str, status: str, **members: Any) -> Given:
        """A system answers with its own key."""
        answer = Answer(recipient, Status(status), **members)
        return answers.give(self.keys[recipient], request, answer, self.notice)

    def question(self, request: str, recipient: str) -> Question:
        """What a system was asked, and its answer."""
        found = {one.recipient: one for one in systems.questions(SUBJECT, request)}
        return found[recipient]

    def callbacks(self) -> list[Callback]:
        """The callbacks that are not delivered yet."""
        return [callback_of(job.target) for job in self.of_queue("propagation")]

    def of_queue(self, queue: str) -> list[JobItem]:
        """The jobs of a queue that are not done, by their action."""
        found = [job for job in self.tables.all(JobItem) if job.queue == queue]
        return sorted(found, key=lambda job: str(job.action))

    def watch(self) -> dict[str, int]:
        """One run of the schedule; the counts that are not zero."""
        told = deadlines.watch(self.notice, lambda: timedelta(minutes=5)).told()
        return {name: count for name, count in told.items() if count}

    def check(self) -> None:
        """The fulfilment function looks at what was uploaded."""
        for job in self.of_queue("fulfilment"):
            if job.action == "check_answer":
                task = Task(job.subject, job.action, job.target)
                for sent in answers.check(task, self.notice):
                    jobs.send(sent)
                del self.tables.items[False, job.pk, job.sk]

    def stored(self) -> tuple[list[QuestionItem], list[AnswerItem]]:
        """What is stored of questions and answers."""
        return self.tables.all(QuestionItem), self.tables.all(AnswerItem)

    def registered(self, request: str) -> bool:
        """Whether the register knows a request."""
        return any(key[1] == register_place(request)[0] for key in self.tables.items)


def lines(*records: Mapping[str, Any]) -> bytes:
    """Records as they are uploaded."""
    return b"".join(json.dumps(one).encode() + b"\n" for one in records)


def sha256(body: bytes) -> str:
    """The digest of a file."""
    return hashlib.sha256(body).hexdigest()
