from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import pytest

from chalicelib import errors
from chalicelib.errors import Problem
from chalicelib.pages.forms import Form, FormField, answer_to
from chalicelib.pages.languages import languages
from chalicelib.pages.page import page, problem_page
from tests.unit.web.accessible import check_accessible

LOCALES = languages()
HOSTILE = "</p><script>alert('x')</script>\"{{ 7*7 }}"


@pytest.mark.parametrize("locale", LOCALES)
def test_a_page_with_a_form(locale: str) -> None:
    form = Form(
        "Conferma",
        HOSTILE,
        hidden={"token": HOSTILE},
        fields=(FormField("email", HOSTILE, "email", "email", hint="Dove?"),),
    )
    text = page(HOSTILE, HOSTILE, locale, [form])
    tree = check_accessible(text, locale)
    hidden, email = tree.all("input")
    assert hidden == {"type": "hidden", "name": "token", "value": HOSTILE}
    assert [label.get("for") for label in tree.all("label")] == [email["id"]]
    assert email["aria-describedby"] == "hint-email"
    (sent,) = tree.all("form")
    assert (sent["method"], sent["action"], "novalidate" in sent) == ("post", HOSTILE, True)
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
    text = page("Modulo", "Sì.", "it", [Form("Invia", "?", fields=(field,))])
    (shown,) = check_accessible(text, "it").all("input")
    names = ("minlength", "maxlength", "aria-describedby")
    assert tuple(shown.get(name) for name in names) == attributes
    assert ("required" in shown) is field.required
    assert shown.get("aria-invalid") == ("true" if field.errors else None)


@pytest.mark.parametrize(("locale", "mark"), [("it", "Errore"), ("en", "Error")])
def test_what_was_refused_is_shown_again_with_the_reasons(locale: str, mark: str) -> None:
    fields = (FormField("a", "A", errors=("Corta.", HOSTILE)), FormField("b", "B"))
    text = page("Modulo", "Sì.", locale, [Form("Invia", "?", fields=fields)])
    tree = check_accessible(text, locale)
    (alert,) = [one for _, one in tree.tags if one.get("role") == "alert"]
    assert alert["class"] == "summary"
    assert [link["href"] for link in tree.all("a")] == ["#field-a", "#field-a"]
    assert tree.by_id("field-a")[1]["aria-describedby"] == "errors-a"
    assert tree.said.count("Corta.") == tree.said.count(HOSTILE) == 2, "above and at the field"
    assert text.index("Corta.") < text.index("<form"), "the summary is read first"
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
    text = page("Modulo", "Sì.", "it", [Form("Invia", "?", fields=(FormField("a", "A"),))])
    assert "<title>Modulo</title>" in text
    assert "alert" not in text


def test_a_page_has_its_paragraphs() -> None:
    tree = check_accessible(page("Fatto", "Uno.\n\nDue.", "it"), "it")
    assert tree.said[-2:] == ["Uno.", "Due."]
    assert tree.all("p") == [{"role": "status"}, {}], "what became of it is the status"


def test_a_page_that_leads_on_tells_no_status() -> None:
    tree = check_accessible(page("Qui", "Uno.", "it", ways=[(HOSTILE, "https://x/?a&b")]), "it")
    assert tree.all("p") == [{}]
    assert tree.all("a") == [{"href": "https://x/?a&b"}]


def test_a_page_without_a_form() -> None:
    assert check_accessible(page("Fatto", "Grazie.", "it"), "it").all("form") == []


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
    assert problem_page(errors.NotFound(), "xx").count("lang=") == 1
