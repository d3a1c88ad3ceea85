"""A page of a few paragraphs, and at most two forms.

A page behind a link of a mail changes nothing on GET (mail scanners follow links): it shows what
would happen and a form that posts the token to the same path, without what the query held.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.errors import Problem
from chalicelib.pages.environment import template
from chalicelib.pages.forms import Copied, Form
from chalicelib.pages.words import pair, words

if TYPE_CHECKING:
    from chalicelib.pages.frame import Frame

Locale: TypeAlias = Callable[[Sequence[str]], str]
"""Chooses the reader's language among those on offer."""


def render(
    template_path: str,
    frame: Frame,
    title: str,
    *,
    words: Mapping[str, str],
    errors: Sequence[tuple[str, str]] = (),
    **values: object,
) -> str:
    """Returns a page of the privacy centre, in the shell.

    `template_path` is a template's path in chalicelib, such as
    `accounts/templates/sign_in.html.j2`, which extends `pages/layout.html.j2`. It gets `frame`,
    `title`, `words` (those of its own file), `shell` (those of every page) and `values`. `errors`
    are why a form was refused: names of fields with their texts, the name empty for none.
    """
    return template(template_path).render(
        frame=frame,
        title=title,
        words=words,
        errors=errors,
        shell=shell(frame.language),
        language=frame.language,
        zone=frame.notice.zone,
        # The names that the templates of documents use for the same.
        locale=frame.language,
        site=frame.notice.site_name,
        **values,
    )


def shell(language: str) -> Mapping[str, str]:
    """Returns the words that stand around every page."""
    return words("pages", language)


def refusal_page(status: int, frame: Frame, request_id: str = "", wait: str = "") -> str:
    """Returns the page of a refusal with this status, with ways on.

    `wait` is the time to wait in words, where one is known. An error of this service is shown with
    the request's id, by which it can be looked up.
    """
    said = shell(frame.language)
    if f"problem_{status}_title" not in said:
        status = 500 if status >= 500 else 400
    return render(
        "pages/refusal.html.j2",
        frame,
        said[f"problem_{status}_title"],
        words=said,
        text=said[f"problem_{status}_text"],
        wait=said["wait"].format(wait=wait) if wait else "",
        reference=request_id if status >= 500 else "",
    )


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
