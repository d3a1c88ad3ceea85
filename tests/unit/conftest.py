"""Examples are the same on every machine, and a slow one is no failure; traces need no cloud."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import settings

from chalicelib.vault import service as vault
from tests.examples import examples

settings.register_profile("unit", max_examples=examples(100), deadline=None, derandomize=True)
settings.load_profile("unit")


@pytest.fixture(scope="session", autouse=True)
def _linked() -> Iterator[None]:
    """What the addresses of pages need."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
        yield


@pytest.fixture(autouse=True)
def traced(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a trace needs: the stage's name, and a key that KMS would make."""
    monkeypatch.setenv("RISERBO_STAGE", "dev")
    monkeypatch.setattr(
        vault, "derived_key", lambda purpose: hashlib.sha256(purpose.encode()).digest()
    )
