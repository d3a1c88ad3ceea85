"""The doors through which somebody says no, as functions that answer, on tables in memory."""

from __future__ import annotations

import copy
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.consents.service.context import visitor_subject
from chalicelib.consents.store import EntryItem
from chalicelib.errors import NotFound
from chalicelib.jobs import service as jobs
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.sessions.model import Opened
from chalicelib.sessions.role_store import role_item
from chalicelib.sessions.service import new_session
from chalicelib.subjects.model import Decided, Decision, Standing
from chalicelib.subjects.store import StandingItem, standing_item, standing_of
from chalicelib.unsubscribe.model import Kind, Link, Scope, new_link, token
from chalicelib.unsubscribe.service import links
from chalicelib.vault import service as vault
from chalicelib.vault.service import new_visitor_key
from chalicelib.vault.store import DataKeyItem
from chalicelib.web.wiring import wired
from functions.http import consents, desk_subjects, profile, unsubscribe
from tests.unit.core.samples import NOW, SUBJECT, shipped, standing
from tests.unit.storage.tables import Tables
from tests.unit.web.conftest import MemoryStore
from tests.unit.web.sample import Sent

BROWSER, STAFF = "b" * 43, "c" * 26
VISITOR = visitor_subject(BROWSER)
SURVEYS, OFFERS, ADS, GONE = "surveys", "offers_email", "advertising_cookies", "gone"
JSON_TYPE, FORM_TYPE = "application/json", "application/x-www-form-urlencoded"
OLD, UNKNOWN = "2025-06-01", "2001-01-01"
COMING, WITHDRAWN = "2027-01-01", "2026-12-01"
"""Versions that were published and never in force."""

ENDED = f"{SUBJECT}.{'d' * 43}"


def older() -> Notice:
    """A version that was in force before, with a purpose that there is no more."""
    now = shipped()
    gone = {**now.purposes, GONE: replace(now.purposes[SURVEYS], id=GONE)}
    return replace(now, version=OLD, digest="e" * 64, purposes=gone)


@dataclass(frozen=True)
class Asked:
    """A request that says no to `purpose` for `subject`."""

    door: str
    subject: str
    purpose: str
    body: Any
    headers: Mapping[str, str | list[str]] = field(default_factory=dict)
    query: Mapping[str, list[str]] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)

    def but(self, **members: Any) -> Asked:
        """The same with other members of the body; None leaves one out."""
        body = {name: one for name, one in {**self.body, **members}.items() if one is not None}
        return replace(self, body=body)

    def sending(self, **headers: str | list[str] | None) -> Asked:
        """The same with other headers; None leaves one out."""
        spelled = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: one for name, one in {**self.headers, **spelled}.items() if one is not None}
        return replace(self, headers=kept)

    def raw(self) -> str | None:
        """The body as it is sent."""
        if self.body is None or isinstance(self.body, str):
            return self.body
        return json.dumps(self.body)


HANDLERS: dict[str, tuple[Any, str, str]] = {
    "capture": (consents.handler, "POST", "/v1/consents"),
    "preferences": (profile.handler, "PUT", "/v1/account/preferences"),
    "link": (unsubscribe.handler, "POST", "/v1/unsubscribe/{token}"),
    "desk": (desk_subjects.handler, "POST", "/v1/desk/decisions"),
}


def _mac(link: Link) -> bytes:
    return hashlib.sha256(b"key" + link.signed()).digest()


