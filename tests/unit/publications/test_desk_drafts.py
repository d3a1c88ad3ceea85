"""The desk's page of notices: lists, and a document that becomes a draft, or is told why not."""

from __future__ import annotations

import html
import json
import re

import pytest

from tests.unit.desk.member import words
from tests.unit.publications.noticeboard import LIST, Board, board, forms, place
from tests.unit.publications.world import FIRST, SECOND, later_version
from tests.unit.web.sample import Sent


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Board:
    return board(monkeypatch)


def written(**changed: object) -> str:
    """A document as an author writes it, with members changed."""
    return json.dumps(later_version() | changed, indent=2)


def kept(page: Sent) -> str:
    """What stands in the form's field."""
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def test_drafts_and_versions_stand_in_their_lists(desk: Board) -> None:
    assert "There are no drafts." in words(desk.opens())
    assert place(desk.sends(document=written())).startswith(f"{LIST}/{SECOND}")
    text = words(desk.opens())
    assert f"{SECOND} complete" in text
    assert f"{FIRST} in force" in text
    assert [one.action for one in desk.audited()] == ["draft_saved"]


def test_every_defect_is_told_with_its_line_and_nothing_is_saved(desk: Board) -> None:
    document = later_version()
    document["retention"][1]["period"] = {"days": -3}
    del document["purposes"][0]["title"]
    typed = json.dumps(document, indent=2)
    page = desk.sends(document=typed)
    assert page.status == 422
    assert desk.drafts() == set()
    assert desk.audited() == []
    assert kept(page) == typed
    lines = typed.splitlines()
    found = re.findall(r"Line (\d+).*?class=\"code\">([^<]+)<", page.text, re.DOTALL)
    told = {pointer: lines[int(number) - 1].strip() for number, pointer in found}
    assert told["/retention/1/period/days"] == '"days": -3'
    assert told["/purposes/0/title"] == "{"  # the purpose, in which it is missing
    assert "Nothing was saved." in words(page)


def test_an_unfinished_draft_is_saved_where_that_is_asked_for(desk: Board) -> None:
    typed = json.dumps(later_version() | {"bogus": 1})
    assert "anyway" in forms(desk.sends(document=typed))
    assert desk.drafts() == set()
    assert place(desk.sends(document=typed, anyway="yes")).startswith(f"{LIST}/{SECOND}")
    assert f"{SECOND} to be corrected: 1" in words(desk.opens())
    opened = desk.opens(draft=SECOND)
    assert json.loads(kept(opened))["bogus"] == 1
    assert "/bogus" in words(opened)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ('{"version":\n "2026-12-20",\n oops}', "Line 3"),
        ("[" * 40 + "]" * 40, "nested deeper"),
        ("[]", "must be an object"),
        ("{}", "/version"),
        ('{"version": "soon"}', "/version"),
        ('{"version": "2026-12-20",\n "version": "2026-12-21"}', "Line 2 /version is given twice"),
        ('{"version": "2026-12-20", "site": {"name": 1e999}}', "/site/name"),
        ('{"version": "2026-12-20", "n": 123456789012345678901234567890}', "/n"),
    ],
)
def test_what_is_no_document_is_told_where(desk: Board, typed: str, told: str) -> None:
    for anyway in ("", "yes"):
        page = desk.sends(document=typed, anyway=anyway)
        assert page.status == 422
        assert told in words(page)
        assert kept(page) == typed
    assert desk.drafts() == set()


@pytest.mark.parametrize("sign", ["x", '"', "é", "\n", "\x01", "😀"])
def test_a_document_of_a_megabyte_is_told_to_be_too_large(desk: Board, sign: str) -> None:
    size = 1024 * 1024 if sign in 'x"\x01' else 400_000
    page = desk.sends(document='{"version": "2026-12-20", "x": "' + sign * size)
    assert page.status in (413, 422)
    assert "large" in page.text or "is not JSON" in words(page)
    assert len(json.dumps(page.text)) < 6_000_000, "more than Lambda sends"
    assert desk.drafts() == set()


def test_the_text_of_a_published_version_is_not_written_over(desk: Board) -> None:
    page = desk.sends(document=json.dumps(desk.document))
    assert page.status == 409
    assert "is published, and never changes" in words(page)
    assert kept(page) == json.dumps(desk.document)
    assert desk.drafts() == set()


def test_a_second_press_saves_it_once(desk: Board) -> None:
    token = desk.session(desk.officer)
    sent = [desk.sends(token=token, once="x" * 43, document=written()) for _ in range(2)]
    assert {place(one) for one in sent} == {f"{LIST}/{SECOND} saved"}
    assert len(desk.audited()) == 1


def test_a_reader_sees_the_lists_without_the_form(desk: Board) -> None:
    page = desk.opens(by=desk.reader, draft=SECOND)
    assert page.status == 200
    assert forms(page) == set()
    assert desk.sends(by=desk.reader, document=written()).status == 403
    assert desk.drafts() == set()


def test_markup_in_a_document_stays_a_text(desk: Board) -> None:
    typed = '{"version": "2026-12-20", "</textarea><script>alert(1)</script>": 1}'
    page = desk.sends(document=typed)
    assert "<script>alert" not in page.text
    assert kept(page) == typed


def test_what_is_no_draft_or_no_place_in_the_list_opens_nothing(desk: Board) -> None:
    assert kept(desk.opens(draft="2031-01-01")) == ""
    assert desk.opens(cursor="none").status == 400
