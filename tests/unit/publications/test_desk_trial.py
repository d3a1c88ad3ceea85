"""The desk's page of a draft's trial: what its simulation counts, told as numbers and months."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.pages.languages import languages
from chalicelib.publications.service import publication, sample, simulation
from chalicelib.sessions.model import AWAKE
from tests.unit.core.samples import NOW, association_document
from tests.unit.core.test_publication import LONGER, WIDER
from tests.unit.desk.member import words
from tests.unit.publications.noticeboard import LIST, Board, board, forms, in_every_language, place
from tests.unit.publications.simulated import people, request
from tests.unit.publications.test_proposal import GRAVE
from tests.unit.publications.test_trial import shorter
from tests.unit.publications.world import SECOND, later_version

DRAFT = f"{LIST}/{SECOND}"
TRIAL = f"{DRAFT}/simulation"


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Board:
    return board(monkeypatch)


def saved(desk: Board, *edits: Any, **changed: Any) -> dict[str, Any]:
    document = later_version(*edits) | changed
    assert place(desk.sends(document=json.dumps(document), anyway="yes")) == f"{DRAFT} saved"
    return document


def stored(desk: Board) -> dict[Any, Any]:
    return {
        where: dict(raw)
        for where, raw in desk.world.tables.items.items()
        if not {"session", "limit"} & set(re.split(r"\W", where[2]))
    }


def test_a_trial_tells_the_numbers_of_the_operation_and_writes_nothing(desk: Board) -> None:
    people(desk.world)
    document = saved(desk, WIDER, LONGER)
    found = simulation.simulate(document).body()["people"]
    before = stored(desk)
    text = words(desk.opens(TRIAL))
    assert stored(desk) == before
    assert "Everybody was counted." in text
    assert f"Accounts in use {found['accounts']}" in text
    assert f"Told by mail {found['tell']}" in text
    assert f"Neither told nor asked {found['alone']}" in text
    assert f"Browsers without an account {found['visitors']['browsers']}" in text
    assert "Send the seasonal letter 3 1" in text
    assert "Keep strangers out" not in text.partition("Asked again")[2].partition("Records")[0]


def test_records_that_go_are_told_by_rule_and_month(desk: Board) -> None:
    people(desk.world)
    for number, days in enumerate([10, 40, 400, 729]):
        request(desk.world, number, closed=NOW - timedelta(days=days))
    saved(desk, shorter)
    text = words(desk.opens(TRIAL))
    assert "Kept so far 2 years Kept by this version 1 year Records with another end 3" in text
    assert "Of these, at once 1 The others go in October 2027 1 November 2027 1" in text
    assert "October 2028 16" in text
    assert "Two people have to publish it Erases at once retention/request_end" in text


def test_why_it_cannot_be_published_is_told_before(desk: Board) -> None:
    saved(desk, WIDER, effective_at="2026-11-23T00:00:00Z")
    text = words(desk.opens(TRIAL))
    assert "It would take effect too soon" in text
    assert "/effective_at" in text


def test_everybody_is_counted_where_an_officer_asks_for_it(
    desk: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(desk.world)
    saved(desk, WIDER)

    def too_many(_: Any) -> None:
        raise sample.TooMany

    monkeypatch.setattr(sample, "sample", too_many)
    token = desk.session(desk.officer)
    desk.world.now += AWAKE
    asked = desk.sends(TRIAL, token=token)
    assert asked.status == 401
    assert 'name="again_code"' in asked.text
    assert "There is too much to be read at once" in words(desk.opens(TRIAL))
    assert place(desk.sends(TRIAL)) == f"{TRIAL} counting"
    page = desk.opens(TRIAL)
    assert "0 of 16 parts" in words(page)
    assert 'aria-live="polite"' in page.text
    assert "data-look" in page.text
    assert "Look again" in words(page)
    desk.work_off()
    page = desk.opens(TRIAL)
    assert "Everybody was counted." in words(page)
    assert "data-look" not in page.text
    assert "Count everybody" not in words(page)


def test_a_reader_tries_out_and_counts_nobody(desk: Board) -> None:
    saved(desk, WIDER)
    page = desk.opens(TRIAL, by=desk.reader)
    assert page.status == 200
    assert forms(page) == set()
    assert "Count everybody" not in words(page)
    assert desk.sends(TRIAL, by=desk.reader).status == 403


def test_without_a_draft_that_compiles_there_is_nothing_to_try(desk: Board) -> None:
    assert desk.opens(TRIAL).status == 404
    assert desk.sends(TRIAL).status == 404
    saved(desk, bogus=1)
    assert place(desk.opens(TRIAL)) == DRAFT
    saved(desk)
    publication.publish(later_version())
    assert place(desk.opens(TRIAL)) == DRAFT
    assert desk.sends(TRIAL).status == 409


def test_every_language_has_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = board(monkeypatch, in_every_language(association_document()))
    people(desk.world)
    draft = json.dumps(in_every_language(later_version(GRAVE, WIDER)))
    assert place(desk.sends(document=draft)) == f"{DRAFT} saved"
    for language in languages():
        page = desk.opens(TRIAL, lang=language)
        assert page.status == 200
        assert f'<html lang="{language}"' in page.text
