"""Chains of entries to verify, and how much room things take in the table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chalicelib.consents.model import Choice, Entry, decide
from chalicelib.storage.item import Stored
from chalicelib.subjects.model import Standing
from tests.unit.core.samples import NOW, SHOWN, standing

SALT = "a2b3c4d5e6f7a2b3c4d5e6f7a2"


def decided(
    before: Standing, choices: Mapping[str, Choice], minutes: int = 1, event: str = ""
) -> tuple[Standing, Entry]:
    """One more decision, so many minutes after the sample's now."""
    return decide(
        before,
        choices,
        SHOWN,
        event=event,
        payload="b" * 12,
        salt=SALT,
        now=NOW + timedelta(minutes=minutes),
    )


def chain(length: int) -> tuple[list[Entry], Standing]:
    """A ledger of that many entries, which grant and withdraw in turn, and the standing after."""
    entries: list[Entry] = []
    now_stands = standing()
    for number in range(length):
        choice = (Choice.GRANTED, Choice.DENIED)[number % 2]
        now_stands, entry = decided(now_stands, {"surveys": choice}, number)
        entries.append(entry)
    return entries, now_stands


def stored_size(item: Stored) -> int:
    """Bytes of an item as DynamoDB counts them: names, and values by their type."""
    return sum(len(name.encode()) + _size(value) for name, value in item.serialize().items())


def _size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "B":
        return len(content)
    if kind == "N":  # two digits a byte, one more for the exponent
        return (len(content) + 1) // 2 + 1
    if kind == "L":
        return 3 + sum(1 + _size(part) for part in content)
    raise AssertionError(kind)
