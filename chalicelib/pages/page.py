"""Pages as HTML: those in the shell, the plain ones of links and of refusals.

No page of a link does anything when it is opened, since mail programs open links by themselves. It
says what would happen and shows a form that posts the token to the same path, without what the
query holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from chalicelib import links
from chalicelib.errors import Problem
from chalicelib.pages.assets import script_name
from chalicelib.pages.environment import template
from chalicelib.pages.forms import Copied, Form
from chalicelib.pages.frame import Frame
from chalicelib.pages.languages import Alternate, language_for, primary
from chalicelib.pages.look import look
from chalicelib.pages.navigation import ACCOUNT
from chalicelib.pages.words import pair, words

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice

Locale: TypeAlias = Callable[[Sequence[str]], str]
"""Chooses the reader's language among those on offer."""


@dataclass(frozen=True, slots=True)
class Way:
    """A text, and the address that it links to, empty where it links nowhere."""

    text: str
    address: str = ""


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
    are why a form was refused: names of fields with their texts, the name empty for none. The
    layout sums them up at the top, and shows the word `done_NAME` of `words` for `frame.done`.
    """
    shown = {
        **around(frame),
        "title": title,
        "words": words,
        "errors": errors,
        "refused": bool(errors) or frame.refused,
        **values,
    }
    return template(template_path).render(shown)


def document(
    template_path: str,
    title: str,
    *,
    words: Mapping[str, str],
    locale: str,
    site: str = "",
    frame: Frame | None = None,
    errors: Sequence[tuple[str, str]] = (),
    **values: object,
) -> str:
    """Returns a page that lies alone, without navigation: on a disk, or of no notice.

    With a `frame` it stands in the shell. Its template extends `pages/layout.html.j2` where it has
    a `frame`, else `pages/bare.html.j2`; the rest is as in `render`. `site` is the name of the
    site, empty where it is not known.
    """
    if frame is not None:
        return render(template_path, frame, title, words=words, errors=errors, **values)
    return template(template_path).render(
        frame=None,
        shell=shell(locale),
        words=words,
        title=title,
        locale=locale,
        language=locale,
        site=site,
        errors=errors,
        refused=bool(errors),
        **values,
    )


def around(frame: Frame) -> dict[str, object]:
    """Returns the values that the layout and its parts need of a frame, by name."""
    notice = frame.notice
    authority = notice.completed["complaint"]["text"]
    spoken = frame.language if frame.language in authority else notice.locales[0]
    return {
        "frame": frame,
        "shell": shell(frame.language),
        "language": frame.language,
        "locale": frame.language,
        "zone": notice.zone,
        "site": notice.site_name,
        "look": look(notice.completed["site"]),
        "contact": contact(notice),
        "complaint": notice.written(authority, frame.language),
        "complaint_language": "" if primary(spoken) == frame.language else spoken,
        "script": f"{links.base()}/assets/{script_name()}",
        "alternates": frame.alternates(),
        "area": "",
        "tabs": ACCOUNT,
    }


def contact(notice: Notice) -> Way:
    """Returns the first way to reach the controller: a mailbox, a page of the web, or a text."""
    told = notice.contact
    if told.startswith(("https://", "http://")):
        return Way(told, told)
    if "@" in told and " " not in told:
        return Way(told, f"mailto:{quote(told, safe='@')}")
    return Way(told)


def shell(language: str) -> Mapping[str, str]:
    """Returns the words that stand around every page, in a tag's language; else in English."""
    return {**words("pages", language), **words("shell", language)}


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


def over_page(frame: Frame, sign_in: str, fields: Mapping[str, str]) -> str:
    """Returns the page of a form whose session has ended, with what was typed.

    `sign_in` is the address of the page for signing in, which opens beside it; the form sends the
    same fields to its own address once more.
    """
    said = shell(frame.language)
    return render(
        "pages/over.html.j2",
        frame,
        said["over_title"],
        words=said,
        sign_in=sign_in,
        action=frame.to(frame.path, **frame.query),
        fields=fields,
        texts=[text for text in fields.values() if len(text.split()) > 1],
    )


def page(
    title: str,
    text: str,
    locale: str,
    forms: Sequence[Form] = (),
    notice: Notice | None = None,
    ways: Sequence[tuple[str, str]] = (),
    known: Sequence[tuple[str, str]] = (),
    kept: Copied | None = None,
) -> str:
    """Returns a whole HTML page from plain texts, all of which are escaped.

    Blank lines separate the paragraphs of `text`. `locale` becomes the page's language. With a
    `notice` the page stands in the shell, without links to other languages: its address may hold a
    token that the page does not know. `ways` are texts with their addresses, `known` names with
    what they stand for, `kept` a value to copy. Where a form was refused, the title says so first,
    since that is read out first, and a summary of the errors leads to the fields.
    """
    errors = [
        (field.name, text) for form in forms for field in form.refused for text in field.errors
    ]
    values: dict[str, Any] = {
        "paragraphs": text.split("\n\n"),
        "forms": forms,
        "ways": ways,
        "known": known,
        "kept": kept,
    }
    said, path = shell(locale), "pages/page.html.j2"
    if notice is None:
        return document(path, title, words=said, locale=locale, errors=errors, **values)
    frame = Frame(notice, language_for(locale, notice.locales), "", asked=True)
    alone: tuple[Alternate, ...] = ()
    return render(path, frame, title, words=said, errors=errors, alternates=alone, **values)


def problem_page(
    problem: Problem, locale: str, request_id: str = "", notice: Notice | None = None
) -> str:
    """Returns a refusal as a page, in the person's language, without technical detail.

    An error of this service is shown with the request's id, by which it can be looked up. With the
    `notice` in force the page stands in the shell, from which a person finds the way on.
    """
    said = words("pages", locale)
    status = problem.status
    if f"problem_{status}_title" not in said:
        status = 500 if status >= 500 else 400
    text = said[f"problem_{status}_text"]
    if problem.status >= 500 and request_id:
        text = f"{text}\n\n{pair(said['reference'], request_id, locale)}"
    return page(said[f"problem_{status}_title"], text, locale, notice=notice)
