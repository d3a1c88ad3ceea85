"""What a website needs to ask about cookies: classes, catalogue, purposes and banner."""

from __future__ import annotations

from typing import Any

from chalicelib.notices.model import Notice

_CLASS = ("id", "title", "description", "exempt", "purpose")
_COOKIE = ("name", "title", "class", "purpose", "lifetime", "party")
_COOKIE_OPTIONAL = ("description", "means", "provider")
_BANNER = ("ask_again", "signal")
_ABOUT_BANNER = ("origin", "to_confirm", *_BANNER)


def cookie_catalogue(notice: Notice) -> dict[str, Any]:
    """The body of `GET /v1/cookies`, made of what the notice says and nothing else.

    `classes` and `cookies` as in the document; `purposes` are those that they name, by id, with
    `needs_consent`: the ids under which decisions are sent to `POST /v1/consents`. `banner` holds
    `words` (each by locale) and the settings `ask_again` (a period) and `signal`; None where every
    class is exempt. Words are given in all of the notice's locales.
    """
    found = notice.document["cookies"]
    classes = [{name: value[name] for name in _CLASS} for value in found["classes"]]
    cookies = [
        {name: value[name] for name in (*_COOKIE, *_COOKIE_OPTIONAL) if name in value}
        for value in found["cookies"]
    ]
    named = dict.fromkeys(value["purpose"] for value in (*classes, *cookies))
    return {
        "version": notice.version,
        "digest": notice.digest,
        "locales": list(notice.locales),
        "classes": classes,
        "cookies": cookies,
        "purposes": {name: _purpose(notice, name) for name in named},
        "banner": _banner(found.get("banner")),
    }


def _purpose(notice: Notice, name: str) -> dict[str, Any]:
    purpose = notice.purposes[name]
    return {
        "title": dict(purpose.title),
        "description": dict(purpose.description),
        "basis": purpose.basis.value,
        "needs_consent": purpose.needs_consent,
    }


def _banner(banner: dict[str, Any] | None) -> dict[str, Any] | None:
    if banner is None:
        return None
    words = {name: value for name, value in banner.items() if name not in _ABOUT_BANNER}
    return {"words": words, **{name: banner[name] for name in _BANNER if name in banner}}
