from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import errors
from chalicelib.errors import Problem
from chalicelib.web.docs import docs_page
from chalicelib.web.docs_words import ITALIAN
from chalicelib.web.openapi import openapi
from chalicelib.web.pages import LOCALES, Form, FormField, page, problem_page
from tests.unit.web.sample import OPERATIONS

HOSTILE = "</p><script>alert('x')</script>\"{{ 7*7 }}"
NOTICE: Any = SimpleNamespace(version="2026-01-01", digest="d1", purposes=["offers"])
VOID = {"meta", "input", "br", "link", "img", "hr"}


class Tree(HTMLParser):
    """Checks that tags close in order, and remembers what there is."""

    def __init__(self, page_text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page_text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def check_accessible(page_text: str, locale: str) -> Tree:
    tree = Tree(page_text)
    assert tree.all("html") == [{"lang": locale}]
    assert len(tree.all("h1")) == len(tree.all("main")) == len(tree.all("title")) == 1
    assert tree.all("script") == []
    assert not [tag for tag in ("img", "link", "iframe", "object") if tree.all(tag)]
    loaded = [value for _, attributes in tree.tags for value in [attributes.get("src")] if value]
    assert loaded == []
    assert not [name for _, one in tree.tags for name in one if name.startswith("on")]
    headings = [int(tag[1]) for tag, _ in tree.tags if tag in ("h1", "h2", "h3", "h4")]
    assert all(later - earlier <= 1 for earlier, later in pairwise(headings))
    assert all(cell.get("scope") for cell in tree.all("th"))
    assert len(tree.all("caption")) == len(tree.all("table"))
    return tree


@pytest.mark.parametrize("locale", LOCALES)
def test_a_page_with_a_form(locale: str) -> None:
    form = Form(
        "Conferma",
        hidden={"token": HOSTILE},
        fields=(FormField("email", HOSTILE, "email", "email", hint="Dove?"),),
    )
    text = page(HOSTILE, [HOSTILE], locale, form, site=HOSTILE)
    tree = check_accessible(text, locale)
    hidden, email = tree.all("input")
    assert hidden == {"type": "hidden", "name": "token", "value": HOSTILE}
    assert [label.get("for") for label in tree.all("label")] == [email["id"]]
    assert email["aria-describedby"] == "hint-email"
    # Without `action`, the form posts to the address of the page, token and stage included.
    assert tree.all("form") == [{"method": "post"}]
    assert "49" not in text


def test_a_page_without_a_form() -> None:
    assert check_accessible(page("Fatto", ["Grazie."], "it"), "it").all("form") == []


KINDS = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Problem)
]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_problem_has_a_page(kind: type[Problem], locale: str) -> None:
    arguments: dict[str, Any] = {"retry_after": 1} if kind.status == 429 else {}
    text = problem_page(kind("technical detail", **arguments), locale, "the-request")
    check_accessible(text, locale)
    assert "technical detail" not in text
    assert ("the-request" in text) is (kind.status >= 500)


def test_the_languages_say_different_things() -> None:
    assert problem_page(errors.NotFound(), "it") != problem_page(errors.NotFound(), "en")
    assert problem_page(errors.NotFound(), "fr").count("lang=") == 1


@pytest.mark.parametrize("locale", LOCALES)
def test_the_documentation_shows_every_operation(locale: str) -> None:
    text = docs_page(openapi(OPERATIONS, NOTICE, "https://api.example/v"), locale)
    tree = check_accessible(text, locale)
    shown = html.unescape(text)
    anchors = {heading.get("id") for heading in tree.all("h3")}
    assert anchors == {operation.id for operation in OPERATIONS}
    assert {link["href"] for link in tree.all("a") if link["href"]} >= {f"#{a}" for a in anchors}
    for operation in OPERATIONS:
        assert f"{operation.method} {operation.path}" in text
        assert operation.summaries.get(locale, operation.summary) in shown
    assert "https://api.example/v" in text
    assert [link["href"] for link in tree.all("a") if link.get("hreflang")] == [
        "?lang=en" if locale == "it" else "?lang=it"
    ]


def test_documentation_in_another_language_is_english() -> None:
    assert '<html lang="en">' in docs_page(openapi(OPERATIONS, NOTICE, "https://x"), "fr")


def test_every_text_of_the_kernel_is_translated() -> None:
    text = docs_page(openapi(OPERATIONS, NOTICE, "https://x"), "it")
    english = set(re.findall(r'<span lang="en">([^<]*)</span>', html.unescape(text)))
    own = {one.summary for one in OPERATIONS if "it" not in one.summaries} | {
        answer.description for one in OPERATIONS for answer in one.answers.values()
    }
    assert english - own - {"string"} == set()
    statuses = {f"{kind.default_title}." for kind in KINDS}
    assert statuses <= set(ITALIAN)
