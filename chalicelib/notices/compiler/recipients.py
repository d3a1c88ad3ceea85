"""Checks recipients: countries, safeguards of transfers, purposes, and their part in requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chalicelib.errors import Finding
from chalicelib.notices.compiler.reader import extend, listed, objects, select, texts
from chalicelib.notices.countries import COUNTRIES, EEA, UNION

_ANSWERING: Final = frozenset({"own_system", "processor"})
"""The roles that are bound to help with requests: the controller itself, and art. 28(3)(e)."""


def check(document: dict[str, object]) -> Iterator[Finding]:
    """Yields recipients without country or safeguard, and contradictions with the purposes."""
    for pointer, recipient in objects(document, "recipients/*"):
        country = recipient.get("country")
        if isinstance(country, dict):
            yield from _country(pointer, country)
            yield from _transfer(pointer, recipient, country)
        yield from _answers(pointer, recipient)
    yield from _one_sided(document)


def _country(pointer: str, country: dict[str, object]) -> Iterator[Finding]:
    if "codes" not in country and country.get("to_confirm") is not True:
        detail = "is missing: name the countries, or set to_confirm."
        yield Finding(f"{pointer}/country/codes", detail)


def _transfer(
    pointer: str, recipient: dict[str, object], country: dict[str, object]
) -> Iterator[Finding]:
    codes = listed(country, "codes")
    if codes and EEA.issuperset(codes):
        return
    if not (COUNTRIES | {UNION}).issuperset(codes):
        return  # the place is unknown; the code is a defect of its own
    transfer = recipient.get("transfer")
    if transfer is None:
        detail = (
            "is missing: outside the European Economic Area, or where the country is not known,"
            " name the transfer tool (GDPR art. 13(1)(f), 44 to 49) or set to_confirm."
        )
        yield Finding(extend(pointer, "transfer"), detail)
    elif isinstance(transfer, dict) and not ("tool" in transfer or transfer.get("to_confirm")):
        detail = "is missing: name the transfer tool (GDPR art. 44 to 49), or set to_confirm."
        yield Finding(f"{pointer}/transfer/tool", detail)


def _answers(pointer: str, recipient: dict[str, object]) -> Iterator[Finding]:
    """Yields a part in requests of a recipient that is not bound by the controller."""
    role = recipient.get("role")
    if "answers" in recipient and isinstance(role, str) and role not in _ANSWERING:
        detail = "belongs to an own system or a processor; remove it, or correct the role."
        yield Finding(extend(pointer, "answers"), detail)


def _one_sided(document: dict[str, object]) -> Iterator[Finding]:
    """Yields purposes and recipients of which only one names the other."""
    sides = (("purposes", "recipients"), ("recipients", "purposes"))
    for here, there in sides:
        known = texts(document, f"{there}/*/id")
        named_back = {
            (other.get("id"), name)
            for _, other in objects(document, f"{there}/*")
            if isinstance(other.get("id"), str)
            for name in listed(other, here)
        }
        for pointer, value in objects(document, f"{here}/*"):
            own = value.get("id")
            for place, name in select(value, f"{there}/*") if isinstance(own, str) else ():
                if isinstance(name, str) and name in known and (name, own) not in named_back:
                    detail = f"does not name this one among its {here}; make both agree."
                    yield Finding(pointer + place, detail)
