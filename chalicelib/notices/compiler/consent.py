"""Checks the parts that belong to consent: its end, signals that deny it, data kept only for it."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.errors import Finding
from chalicelib.notices.compiler.bases import CONSENT, kinds_of
from chalicelib.notices.compiler.completion import FORMER_LASTS
from chalicelib.notices.compiler.reader import extend, listed, objects


def check_ends(document: dict[str, object]) -> Iterator[Finding]:
    """Yields ends of purposes without consent, and ends without a time or said twice.

    `document` is the one that the author wrote, which may say them as older documents do.
    """
    for pointer, purpose in objects(document, "purposes/*"):
        for name in ("lasts", FORMER_LASTS):
            if name in purpose and _otherwise(purpose):
                detail = "is only for a purpose that rests on consent; remove it."
                yield Finding(extend(pointer, name), detail)
        lasts = purpose.get("lasts")
        if isinstance(lasts, dict) and lasts.keys() <= {"from"}:
            detail = "does not say how long: write days, months or years."
            yield Finding(extend(pointer, "lasts"), detail)
        if "lasts" in purpose and FORMER_LASTS in purpose:
            detail = "is the former name of lasts, which is there too; remove it."
            yield Finding(extend(pointer, FORMER_LASTS), detail)


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields signals and measuring without consent, signals without words, data kept on."""
    for pointer, purpose in objects(document, "purposes/*"):
        if purpose.get("signals") and _otherwise(purpose):
            detail = "is only for a purpose that rests on consent; remove the signals."
            yield Finding(extend(pointer, "signals"), detail)
        if purpose.get("measures_mail") and _otherwise(purpose):
            detail = "needs consent (ePrivacy directive, art. 5(3)); remove it."
            yield Finding(extend(pointer, "measures_mail"), detail)
    yield from _signal(document)
    yield from _withdrawn(document)


def categories_of_consent(document: dict[str, object]) -> set[str]:
    """Returns the categories that a purpose with consent uses."""
    return {
        category
        for _, purpose in objects(document, "purposes/*")
        if CONSENT in kinds_of(purpose)
        for category in listed(purpose, "categories")
    }


def _otherwise(purpose: dict[str, object]) -> bool:
    """Tells whether a purpose rests on something else than consent, and not on consent too."""
    kinds = kinds_of(purpose)
    return bool(kinds) and CONSENT not in kinds


def _signal(document: dict[str, object]) -> Iterator[Finding]:
    """Yields a finding where the banner describes a signal without effect, or omits one with it."""
    honoured = any(listed(purpose, "signals") for _, purpose in objects(document, "purposes/*"))
    for pointer, cookies in objects(document, "cookies"):
        place, banner = extend(pointer, "banner"), cookies.get("banner")
        said = isinstance(banner, dict) and "signal" in banner
        if honoured and not said:
            missing = extend(place, "signal") if isinstance(banner, dict) else place
            detail = "is missing: a signal denies a purpose, so say in signal what it does."
            yield Finding(missing, detail)
        if said and not honoured:
            detail = "promises what nothing keeps: name the signal in signals of the purposes that"
            yield Finding(extend(place, "signal"), f"{detail} it denies, or remove the words.")


def _withdrawn(document: dict[str, object]) -> Iterator[Finding]:
    """Yields a finding for data kept after its only consent ended (GDPR art. 17(1)(b))."""
    for pointer, rule in objects(document, "retention/*"):
        if rule.get("from") == "withdrawn" and rule.get("then") in ("anonymise", "review"):
            detail = "has to be erase: nothing is left that would allow to keep the data."
            yield Finding(extend(pointer, "then"), detail)
