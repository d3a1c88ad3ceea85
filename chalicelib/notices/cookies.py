"""The notice's data for a website's cookie banner: classes, cookies, purposes, consent mode."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from chalicelib.notices import anchors
from chalicelib.notices.banner import validity
from chalicelib.notices.banner import words as banner_words
from chalicelib.notices.model import Notice
from chalicelib.notices.signals import (
    GLOBAL_PRIVACY_CONTROL,
    denied_by,
    honours_global_privacy_control,
)

TYPES: Final = (
    "ad_storage",
    "ad_user_data",
    "ad_personalization",
    "analytics_storage",
    "functionality_storage",
    "personalization_storage",
    "security_storage",
)
"""All types of Google Consent Mode, version 2."""

ASK_AGAIN_ON: Final = ("material_change", "choice_unknown")
"""Reasons to ask again before the time is over: what was agreed to has widened, or the choice is
unknown (the browser no longer holds its token)."""

GRANTED, DENIED = "granted", "denied"

_CLASS = ("id", "title", "description", "exempt", "purpose")
_COOKIE = ("id", "name", "title", "class", "purpose", "lifetime", "party")
_COOKIE_OPTIONAL = ("description", "means", "provider", "path", "domain", "pattern")
_SETTINGS = ("ask_again", "signal")
_ABOUT_BANNER = ("origin", "to_confirm", *_SETTINGS)


def cookie_catalogue(notice: Notice) -> dict[str, Any]:
    """Returns the body of `GET /v1/cookies`, made of the notice alone.

    `classes` and `cookies` as in the document, each class with its types of `consent_mode` and the
    `purposes` that its switch decides; `purposes` are those that they name, by id, with
    `needs_consent`: the ids under which decisions are sent to `POST /v1/consents`. `signal` names
    those that a browser's signal denies; None where the notice honours none. `providers` are the
    recipients that set cookies. `banner` holds `words` (each by locale) and its settings; None
    where every class is exempt. Words are given in all of the notice's locales.
    """
    found = _spoken(notice, notice.completed["cookies"])
    cookies = [_cookie(notice, value) for value in found["cookies"]]
    classes = [_class(notice, value, cookies) for value in found["classes"]]
    named = dict.fromkeys(value["purpose"] for value in (*classes, *cookies))
    providers = dict.fromkeys(value["provider"] for value in cookies if "provider" in value)
    return {
        "version": notice.version,
        "digest": notice.digest,
        "locales": list(notice.locales),
        "classes": classes,
        "cookies": cookies,
        "purposes": {name: _purpose(notice, name) for name in named},
        "providers": {name: _provider(notice, name) for name in providers},
        "signal": _signal(notice, named),
        "banner": _banner(notice, found.get("banner")),
        "consent_mode": consent_mode(notice),
    }


def consent_mode(notice: Notice) -> dict[str, Any] | None:
    """Returns the settings of Google's tags: the `default` of every type, and its purpose.

    In basic mode, no tag is loaded and nothing is sent before a yes. Every type has a default, so
    that no tag uses its own: a type without a class is denied. `update` maps a type to the purpose
    whose consent grants it. None where no class names a type.
    """
    if not any(one.consent_mode for one in notice.cookie_classes.values()):
        return None
    default = dict.fromkeys(TYPES, DENIED)
    update = {}
    for one in notice.cookie_classes.values():
        for name in one.consent_mode:
            if one.exempt:
                default[name] = GRANTED
            else:
                update[name] = one.purpose
    return {"version": 2, "mode": "basic", "default": default, "update": update}


def _cookie(notice: Notice, value: Mapping[str, Any]) -> dict[str, Any]:
    from chalicelib.notices.rendering.words import Wording

    lasts = {locale: Wording(notice, locale).period(value["lifetime"]) for locale in notice.locales}
    told = {name: value[name] for name in (*_COOKIE, *_COOKIE_OPTIONAL) if name in value}
    return {**told, "lasts": lasts}


def _class(
    notice: Notice, value: Mapping[str, Any], cookies: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """Returns a class with the purposes that its switch decides: its own, and its cookies'."""
    own = value["purpose"]
    held = [one["purpose"] for one in cookies if one["class"] == value["id"]]
    asked = [one for one in held if not value["exempt"] and notice.purposes[one].needs_consent]
    return {
        **{name: value[name] for name in _CLASS},
        "consent_mode": value.get("consent_mode", []),
        "purposes": list(dict.fromkeys((own, *asked))),
    }


def _provider(notice: Notice, name: str) -> dict[str, Any]:
    """Returns the name of a recipient that sets cookies, and the address of its own notice."""
    value = next(one for one in notice.completed["recipients"] if one["id"] == name)
    address = {"notice": value["url"]} if "url" in value else {}
    return {"name": notice.texts(value["name"]), **address}


def _signal(notice: Notice, named: Iterable[str]) -> dict[str, Any] | None:
    """Returns the purposes of the catalogue that Global Privacy Control denies."""
    if not honours_global_privacy_control(notice):
        return None
    denied = denied_by(notice, GLOBAL_PRIVACY_CONTROL)
    return {"purposes": [name for name in named if name in denied]}


def _purpose(notice: Notice, name: str) -> dict[str, Any]:
    purpose = notice.purposes[name]
    return {
        "title": notice.texts(purpose.title),
        "description": notice.texts(purpose.description),
        "basis": purpose.basis.value,
        "needs_consent": purpose.needs_consent,
        "place": anchors.purpose(name),
        "consent_lasts": validity.lasts(purpose.lasts),
        "consent_lasted": validity.lasted(notice, name),
        "asks_since": validity.asks_since(notice, name),
    }


def _spoken(notice: Notice, value: Any) -> Any:
    """Returns a part of a document with every text in all of the notice's locales."""
    if isinstance(value, Mapping):
        if value and value.keys() <= set(notice.locales):
            return notice.texts(value)
        return {name: _spoken(notice, one) for name, one in value.items()}
    return [_spoken(notice, one) for one in value] if isinstance(value, list) else value


def _banner(notice: Notice, banner: dict[str, Any] | None) -> dict[str, Any] | None:
    """Returns the words and settings of the banner.

    Two rules are not settings: closing the banner, scrolling on or saying nothing is a refusal, and
    the site stays open to people who refuse, since a yes is an act, and free (GDPR art. 4(11),
    7(4)).
    """
    if banner is None:
        return None
    own = {name: value for name, value in banner.items() if name not in _ABOUT_BANNER}
    return {
        "words": {**own, **banner_words.completed(banner, notice.locales)},
        "dismissal": DENIED,
        "wall": False,
        "ask_again_on": list(ASK_AGAIN_ON),
        **{name: banner[name] for name in _SETTINGS if name in banner},
    }
