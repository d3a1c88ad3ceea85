"""The notice as it is served: JSON in one language or verbatim, HTML, Markdown.

Rendered forms are cached in memory: a version never changes, and its page is asked for far more
often than anything else.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from chalicelib.instants import instant
from chalicelib.links import base, page
from chalicelib.notices.banner import sdk
from chalicelib.notices.compiler.completion import TECHNICAL
from chalicelib.notices.cookies import cookie_catalogue
from chalicelib.notices.model import SOFTWARE, Announced, Notice
from chalicelib.web.contract import HTML, MARKDOWN

if TYPE_CHECKING:
    from chalicelib.notices.changes import Change
    from chalicelib.notices.rendering.words import Wording
    from chalicelib.notices.service.drafts import Draft, Listed
    from chalicelib.notices.store import VersionItem

NOTICE: Final = "/notice"
"""The path of the page of the notice in force; those of its versions lie below it."""

_KEPT = 32
"""Cached forms: two versions around a change, in both languages and all forms, and some more."""


@lru_cache(maxsize=_KEPT)
def in_force(
    notice: Notice,
    locale: str,
    media_type: str,
    announced: Announced | None = None,
    audience: str | None = None,
) -> bytes:
    """Returns the notice for a reader, in UTF-8: every text in one language.

    `announced` is the change that is shown above it, if there is one now. On a page, what concerns
    the `audience` comes first.
    """
    if media_type in (HTML, MARKDOWN):
        return _rendered(notice, locale, media_type, announced, audience)
    from chalicelib.notices.rendering.words import Wording

    wording, locales = Wording(notice, locale), frozenset(notice.locales)
    return _json(
        {
            **_about(notice),
            "locale": locale,
            "locales": list(notice.locales),
            "announcement": announcement(announced),
            "document": _in_one_language(_untechnical(notice.completed), wording, locales),
            "technical_detail": _technical_detail(notice, locale),
            "software_statements": _software_statements(notice, locale),
        }
    )


@lru_cache(maxsize=_KEPT)
def verbatim(notice: Notice, locale: str, media_type: str, audience: str | None = None) -> bytes:
    """Returns a version; in JSON exactly the published document, which the digest covers."""
    if media_type in (HTML, MARKDOWN):
        return _rendered(notice, locale, media_type, audience=audience)
    return _json({**_about(notice), "document": dict(notice.document)})


@lru_cache(maxsize=_KEPT)
def changed(before: Notice, after: Notice, locale: str, media_type: str) -> bytes:
    """Returns the changes of `after`, for a reader: as JSON, HTML or Markdown, in one language."""
    from chalicelib.notices.rendering import render_changes_html, render_changes_markdown
    from chalicelib.notices.rendering.changes import changes_told

    if media_type == HTML:
        return render_changes_html(before, after, locale).encode()
    if media_type == MARKDOWN:
        return render_changes_markdown(before, after, locale).encode()
    return _json(changes_told(before, after, locale))


@lru_cache(maxsize=_KEPT)
def mark(body: bytes) -> str:
    """Returns 16 hex digits that tell a representation from every other of the same version."""
    return hashlib.sha256(body).hexdigest()[:16]


def announcement(announced: Announced | None) -> dict[str, Any] | None:
    """Returns a website's announcement of a change, as JSON; None where there is none to show."""
    if announced is None:
        return None
    return {
        "version": announced.version,
        "since": announced.since,
        "effect": announced.effect,
        "effective_at": instant(announced.effective_at),
        "show_until": instant(announced.show_until),
        "changes": changes_address(announced.version, announced.since),
    }


def changes_address(version: str, since: str | None = None) -> str:
    """Returns where programs read a version's changes since another, or the one before."""
    return page(f"/v1/notices/{version}/changes") + ("" if since is None else f"?since={since}")


def changes_page(version: str, since: str, locale: str) -> str:
    """Returns the public address of the page of a version's changes since another."""
    return f"{page(f'{NOTICE}/{version}/changes')}?since={since}&lang={locale}"


def place(anchor: str, locale: str, version: str | None = None) -> str:
    """Returns the public address of a place on a notice's page (see `anchors`), in a language.

    Without a `version` it is the page of the notice in force.
    """
    path = NOTICE if version is None else f"{NOTICE}/{version}"
    return f"{page(path)}?lang={locale}#{anchor}"


