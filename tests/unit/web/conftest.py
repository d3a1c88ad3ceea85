from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.errors import Conflict, Unprocessable
from chalicelib.web import validation
from chalicelib.web.idempotency import StoredAnswer
from chalicelib.web.wiring import wired
from tests.unit.web import sample


class MemoryStore:
    """Keeps answers in a dictionary, as the table does under conditions."""

    def __init__(self) -> None:
        self.claims: dict[tuple[str, str], tuple[str, StoredAnswer | None]] = {}
        self.broken = ""

    def begin(self, caller: str, key: str, payload_hash: str) -> StoredAnswer | None:
        known = self.claims.get((caller, key))
        if known is None:
            self.claims[caller, key] = (payload_hash, None)
            return None
        if known[0] != payload_hash:
            raise Unprocessable("another payload")
        if known[1] is None:
            raise Conflict("in flight")
        return known[1]

    def finish(self, caller: str, key: str, payload_hash: str, answer: StoredAnswer) -> None:
        if self.broken == "finish":
            raise OSError("table out of reach")
        self.claims[caller, key] = (payload_hash, answer)

    def abandon(self, caller: str, key: str, payload_hash: str) -> None:
        if self.broken == "abandon":
            raise OSError("table out of reach")
        del self.claims[caller, key]


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture(autouse=True)
def wiring(monkeypatch: pytest.MonkeyPatch, store: MemoryStore) -> None:
    notice: Any = SimpleNamespace(
        version="2026-01-01", digest="d1", purposes=["offers", "news"], locales=("it", "en")
    )
    monkeypatch.setattr(wired(), "origins", lambda: {sample.ORIGIN, "https://b.example"})
    monkeypatch.setattr(wired(), "notice", lambda: notice)
    monkeypatch.setattr(wired(), "idempotency", lambda: store)
    monkeypatch.setattr(wired(), "recognise", lambda call: None)
    monkeypatch.setattr(validation, "_validators", {})
    sample.calls.clear()
    sample.runs.clear()
