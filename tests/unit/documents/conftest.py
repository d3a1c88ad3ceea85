"""The shipped document, and how the tables of facts look things up in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import chalicelib.notices
from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice

_SHIPPED = Path(chalicelib.notices.__file__).parent / "documents" / "keeprobust.json"
_NAMES = ("id", "kind", "name")


@pytest.fixture(scope="session")
def text() -> str:
    """The file as it is."""
    return _SHIPPED.read_text("utf-8")


@pytest.fixture(scope="session")
def document(text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(text)
    return parsed


@pytest.fixture(scope="session")
def notice(document: dict[str, Any]) -> Notice:
    """The shipped notice; compiling raises when there is any finding."""
    return compile_notice(document, STORED)


@pytest.fixture(scope="session")
def at(notice: Notice) -> Callable[[str], Any]:
    """What the notice says at a path whose list elements go by id, such as `rights/copy/title`.

    What the document leaves to the software is there, with the origin `software`.
    """

    def find(path: str) -> Any:
        value: Any = notice.completed
        for step in path.split("/"):
            if isinstance(value, list):
                named = [one for one in value if any(one.get(name) == step for name in _NAMES)]
                assert len(named) == 1, f"{step} in {path} stands {len(named)} times"
                value = named[0]
            else:
                assert step in value, f"nothing at {step} in {path}"
                value = value[step]
        return value

    return find
