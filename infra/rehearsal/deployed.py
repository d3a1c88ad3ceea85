"""A deployed stage as the rehearsal reaches it: its API, its functions, the links that it signs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import urllib3
from boto3 import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.invocation import scheduled
from infra.publication import settings_of

_SECONDS: Final = 30
"""The time that an answer of the API may take; API Gateway gives a function 29 seconds."""

_RUN: Final = 310
"""The time, in seconds, that a schedule's run may take: no function has more than 300."""

_SHOWN: Final = 300
"""Bytes of an unexpected answer that are shown."""

T = TypeVar("T")


class Unhealthy(Exception):
    """The deployment does not work; the text holds the step, the call and the answer."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployed stage: `outputs` of its app stack, `base_url` of its API without a slash.

    `endpoint` is the URL of a local engine, None for AWS. `pause` is the time between two looks at
    work that is not done yet, `patience` the time until such work counts as failed, in seconds.
    """

    session: Session
    outputs: Mapping[str, str]
    base_url: str
    endpoint: str | None = None
    pause: float = 5
    patience: float = 300
    _http: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(timeout=_SECONDS, retries=False), repr=False
    )

    @property
    def answers_rehearsals(self) -> bool:
        """Whether the release has the command that a rehearsal needs; early releases do not."""
        return "RehearsalFunction" in self.outputs

    def call(
        self,
        method: str,
        path: str,
        status: int,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """Returns the JSON of an answer that has to have `status`. Raises Unhealthy."""
        return _json(self.answer(method, path, status, headers, body), f"{method} {path}")

    def answer(
        self,
        method: str,
        path: str,
        status: int,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> urllib3.BaseHTTPResponse:
        """Returns an answer that has to have `status`, with its headers. Raises Unhealthy."""
        asked = {"Accept": "application/json", **(headers or {})}
        found = self._requested(method, self.base_url + path, f"{method} {path}", asked, body)
        if found.status != status:
            raise Unhealthy(f"{method} {path}: {found.status} {found.data[:_SHOWN]!r}")
        return found

    def fetched(self, url: str) -> bytes:
        """Returns what lies at a signed address of S3. Raises Unhealthy."""
        found = self._requested("GET", url, "the download", {}, None)
        if found.status != 200:
            raise Unhealthy(f"the download: {found.status} {found.data[:_SHOWN]!r}")
        return found.data

    def asked(self, do: str, email: str, **more: str) -> Any:
        """Returns the answer of the command `rehearsal` about an address. Raises Unhealthy."""
        return self.invoked("RehearsalFunction", {"do": do, "email": email, **more})

    def run_schedule(self, name: str) -> Any:
        """Runs a schedule now, as EventBridge does, and returns its counts. Raises Unhealthy."""
        return self.invoked(f"{name.title()}Function", scheduled())

    def invoked(self, output: str, event: Mapping[str, Any]) -> Any:
        """Returns the answer of the function that the stack puts out so. Raises Unhealthy."""
        patient = Config(read_timeout=_RUN, retries={"max_attempts": 0})
        client = self.session.client("lambda", endpoint_url=self.endpoint, config=patient)
        what, payload = f"{output} {event.get('do', '')}".strip(), json.dumps(event).encode()
        try:
            answer = client.invoke(FunctionName=self.outputs[output], Payload=payload)
        except (BotoCoreError, ClientError) as failed:
            raise Unhealthy(f"{what}: {failed}") from failed
        said = answer["Payload"].read()
        if "FunctionError" in answer:
            raise Unhealthy(f"{what}: {said[:_SHOWN]!r}")
        return json.loads(said)

    def awaited(self, what: str, look: Callable[[], T | None]) -> T:
        """Returns the first answer of `look` that is not empty. Raises Unhealthy in the end."""
        ends = time.monotonic() + self.patience
        while not (found := look()):
            if time.monotonic() > ends:
                raise Unhealthy(f"{what}: not within {self.patience:.0f} s")
            self.rest()
        return found

    def rest(self) -> None:
        """Waits between two looks at something that is not done yet."""
        time.sleep(self.pause)

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Has bounces reported to the stage's topic for a while, where the stage is a local one.

        On AWS the configuration set reports them; the local engine reports by identity alone.
        """
        if self.endpoint is None:
            yield
            return
        client = self.session.client("ses", endpoint_url=self.endpoint)
        settings = settings_of(self.session, self.outputs["NoticesFunction"], self.endpoint)
        sender, topic = settings["RISERBO_MAIL_SENDER"], self.outputs["FeedbackTopic"]
        client.set_identity_notification_topic(
            Identity=sender, NotificationType="Bounce", SnsTopic=topic
        )
        try:
            yield
        finally:
            client.set_identity_notification_topic(Identity=sender, NotificationType="Bounce")

    def _requested(
        self,
        method: str,
        url: str,
        what: str,
        headers: Mapping[str, str],
        body: Mapping[str, Any] | None,
    ) -> urllib3.BaseHTTPResponse:
        try:
            return self._http.request(method, url, headers=headers, json=body)
        except urllib3.exceptions.HTTPError as failed:
            raise Unhealthy(f"{what}: {type(failed).__name__}") from failed


def _json(answer: urllib3.BaseHTTPResponse, what: str) -> Any:
    try:
        return answer.json()
    except ValueError as found:
        # The answer is not from this software: that is a failure of the deployment, too.
        raise Unhealthy(f"{what}: the answer is no JSON") from found
