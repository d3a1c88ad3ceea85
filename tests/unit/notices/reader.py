"""Somebody in front of the pages of the notice, where no store is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.notices import service
from chalicelib.notices.model import Notice
from chalicelib.notices.service import evidence
from chalicelib.pages.languages import languages
from chalicelib.storage.pages import Page
from chalicelib.web.wiring import wired
from functions.http import notices
from tests.unit.core.samples import shipped_in
from tests.unit.rendering.test_changes_rendered import base, mixed
from tests.unit.web.sample import CONTEXT, Sent, event

PUBLIC = "https://privacy.example"


@dataclass
class World:
    """What the store answers: the notice in force, its versions, and two that can be compared."""

    notice: Notice
    listed: Page[Any]

    def version(self, name: str) -> Notice:
        return mixed() if name == mixed().version else self.notice


def item(version: str, month: int, *, withdrawn: bool = False) -> Any:
    at = datetime(2026, month, 1, 23, 30, tzinfo=UTC)
    gone = at if withdrawn else None
    return SimpleNamespace(
        version=version,
        effective_at=at,
        published_at=at,
        text_date="2026-01-31",
        withdrawn_at=gone,
    )


LISTED = (item("2026-11-01", 11), item("2026-09-01", 9, withdrawn=True), item("2026-03-01", 3))
STATUSES = {"2026-11-01": "scheduled", "2026-09-01": "withdrawn", "2026-03-01": "in_force"}


def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Puts a world in the place of the store, with the product's notice in every language."""
    made = World(shipped_in(*languages()), Page(LISTED, None))
    ahead = SimpleNamespace(version="2026-11-01")
    monkeypatch.setattr(wired(), "notice", lambda: made.notice)
    monkeypatch.setattr(service, "announced", lambda: ahead)
    monkeypatch.setattr(service, "version", made.version)
    monkeypatch.setattr(service, "status_of", lambda notice: "in_force")
    monkeypatch.setattr(service, "versions", lambda after, limit: made.listed)
    monkeypatch.setattr(service, "status_listed", lambda one: STATUSES[one.version])
    monkeypatch.setattr(service, "compared", lambda name, since: (base(), mixed()))
    monkeypatch.setattr(evidence, "made", lambda notice, locale: f"{notice.version} {locale}")
    monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)
    return made


def opened(path: str, language: str = "", version: str = "", **query: str) -> Sent:
    """The page at an address; `version` stands in its path."""
    asked = {name: [value] for name, value in query.items()}
    if language:
        asked["lang"] = [language]
    handler: Any = notices.handler
    given = {"version": version} if version else None
    return Sent(handler(event("GET", path, None, {"Accept": "text/html"}, asked, given), CONTEXT))