class Doors:
    """Somebody with an account and somebody with a browser, who agreed to everything before."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        given = {
            one: Decided(Decision.GRANTED, 1, NOW, OLD) for one in (SURVEYS, OFFERS, ADS, GONE)
        }
        agreed: dict[str, Any] = {"decisions": given, "seq": 1}
        self.tables = Tables(
            standing_item(replace(standing(), **agreed)),
            standing_item(replace(standing(VISITOR), **agreed)),
            standing_item(standing(STAFF)),
            role_item(STAFF, "desk"),
        )
        for subject in (SUBJECT, VISITOR, STAFF):
            self.tables.put(new_visitor_key(subject, "evidence", NOW)[1])
        self.session = self._session(SUBJECT)
        self.staff = self._session(STAFF)
        self.tables.play(monkeypatch)
        self.before = copy.deepcopy(self.tables.items)
        self.answers = MemoryStore()
        monkeypatch.setattr(wired(), "idempotency", lambda: self.answers)
        monkeypatch.setattr(wired(), "notice", shipped)
        monkeypatch.setattr(wired(), "origins", lambda: set())
        monkeypatch.setattr(notices, "current", shipped)
        monkeypatch.setattr(notices, "version", _version)
        monkeypatch.setattr(notices, "status_of", _status)
        monkeypatch.setattr(links, "_mac", _mac)
        monkeypatch.setattr(clock, "now", lambda: NOW)
        monkeypatch.setattr(time, "sleep", lambda _: None)
        monkeypatch.setattr(jobs, "send", lambda _: None)
        monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")

    def _session(self, subject: str) -> str:
        token, session = new_session(subject, Opened(second_factor=True), 0, shipped(), NOW)
        self.tables.put(session)
        return str(token)

    def again(self) -> None:
        """Everything is as it was at the beginning."""
        self.tables.items.clear()
        self.tables.items |= copy.deepcopy(self.before)
        self.answers.claims.clear()

    def doors(self) -> dict[str, Asked]:
        """A no through each door, without anything wrong with it."""
        own = {"notice_version": shipped().version, "decisions": {SURVEYS: "denied"}}
        capture = {**own, "source": "banner", "locale": "it"}
        signal = {**capture, "source": "signal", "decisions": {}}
        letter = {
            "subject": SUBJECT,
            "decisions": {SURVEYS: "denied"},
            "channel": "post",
            "received_at": "2026-11-20T09:00:00Z",
        }
        plain = {"Content-Type": JSON_TYPE, "Riserbo-Visitor": BROWSER}
        signed_in = {**plain, "Authorization": f"Bearer {self.session}"}
        staff = {"Content-Type": JSON_TYPE, "Authorization": f"Bearer {self.staff}"}
        link = new_link(SUBJECT, Scope(Kind.PURPOSE, OFFERS), NOW)
        path = {"token": token(link, _mac(link))}
        click = "List-Unsubscribe=One-Click"
        page = {"Content-Type": FORM_TYPE, "Accept": "text/html,*/*;q=0.8"}
        return {
            "capture of a browser": Asked("capture", VISITOR, SURVEYS, capture, plain),
            "capture of an account": Asked("capture", SUBJECT, SURVEYS, capture, signed_in),
            "signal": Asked("capture", VISITOR, ADS, signal, {**plain, "Sec-GPC": "1"}),
            "preferences": Asked("preferences", SUBJECT, SURVEYS, own, signed_in),
            "one click": Asked(
                "link", SUBJECT, OFFERS, click, {"Content-Type": FORM_TYPE}, path=path
            ),
            "link's page": Asked("link", SUBJECT, OFFERS, click, page, path=path),
            "desk": Asked("desk", SUBJECT, SURVEYS, letter, staff),
        }

    def send(self, asked: Asked) -> Sent:
        """What the function answers."""
        handler, method, resource = HANDLERS[asked.door]
        many = {
            name: value if isinstance(value, list) else [value]
            for name, value in asked.headers.items()
        }
        event = {
            "resource": resource,
            "path": resource,
            "httpMethod": method,
            "headers": {name: values[-1] for name, values in many.items()},
            "multiValueHeaders": many,
            "queryStringParameters": {k: v[-1] for k, v in asked.query.items()} or None,
            "multiValueQueryStringParameters": dict(asked.query) or None,
            "pathParameters": dict(asked.path) or None,
            "stageVariables": None,
            "requestContext": {
                "resourcePath": resource,
                "httpMethod": method,
                "requestId": "gateway-id",
                "identity": {"sourceIp": "192.0.2.77"},
            },
            "body": asked.raw(),
            "isBase64Encoded": False,
        }
        return Sent(handler(event, SimpleNamespace(aws_request_id="1" * 36)))

    def stands(self, subject: str) -> Standing:
        """What stands about somebody."""
        item = standing_item(standing(subject))
        return standing_of(self.tables.one(StandingItem, item.pk, item.sk))

    def decided(self, subject: str, purpose: str) -> str:
        """What they decided last about a purpose."""
        return str(self.stands(subject).decisions[purpose].decision)

    def entries(self) -> list[EntryItem]:
        """What was recorded."""
        return self.tables.all(EntryItem)

    def opened(self, entry: EntryItem) -> dict[str, Any]:
        """What lies sealed in an entry."""
        key = self.tables.one(DataKeyItem, entry.pk, EntryItem.CLASS)
        return dict(vault.open_item(entry, vault.open_key(key)))


def _version(name: str) -> Notice:
    never = (replace(older(), version=one, digest="f" * 64) for one in (COMING, WITHDRAWN))
    known = {one.version: one for one in (shipped(), older(), *never)}
    if name not in known:
        raise NotFound
    return known[name]


def _status(notice: Notice) -> str:
    told = {shipped().version: "in_force", OLD: "superseded", COMING: "scheduled"}
    return told.get(notice.version, "withdrawn")


Change = Callable[[Asked], Asked]
