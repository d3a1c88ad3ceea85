from __future__ import annotations

import html
import re
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin

import pytest

from chalicelib import errors
from chalicelib.errors import Problem
from chalicelib.pages.languages import languages
from chalicelib.web.docs import docs_page
from chalicelib.web.docs_words import ITALIAN
from chalicelib.web.openapi import openapi
from chalicelib.web.pages import Form, FormField, answer_to, page, problem_page
from tests.unit.web.accessible import check_accessible
from tests.unit.web.sample import OPERATIONS

LOCALES = languages()
HOSTILE = "</p><script>alert('x')</script>\"{{ 7*7 }}"
NOTICE: Any = SimpleNamespace(version="2026-01-01", digest="d1", purposes=["offers"])


@pytest.mark.parametrize("locale", LOCALES)
def test_a_page_with_a_form(locale: str) -> None:
    form = Form(
        "Conferma",
        HOSTILE,
        hidden={"token": HOSTILE},
        fields=(FormField("email", HOSTILE, "email", "email", hint="Dove?"),),
    )
    text = page(HOSTILE, [HOSTILE], locale, form, site=HOSTILE)
    tree = check_accessible(text, locale)
    hidden, email = tree.all("input")
    assert hidden == {"type": "hidden", "name": "token", "value": HOSTILE}
    assert [label.get("for") for label in tree.all("label")] == [email["id"]]
    assert email["aria-describedby"] == "hint-email"
    assert tree.all("form") == [{"method": "post", "action": HOSTILE}]
    assert "49" not in text


@pytest.mark.parametrize(
    ("field", "attributes"),
    [
        (FormField("a", "A"), (None, "320", None)),
        (FormField("a", "A", required=False), (None, "320", None)),
        (FormField("a", "A", minimum=12, maximum=0), ("12", None, None)),
        (FormField("a", "A", hint="Dove?"), (None, "320", "hint-a")),
        (FormField("a", "A", errors=("No.",)), (None, "320", "errors-a")),
        (FormField("a", "A", hint="?", errors=("No.",)), (None, "320", "errors-a hint-a")),
    ],
)
def test_a_field_says_its_bounds_and_what_explains_it(
    field: FormField, attributes: tuple[str | None, ...]
) -> None:
    text = page("Modulo", [], "it", Form("Invia", "?", fields=(field,)))
    (shown,) = check_accessible(text, "it").all("input")
    names = ("minlength", "maxlength", "aria-describedby")
    assert tuple(shown.get(name) for name in names) == attributes
    assert ("required" in shown) is field.required
    assert shown.get("aria-invalid") == ("true" if field.errors else None)


@pytest.mark.parametrize(("locale", "mark"), [("it", "Errore"), ("en", "Error")])
def test_what_was_refused_is_shown_again_with_the_reasons(locale: str, mark: str) -> None:
    fields = (FormField("a", "A", errors=("Corta.", HOSTILE)), FormField("b", "B"))
    text = page("Modulo", [], locale, Form("Invia", "?", fields=fields))
    tree = check_accessible(text, locale)
    (alert,) = [one for _, one in tree.tags if one.get("role") == "alert"]
    assert alert["id"] == "errors-a"
    assert {"Corta.", HOSTILE} <= set(tree.said)
    assert f"<title>{mark}: Modulo</title>" in text
    assert [one.get("aria-invalid") for one in tree.all("input")] == ["true", None]
    assert ">Modulo</h1>" in text


@pytest.mark.parametrize(
    ("page_at", "posts_to"),
    [
        ("https://a.example/v1/link?token=a.b&utm_source=x", "https://a.example/v1/link?lang=en"),
        ("https://a.example/stage/v1/link?lang=it#top", "https://a.example/stage/v1/link?lang=en"),
        ("https://a.example/v1/link", "https://a.example/v1/link?lang=en"),
    ],
)
def test_a_form_posts_to_the_pages_path_without_what_the_query_held(
    page_at: str, posts_to: str
) -> None:
    assert urljoin(page_at, answer_to("/v1/link", "en")) == posts_to


def test_where_a_form_posts_is_one_segment_whatever_is_in_it() -> None:
    assert answer_to("/v1/unsubscribe/a:b?c#d", "it") == "a%3Ab%3Fc%23d?lang=it"


def test_a_page_that_refused_nothing_says_nothing_of_errors() -> None:
    text = page("Modulo", [], "it", Form("Invia", "?", fields=(FormField("a", "A"),)))
    assert "<title>Modulo</title>" in text
    assert "alert" not in text


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
