from __future__ import annotations

from tests.unit.storage.conftest import engine

__all__ = ["engine"]
