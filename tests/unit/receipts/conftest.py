"""A real key on P-256 in the place of KMS; all above it is as it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.receipts import keyring, signature, store
from chalicelib.storage import clients
from tests.unit.receipts.kms import ARN, Kms

BASE = "https://privacy.example"


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kms]:
    """KMS with the key for receipts, whose public half nobody has asked for yet."""
    played = Kms()
    monkeypatch.setattr(clients, "kms", lambda: played)
    monkeypatch.setenv("RISERBO_RECEIPT_KEY", ARN)
    monkeypatch.setenv("RISERBO_PUBLIC_URL", BASE)
    monkeypatch.setenv("RISERBO_STAGE", "dev")
    monkeypatch.setattr(store, "public_keys", played.kept)
    signature._load.cache_clear()
    keyring.forget()
    yield played
    signature._load.cache_clear()
    keyring.forget()
