"""Checks recipients: countries, safeguards of transfers, purposes, and their part in requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import either, extend, listed, objects, several
from chalicelib.notices.compiler.sides import purposes_of
from chalicelib.notices.countries import AREA, COUNTRIES, EEA, UNION

_ANSWERING: Final = frozenset({"own_system", "processor", "joint_controller"})
"""The roles that are bound to help with requests: the controller itself, art. 28(3)(e), and 26."""


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields recipients without country or safeguard, and contradictions with the purposes."""
    used = {
        str(one.get("id")): set(listed(one, "categories"))
        for _, one in objects(document, "purposes/*")
    }
    for pointer, recipient in objects(document, "recipients/*"):
        country = recipient.get("country")
        if isinstance(country, dict):
            yield from _country(pointer, country)
            yield from _transfers(pointer, recipient, country)
        yield from _answers(pointer, recipient)
        yield from _purposes(used, pointer, recipient)
    yield from _one_sided(document)


def _country(pointer: str, country: dict[str, object]) -> Iterator[Finding]:
    if "codes" not in country and country.get("to_confirm") is not True:
        detail = "is missing: name the countries, or set to_confirm."
        yield Finding(f"{pointer}/country/codes", detail)


def _transfers(
    pointer: str, recipient: dict[str, object], country: dict[str, object]
) -> Iterator[Finding]:
    codes = listed(country, "codes")
    if codes and EEA.issuperset(codes):
        return
    if not (COUNTRIES | {UNION, AREA}).issuperset(codes):
        return  # the place is unknown; the code is a defect of its own
    place = extend(pointer, "transfer")
    if recipient.get("transfer") is None:
        detail = (
            "is missing: outside the European Economic Area, or where the country is not known,"
            " name the transfer tool (GDPR art. 13(1)(f), 44 to 49) or set to_confirm."
        )
        yield Finding(place, detail)
        return
    for inner, transfer in either(recipient, "transfer"):
        if isinstance(transfer, dict) and not ("tool" in transfer or transfer.get("to_confirm")):
            detail = "is missing: name the transfer tool (GDPR art. 44 to 49), or set to_confirm."
            yield Finding(f"{pointer}{inner}/tool", detail)
    yield from _protected(place, several(recipient["transfer"]), set(codes) - EEA)


def _protected(place: str, transfers: list[object], outside: set[str]) -> Iterator[Finding]:
    """Yields countries outside that no transfer names, and named ones in which no data is."""
    named = {code for one in transfers for code in listed(one, "countries")}
    rest = any(isinstance(one, dict) and "countries" not in one for one in transfers)
    if not rest and (not outside or outside - named):
        left = ", ".join(sorted(outside - named)) or "the place that is not known"
        yield Finding(place, f"names no tool for {left}; add one, or leave out its countries.")
    for code in sorted(named - outside if outside else ()):
        detail = f"is for {code}, which is no country of this recipient outside the Area."
        yield Finding(place, f"{detail} Correct it, or add the country.")


def _answers(pointer: str, recipient: dict[str, object]) -> Iterator[Finding]:
    """Yields a part in requests of a recipient that is not bound by the controller."""
    role = recipient.get("role")
    if "answers" in recipient and isinstance(role, str) and role not in _ANSWERING:
        detail = (
            "belongs to an own system, a processor or a joint controller; remove it, or correct"
            " the role."
        )
        yield Finding(extend(pointer, "answers"), detail)


def _purposes(
    used: Mapping[str, set[str]], pointer: str, recipient: dict[str, object]
) -> Iterator[Finding]:
    """Yields a recipient of no purpose, a purpose named twice, and data that it does not use.

    `used` are the categories of each purpose.
    """
    place = extend(pointer, "purposes")
    named = purposes_of(recipient)
    if "purposes" in recipient and recipient["purposes"] == [] and not named:
        detail = "is missing: name the purposes, here or by recipients of each purpose."
        yield Finding(place, detail)
    seen: set[str] = set()
    for index, (name, given) in enumerate(named):
        if name in seen:
            detail = "stands already in this list; give each its own, or remove one."
            yield Finding(f"{place}/{index}", detail)
        seen.add(name)
        yield from _given(f"{place}/{index}", given, used.get(name))


def _given(place: str, given: Mapping[str, object], used: set[str] | None) -> Iterator[Finding]:
    if used is None:
        return
    for member in ("categories", "items"):
        for index, one in enumerate(listed(given, member)):
            if one.partition(".")[0] not in used:
                detail = "is no data of this purpose; name what the purpose uses, or add it there."
                yield Finding(f"{place}/{member}/{index}", detail)


def _one_sided(document: dict[str, object]) -> Iterator[Finding]:
    """Yields purposes and recipients of which only one names the other."""
    purposes = {
        pointer: (one.get("id"), listed(one, "recipients"))
        for pointer, one in objects(document, "purposes/*")
    }
    recipients = {
        pointer: (one.get("id"), [name for name, _ in purposes_of(one)])
        for pointer, one in objects(document, "recipients/*")
    }
    for here, sides, others in (
        ("recipients", purposes, recipients),
        ("purposes", recipients, purposes),
    ):
        back: dict[object, set[str]] = {}
        for name, names in others.values():
            if isinstance(name, str):
                back.setdefault(name, set()).update(names)
        other = "purposes" if here == "recipients" else "recipients"
        for pointer, (own, names) in sides.items():
            for index, name in enumerate(names if isinstance(own, str) else ()):
                if name in back and own not in back[name]:
                    detail = f"does not name this one among its {other}; make both agree."
                    yield Finding(f"{pointer}/{here}/{index}", detail)
