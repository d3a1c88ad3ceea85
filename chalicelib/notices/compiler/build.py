"""Builds the compiled notice of a document that passed every check."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import partial
from types import MappingProxyType
from typing import Any, Final, TypeVar

from chalicelib.catalogue import Catalogue, Ending
from chalicelib.catalogue.model import DEACTIVATE, STOPPED
from chalicelib.notices.compiler.bases import bases_of, governing
from chalicelib.notices.compiler.completion import (
    BY,
    ORGANISATION,
    TECHNICAL,
    completed,
)
from chalicelib.notices.compiler.marks import unconfirmed
from chalicelib.notices.compiler.sides import purposes_of
from chalicelib.notices.compiler.special import explicit, marked, special_of
from chalicelib.notices.model import (
    SOFTWARE,
    Age,
    Announcing,
    Answering,
    Basis,
    BasisChange,
    Category,
    Cookie,
    CookieClass,
    Deadline,
    Document,
    Field,
    FieldRef,
    Form,
    Lasting,
    LegalBasis,
    Notice,
    Notification,
    Outcome,
    Period,
    Purpose,
    Recipient,
    RecordKind,
    RetentionFact,
    RetentionRule,
    Right,
    Since,
    WhenRestricted,
    zone_of,
)
from chalicelib.notices.parties import several

Json = Mapping[str, Any]
_UNSAID = Announcing(lead=Period(), shown=Period(days=30))
"""The announcement of new versions by a notice that states nothing about it."""

_BY_ITSELF: Final = frozenset({Ending.EXPIRY, Ending.BUCKET})
"""The endings of records that go without this software, some time after their date."""

_Built = TypeVar("_Built")


def notice(document: Document, catalogue: Catalogue, confirmed: Collection[str]) -> Notice:
    """Returns the compiled notice; `catalogue` and `confirmed` as in `compile_notice`."""
    whole = _readable(completed(document, catalogue), catalogue)
    cookies, requests = whole["cookies"], whole["requests"]
    rules, facts = _parted(whole["retention"])
    records, _ = _parted(whole["records"])
    facts_by_id = _named(facts, partial(_fact, {one["kind"]: one for one in whole["records"]}))
    categories = _named(whole["categories"], partial(_category, facts_by_id.keys()))
    recipients = _named(whole["recipients"], partial(_recipient, categories))
    return Notice(
        version=whole["version"],
        digest=digest(document),
        effective_at=datetime.fromisoformat(whole["effective_at"].upper()).astimezone(UTC),
        text_date=date.fromisoformat(whole["text_date"]),
        locales=tuple(whole["locales"]),
        purposes=_named(whole["purposes"], partial(_purpose, marked(whole))),
        categories=categories,
        recipients=recipients,
        rights=_named(whole["rights"], _right),
        deadline=Deadline(
            within=_period(requests["deadline"]["within"]),
            extension=_period(requests["deadline"]["extension"]),
        ),
        cookie_classes=_named(cookies["classes"], _cookie_class),
        cookies=_named(cookies["cookies"], _cookie),
        forms=_named(whole["forms"], _form),
        notifications=_named(whole["notifications"], _notification),
        announcing=_announcing(whole.get("announcements")),
        records=_named(records, partial(_record, catalogue), "kind"),
        retention=_named(rules, partial(_rule, catalogue, zone_of(whole))),
        facts=facts_by_id,
        hosts=frozenset(whole["site"]["hosts"]),
        hosting=frozenset().union(*(found.hosting for found in recipients.values())),
        unconfirmed=unconfirmed(document, confirmed),
        document=document,
        completed=whole,
        age=_age(whole.get("minors", {})),
    )


def _readable(whole: Json, catalogue: Catalogue) -> Json:
    """Returns the document without the records and rules that only a later release can complete.

    A version that a later release published stays in force when the code returns to this release;
    it may name kinds that this release does not store and that have no words here.
    """
    lists = {
        name: [one for one in whole[name] if one["kind"] in catalogue or "title" in one]
        for name in ("records", "retention")
    }
    titled = {one["kind"] for one in lists["records"]}
    lists["retention"] = [one for one in lists["retention"] if one["kind"] in titled]
    return {**whole, **lists}


def _parted(values: Iterable[Json]) -> tuple[list[Json], list[Json]]:
    """Returns the software's records or rules, and those of what the organisation ends itself."""
    parted: tuple[list[Json], list[Json]] = ([], [])
    for value in values:
        parted[value.get(BY) == ORGANISATION].append(value)
    return parted


