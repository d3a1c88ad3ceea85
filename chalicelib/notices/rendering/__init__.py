"""Renders the notice for people as HTML and Markdown: pure functions of the compiled notice.

Both are made from one page of plain values (`page`), so that they cannot say different things. All
words come from the document or from the software's labels and are escaped by the templates.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.notices.model import Announced, Notice
from chalicelib.notices.rendering.blocks import Page
from chalicelib.notices.rendering.page import page
from chalicelib.pages.environment import environment
from chalicelib.pages.frame import Frame
from chalicelib.pages.languages import language_for
from chalicelib.pages.page import Way, render
from chalicelib.pages.words import words

if TYPE_CHECKING:
    from jinja2 import Environment

NOTICE = "/notice"
"""The path of the notice's page."""

VERSIONS = f"{NOTICE}/versions"
"""The path of the page that lists all versions."""

__all__ = [
    "render_changes_html",
    "render_changes_markdown",
    "render_html",
    "render_markdown",
]


def render_html(
    notice: Notice,
    locale: str,
    announced: Announced | None = None,
    audience: str | None = None,
    frame: Frame | None = None,
    lead: str = "",
    back: Way | None = None,
) -> str:
    """Returns the notice as a complete HTML page, in the shell.

    `locale` is one of the notice's; another becomes the notice's first language. `announced` is a
    change that the page of the notice in force announces at its top. Parts for the `audience`
    come first. `frame` is what stands around it; without one, that of the notice's own page.
    `lead` says under the title what the version is by now; a way to the one in force follows it.
    `back` is the way above the title; without one, it leads to the list of all versions.
    """
    return _html(page(notice, locale, announced, audience), notice, NOTICE, frame, lead, back)


def render_markdown(
    notice: Notice,
    locale: str,
    announced: Announced | None = None,
    audience: str | None = None,
) -> str:
    """Returns the notice as Markdown (CommonMark with tables); the rest as in `render_html`."""
    return _markdown(page(notice, locale, announced, audience))


def render_changes_html(
    before: Notice, after: Notice, locale: str, frame: Frame | None = None
) -> str:
    """Returns the changes of `after` as an HTML page; `locale` and `frame` as in `render_html`."""
    from chalicelib.notices.rendering.changes import changes_page  # few readers ask for them

    path = f"{NOTICE}/{after.version}/changes"
    return _html(changes_page(before, after, locale), after, path, frame)


def render_changes_markdown(before: Notice, after: Notice, locale: str) -> str:
    """Returns the changes of `after` as Markdown; `locale` as in `render_html`."""
    from chalicelib.notices.rendering.changes import changes_page

    return _markdown(changes_page(before, after, locale))


def _html(
    shown: Page,
    notice: Notice,
    path: str,
    frame: Frame | None,
    lead: str = "",
    back: Way | None = None,
) -> str:
    around = frame or Frame(notice, language_for(shown.locale, notice.locales), path, asked=True)
    return render(
        "notices/templates/notice.html.j2",
        around,
        shown.title,
        words=words("versions", around.language),
        lead=lead,
        current="" if around.notice.version == notice.version else around.to(NOTICE),
        page=shown,
        locale=shown.locale,
        alternates=shown.alternates,
        choices=around.to("/account/choices") if around.notice.registers else "",
        back=back or _above(around),
    )


def _above(around: Frame) -> Way:
    """Returns the way to the list of all versions; one without a text for the notice's own page."""
    if around.path == NOTICE:
        return Way("")
    return Way(words("shell", around.language)["versions"], around.to(VERSIONS))


def _markdown(shown: Page) -> str:
    return _markdown_environment().get_template("notices/templates/notice.md.j2").render(page=shown)


@cache
def _markdown_environment() -> Environment:
    """Returns the environment, with every value escaped for Markdown."""
    from chalicelib.notices.rendering.markdown import escaped, linked, target

    made = environment().overlay(finalize=escaped)
    made.filters = {**made.filters, "target": target, "linked": linked}
    return made
