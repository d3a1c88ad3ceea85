from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.storage import connection
from tests.unit.storage.engine import Engine


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A real client whose requests end in this process."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "unit")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "unit")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-south-1")
    for table in ("records", "access", "links", "limits", "keys"):
        monkeypatch.setenv(f"RISERBO_{table.upper()}_TABLE", table)
    connection.connection.cache_clear()
    connection.table.cache_clear()
    answering = Engine()
    answer: Any = answering  # the stubs know of no handler that answers
    client = connection.connection().client
    client.meta.events.register("before-send.dynamodb", answer)
    yield answering
    connection.connection.cache_clear()
    connection.table.cache_clear()
