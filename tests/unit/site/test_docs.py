"""The interface as a page: every operation, in the reader's language as far as it is translated."""

from __future__ import annotations

import html
import json
import re
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.pages.languages import languages
from chalicelib.pages.words import translations
from chalicelib.site.docs import docs_page
from chalicelib.web.openapi import openapi
from chalicelib.web.problems import KINDS
from functions.http.site import OPERATIONS as EVERY_OPERATION
from tests.unit.core.samples import shipped
from tests.unit.web.accessible import check_accessible
from tests.unit.web.sample import OPERATIONS

LOCALES = languages()
NOTICE: Any = SimpleNamespace(version="2026-01-01", digest="d1", purposes=["offers"])


@pytest.mark.parametrize("locale", LOCALES)
def test_the_documentation_shows_every_operation(locale: str) -> None:
    text = docs_page(openapi(OPERATIONS, NOTICE, "https://api.example/v"), locale)
    tree = check_accessible(text, locale)
    shown = html.unescape(text)
    anchors = {one.get("id") for one in tree.all("div") if one.get("tabindex") == "-1"}
    assert anchors == {operation.id for operation in OPERATIONS}
    groups = {one["href"] for one in tree.all("a")}
    assert groups == {f"#{one['id']}" for one in tree.all("h2") if one["id"] != "credentials"}
    for operation in OPERATIONS:
        assert f"{operation.method} {operation.path}" in text
        assert translations("interface", locale).get(operation.summary, operation.summary) in shown
    assert "https://api.example/v" in text


def test_documentation_in_another_language_is_english() -> None:
    assert '<html lang="en">' in docs_page(openapi(OPERATIONS, NOTICE, "https://x"), "xx")


def test_every_text_of_the_kernel_is_translated() -> None:
    text = docs_page(openapi(OPERATIONS, NOTICE, "https://x"), "it")
    english = set(re.findall(r'<span lang="en">([^<]*)</span>', html.unescape(text)))
    own = {one.summary for one in OPERATIONS} | {
        answer.description for one in OPERATIONS for answer in one.answers.values()
    }
    assert english - own - {"string"} == set()
    statuses = {f"{kind.default_title}." for kind in KINDS.values()}
    assert statuses <= set(translations("interface", "it"))


@pytest.mark.parametrize("locale", [one for one in LOCALES if translations("interface", one)])
def test_every_summary_is_translated_and_no_translation_is_left_over(locale: str) -> None:
    document = json.dumps(openapi(EVERY_OPERATION, shipped(), "https://x"), ensure_ascii=False)
    translated = translations("interface", locale)
    assert {one.summary for one in EVERY_OPERATION} - set(translated) == set()
    assert [
        text for text in translated if json.dumps(text, ensure_ascii=False) not in document
    ] == []
    assert all(text.strip() for text in translated.values())
