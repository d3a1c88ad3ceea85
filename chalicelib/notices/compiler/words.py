"""Checks texts and dates: every text in every locale of the notice, every date a real one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

from chalicelib.errors import Finding
from chalicelib.notices.banner import words as banner
from chalicelib.notices.compiler.reader import extend, listed, objects, select, texts, walk
from chalicelib.pages.languages import languages, primary

MAX_LOCALES: Final = 12
"""Most locales, as in the schema."""

_ZONE: Final = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*){0,2}")
_NAMED: Final = ("rights/*", "notifications/*", "records/*", "recipients/*/purposes/*")
"""Elements that may hold only their name: `id` is no text in Indonesian there."""

_LABELS: Final = "/labels/"
_LOCALE: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_SHORT: Final = frozenset({"act", "dpo", "how", "max", "pec", "url", "why"})
"""Members of a document that look like the tag of a language of three letters. The schema takes no
such language."""


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields texts that lack a locale or have one too many, and dates that do not exist."""
    # A wrong or surplus locale is a defect of its own and is not repeated for every text.
    locales = {one for one in texts(document, "locales/*") if _LOCALE.fullmatch(one)}
    if len(locales) <= MAX_LOCALES:
        yield from _texts(document, locales)
        yield from _banner(document)
    yield from _dates(document)


def _texts(document: dict[str, object], locales: set[str]) -> Iterator[Finding]:
    named = {pointer for path in _NAMED for pointer, _ in select(document, path)}
    found = [
        (pointer, value)
        for pointer, value in walk(document)
        if isinstance(value, dict) and _is_words(value) and pointer not in named
    ]
    # The software has labels of its own, so that one of the author's may be in one language.
    stated = [value for pointer, value in found if not pointer.startswith(_LABELS)]
    asked = locales - _left_out(document, {locale for value in stated for locale in value})
    for pointer, value in found:
        if not pointer.startswith(_LABELS):
            for locale in sorted(asked - value.keys()):
                yield Finding(extend(pointer, locale), f"is missing; write the text in {locale}.")
        for locale in sorted(value.keys() - locales):
            detail = "is not one of the notice's locales; remove the text or add the locale."
            yield Finding(extend(pointer, locale), detail)


def _left_out(document: dict[str, object], written: set[str]) -> set[str]:
    """Returns the languages in which a text may be missing: it is shown in the first one, marked.

    With `fallback` these are all but the first. A document that does not speak of it means so with
    a language of the software in which it has no text at all: the page is in that language, the
    organisation's own words in the first. A language that some texts have was meant for all.
    """
    others = listed(document, "locales")[1:]
    fallback = document.get("fallback")
    if fallback is None:
        return {one for one in others if one not in written and primary(one) in languages()}
    return set(others) if fallback is True else set()


def _banner(document: dict[str, object]) -> Iterator[Finding]:
    """Yields the banner's words that neither the document nor the software has in a language."""
    locales = [one for one in listed(document, "locales") if _LOCALE.fullmatch(one)]
    shown_in_first = locales[1:] if document.get("fallback") is True else []
    silent = [one for one in locales if not banner.spoken(one) and one not in shown_in_first]
    for pointer, found in objects(document, "cookies/banner"):
        for name in banner.names() if silent else ():
            if name not in found:
                told = ", ".join(silent)
                detail = f"is missing: the software has no word for it in {told}; write your own."
                yield Finding(extend(pointer, name), detail)


def _is_words(value: dict[str, object]) -> bool:
    """True for an object whose members are all texts and all named like a language."""
    return bool(value) and all(
        isinstance(text, str) and _LOCALE.fullmatch(name) and name not in _SHORT
        for name, text in value.items()
    )


def _dates(document: dict[str, object]) -> Iterator[Finding]:
    for pointer, value in select(document, "version"):
        if isinstance(value, str) and not _is_date(value.partition(".")[0]):
            yield Finding(pointer, "must begin with a real date of the calendar, YYYY-MM-DD.")
    for pointer, value in select(document, "text_date"):
        if isinstance(value, str) and not _is_date(value):
            yield Finding(pointer, "must be a real date of the calendar, YYYY-MM-DD.")
    for pointer, value in select(document, "effective_at"):
        if isinstance(value, str) and instant(value) is None:
            detail = "must be a real date and time with an offset (RFC 3339)."
            yield Finding(pointer, detail)
    for pointer, value in select(document, "requests/calendar/zone"):
        if isinstance(value, str) and not _is_zone(value):
            yield Finding(pointer, "must be a time zone of the tz database, such as Europe/Rome.")


def _is_zone(text: str) -> bool:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return _ZONE.fullmatch(text) is not None and ZoneInfo(text).key == text
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder
        return False


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def instant(text: str) -> datetime | None:
    """Returns an RFC 3339 date and time in UTC, or None for a text that is none with an offset."""
    try:
        moment = datetime.fromisoformat(text.upper())
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
