"""Tells a browser, without a request, how long a yes holds and what is new since. Pure.

A consent covers what was said when it was asked for (GDPR art. 4(11), 7).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.notices.model import Lasting, Notice, Widening, Words


def lasts(lasting: Lasting | None) -> dict[str, int] | None:
    """Returns how long a consent holds, such as {"months": 6}; None where it does not end."""
    if lasting is None:
        return None
    units = ("years", "months", "days")
    return {unit: count for unit in units if (count := getattr(lasting.period, unit))}


def lasted(notice: Notice, purpose: str) -> list[dict[str, Any]]:
    """Lists the versions since which a consent holds longer, oldest first.

    One given before `version` still ends after `lasts`, which is how long it held then.
    """
    return [
        {"version": one.version, "lasts": lasts(one.lasts)}
        for one in notice.widenings.get(purpose, ())
        if one.lasts is not None
    ]


def asks_since(notice: Notice, purpose: str) -> list[dict[str, Any]]:
    """Lists the versions that added to a purpose, oldest first.

    A yes given under a version before `version` does not cover what `new` names, each in all of the
    notice's locales.
    """
    added = ((one, _new(notice, purpose, one)) for one in notice.widenings.get(purpose, ()))
    return [{"version": one.version, "new": new} for one, new in added if new]


def _new(notice: Notice, purpose: str, added: Widening) -> list[dict[str, str]]:
    if added.whole:
        return [notice.texts(notice.purposes[purpose].title)]
    from chalicelib.notices.rendering.words import Wording

    channels = [
        {locale: Wording(notice, locale).label(f"channel_{one}") for locale in notice.locales}
        for one in sorted(added.channels)
    ]
    return [*(notice.texts(one) for one in _named(notice, added)), *channels]


def _named(notice: Notice, added: Widening) -> Iterator[Words]:
    """Yields the names of the parts in the order of the notice."""
    yield from (one.title for one in notice.categories.values() if one.id in added.categories)
    yield from (one.name for one in notice.recipients.values() if one.id in added.recipients)
    yield from (one.title for one in notice.cookies.values() if one.id in added.cookies)
    classes = notice.cookie_classes.values()
    yield from (one.title for one in classes if one.id in added.cookie_classes)