def digest(document: Document) -> str:
    """Returns the SHA-256, in hex, of the document's canonical form (RFC 8785)."""
    import rfc8785

    return hashlib.sha256(rfc8785.dumps(dict(document))).hexdigest()


def _named(
    values: Iterable[Json], build: Callable[[Json], _Built], name: str = "id"
) -> Mapping[str, _Built]:
    return MappingProxyType({value[name]: build(value) for value in values})


def _period(value: Json) -> Period:
    # JSON has one type of number: 7.0 is as good a count of days as 7.
    return Period(**{unit: int(count) for unit, count in value.items()})


def _purpose(special: Mapping[str, str], value: Json) -> Purpose:
    bases = [_basis(one) for one in bases_of(value)]
    return Purpose(
        id=value["id"],
        basis=governing(one.kind for one in bases),
        title=value["title"],
        description=value["description"],
        channels=tuple(value["channels"]),
        automated=value["automated"],
        marketing=value["marketing"],
        categories=tuple(value["categories"]),
        recipients=tuple(value["recipients"]),
        act=next((one.act for one in bases if one.act is not None), None),
        interest=next((one.interest for one in bases if one.interest is not None), None),
        basis_change=_basis_change(value.get("basis_change")),
        signals=tuple(value.get("signals", ())),
        lasts=_lasts(value.get("lasts")),
        audiences=tuple(value.get("audiences", ())),
        when_restricted=_when_restricted(value.get("when_restricted")),
        bases=tuple(bases),
        explicit=explicit(value, special),
        asked=value.get("explicit_consent"),
        measures_mail=value.get("measures_mail", False),
    )


def _basis(value: Json) -> Basis:
    return Basis(
        kind=LegalBasis(value.get("kind", LegalBasis.NOT_STATED)),
        act=value.get("act"),
        interest=value.get("interest"),
        text=value.get("text"),
        condition=value.get("condition"),
        condition_act=value.get("condition_act"),
        categories=frozenset(value.get("categories", ())),
        items=_references(value.get("items", ())),
    )


def _when_restricted(value: Json | None) -> WhenRestricted | None:
    return None if value is None else WhenRestricted(value["kind"])


def _lasts(value: Json | None) -> Lasting | None:
    if value is None:
        return None
    period = {unit: count for unit, count in value.items() if unit != "from"}
    return Lasting(_period(period), Since(value["from"]))


def _basis_change(value: Json | None) -> BasisChange | None:
    return None if value is None else BasisChange(LegalBasis(value["from"]), value["ground"])


def _category(facts: Collection[str], value: Json) -> Category:
    outcomes = {
        right: Outcome(found["outcome"], found.get("text"))
        for right, found in value["outcomes"].items()
    }
    rules = value["retention"].get("rules", ())
    return Category(
        id=value["id"],
        title=value["title"],
        description=value["description"],
        fields=_named(value["items"], _field),
        sources=tuple(value["source"]),
        rules=tuple(one for one in rules if one not in facts),
        outcomes=MappingProxyType(outcomes),
        facts=tuple(one for one in rules if one in facts),
        special=special_of(value),
    )


def _field(value: Json) -> Field:
    return Field(
        id=value["id"], type=value["type"], maximum=int(value["max"]), title=value["title"]
    )


def _recipient(categories: Mapping[str, Category], value: Json) -> Recipient:
    items, named = value.get("items"), purposes_of(value)
    tools = (one.get("tool") for one in several(value.get("transfer")))
    return Recipient(
        id=value["id"],
        name=value["name"],
        role=value["role"],
        countries=tuple(value["country"].get("codes", ())),
        purposes=tuple(name for name, _ in named),
        transfer_tool=next((tool for tool in tools if tool is not None), None),
        items=None if items is None else _references(items),
        hosting=frozenset(value.get("hosting", ())),
        answers=_answering(value.get("answers")),
        by_purpose=MappingProxyType(
            {
                name: _given(given, categories)
                for name, given in named
                if "items" in given or "categories" in given
            }
        ),
    )