def sentences(
    before: Notice, after: Notice, told: Iterable["Change"], locale: str
) -> tuple[str, ...]:
    """Returns sentences for some of the changes between two versions; equal ones come once."""
    from chalicelib.notices.rendering.changes import sentences as said

    return said(before, after, told, locale)


@lru_cache(maxsize=_KEPT)
def cookies(notice: Notice) -> bytes:
    """Returns the cookie catalogue as JSON, with its version."""
    links = {"notice": base() + NOTICE, "centre": base() + "/"}
    return _json({"version": notice.version, **cookie_catalogue(notice), "links": links})


@lru_cache(maxsize=_KEPT)
def banner_script(notice: Notice, evidence: tuple[tuple[str, str], ...]) -> bytes:
    """Returns the banner's script with the catalogue inside.

    `evidence` are the notice's locales, each with the proof that it is served in that language.
    """
    return sdk.with_catalogue(cookies(notice), dict(evidence))


def draft_shown(draft: "Draft") -> dict[str, Any]:
    """Returns the JSON of a draft: its findings, its warnings, the marks still to be confirmed."""
    return {
        "version": draft.version,
        "digest": draft.digest,
        "findings": [{"pointer": one.pointer, "detail": one.detail} for one in draft.findings],
        "warnings": [{"pointer": one.pointer, "detail": one.detail} for one in draft.warnings],
        "unconfirmed": list(draft.unconfirmed),
        "confirmations": list(draft.confirmations),
    }


def draft_read(draft: "Draft") -> dict[str, Any]:
    """Returns the JSON of `draft_shown`, with the document and when it was saved."""
    return {
        **draft_shown(draft),
        "saved_at": instant(draft.saved_at),
        "document": dict(draft.document),
    }


def draft_listed(one: "Listed") -> dict[str, Any]:
    """Returns the JSON of a draft in the list of drafts."""
    return {
        "version": one.version,
        "digest": one.digest,
        "saved_at": instant(one.saved_at),
        "findings": one.findings,
    }


def version_listed(one: "VersionItem", status: str) -> dict[str, Any]:
    """Returns the JSON of a published version in the list of versions, with its status now."""
    return {
        "version": one.version,
        "digest": one.digest,
        "effective_at": instant(one.effective_at),
        "text_date": one.text_date,
        "published_at": instant(one.published_at),
        "status": status,
    }


def _untechnical(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without the software's own fields, which older ones list, and form for staff."""
    records = [
        {**one, "fields": {name: held for name, held in one["fields"].items() if name != TECHNICAL}}
        for one in document["records"]
    ]
    forms = [one for one in document["forms"] if one["origin"] != SOFTWARE]
    return {**document, "records": records, "forms": forms}


def _software_statements(notice: Notice, locale: str) -> list[str]:
    from chalicelib.notices.rendering.data import software_statements
    from chalicelib.notices.rendering.words import Wording

    return software_statements(notice, Wording(notice, locale))


def _technical_detail(notice: Notice, locale: str) -> list[dict[str, Any]]:
    """The records that the software keeps, in the words of the notice's page."""
    from chalicelib.notices.rendering.data import held_items, kept_for, shown_records
    from chalicelib.notices.rendering.words import Wording

    wording = Wording(notice, locale)
    return [
        {
            "kind": record.kind,
            "title": wording.words(record.title),
            "description": wording.words(record.description) if record.description else None,
            "items": held_items(notice, wording, record.kind),
            "kept": kept_for(notice, wording, record.kind),
        }
        for record in map(notice.records.__getitem__, shown_records(notice))
    ]


def _about(notice: Notice) -> dict[str, Any]:
    return {
        "version": notice.version,
        "digest": notice.digest,
        "effective_at": instant(notice.effective_at),
        "text_date": notice.text_date.isoformat(),
    }


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _rendered(
    notice: Notice,
    locale: str,
    media_type: str,
    announced: Announced | None = None,
    audience: str | None = None,
) -> bytes:
    from chalicelib.notices.rendering import render_html, render_markdown

    render = render_html if media_type == HTML else render_markdown
    return render(notice, locale, announced, audience).encode()


def _in_one_language(value: Any, wording: "Wording", locales: frozenset[str]) -> Any:
    """Returns a document with every object of words replaced by the text in one language.

    One that lacks the language has the sign of the page. `locales` are those of the notice.
    """
    if isinstance(value, Mapping):
        if value and value.keys() <= locales:
            return wording.words(value)
        return {key: _in_one_language(part, wording, locales) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_in_one_language(part, wording, locales) for part in value]
    return value
