"""Versions that follow the product's notice, with one change of each effect on people."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.product import PRODUCT

Document = dict[str, Any]

ASKED, TOLD = "offers_email", "surveys"
"""The purpose that a version widens, and the one for which it brings a new processor."""

NEW_CATEGORY, NEW_PROCESSOR = "interaction", "survey_host"


def shipped() -> Document:
    """The notice that every stack begins with."""
    document: Document = json.loads(PRODUCT.read_text("utf-8"))
    return document


def following(ahead: timedelta, now: datetime | None = None) -> Document:
    """Its text as a version that takes effect so far ahead."""
    effective_at = ((now or datetime.now(UTC)) + ahead).replace(microsecond=0)
    return {
        **shipped(),
        "version": f"{effective_at:%Y-%m-%d}",
        "effective_at": effective_at.isoformat(),
    }


def changed(document: Document) -> Document:
    """With a material change (ASKED), an informative one (TOLD), and an editorial one."""
    named(document["purposes"], ASKED)["categories"].append(NEW_CATEGORY)
    processor = {
        **named(document["recipients"], "aws"),
        "id": NEW_PROCESSOR,
        "name": {"it": "Sondaggi Srl", "en": "Sondaggi Srl"},
        "purposes": [TOLD],
    }
    processor.pop("hosting", None)
    document["recipients"].append(processor)
    named(document["purposes"], TOLD)["recipients"].append(NEW_PROCESSOR)
    document["security"].reverse()
    return document


def named(elements: list[Document], name: str) -> Document:
    """The element of that id."""
    return next(one for one in elements if one["id"] == name)
