"""The shipped document as a whole: it compiles, and it is written in two real languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice, marks
from chalicelib.notices.model import Notice, Period

SAME_IN_BOTH = {
    "KeepRobust",
    "Amazon Web Services",
    "Tencent Web Services",
    "Sponsor",
    "Marketing",
    "Fax",
    "E-mail",
}
"""Names, and words that Italian took from English as they are."""


def _words(value: object, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every text for people in the document, with its pointer."""
    if isinstance(value, dict):
        if value and value.keys() <= {"it", "en"}:
            yield path, value
            return
        for name, inner in value.items():
            yield from _words(inner, f"{path}/{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _words(inner, f"{path}/{index}")


def _statements(value: object, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        if "origin" in value:
            yield path, value
        for name, inner in value.items():
            yield from _statements(inner, f"{path}/{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _statements(inner, f"{path}/{index}")


def test_compiles_to_its_dates(notice: Notice) -> None:
    assert notice.version == "2026-11-22"
    assert notice.effective_at == datetime(2026, 11, 22, tzinfo=UTC)
    assert notice.text_date == date(2022, 2, 25)
    assert notice.locales == ("it", "en")


def test_file_is_printed_for_people(text: str, document: dict[str, Any]) -> None:
    assert text == json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def test_both_languages_everywhere(document: dict[str, Any]) -> None:
    found = list(_words(document))
    assert len(found) > 300
    incomplete = [path for path, words in found if not (words.get("it") and words.get("en"))]
    assert not incomplete


def test_italian_is_not_english(document: dict[str, Any]) -> None:
    same = {words["it"] for _, words in _words(document) if words["it"] == words["en"]}
    assert same <= SAME_IN_BOTH


def test_no_typewriter_apostrophes(document: dict[str, Any]) -> None:
    """Neither `perche'` for `perché` nor a straight apostrophe where a real one belongs."""
    straight = [path for path, words in _words(document) if "'" in "".join(words.values())]
    assert not straight


@pytest.mark.parametrize(
    "wrong",
    [
        r"\b(perche|poiche|finche|puo|piu|gia|cosi|cio|qualita|societa|attivita|identita)\b",
        r"\b(pò|qual’è|un’altro|perchè|nè|sè)\b",
        r"  ",
    ],
)
def test_italian_spelling(document: dict[str, Any], wrong: str) -> None:
    pattern = re.compile(wrong, re.IGNORECASE)
    found = {path: words["it"] for path, words in _words(document) if pattern.search(words["it"])}
    assert not found


def test_every_item_of_the_big_lists_has_an_origin(document: dict[str, Any]) -> None:
    for name in ("sources", "categories", "purposes", "recipients", "retention", "rights"):
        assert all("origin" in item for item in document[name]), name


OF_MEMBERS = {"role", "categories", "outcomes"}
"""Members that say beside them where they come from."""


def test_what_is_proposed_or_missing_waits_for_the_controller(
    document: dict[str, Any], notice: Notice
) -> None:
    waiting = [
        path
        for path, value in _statements(document)
        if value["origin"] == "controller_choice" or value.get("to_confirm")
    ]
    of_members = [name for name in notice.unconfirmed if name.rpartition("/")[2] in OF_MEMBERS]
    assert len(waiting) + len(of_members) == len(notice.unconfirmed)
    assert "purposes/offers_email/basis" in notice.unconfirmed
    assert "controller/dpo" in notice.unconfirmed


def test_confirming_everything_leaves_nothing(document: dict[str, Any], notice: Notice) -> None:
    confirmed = compile_notice(document, STORED, marks.confirmations(document))
    assert confirmed.unconfirmed == ()
    assert confirmed.digest == notice.digest
    entries = marks.sections(document)
    assert compile_notice(document, STORED, entries).unconfirmed == ()


def test_all_kinds_are_declared_and_have_an_end(notice: Notice) -> None:
    assert notice.records.keys() == STORED.keys()
    assert {rule.kind for rule in notice.retention.values()} == STORED.keys()


@pytest.mark.parametrize(
    ("kind", "event", "period", "then"),
    [
        ("standing", "registered", Period(days=7), "erase"),
        ("standing", "disowned", Period(days=0), "erase"),
        ("standing", "last_decision", Period(months=24), "erase"),
        ("standing", "last_activity", Period(months=24), "erase"),
        ("standing", "closed", Period(months=12), "erase"),
        ("export", "created", Period(days=7), "erase"),
        ("idempotency", "created", Period(days=1), "erase"),
        ("limit", "created", Period(days=1), "erase"),
        ("code", "created", Period(days=1), "erase"),
        ("pending", "created", Period(days=7), "erase"),
        ("email_change", "created", Period(days=3), "erase"),
        ("second_factor", "ended", Period(days=0), "erase"),
        ("reference", "ended", Period(days=0), "erase"),
        ("entry", "ended", Period(years=5), "erase"),
        ("disclosure", "ended", Period(years=5), "erase"),
        ("delivery", "created", Period(months=12), "erase"),
    ],
)
def test_retention(notice: Notice, kind: str, event: str, period: Period, then: str) -> None:
    rule = notice.rule(kind, event)
    assert (rule.period, rule.then) == (period, then)


def test_every_retention_rule_gives_its_reason(document: dict[str, Any]) -> None:
    assert all("description" in rule for rule in document["retention"])


def test_hosting(notice: Notice) -> None:
    assert notice.hosting == {"aws:eu-south-1"}
