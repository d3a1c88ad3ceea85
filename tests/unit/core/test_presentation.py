from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785

from chalicelib.notices.model import Announced
from chalicelib.notices.presentation import (
    announcement,
    changes_address,
    changes_page,
    cookies,
    in_force,
    verbatim,
)
from chalicelib.web.contract import HTML, JSON, MARKDOWN
from tests.unit.core.samples import association, shipped

NOTICES = {"shipped": shipped, "association": association}
CASES = [("shipped", "it"), ("shipped", "en"), ("association", "en")]


def words(value: Any, locales: set[str], place: str = "") -> Iterator[str]:
    """Places of objects whose members are named by languages only."""
    if isinstance(value, dict):
        if value and set(value) <= locales:
            yield place
        for name, part in value.items():
            yield from words(part, locales, f"{place}/{name}")
    if isinstance(value, list):
        for number, part in enumerate(value):
            yield from words(part, locales, f"{place}/{number}")


def texts(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def test_the_search_finds_words_where_there_are_any() -> None:
    assert list(words(dict(shipped().document), {"it", "en"}))


@pytest.mark.parametrize(("name", "locale"), CASES)
def test_json_in_one_language_has_no_words_left(name: str, locale: str) -> None:
    notice = NOTICES[name]()
    body: Any = json.loads(in_force(notice, locale, JSON))
    assert list(words(body["document"], set(notice.locales))) == []
    assert body["locale"] == locale
    assert (body["version"], body["digest"]) == (notice.version, notice.digest)


@pytest.mark.parametrize("locale", ["it", "en"])
def test_every_text_is_the_one_of_that_language(locale: str) -> None:
    notice = shipped()
    shown = set(texts(json.loads(in_force(notice, locale, JSON))))
    for purpose in notice.purposes.values():
        assert purpose.title[locale] in shown
        assert purpose.description[locale] in shown


def test_the_document_itself_is_not_touched() -> None:
    notice = shipped()
    in_force(notice, "en", JSON)
    digest = hashlib.sha256(rfc8785.dumps(dict(notice.document))).hexdigest()
    assert digest == notice.digest


@pytest.mark.parametrize("name", NOTICES)
def test_a_version_is_given_as_the_digest_covers_it(name: str) -> None:
    notice = NOTICES[name]()
    body: Any = json.loads(verbatim(notice, notice.locales[0], JSON))
    assert hashlib.sha256(rfc8785.dumps(body["document"])).hexdigest() == body["digest"]


@pytest.mark.parametrize("kind", [HTML, MARKDOWN])
@pytest.mark.parametrize(("name", "locale"), CASES)
def test_a_rendering_is_the_same_in_force_and_as_a_version(
    name: str, locale: str, kind: str
) -> None:
    notice = NOTICES[name]()
    for cached in (in_force, verbatim):
        cached.cache_clear()  # another test may have rendered it for another address of the pages
    text = in_force(notice, locale, kind)
    assert notice.site_name in text.decode()
    assert verbatim(notice, locale, kind) == text


@pytest.mark.parametrize("kind", [JSON, HTML, MARKDOWN])
def test_what_was_handed_out_is_kept(kind: str) -> None:
    notice = shipped()
    assert in_force(notice, "en", kind) is in_force(notice, "en", kind)
    assert verbatim(notice, "en", kind) is verbatim(notice, "en", kind)
    assert in_force(notice, "it", kind) != in_force(notice, "en", kind)


def test_the_cookie_catalogue_names_its_version() -> None:
    body: Any = json.loads(cookies(shipped()))
    assert body["version"] == shipped().version
    assert {one["name"] for one in body["cookies"]} == set(shipped().cookies)


AHEAD = Announced(
    "2027-03-01",
    "2026-11-22",
    "material",
    datetime(2027, 3, 1, tzinfo=UTC),
    datetime(2027, 3, 31, tzinfo=UTC),
)


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> str:
    address = "https://privacy.example"
    monkeypatch.setenv("RISERBO_PUBLIC_URL", address)
    return address


def test_what_a_site_shows_of_a_change(public: str) -> None:
    assert announcement(AHEAD) == {
        "version": "2027-03-01",
        "since": "2026-11-22",
        "effect": "material",
        "effective_at": "2027-03-01T00:00:00.000Z",
        "show_until": "2027-03-31T00:00:00.000Z",
        "changes": f"{public}/v1/notices/2027-03-01/changes?since=2026-11-22",
    }
    assert announcement(None) is None


def test_the_address_of_a_difference(public: str) -> None:
    place = f"{public}/v1/notices/2027-03-01/changes"
    assert changes_address("2027-03-01") == place
    assert changes_address("2027-03-01", "2026-11-22") == f"{place}?since=2026-11-22"
    page = f"{public}/notice/2027-03-01/changes?since=2026-11-22&lang=it"
    assert changes_page("2027-03-01", "2026-11-22", "it") == page


def test_json_always_says_whether_there_is_a_change(public: str) -> None:
    shown: Any = json.loads(in_force(shipped(), "en", JSON, AHEAD))
    assert shown["announcement"] == announcement(AHEAD)
    assert json.loads(in_force(shipped(), "en", JSON))["announcement"] is None


@pytest.mark.parametrize("kind", [JSON, HTML, MARKDOWN])
def test_what_is_kept_is_kept_by_what_was_announced(public: str, kind: str) -> None:
    quiet, announced = (in_force(shipped(), "en", kind, one) for one in (None, AHEAD))
    assert quiet != announced
    assert in_force(shipped(), "en", kind, AHEAD) is announced
    assert in_force(shipped(), "en", kind, None) is quiet
    assert verbatim(shipped(), "en", kind) != announced
