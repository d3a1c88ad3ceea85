"""What every page of accounts is made of: its words in one language, and at most one button."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.notices.model import Notice
from chalicelib.pages.languages import spoken
from chalicelib.web.pages import Form, FormField, answer_to, page

Locale = Callable[[Sequence[str]], str]
"""Chooses the reader's language among those on offer."""


@dataclass(frozen=True, slots=True)
class Words:
    """A page in one language: title and paragraphs, and a form where there is a `button`.

    The form has `fields` to fill in. `other` says when the second form is the right one, which
    has its `other_button` alone.
    """

    title: str
    paragraphs: tuple[str, ...]
    button: str = ""
    fields: tuple[FormField, ...] = ()
    other: str = ""
    other_button: str = ""


def show(
    notice: Notice,
    locale: Locale,
    words: Mapping[str, Words],
    token: str | None = None,
    path: str = "",
) -> str:
    """The page in the reader's language.

    Its form posts to `path`, where the page itself is, and sends a link's `token` along unseen.
    """
    chosen = locale(spoken(notice.locales))
    said = words[chosen]
    hidden = {} if token is None else {"token": token}
    form = second = None
    if said.button:
        form = Form(said.button, answer_to(path, chosen), hidden, said.fields)
    if said.other_button:
        second = Form(said.other_button, answer_to(path, chosen), hidden, lead=said.other)
    return page(said.title, said.paragraphs, chosen, form, notice.site_name, second)
