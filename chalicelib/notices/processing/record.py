"""The record of processing activities in labelled texts, for a page and for a table.

Pure. A text stands in the language of the record, and names an id only of what is to be confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from chalicelib.notices.model import Notice
from chalicelib.notices.processing.activities import (
    activities,
    arrangements,
    controllers,
    general_unconfirmed,
    security,
)
from chalicelib.notices.processing.model import (
    Activity,
    Basis,
    Controller,
    Held,
    Limit,
    Party,
    Receiver,
)
from chalicelib.notices.rendering.words import Wording


@dataclass(frozen=True, slots=True)
class Entry:
    """A label, and its texts; at least one."""

    label: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Described:
    """An activity: the id, title and description of its purpose, and what is said of it alone."""

    id: str
    title: str
    text: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """The record: what all activities share, each of them, and the tag of its language."""

    locale: str
    shared: tuple[Entry, ...]
    activities: tuple[Described, ...]


def record(notice: Notice, locale: str) -> Record:
    """Returns the record; `locale` as in `activities`."""
    wording = Wording(notice, locale)
    shared = {
        **parties(controllers(notice, locale)),
        "arrangement": arrangements(notice, locale),
        "processing_security": security(notice, locale),
        "processing_unconfirmed": tuple(general_unconfirmed(notice)),
    }
    described = (
        Described(
            found.purpose,
            found.title,
            found.description,
            _entries({**own(found, wording), "processing_unconfirmed": found.unconfirmed}, wording),
        )
        for found in activities(notice, locale)
    )
    return Record(wording.locale, _entries(shared, wording), tuple(described))


def parties(about: Iterable[Controller]) -> dict[str, tuple[str, ...]]:
    """Returns the controllers, their representatives and their officers, by label."""
    found = tuple(about)
    return {
        "processing_controller": _named(one.party for one in found),
        "representative": _named(one.representative for one in found),
        "dpo": _named(one.dpo for one in found),
    }


def own(found: Activity, wording: Wording) -> dict[str, tuple[str, ...]]:
    """Returns what is said of one activity alone, by label, beside its title and description."""
    return {
        "basis": _basis(found.basis, wording),
        "processing_subjects": found.subjects or (wording.label("mark_not_stated"),),
        "processing_categories": tuple(
            wording.pair(_category(one), ", ".join(one.items)) for one in found.categories
        ),
        "recipients": tuple(_receiver(one, wording) for one in found.recipients)
        or (wording.label("nobody"),),
        "processing_transfers": tuple(_transfers(found.recipients, wording))
        or (wording.label("no_transfer"),),
        "processing_limits": (*found.kept, *(_kept(one, wording) for one in found.categories)),
    }


def _entries(parts: Mapping[str, tuple[str, ...]], wording: Wording) -> tuple[Entry, ...]:
    return tuple(Entry(wording.label(name), texts) for name, texts in parts.items() if texts)


def _named(found: Iterable[Party | None]) -> tuple[str, ...]:
    return tuple(told for one in found if (told := _party(one)))


def _party(party: Party | None) -> str:
    if party is None:
        return ""
    parts = (party.name, party.address, party.country, party.email, party.phone, party.website)
    return listed(part for part in (*parts, party.text) if part)


def _basis(basis: Basis, wording: Wording) -> tuple[str, ...]:
    details = (("act", basis.act), ("interest", basis.interest), ("condition", basis.condition))
    told = (wording.pair(wording.label(name), text) for name, text in details if text)
    return (basis.text, *told)


def _category(found: Held) -> str:
    return found.title if found.special is None else f"{found.title} ({found.special})"


def _receiver(found: Receiver, wording: Wording) -> str:
    text = f"{found.name} ({found.role_text}, {found.place.rstrip('.')})"
    if found.items is None:
        return text
    only = wording.pair(wording.label("only_items").lower(), wording.join(found.items))
    return f"{text}, {only}"


def _transfers(recipients: Iterable[Receiver], wording: Wording) -> Iterator[str]:
    """Yields each transfer: its recipient, place and safeguard."""
    for found in recipients:
        if found.transfer is None:
            continue
        tool, text = found.transfer.tool, found.transfer.text
        countries = wording.join(wording.country(code) for code in found.transfer.countries)
        place = countries or found.place.rstrip(".")
        safeguard = ". ".join(part for part in (tool, text) if part)
        name = f"{found.name} ({place})"
        yield wording.pair(name, safeguard or wording.label("mark_not_stated"))


def _kept(found: Held, wording: Wording) -> str:
    words = [found.kept.rstrip(" .")] if found.kept else []
    return wording.pair(found.title, ", ".join([*words, *(_limit(one) for one in found.limits)]))


def _limit(limit: Limit) -> str:
    time = f"{limit.period} {limit.starts}".rstrip(" .")
    return f"{limit.record} {time} ({limit.then})"


def listed(parts: Iterable[str]) -> str:
    """Returns several texts in one, separated by semicolons, since titles hold commas."""
    return "; ".join(part.rstrip(" .;") for part in parts)
