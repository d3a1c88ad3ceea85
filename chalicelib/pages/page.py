"""A page of a few paragraphs, and at most two forms.

A page behind a link of a mail changes nothing on GET (mail scanners follow links): it shows what
would happen and a form that posts the token to the same path, without what the query held.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from chalicelib.errors import Problem
from chalicelib.pages.environment import template
from chalicelib.pages.forms import Copied, Form
from chalicelib.pages.words import pair, words

Locale: TypeAlias = Callable[[Sequence[str]], str]
"""Chooses the reader's language among those on offer."""


def page(
    title: str,
    text: str,
    locale: str,
    forms: Sequence[Form] = (),
    site: str = "",
    links: Sequence[tuple[str, str]] = (),
    known: Sequence[tuple[str, str]] = (),
    kept: Copied | None = None,
) -> str:
    """Returns a whole HTML page from plain texts, all of which are escaped.

    Blank lines separate the paragraphs of `text`. `locale` becomes the page's language, `site` is
    the name of the site; `links` are texts with their addresses, `known` names with what they stand
    for, `kept` a value to copy. Where a form was refused, the
    title says so first, since that is read out first, and a summary of the errors leads to the
    fields.
    """
    return template("pages/page.html.j2").render(
        words=words("pages", locale),
        title=title,
        paragraphs=text.split("\n\n"),
        locale=locale,
        forms=forms,
        refused=[field for form in forms for field in form.refused],
        site=site,
        links=links,
        known=known,
        kept=kept,
    )


def problem_page(problem: Problem, locale: str, request_id: str = "") -> str:
    """Returns a refusal as a page, in the person's language, without technical detail.

    An error of this service is shown with the request's id, by which it can be looked up.
    """
    said = words("pages", locale)
    status = problem.status
    if f"problem_{status}_title" not in said:
        status = 500 if status >= 500 else 400
    text = said[f"problem_{status}_text"]
    if problem.status >= 500 and request_id:
        text = f"{text}\n\n{pair(said['reference'], request_id, locale)}"
    return page(said[f"problem_{status}_title"], text, locale)
