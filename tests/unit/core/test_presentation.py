from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
import rfc8785

from chalicelib.notices.presentation import cookies, in_force, verbatim
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
