from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def published_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where receipts can be fetched."""
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
