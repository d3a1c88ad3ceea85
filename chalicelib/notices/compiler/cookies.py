"""Checks cookies: consent for each class that needs it, and a name for each third party."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.errors import Finding
from chalicelib.notices.compiler.bases import CONSENT, kinds_of
from chalicelib.notices.compiler.reader import extend, listed, objects


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields classes and cookies that need consent and lack it (Directive 2002/58/EC art. 5(3))."""
    bases = {
        purpose["id"]: kinds
        for _, purpose in objects(document, "purposes/*")
        if isinstance(purpose.get("id"), str) and (kinds := kinds_of(purpose))
    }
    asking = {
        found.get("id")
        for _, found in objects(document, "cookies/classes/*")
        if found.get("exempt") is False and isinstance(found.get("id"), str)
    }
    for pointer, found in objects(document, "cookies/classes/*"):
        if found.get("exempt") is False:
            yield from _without_consent(pointer, found, bases)
    for pointer, cookie in objects(document, "cookies/cookies/*"):
        name = cookie.get("class")
        if isinstance(name, str) and name in asking:
            yield from _without_consent(pointer, cookie, bases)
        yield from _endless(pointer, cookie)
        if cookie.get("party") == "third" and "provider" not in cookie:
            yield Finding(extend(pointer, "provider"), "is missing: name who sets the cookie.")
    for pointer, cookies in objects(document, "cookies"):
        if asking and "banner" not in cookies:
            detail = "is missing: a class needs consent, so write the banner that asks for it."
            yield Finding(extend(pointer, "banner"), detail)
    yield from _consent_mode(document)


def _endless(pointer: str, cookie: dict[str, object]) -> Iterator[Finding]:
    """Yields a finding for a cookie without an end, which browsers do not keep (RFC 6265bis)."""
    lifetime = cookie.get("lifetime")
    ends = cookie.get("means", "cookie") in ("cookie", "pixel")
    if ends and isinstance(lifetime, dict) and "until_deleted" in lifetime:
        detail = "has no end, which a cookie always has; write its time, or its means."
        yield Finding(extend(pointer, "lifetime"), detail)


def _consent_mode(document: dict[str, object]) -> Iterator[Finding]:
    """Yields types that two classes name, and types of advertising in a class without consent."""
    seen: set[str] = set()
    for pointer, found in objects(document, "cookies/classes/*"):
        place = extend(pointer, "consent_mode")
        types = listed(found, "consent_mode")
        for index, name in enumerate(types):
            if name in seen:
                yield Finding(f"{place}/{index}", "stands in another class; keep it in one.")
            if found.get("exempt") is True and name.startswith("ad_"):
                detail = "is for advertising, which needs consent; name it in a class that asks."
                yield Finding(f"{place}/{index}", detail)
        seen.update(types)


def _without_consent(
    pointer: str, value: dict[str, object], bases: dict[object, set[str]]
) -> Iterator[Finding]:
    purpose = value.get("purpose")
    if isinstance(purpose, str) and CONSENT not in bases.get(purpose, {CONSENT}):
        detail = "is a purpose that does not rest on consent, which this class of cookies needs."
        yield Finding(extend(pointer, "purpose"), detail)