def _given(given: Json, categories: Mapping[str, Category]) -> frozenset[FieldRef]:
    """Returns the items that a recipient gets for one purpose, those of whole categories too."""
    whole = (
        FieldRef(name, item)
        for name in given.get("categories", ())
        for item in categories[name].fields
    )
    return _references(given.get("items", ())) | frozenset(whole)


def _answering(value: Json | None) -> Answering | None:
    if value is None:
        return None
    return Answering(rights=frozenset(value["rights"]), within=_period(value["within"]))


def _right(value: Json) -> Right:
    deadline = value.get("deadline")
    return Right(
        id=value["id"],
        title=value["title"],
        description=value["description"],
        deadline=None if deadline is None else _deadline(deadline),
    )


def _deadline(value: Json) -> Deadline:
    return Deadline(_period(value["within"]), _period(value.get("extension", {})))


def _age(value: Json) -> Age | None:
    if "age" not in value:
        return None
    born = value.get("birth_date")
    return Age(int(value["age"]), None if born is None else FieldRef.parse(born))


def _cookie_class(value: Json) -> CookieClass:
    return CookieClass(
        id=value["id"],
        exempt=value["exempt"],
        purpose=value["purpose"],
        title=value["title"],
        consent_mode=tuple(value.get("consent_mode", ())),
    )


def _cookie(value: Json) -> Cookie:
    return Cookie(
        id=value["id"],
        name=value["name"],
        cookie_class=value["class"],
        purpose=value["purpose"],
        lifetime=value["lifetime"],
        party=value["party"],
        title=value["title"],
    )


def _form(value: Json) -> Form:
    address = value.get("address")
    return Form(
        id=value["id"],
        purpose=value["purpose"],
        address=None if address is None else FieldRef.parse(address),
        required=_references(value["required"]),
        optional=_references(value["optional"]),
        consequence=value["consequence"],
    )


def _notification(value: Json) -> Notification:
    return Notification(
        id=value["id"],
        title=value["title"],
        description=value["description"],
        optional=value["optional"],
        purpose=value.get("purpose"),
    )


def _announcing(value: Json | None) -> Announcing:
    if value is None:
        return _UNSAID
    return Announcing(lead=_period(value["lead"]), shown=_period(value["shown"]))


def _references(values: Iterable[str]) -> frozenset[FieldRef]:
    return frozenset(FieldRef.parse(value) for value in values)


def _record(catalogue: Catalogue, value: Json) -> RecordKind:
    """Returns a kind of record: its fields by the software, its items by the document."""
    groups = {group: frozenset(names) for group, names in value["fields"].items()}
    kind = catalogue.get(value["kind"])
    if kind is not None:
        groups.pop(TECHNICAL, None)
        technical = kind.fields - frozenset().union(*groups.values())
        groups |= {TECHNICAL: technical} if technical else {}
    return RecordKind(
        kind=value["kind"],
        retention_class=value["class"],
        fields=frozenset().union(*groups.values()),
        groups=MappingProxyType(groups),
        title=value["title"],
        description=value.get("description"),
    )


def _fact(records: Mapping[str, Json], value: Json) -> RetentionFact:
    record, period = records[value["kind"]], value.get("period")
    return RetentionFact(
        id=value["id"],
        kind=value["kind"],
        event=value["from"],
        title=value["title"],
        record=record["title"],
        then=value["then"],
        period=None if period is None else {unit: int(count) for unit, count in period.items()},
        criterion=value.get("criterion"),
        starts=value.get("starts"),
        ended_by=value.get("ended_by"),
        categories=tuple(one for one in record["fields"] if one != TECHNICAL),
    )


def _rule(catalogue: Catalogue, zone: tzinfo, value: Json) -> RetentionRule:
    kind = catalogue.get(value["kind"])
    known = None if kind is None else kind.rule(value["from"])
    return RetentionRule(
        id=value["id"],
        kind=value["kind"],
        event=value["from"],
        period=_period(value["period"]),
        then=value["then"],
        title=value["title"],
        survives=MappingProxyType({found["kind"]: found["why"] for found in value["survives"]}),
        by_software=value["origin"] == SOFTWARE,
        waits=known is not None and known.ending is Ending.INDEX,
        warn=tuple(_period(one) for one in value.get("warn", ())),
        followed_by=STOPPED if value["then"] == DEACTIVATE else "",
        zone=UTC if known is None or known.ending in _BY_ITSELF else zone,
    )
