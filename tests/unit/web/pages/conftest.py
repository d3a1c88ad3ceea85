from __future__ import annotations

from functools import cache

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.web.wiring import wired
from tests.product import product_document
from tests.unit.web.pages import sample


@cache
def shipped() -> Notice:
    return compile_notice(product_document(), STORED)


@pytest.fixture(autouse=True)
def of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wired(), "notice", shipped)
    monkeypatch.setenv("RISERBO_PUBLIC_URL", sample.URL)
    sample.made.clear()
