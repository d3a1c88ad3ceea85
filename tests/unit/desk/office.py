"""The desk's office: its functions as they answer, on tables in memory, at any time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest

from chalicelib.audit import service as audit
from chalicelib.audit.model import Entry, Filter
from chalicelib.desk import failures
from chalicelib.jobs.model import QUEUES
from chalicelib.jobs.service import Ticket
from chalicelib.requests.service import casework, mailroom, worklist
from chalicelib.requests.store import RequestItem, request_place
from chalicelib.sessions.role_store import role_item
from chalicelib.subjects.store import standing_item
from chalicelib.web.wiring import wired
from chalicelib.webhooks.service import inventory
from functions.http import desk_requests
from tests.unit.core.samples import SUBJECT, standing
from tests.unit.desk.member import session
from tests.unit.requests.world import World
from tests.unit.web.conftest import MemoryStore
from tests.unit.web.sample import CONTEXT, Sent, event

IMPORTED = (casework, mailroom, worklist, failures, inventory)
"""Modules that an operation imports when it is called: here before tables take DynamoDB's place."""

OFFICER, OTHER, READER = "o" * 26, "p" * 26, "r" * 26
REASON = "Data of eleven years lies in two archives."
REQUESTS = "/v1/desk/requests"


class Office(World):
    """The deployment with its desk: an officer, another one, and a reader."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        monkeypatch.setattr(wired(), "notice", lambda: self.notice)
        monkeypatch.setattr(wired(), "origins", set)
        monkeypatch.setattr(wired(), "idempotency", MemoryStore)
        monkeypatch.setattr(time, "sleep", lambda _: None)
        for queue in QUEUES:
            url = f"https://sqs.example/{queue}"
            monkeypatch.setenv(f"RISERBO_{queue.upper()}_QUEUE_URL", url)
        self.sqs.dead["mail"] = [Ticket("d" * 26, "j" * 26).body()]
        for subject, role in ((OFFICER, "desk"), (OTHER, "desk"), (READER, "reader")):
            self.tables.put(standing_item(standing(subject)), role_item(subject, role))

    def ask(self, right: str = "port", locale: str | None = "en", **members: Any) -> str:
        """The person signs in and asks for a right; the id of the request."""
        self.token = session(self, SUBJECT, second_factor=False)
        return super().ask(right, locale, **members)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        by: str | None = OFFICER,
        at: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        handler: Callable[..., Any] = desk_requests.handler,
    ) -> Sent:
        """What a function, by default that of requests, answers to a member of the desk."""
        headers = {"Content-Type": "application/json"}
        if by is not None:
            headers["Authorization"] = f"Bearer {session(self, by)}"
        sent = event(
            method,
            path,
            None if body is None else json.dumps(body),
            headers,
            {name: [value] for name, value in (query or {}).items()},
            at,
        )
        return Sent(handler(sent, CONTEXT))

    def listed(self, **query: str) -> Any:
        """A page of the list."""
        return good(self.call("GET", REQUESTS, query=query))

    def entered(self, right: str = "port", **members: Any) -> Any:
        """A letter that the desk enters."""
        body = {
            "right": right,
            "subject": SUBJECT,
            "channel": "post",
            "received_at": self.now.isoformat(),
            **members,
        }
        body = {name: value for name, value in body.items() if value is not None}
        return good(self.call("POST", REQUESTS, body), 201)

    def read(self, request: str, by: str = OFFICER) -> Any:
        """One request, as the desk reads it."""
        return good(self.call("GET", f"{REQUESTS}/{{id}}", by=by, at={"id": request}))

    def does(self, request: str, action: str, by: str = OFFICER, **members: Any) -> Sent:
        """What an act on a request is answered."""
        body = {"action": action, **members}
        return self.call("POST", f"{REQUESTS}/{{id}}/actions", body, by=by, at={"id": request})

    def done(self, request: str, action: str, by: str = OFFICER, **members: Any) -> Any:
        """The request after an act that is allowed."""
        return good(self.does(request, action, by, **members))

    def refused(self, request: str, action: str, **members: Any) -> tuple[int, str]:
        """Status and type by which an act is refused; nothing has changed, and none is noted."""
        before = dict(self.tables.items)
        sent = self.does(request, action, **members)
        stored = {place for place in self.tables.items if "session" not in place[2]}
        assert stored == {place for place in before if "session" not in place[2]}
        assert all(self.tables.items[place] == before[place] for place in stored)
        return sent.status, sent.json["type"].rpartition(":")[2]

    def audited(self) -> list[Entry]:
        """The whole audit, which verifies."""
        assert audit.verify().fault is None
        return list(audit.listed(Filter(), None, 100, self.notice).entries)

    def stored(self, request: str, subject: str = SUBJECT) -> RequestItem:
        """A request as it lies in the table."""
        found: RequestItem = self.tables.one(RequestItem, *request_place(subject, request))
        return found

    def set_clock(self, moment: datetime) -> None:
        """It is that time now."""
        self.now = moment


def good(sent: Sent, status: int = 200) -> Any:
    """What an answer of that status holds."""
    assert sent.status == status, (sent.status, sent.text)
    return sent.json
