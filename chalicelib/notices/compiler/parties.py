"""Checks who decides about the data: each controller can be reached, and has its representative."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import either, extend, texts
from chalicelib.notices.countries import COUNTRIES, EEA
from chalicelib.notices.parties import CONTACTS

_BY_LAW: Final = "law"


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields controllers that lack an element of art. 13(1)(a) and (b), or a way to reach them."""
    controllers = list(either(document, "controller"))
    for pointer, controller in controllers:
        if isinstance(controller, dict):
            yield from _reached(pointer, controller)
            yield from _represented(pointer, controller)
    if "arrangement" in document and len(controllers) < 2:
        detail = "needs two controllers: write a list of them in controller, or remove it."
        yield Finding("/arrangement", detail)
    yield from _hosts(document)


def _reached(pointer: str, controller: dict[str, object]) -> Iterator[Finding]:
    if not any(way in controller for way in CONTACTS):
        detail = (
            "is missing: the controller's contact (GDPR art. 13(1)(a), 14(1)(a)). State email, or"
            " one of form, pec and address."
        )
        yield Finding(extend(pointer, "email"), detail)
    if "name" not in controller:
        detail = "is missing: the controller's name (GDPR art. 13(1)(a), 14(1)(a)). State it here."
        yield Finding(extend(pointer, "name"), detail)
    if "dpo" not in controller:
        detail = (
            "is missing: the data protection officer (GDPR art. 13(1)(b), 14(1)(b)). State it here."
        )
        yield Finding(extend(pointer, "dpo"), detail)


def _represented(pointer: str, controller: dict[str, object]) -> Iterator[Finding]:
    country = controller.get("country")
    if not isinstance(country, str) or country not in COUNTRIES - EEA:
        return
    place, found = extend(pointer, "representative"), controller.get("representative")
    if found is None:
        detail = (
            "is missing: the representative of a controller outside the European Economic Area"
            " (GDPR art. 13(1)(a), 14(1)(a), 27), or in its text why the law asks for none. State"
            " it here."
        )
        yield Finding(place, detail)
    elif isinstance(found, dict) and not _explained(found):
        detail = (
            "names no representative (GDPR art. 27): add name; or exempt, the ground of art. 27(2)"
            " on which none is needed; or set to_confirm."
        )
        yield Finding(place, detail)


def _explained(representative: dict[str, object]) -> bool:
    """Tells whether somebody is named, or the law's ground for naming nobody is stated."""
    stated = any(representative.get(name) for name in ("name", "exempt", "to_confirm"))
    return stated or representative.get("origin") == _BY_LAW


def _hosts(document: dict[str, object]) -> Iterator[Finding]:
    known = texts(document, "site/hosts/*")
    for path in ("controller", "arrangement"):
        for pointer, one in either(document, path):
            hosts = one.get("hosts") if isinstance(one, dict) else None
            for index, host in enumerate(hosts if isinstance(hosts, list) else ()):
                if isinstance(host, str) and host not in known:
                    detail = "is none of the notice's sites; add it to hosts of site, or remove it."
                    yield Finding(f"{pointer}/hosts/{index}", detail)
