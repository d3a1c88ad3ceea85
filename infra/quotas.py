"""The quotas of AWS that bound this product's rates, kept in one dated file with their sources."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("quotas.json")


@cache
def _quotas() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(FILE.read_text("utf-8"))["quotas"]
    return found


def as_of() -> str:
    """The day on which the quotas were looked up, such as `2026-12-01`."""
    day: str = json.loads(FILE.read_text("utf-8"))["as_of"]
    return day


def quota(name: str) -> float:
    """Returns a quota. Raises KeyError for a name that the file does not have."""
    return float(_quotas()[name]["value"])


def lever(name: str) -> str:
    """Returns how a quota is raised or avoided. Raises KeyError."""
    text: str = _quotas()[name]["lever"]
    return text
