"""The notice of a small association, in one language: nothing like the first deployment's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice

_TEXT = Path(__file__).with_name("association.json").read_text("utf-8")


@pytest.fixture
def association() -> dict[str, Any]:
    """A document that compiles, fresh for each test."""
    document: dict[str, Any] = json.loads(_TEXT)
    return document


@pytest.fixture
def notice(association: dict[str, Any]) -> Notice:
    """The association's notice, compiled."""
    return compile_notice(association, STORED)
