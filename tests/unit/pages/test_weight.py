"""What pages weigh as API Gateway sends them, zipped: every page of which there is a picture."""

from __future__ import annotations

import gzip

import pytest

from tests.browser.pictured import PAGES

LONG = {"notice", "interface"}
"""Whole documents, which may weigh as much as a first page may."""

FIRST, OTHERS = 60_000, 20_000
"""Bytes."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
    zipped = len(gzip.compress(PAGES[name]().encode()))
    assert zipped <= (FIRST if name in LONG else OTHERS)
