"""The desk's page of one draft or one version: what it changes, its text, and its end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.notices.changes import changes
from chalicelib.notices.service import drafts
from chalicelib.notices.service.publication import compiled
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words as words_of
from chalicelib.publications.pages.difference import parts
from chalicelib.publications.service import publication
from tests.unit.core.samples import association_document
from tests.unit.core.test_publication import LONGER, WIDER
from tests.unit.desk.member import words
from tests.unit.publications.noticeboard import LIST, Board, board, forms, in_every_language, place
from tests.unit.publications.world import FIRST, SECOND, later_version

DRAFT = f"{LIST}/{SECOND}"


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Board:
    return board(monkeypatch)


def saved(desk: Board, *edits: Any, **changed: Any) -> dict[str, Any]:
    document = later_version(*edits) | changed
    assert place(desk.sends(document=json.dumps(document), anyway="yes")) == f"{DRAFT} saved"
    return document


def test_a_draft_says_by_effect_what_it_changes(desk: Board) -> None:
    saved(desk, LONGER, WIDER)
    text = words(desk.opens(DRAFT, done="saved"))
    assert "The draft is saved." in text
    assert f"Follows {FIRST}" in text
    asked, told = text.index("asked again"), text.index("People are told beforehand")
    assert asked < told
    assert "plot" in text[asked:told].lower()
    assert "60 days" in text[told:]


def test_a_draft_that_changes_nothing_says_so(desk: Board) -> None:
    saved(desk)
    assert "Nothing that concerns people." in words(desk.opens(DRAFT))


def test_a_new_purpose_is_asked_of_everybody_first(desk: Board) -> None:
    def added(document: dict[str, Any]) -> None:
        document["purposes"].append({**document["purposes"][1], "id": "open_day"})
        for recipient in document["recipients"]:
            if "newsletter" in recipient["purposes"]:
                recipient["purposes"].append("open_day")

    saved(desk, added)
    text = words(desk.opens(DRAFT))
    assert "asked first" in text
    assert "asked again" not in text


def test_a_draft_with_defects_lists_them_and_leads_to_no_text(desk: Board) -> None:
    saved(desk, bogus=1)
    page = desk.opens(DRAFT)
    assert "/bogus" in words(page)
    assert f"{DRAFT}/text" not in page.text
    assert place(desk.opens(f"{DRAFT}/text")) == DRAFT


def test_a_draft_is_read_as_its_readers_would(desk: Board) -> None:
    def named(document: dict[str, Any]) -> None:
        document["controller"]["name"] = "Otherbrook & Sons"

    saved(desk, named)
    page = desk.opens(f"{DRAFT}/text")
    assert "This is a draft" in words(page)
    assert "Otherbrook & Sons" in words(page)
    assert f'href="https://privacy.example{DRAFT}?lang=en"' in page.text
    plain = desk.opens(f"{DRAFT}/text", form="plain")
    assert "Otherbrook" in words(plain)
    assert "<pre" in plain.text
    assert "\n## " in plain.text


def test_a_version_has_its_own_page_and_text(desk: Board) -> None:
    publication.publish(later_version(LONGER))
    text = words(desk.opens(DRAFT))
    assert "coming" in text
    assert "60 days" in text
    assert forms(desk.opens(DRAFT)) == set()
    assert place(desk.opens(f"{DRAFT}/text")) == f"/notice/{SECOND}"
    first = words(desk.opens(f"{LIST}/{FIRST}"))
    assert "in force" in first
    assert "What it changes" not in first


def test_a_deleted_draft_is_gone_once(desk: Board) -> None:
    saved(desk, LONGER)
    for _ in range(2):
        assert place(desk.sends(DRAFT, act="delete")) == f"{LIST} deleted"
    assert desk.opens(DRAFT).status == 404
    assert desk.opens(f"{DRAFT}/text").status == 404


def test_a_version_that_was_published_meanwhile_is_not_thrown_away(desk: Board) -> None:
    document = saved(desk, LONGER)
    publication.publish(document)
    page = desk.sends(DRAFT, act="delete")
    assert page.status == 409
    assert "is published, and never changes" in words(page)
    assert "coming" in words(page)


def test_a_reader_sees_a_draft_and_deletes_none(desk: Board) -> None:
    saved(desk, LONGER)
    page = desk.opens(DRAFT, by=desk.reader)
    assert "60 days" in words(page)
    assert forms(page) == set()
    assert "Delete" not in words(page)
    assert desk.sends(DRAFT, by=desk.reader, act="delete").status == 403
    assert drafts.find(SECOND) is not None


@pytest.mark.parametrize("version", ["2031-01-01", "none", "..", "x" * 128])
def test_what_is_no_version_is_an_unknown_address(desk: Board, version: str) -> None:
    for path in (f"{LIST}/{version}", f"{LIST}/{version}/text"):
        assert desk.opens(path).status == 404


def test_words_that_the_reader_s_language_lacks_are_marked_as_another_s(desk: Board) -> None:
    before, after = compiled(desk.document), compiled(later_version(LONGER))
    found = changes(before, after)
    for language, other in (("it", "en"), ("en", "")):
        said = words_of("desk_notices", language)
        assert {one.language for one in parts(before, after, found, language, said)} == {other}


def test_every_language_has_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = board(monkeypatch, in_every_language(association_document()))
    draft = json.dumps(in_every_language(later_version(LONGER, WIDER)))
    assert place(desk.sends(document=draft)) == f"{DRAFT} saved"
    for language in languages():
        for path in (DRAFT, f"{DRAFT}/text", LIST):
            page = desk.opens(path, lang=language)
            assert page.status == 200
            assert f'<html lang="{language}"' in page.text
        assert desk.sends(document='{"version": 1}', lang=language).status == 422
