"""The elements of a notice that GDPR articles 13 and 14 require, one row each.

Presence is checked here; the contents of an element are checked where its subject is: purposes,
categories, recipients, forms. `parties` checks each controller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from chalicelib.errors import Finding
from chalicelib.notices.compiler.bases import CONSENT, kinds_of
from chalicelib.notices.compiler.reader import objects, select, texts
from chalicelib.notices.model import PORTABLE


class Element(NamedTuple):
    """One element: its article, its name, its place, and whether this notice needs it."""

    article: str
    what: str
    path: str
    needed: Callable[[Mapping[str, object]], bool]


def _always(_: Mapping[str, object]) -> bool:
    return True


def _asks_consent(document: Mapping[str, object]) -> bool:
    return CONSENT in _kinds(document)


def _portable(document: Mapping[str, object]) -> bool:
    """Tells whether some purpose rests on consent or contract (GDPR art. 20(1)(a))."""
    return bool(_kinds(document) & PORTABLE)


def _kinds(document: Mapping[str, object]) -> set[str]:
    return {kind for _, one in objects(document, "purposes/*") for kind in kinds_of(one)}


def _decides_solely(document: Mapping[str, object]) -> bool:
    return "solely" in texts(document, "purposes/*/automated")


ELEMENTS: Final = (
    Element("13(1)(a), 14(1)(a)", "the controller", "controller", _always),
    Element("13(1)(c), 14(1)(c)", "the purposes", "purposes", _always),
    Element("14(1)(d)", "the categories of data", "categories", _always),
    Element("13(1)(e), 14(1)(e)", "the recipients", "recipients", _always),
    Element("13(2)(a), 14(2)(a)", "how long data is kept", "retention", _always),
    Element("13(2)(b), 14(2)(c)", "the rights", "rights", _always),
    Element("12(1), 12(2)", "how rights are used", "requests", _always),
    Element("13(2)(d), 14(2)(e)", "the right to complain", "complaint", _always),
    Element("14(2)(f)", "the sources of data", "sources", _always),
    Element("13(2)(e)", "the forms by which data is collected", "forms", _always),
    Element("13(2)(f), 14(2)(g)", "automated decisions", "automated_decisions", _always),
)

RIGHTS: Final = (
    ("15", "copy", _always),
    ("16", "rectify", _always),
    ("17", "erase", _always),
    ("18", "restrict", _always),
    ("20", "port", _portable),
    ("21", "object", _always),
    ("7(3), 13(2)(c), 14(2)(d)", "withdraw", _asks_consent),
    ("22(3)", "review", _decides_solely),
)
"""(article, right, whether this notice has to state it); all by art. 13(2)(b) and 14(2)(c)."""


def needed_rights(document: Mapping[str, object]) -> tuple[str, ...]:
    """Lists the rights that the law makes this notice state."""
    return tuple(right for _, right, needed in RIGHTS if needed(document))


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields the missing elements; `document` is the completed one."""
    for element in ELEMENTS:
        if element.needed(document) and not list(select(document, element.path)):
            detail = f"is missing: {element.what} (GDPR art. {element.article}). State it here."
            yield Finding(f"/{element.path}", detail)
    if "rights" in document:
        rights = texts(document, "rights/*/id")
        for article, right, needed in RIGHTS:
            if needed(document) and right not in rights:
                yield Finding("/rights", f"lacks the right {right} (GDPR art. {article}). Add it.")
    yield from _marketing_rules(document)
    yield from _deadline(document)


def _marketing_rules(document: dict[str, object]) -> Iterator[Finding]:
    markets = any(value is True for _, value in select(document, "purposes/*/marketing"))
    states = document.get("marketing")
    if markets and (states is None or states == []):
        detail = "is missing: a purpose is marketing, so say how to object (GDPR art. 21(2), (4))."
        yield Finding("/marketing", detail)


def _deadline(document: dict[str, object]) -> Iterator[Finding]:
    """Yields a finding for an answer after one month, or an extension above two (GDPR art.

    12(3)).
    """
    for member, months, most in (("within", 1, "one month"), ("extension", 2, "two months")):
        for pointer, period in select(document, f"requests/deadline/{member}"):
            if isinstance(period, dict) and longer(period, months):
                detail = f"is longer than {most}, the most that GDPR art. 12(3) allows; shorten it."
                yield Finding(pointer, detail)


def longer(period: dict[str, object], months: int) -> bool:
    """Tells whether a period may be longer than `months`, counting a month as the shortest, 28."""
    parts = [(period.get("years"), 365), (period.get("months"), 28), (period.get("days"), 1)]
    days = sum(count * days for count, days in parts if isinstance(count, (int, float)))
    return days > 28 * months
