"""Makes the processing activities of a notice, one for each purpose (GDPR art. 30(1))."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from chalicelib.notices import parties
from chalicelib.notices.countries import EEA
from chalicelib.notices.model import FieldRef, Notice, Purpose, RetentionFact, RetentionRule
from chalicelib.notices.processing.model import (
    Activity,
    Basis,
    Controller,
    Held,
    Limit,
    Party,
    Receiver,
    Transfer,
)
from chalicelib.notices.rendering import bases
from chalicelib.notices.rendering.data import ended_by, kept
from chalicelib.notices.rendering.words import Wording

_GENERAL: Final = ("controller", "arrangement", "security")
"""Parts of the document that every activity repeats."""


def activities(notice: Notice, locale: str) -> list[Activity]:
    """Lists the activities in the order of the notice's purposes.

    `locale` is one of the notice's; another becomes the notice's first language.
    """
    wording = Wording(notice, locale)
    by_id = {value["id"]: value for value in notice.completed["recipients"]}
    about, measures = controllers(notice, locale), security(notice, locale)
    return [
        Activity(
            purpose=purpose.id,
            title=wording.words(purpose.title),
            description=wording.words(purpose.description),
            basis=_basis(purpose, wording),
            subjects=_subjects(notice, purpose, wording),
            categories=tuple(_held(notice, name, wording) for name in purpose.categories),
            recipients=tuple(
                _receiver(notice, by_id[name], purpose.id, wording) for name in purpose.recipients
            ),
            kept=_kept_for(notice, purpose, wording),
            unconfirmed=tuple(_unconfirmed(notice, purpose)),
            controllers=about,
            security=measures,
        )
        for purpose in notice.purposes.values()
    ]


def controllers(notice: Notice, locale: str) -> tuple[Controller, ...]:
    """Returns the controllers with contacts, representatives and data protection officers.

    Joint controllers are all named (GDPR art. 30(1)(a)), the first being turned to first.
    """
    wording = Wording(notice, locale)
    return tuple(
        Controller(
            _party(found, found.get("contact", {}).get("text"), wording),
            *(
                _party(found[name], found[name]["text"], wording) if name in found else None
                for name in ("representative", "dpo")
            ),
        )
        for found in parties.controllers(notice.completed)
    )


def arrangements(notice: Notice, locale: str) -> tuple[str, ...]:
    """Returns the essence of each arrangement between joint controllers (GDPR art. 26(2))."""
    wording = Wording(notice, locale)
    return tuple(wording.words(one["text"]) for one in parties.arrangements(notice.completed))


def security(notice: Notice, locale: str) -> tuple[str, ...]:
    """Returns the security measures in general terms (GDPR art. 30(1)(g), 32(1))."""
    wording = Wording(notice, locale)
    return tuple(wording.words(value["text"]) for value in notice.completed["security"])


def limit(notice: Notice, rule: str, locale: str) -> Limit:
    """Returns the time limit for erasure that a rule of the notice sets, in its words.

    Raises KeyError for a rule that the notice does not have.
    """
    return _limit(notice, notice.retention[rule], Wording(notice, locale))


def general_unconfirmed(notice: Notice) -> list[str]:
    """Lists the ids of unconfirmed statements about the controller and the security measures."""
    return [name for name in notice.unconfirmed if name.split("/")[0] in _GENERAL]


def _party(found: Mapping[str, Any], text: Mapping[str, str] | None, wording: Wording) -> Party:
    country = found.get("country")
    return Party(
        name=found.get("name"),
        address=_joined(found, "address"),
        country=wording.country(country) if country else None,
        email=_joined(found, "email", "pec"),
        phone=_joined(found, "phone"),
        website=_joined(found, "form", "website"),
        text=wording.words(text) if text else None,
    )


def _joined(found: Mapping[str, Any], *ways: str) -> str | None:
    """Returns the addresses of a party of some kinds in one line; None without any."""
    return ", ".join(one for way in ways for one in parties.several(found.get(way))) or None


def _basis(purpose: Purpose, wording: Wording) -> Basis:
    return Basis(
        kind=purpose.basis.value,
        text=bases.named(wording, purpose),
        act=bases.acts(wording, purpose),
        interest=bases.interests(wording, purpose),
        condition=bases.conditions(wording, purpose),
    )


def _subjects(notice: Notice, purpose: Purpose, wording: Wording) -> tuple[str, ...]:
    """Returns the categories of people whose data a purpose uses, as far as the notice tells.

    People with an account, or people in touch where there are no accounts, where a form asks for
    the data or a record keeps it, unless the purpose names its audiences; visitors, where a cookie
    serves the purpose.
    """
    fields = (ref for form in notice.forms.values() for ref in form.required | form.optional)
    held = {ref.category for ref in fields}
    held |= {group for record in notice.records.values() for group in record.groups}
    served = {one.purpose for one in notice.cookie_classes.values()}
    served |= {one.purpose for one in notice.cookies.values()}
    titles = {one["id"]: one["title"] for one in notice.completed.get("audiences", ())}
    found = [wording.words(titles[name]) for name in purpose.audiences]
    if not found and held.intersection(purpose.categories):
        found.append(wording.label("subjects_account" if notice.registers else "subjects_contacts"))
    if purpose.id in served:
        found.append(wording.label("subjects_visitors"))
    return tuple(found)


def _held(notice: Notice, name: str, wording: Wording) -> Held:
    category = notice.categories[name]
    value = next(one for one in notice.completed["categories"] if one["id"] == name)
    text = value["retention"].get("text")
    return Held(
        id=name,
        title=wording.words(category.title),
        special=wording.special(category),
        items=tuple(wording.words(item.title) for item in category.fields.values()),
        limits=(
            *(_limit(notice, notice.retention[rule], wording) for rule in category.rules),
            *(_told(notice, notice.facts[fact], wording) for fact in category.facts),
        ),
        kept=wording.words(text) if text else None,
    )


def _limit(notice: Notice, rule: RetentionRule, wording: Wording) -> Limit:
    period = rule.period
    return Limit(
        rule=rule.id,
        record=wording.words(notice.records[rule.kind].title),
        period=wording.period(
            {"years": period.years, "months": period.months, "days": period.days}
        ),
        starts=wording.start(rule.kind, rule.event),
        then=wording.ending(rule),
    )


def _told(notice: Notice, fact: RetentionFact, wording: Wording) -> Limit:
    """Returns the time limit of a record that the organisation ends itself."""
    return Limit(
        rule=fact.id,
        record=wording.words(fact.record),
        period=wording.fact_period(fact),
        starts="" if fact.period is None else wording.fact_start(fact),
        then=f"{wording.label(f'then_{fact.then}')}, {ended_by(notice, wording, fact)}",
    )


def _kept_for(notice: Notice, purpose: Purpose, wording: Wording) -> tuple[str, ...]:
    """Returns how long data is kept for a purpose that has times of its own."""
    value = next(one for one in notice.completed["purposes"] if one["id"] == purpose.id)
    if "retention" not in value:
        return ()
    path = f"purposes/{purpose.id}/retention"
    return tuple(line.text for line in kept(notice, wording, value["retention"], path))


def _receiver(notice: Notice, value: Mapping[str, Any], purpose: str, wording: Wording) -> Receiver:
    country = value["country"]
    codes = tuple(country.get("codes", ()))
    place = wording.join(wording.country(code) for code in codes)
    if not place:
        text = country.get("text")
        place = wording.words(text) if text else wording.label("mark_not_stated")
    items = notice.recipients[value["id"]].items_for(purpose)
    return Receiver(
        id=value["id"],
        name=wording.words(value["name"]),
        role=value["role"],
        role_text=wording.label(f"role_{value['role']}"),
        countries=codes,
        place=place,
        items=None if items is None else tuple(_titles(notice, items, wording)),
        transfer=_transfer(value, codes, wording),
    )


def _titles(notice: Notice, items: frozenset[FieldRef], wording: Wording) -> Iterator[str]:
    for category in notice.categories.values():
        for item in category.fields.values():
            if (category.id, item.id) in items:
                yield wording.words(item.title)


def _transfer(
    value: Mapping[str, Any], codes: tuple[str, ...], wording: Wording
) -> Transfer | None:
    """Returns the notice's statement of a transfer; the compiler requires one where needed."""
    found = parties.several(value.get("transfer"))
    if not found:
        return None
    tools = dict.fromkeys(_tool(one, wording) for one in found if "tool" in one)
    texts = (wording.words(one["text"]) for one in found if "text" in one)
    return Transfer(
        countries=tuple(code for code in codes if code not in EEA),
        tool="; ".join(tools) or None,
        text=" ".join(texts) or None,
    )


def _tool(found: Mapping[str, Any], wording: Wording) -> str:
    """Returns a safeguard, its decision, and the countries for which it stands, where not all."""
    said = [wording.label(f"tool_{found['tool']}")]
    if "decision" in found:
        said.append(wording.words(found["decision"]).rstrip(" ."))
    where = wording.join(wording.country(code) for code in found.get("countries", ()))
    text = ", ".join(said)
    return wording.pair(where, text) if where else text


def _unconfirmed(notice: Notice, purpose: Purpose) -> Iterator[str]:
    """Yields the ids of the unconfirmed statements in the activity."""
    places = {f"purposes/{purpose.id}"}
    places |= {f"categories/{name}" for name in purpose.categories}
    places |= {f"recipients/{name}" for name in purpose.recipients}
    places |= {
        f"retention/{rule}"
        for name in purpose.categories
        for rule in (*notice.categories[name].rules, *notice.categories[name].facts)
    }
    for name in notice.unconfirmed:
        steps = name.split("/")
        # The outcome of a right for a category is no part of the record.
        if "/".join(steps[:2]) in places and "outcomes" not in steps[2:]:
            yield name
