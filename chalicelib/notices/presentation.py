"""The notice as it is handed out: JSON in one language or verbatim, HTML, Markdown.

Renderings are kept in memory: a version never changes.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from chalicelib.clock import instant
from chalicelib.notices.cookies import cookie_catalogue
from chalicelib.notices.model import Notice
from chalicelib.web.contract import HTML, MARKDOWN, Json


def in_force(notice: Notice, locale: str, media_type: str) -> Json:
    """The notice for a reader: every text in one language."""
    if media_type in (HTML, MARKDOWN):
        return _rendered(notice, locale, media_type)
    return {
        **_about(notice),
        "locale": locale,
        "locales": list(notice.locales),
        "document": _in_one_language(notice.document, notice, locale),
    }


def verbatim(notice: Notice, locale: str, media_type: str) -> Json:
    """A version; in JSON exactly the document that was published, which the digest covers."""
    if media_type in (HTML, MARKDOWN):
        return _rendered(notice, locale, media_type)
    return {**_about(notice), "document": dict(notice.document)}


def cookies(notice: Notice) -> Json:
    """The cookie catalogue, with the version it is of."""
    return {"version": notice.version, **cookie_catalogue(notice)}


def _about(notice: Notice) -> dict[str, Json]:
    return {
        "version": notice.version,
        "digest": notice.digest,
        "effective_at": instant(notice.effective_at),
        "text_date": notice.text_date.isoformat(),
    }


@lru_cache(maxsize=16)
def _rendered(notice: Notice, locale: str, media_type: str) -> str:
    from chalicelib.notices.rendering import render_html, render_markdown

    return (render_html if media_type == HTML else render_markdown)(notice, locale)


def _in_one_language(value: Any, notice: Notice, locale: str) -> Any:
    """A document with every object of words replaced by the text in one language."""
    if isinstance(value, Mapping):
        if value and set(value) <= set(notice.locales):
            return notice.text(value, locale)
        return {key: _in_one_language(part, notice, locale) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_in_one_language(part, notice, locale) for part in value]
    return value
