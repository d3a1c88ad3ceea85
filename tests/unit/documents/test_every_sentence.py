"""A language that lacks a sentence, any sentence, cannot be published."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import MAX_FINDINGS, NoticeRefused, compile_notice

ASSOCIATION = Path(__file__).parents[1] / "notices" / "association.json"


def sentences(value: Any, locale: str, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every text for people, with the pointer of what it says in a language."""
    if isinstance(value, dict) and locale in value:
        yield f"{path}/{locale}", value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from sentences(inner, locale, f"{path}/{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from sentences(inner, locale, f"{path}/{index}")


def refused(document: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(NoticeRefused) as caught:
        compile_notice(document, STORED)
    return {finding.pointer: finding.detail for finding in caught.value.findings}


@pytest.mark.parametrize("locale", ["it", "en"])
def test_each_sentence_is_missed_at_its_place(document: dict[str, Any], locale: str) -> None:
    damaged = copy.deepcopy(document)
    _, *missing = sentences(damaged, locale)  # a language without any text is shown in the first
    assert 400 < len(missing) < MAX_FINDINGS
    for _, words in missing:
        del words[locale]
    told = refused(damaged)
    assert told.keys() == {pointer for pointer, _ in missing}
    assert set(told.values()) == {f"is missing; write the text in {locale}."}


@pytest.mark.parametrize("locale", ["it", "en"])
def test_one_sentence_is_enough(document: dict[str, Any], locale: str) -> None:
    damaged = copy.deepcopy(document)
    pointer, words = next(sentences(damaged["security"], locale, "/security"))
    del words[locale]
    assert refused(damaged) == {pointer: f"is missing; write the text in {locale}."}


def test_a_sentence_of_spaces_is_none(document: dict[str, Any]) -> None:
    damaged = copy.deepcopy(document)
    damaged["security"][0]["text"]["it"] = " \n "
    assert refused(damaged).keys() == {"/security/0/text/it"}


def test_the_only_language_may_lack_nothing_either() -> None:
    whole: dict[str, Any] = json.loads(ASSOCIATION.read_text("utf-8"))
    damaged = copy.deepcopy(whole)
    missing = list(sentences(damaged, "en"))
    assert len(missing) > 100
    for _, words in missing:
        words.clear()
    assert refused(damaged).keys() == {pointer.removesuffix("/en") for pointer, _ in missing}
