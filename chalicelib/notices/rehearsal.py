"""Makes every mail and page of a notice once before it is published, so that each can be sent.

The words that a mail takes from elsewhere (links, codes, dates) are examples: only the notice's own
texts can make it fail. It takes longer than compiling, and every published notice has passed it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from chalicelib.catalogue import STORED
from chalicelib.errors import Finding
from chalicelib.mail.model import Message
from chalicelib.mail.rendering import render
from chalicelib.notices.compiler import NoticeRefused, compile_notice
from chalicelib.notices.cookies import cookie_catalogue
from chalicelib.notices.model import Notice
from chalicelib.notices.presentation import in_force
from chalicelib.notices.processing import report_csv, report_json
from chalicelib.pages.environment import environment
from chalicelib.pages.page import page
from chalicelib.web.contract import HTML, JSON, MARKDOWN

if TYPE_CHECKING:
    from jinja2.nodes import Template


class Form(StrEnum):
    """The form of a word in a template, by which the rehearsal picks its example."""

    TEXT = "text"
    MOMENT = "moment"
    NUMBER = "number"
    LIST = "list"


_MOMENT: Final = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
_LINK: Final = "https://example.com/"
_SUFFIX: Final = ".en.txt.j2"
_DATES: Final = frozenset({"day", "date"})
"""The filters that write a moment, or its civil day."""
_OURS: Final = frozenset({"site", "contact"})

_KEPT: Final = 32
_passed: dict[tuple[str, tuple[str, ...]], bool] = {}
"""Documents that this process has rehearsed: a document is usually tried out before publication."""


def compiled(document: object, confirmed: frozenset[str] = frozenset()) -> Notice:
    """Returns the notice of a document, after every mail and page of it was made.

    `confirmed` as in `compile_notice`. Raises NoticeRefused with all findings.
    """
    notice = compile_notice(document, STORED, confirmed=confirmed)
    if (notice.digest, notice.unconfirmed) in _passed:
        return notice
    findings = rehearse(notice)
    if findings:
        raise NoticeRefused(findings)
    while len(_passed) >= _KEPT:
        _passed.pop(next(iter(_passed)))
    _passed[notice.digest, notice.unconfirmed] = True
    return notice


def rehearse(notice: Notice) -> tuple[Finding, ...]:
    """Lists a finding for each mail and page that cannot be made, in each language."""
    return tuple(
        Finding("", f"has texts of which the {what} in {locale} cannot be made ({failure}).")
        for locale in notice.locales
        for what, failure in _failures(notice, locale)
    )


@cache
def mails() -> Mapping[str, Mapping[str, Form]]:
    """Returns every mail that this software sends, by its template, with its words."""
    from jinja2.meta import find_undeclared_variables

    found: dict[str, Mapping[str, Form]] = {}
    for entry in files("chalicelib.mail").joinpath("templates").iterdir():
        if entry.name.endswith(_SUFFIX):
            parsed = environment().parse(entry.read_text("utf-8"))
            words = dict.fromkeys(find_undeclared_variables(parsed), Form.TEXT)
            found[entry.name.removesuffix(_SUFFIX)] = {**words, **_forms(parsed)}
    return found


def _forms(parsed: "Template") -> Mapping[str, Form]:
    """Returns the words of a template that are no texts: lists, numbers, moments."""
    from jinja2 import nodes

    found: dict[str, Form] = {}
    for loop in parsed.find_all(nodes.For):
        if isinstance(loop.iter, nodes.Name):
            found[loop.iter.name] = Form.LIST
    for compared in parsed.find_all(nodes.Compare):
        if isinstance(compared.expr, nodes.Name):
            found[compared.expr.name] = Form.NUMBER
    for shown in parsed.find_all(nodes.Filter):
        if isinstance(shown.node, nodes.Name) and shown.name in _DATES:
            found[shown.node.name] = Form.MOMENT
    return found


def _failures(notice: Notice, locale: str) -> Iterator[tuple[str, str]]:
    for what, make in _made(notice, locale):
        try:
            make()
        except Exception as error:  # noqa: BLE001 - any error means that nobody would get it
            yield what, type(error).__name__


def _made(notice: Notice, locale: str) -> Iterator[tuple[str, Callable[[], object]]]:
    for media_type in (HTML, MARKDOWN, JSON):
        yield f"page ({media_type})", _page(notice, locale, media_type)
    yield "cookie catalogue", lambda: cookie_catalogue(notice)
    yield "record of processing", lambda: report_json(notice, locale)
    yield "record of processing (CSV)", lambda: report_csv(notice, locale)
    yield "page behind a link", lambda: page(_LINK, _LINK, locale, notice=notice)
    for name, words in mails().items():
        yield f"mail {name}", _mail(name, words, notice, locale)


def _page(notice: Notice, locale: str, media_type: str) -> Callable[[], object]:
    return lambda: in_force.__wrapped__(notice, locale, media_type)


def _mail(
    name: str, words: Mapping[str, Form], notice: Notice, locale: str
) -> Callable[[], object]:
    titles = [notice.text(purpose.title, locale) for purpose in notice.purposes.values()]
    played: Mapping[Form, Any] = {
        Form.TEXT: _LINK,
        Form.MOMENT: _MOMENT,
        Form.NUMBER: 3,
        Form.LIST: titles,
    }
    said = {word: played[form] for word, form in words.items() if word not in _OURS}
    message = Message(name, "somebody@example.com", locale, said, unsubscribe=_LINK)
    sender, now = "privacy@example.com", _MOMENT
    site, contact = notice.site_name, notice.contact
    return lambda: render(message, site=site, sender=sender, contact=contact, now=now).as_bytes()
