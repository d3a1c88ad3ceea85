"""Notices and values that the tests of several capabilities start from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from chalicelib.catalogue import STORED
from chalicelib.consents.model import GENESIS, Shown
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import NO_LIMITS, Life, Limits, Standing
from tests.product import PRODUCT

SHIPPED = PRODUCT
ASSOCIATION = Path(__file__).parents[1] / "notices" / "association.json"

NOW = datetime(2026, 11, 22, 16, 0, 0, 123_000, UTC)
SUBJECT = "abcdefghijklmnopqrstuvwxyz"
VISITOR = "v" + "a2b3c4d5" * 4
SHOWN = Shown("2026-11-22", "d" * 64, "it", "preference_centre")


@cache
def shipped() -> Notice:
    """The notice of the product's tests, compiled once; nobody changes it."""
    return compile_notice(json.loads(SHIPPED.read_text("utf-8")), STORED)


def document_in(languages: Sequence[str]) -> dict[str, Any]:
    """Its document in these languages, in English words where it has none of its own."""

    def told(value: Any) -> Any:
        if isinstance(value, list):
            return [told(one) for one in value]
        if not isinstance(value, dict):
            return value
        if value and value.keys() <= {"it", "en"}:
            return {language: value.get(language, value["en"]) for language in languages}
        return {name: told(inner) for name, inner in value.items()}

    document: dict[str, Any] = told(json.loads(SHIPPED.read_text("utf-8")))
    document["locales"] = [*languages]
    return document


@cache
def shipped_in(*languages: str) -> Notice:
    """The same notice in these languages, compiled once."""
    return compile_notice(document_in(languages), STORED)


@cache
def association() -> Notice:
    """The notice of a small association, in one language."""
    return compile_notice(association_document(), STORED)


def association_document() -> dict[str, Any]:
    """Its document, fresh for whoever changes it."""
    document: dict[str, Any] = json.loads(ASSOCIATION.read_text("utf-8"))
    return document


DISOWNED = Limits(disowned=True)
RESTRICTED = Limits(restricted=1_795_300_000_000)
EVERY_STANDING = tuple(product(Life, (NO_LIMITS, DISOWNED)))
"""Each life with each combination of limits."""


def standing(
    subject: str = SUBJECT, life: Life = Life.ACTIVE, limits: Limits = NO_LIMITS
) -> Standing:
    """A subject that has decided nothing yet."""
    return Standing(
        subject=subject,
        life=life,
        locale="it",
        notice_version=SHOWN.notice_version,
        seq=0,
        head=GENESIS,
        decisions={},
        events=(),
        registered_at=NOW,
        last_activity_at=NOW,
        limits=limits,
    )
