"""The sections on the data: categories, sources, purposes, retention, forms, and records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from chalicelib.catalogue import OF_ACCOUNTS, STORED
from chalicelib.notices import anchors, erasure
from chalicelib.notices.compiler.references import name_of
from chalicelib.notices.model import SOFTWARE, Notice, Period, RetentionFact, RetentionRule
from chalicelib.notices.rendering import bases, cookies
from chalicelib.notices.rendering.blocks import Block, Entries, Items, Line, Mark, Table
from chalicelib.notices.rendering.words import Wording
from chalicelib.pages.words import words

Json: TypeAlias = Mapping[str, Any]

_MANY: Final = 20
"""Most recipients that a purpose names one by one; a publisher may have hundreds."""


def _table(wording: Wording, caption: str, names: tuple[str, ...], rows: Any) -> list[Block]:
    rows = list(rows)
    head = [wording.label(name) for name in names]
    return [Table(caption=caption, head=head, rows=rows)] if rows else []


def categories(notice: Notice, wording: Wording) -> list[Block]:
    """Returns the categories of data, with their items, sources and time limits."""
    found = notice.completed["categories"]
    names = ("category", "items", "arrives", "kept")
    return [
        Entries(
            caption=wording.heading("categories"),
            head=[wording.label(name) for name in names],
            rows=[_category(notice, wording, value) for value in found],
            ids=[anchors.category(value["id"]) for value in found],
        )
    ]


def _category(notice: Notice, wording: Wording, value: Mapping[str, Any]) -> list[list[Line]]:
    path = f"categories/{value['id']}"
    first = [wording.line(value, path, "title", strong=True)]
    first.append(wording.said(value["description"]))
    special = wording.special(notice.categories[value["id"]])
    if special is not None:
        first.append(Line(wording.pair(wording.label("special"), special), strong=True))
    first += [Line(text) for text in _sales(notice, wording, value)]
    first += wording.statements(value.get("notes", ()), f"{path}/notes")
    sources = {source["id"]: source["title"] for source in notice.completed["sources"]}
    return [
        first,
        [_item(wording, item, f"{path}/items") for item in value["items"]],
        [Line(wording.words(sources[source])) for source in value["source"]],
        kept(notice, wording, value["retention"], f"{path}/retention"),
    ]


def _item(wording: Wording, item: Mapping[str, Any], path: str) -> Line:
    """Returns an item with its mark, where it has an origin of its own or is to be confirmed."""
    text = wording.words(item["title"])
    if "description" in item:
        text = f"{text}. {wording.words(item['description'])}"
    return Line(text, mark=wording.mark(item, f"{path}/{item['id']}"))


def _sales(notice: Notice, wording: Wording, value: Mapping[str, Any]) -> Iterator[str]:
    """Yields whether data of a category was sold or shared, and to whom, as far as it is stated."""
    for member in ("sold", "shared"):
        if member not in value:
            continue
        told = wording.label(f"{member}_{'yes' if value[member] else 'no'}")
        names = [
            wording.words(notice.recipients[one].name) for one in value.get(f"{member}_to", ())
        ]
        yield wording.pair(told, wording.join(names)) if names else told


def kept(notice: Notice, wording: Wording, value: Mapping[str, Any], path: str) -> list[Line]:
    """Lists how long a category is kept: in the notice's own words, and a sentence a rule."""
    lines = []
    if "text" in value:
        lines.append(wording.said(value["text"]))
    for rule in value.get("rules", ()):
        if rule in notice.facts:
            lines.append(Line(kept_elsewhere(notice, wording, notice.facts[rule])))
        else:
            lines.append(Line(kept_by(wording, notice.retention[rule])))
    lines[-1] = replace(lines[-1], mark=wording.mark(value, path))
    return lines


def kept_by(wording: Wording, rule: RetentionRule) -> str:
    """Returns a sentence on how long a rule keeps a record, and from which event."""
    start = wording.start(rule.kind, rule.event)
    return wording.pair(wording.words(rule.title), f"{_long(wording, rule.period)} {start}")


def kept_elsewhere(notice: Notice, wording: Wording, fact: RetentionFact) -> str:
    """Returns a sentence on how long the organisation keeps a record, and that it ends it itself.

    Such as `Invoice: 10 years from the end of the year (ended by Corrib Kayak Club CLG)`.
    """
    text = wording.pair(wording.words(fact.title), wording.fact_time(fact))
    return f"{text.rstrip(' .')} ({ended_by(notice, wording, fact)})"


def ended_by(notice: Notice, wording: Wording, fact: RetentionFact) -> str:
    """Returns by whom, or in which system, a record of the organisation ends."""
    name = notice.controller_name
    if fact.ended_by is not None:
        name = wording.words(fact.ended_by)
    return wording.label("ended_by").format(name=name)


def _long(wording: Wording, period: Period) -> str:
    return wording.period({"years": period.years, "months": period.months, "days": period.days})


def sources(notice: Notice, wording: Wording) -> list[Block]:
    """Returns the sources of data."""
    rows = []
    for value in notice.completed["sources"]:
        title = wording.line(value, f"sources/{value['id']}", "title", strong=True)
        description = value.get("description", value["title"])
        detail = [wording.said(description)]
        if "name" in value:
            detail.insert(0, Line(value["name"]))
        party = wording.label(f"party_{value['party']}")
        detail += _not_told(wording, value)
        rows.append([[title], detail, [Line(party)]])
    names = ("source", "detail", "given_by")
    return _table(wording, wording.heading("sources"), names, rows)


def _not_told(wording: Wording, source: Mapping[str, Any]) -> Iterator[Line]:
    """Yields why nobody is told of data that comes from a source (GDPR art. 14(5))."""
    ground = source.get("not_told")
    if ground is not None:
        label = wording.label(f"not_told_{ground['kind']}")
        mark = wording.mark(source, f"sources/{source['id']}")
        yield Line(wording.pair(label, wording.words(ground["text"])), mark=mark)


def foremost(values: Sequence[Json], audience: str | None) -> list[Json]:
    """Returns purposes or forms in the order in which some people read them.

    Those of the `audience` come first, then those for everybody, then those of others. Without an
    audience they stay in the order of the notice.
    """

    def place(value: Json) -> int:
        named = value.get("audiences", ())
        return 0 if audience in named else 2 if named else 1

    return [*values] if audience is None else sorted(values, key=place)


def _audiences(notice: Notice, wording: Wording, value: Json) -> list[Line]:
    """Returns the line that names the people whom a purpose or form is for; empty for everybody."""
    known = {one["id"]: one["title"] for one in notice.completed.get("audiences", ())}
    named = [wording.words(known[one]) for one in value.get("audiences", ())]
    return [Line(wording.pair(wording.label("audience"), wording.join(named)))] if named else []


def purposes(notice: Notice, wording: Wording, audience: str | None = None) -> list[Block]:
    """Returns the purposes, with basis, data and recipients; see `foremost` for `audience`."""
    found = foremost(notice.completed["purposes"], audience)
    names = ("purpose", "basis", "items", "recipients")
    return [
        Entries(
            caption=wording.heading("purposes"),
            head=[wording.label(name) for name in names],
            rows=[_purpose(notice, wording, value) for value in found],
            ids=[anchors.purpose(value["id"]) for value in found],
            hint=1,
        )
    ]


def _purpose(notice: Notice, wording: Wording, value: Mapping[str, Any]) -> list[list[Line]]:
    path = f"purposes/{value['id']}"
    first = [wording.line(value, path, "title", strong=True)]
    first.append(wording.said(value["description"]))
    first += _audiences(notice, wording, value)
    if value["channels"]:
        channels = wording.join(wording.label(f"channel_{name}") for name in value["channels"])
        first.append(Line(wording.pair(wording.label("channels"), channels)))
    if "retention" in value:
        first += _kept_for_purpose(notice, wording, value["retention"], f"{path}/retention")
    if value["marketing"]:
        first.append(Line(wording.label("marketing_purpose")))
    first += wording.statements(value.get("notes", ()), f"{path}/notes")
    used = [Line(wording.words(notice.categories[name].title)) for name in value["categories"]]
    used[-1] = Line(used[-1].text, mark=wording.mark_of(value, "categories", path))
    return [
        first,
        _basis(notice, wording, value, path),
        used,
        _received(notice, wording, value["recipients"]),
    ]


def _received(notice: Notice, wording: Wording, names: list[str]) -> list[Line]:
    """Lists the recipients of a purpose by name; many are counted, and told in their section."""
    if len(names) > _MANY:
        return [Line(wording.label("many_recipients").format(n=len(names)), href="#recipients")]
    told = [Line(wording.words(notice.recipients[name].name)) for name in names]
    return told or [Line(wording.label("nobody"))]


def _kept_for_purpose(
    notice: Notice, wording: Wording, value: Mapping[str, Any], path: str
) -> list[Line]:
    """Lists how long data is kept for a purpose that has times of its own."""
    label = wording.label("kept")
    lines = kept(notice, wording, value, path)
    return [Line(wording.pair(label, one.text), mark=one.mark) for one in lines]


def _basis(notice: Notice, wording: Wording, purpose: Mapping[str, Any], path: str) -> list[Line]:
    change, lines = purpose.get("basis_change"), list[Line]()
    compiled = bases.bases(notice.purposes[purpose["id"]])
    marks = _marks(wording, purpose["basis"], path)
    for basis, own in zip(compiled, marks, strict=True):
        lines.append(Line(bases.name(wording, basis), mark=own))
        lines += [Line(one) for one in bases.details(notice, wording, basis)]
    asked = bases.explicit(notice, wording, notice.purposes[purpose["id"]])
    if asked:
        lines.append(Line(asked))
    mark = marks[bases.governing(compiled)]
    lines += [Line(text, mark=mark) for text in _ends(wording, purpose)]
    exempt = purpose.get("when_restricted")
    if exempt is not None:
        label = wording.label(f"when_restricted_{exempt['kind']}")
        lines.append(Line(wording.pair(label, wording.words(exempt["text"])), mark=mark))
    if change is not None:
        earlier = wording.label(f"basis_{change['from']}")
        text = wording.pair(
            wording.label("basis_before"), f"{earlier}. {wording.words(change['ground'])}"
        )
        lines.append(Line(text, mark=wording.mark(change, f"{path}/basis_change")))
    return lines


def _marks(wording: Wording, basis: Any, path: str) -> list[Mark | None]:
    """Returns the mark of each basis of a purpose."""
    if isinstance(basis, list):
        return [wording.mark(one, f"{path}/basis/{name_of(one)}") for one in basis]
    return [wording.mark(basis, f"{path}/basis")]


def _ends(wording: Wording, purpose: Mapping[str, Any]) -> Iterator[str]:
    """Yields how long a consent holds and which signals deny it; they are marked like the basis."""
    if "lasts" in purpose:
        yield wording.consent_lasts(purpose["lasts"])
    for signal in purpose.get("signals", ()):
        yield wording.label("signal_denies").format(signal=wording.label(f"signal_{signal}"))


def retention(notice: Notice, wording: Wording) -> list[Block]:
    """Returns the organisation's rules of retention, and what stays after an erasure."""
    stated = (one for one in notice.completed["retention"] if one["origin"] != SOFTWARE)
    rows = (_rule(notice, wording, value) for value in stated)
    names = ("rule", "starts", "period", "then", "survives")
    table = _table(wording, wording.heading("retention"), names, rows)
    return [*table, *_staying(notice, wording)]


def _staying(notice: Notice, wording: Wording) -> list[Block]:
    """Returns what stays when a person asks for erasure: until when, and why (GDPR art. 17(3))."""
    rows = [
        [
            [Line(wording.words(notice.records[one.kind].title), strong=True)],
            [Line(_until(wording, one))],
            [wording.said(one.why)],
        ]
        for one in erasure.plan(notice, erasure.REQUESTED).stays.values()
        if one.kind in shown_records(notice)
    ]
    names = ("record", "period", "why_it_stays")
    return _table(wording, wording.label("stays_after_erasure"), names, rows)


def _until(wording: Wording, stay: erasure.Stay) -> str:
    rule = stay.rule
    own = wording.label("from_erasure") if stay.from_erasure else ""
    return f"{_long(wording, rule.period)} {own or wording.start(rule.kind, rule.event)}"


def _rule(notice: Notice, wording: Wording, value: Mapping[str, Any]) -> list[list[Line]]:
    record = wording.words(_titles(notice)[value["kind"]])
    first = [wording.line(value, f"retention/{value['id']}", "title", strong=True)]
    first.append(Line(wording.pair(wording.label("record"), record)))
    if "description" in value:
        first.append(wording.said(value["description"]))
    stays = [
        Line(wording.pair(wording.words(_titles(notice)[kept["kind"]]), wording.words(kept["why"])))
        for kept in value["survives"]
    ]
    return [
        first,
        *_time(notice, wording, value),
        stays or [Line(wording.label("nothing_survives"))],
    ]


def _titles(notice: Notice) -> Mapping[str, Any]:
    """Returns the titles of all kinds of record, those of the organisation's own too."""
    return {one["kind"]: one["title"] for one in notice.completed["records"]}


def _time(notice: Notice, wording: Wording, value: Mapping[str, Any]) -> list[list[Line]]:
    """Returns the cells of a rule: from when its period runs, how long, and what follows."""
    fact = notice.facts.get(value["id"])
    if fact is None:
        return [
            [Line(wording.start(value["kind"], value["from"]))],
            [Line(wording.period(value["period"]))],
            [Line(wording.ending(notice.retention[value["id"]]))],
        ]
    then = f"{wording.label(f'then_{fact.then}')} ({ended_by(notice, wording, fact)})"
    return [[Line(wording.fact_start(fact))], [Line(wording.fact_period(fact))], [Line(then)]]


def records(notice: Notice, wording: Wording) -> list[Block]:
    """Returns what the software records by itself, and the names of it that are for programs."""
    shown = frozenset(shown_records(notice))
    ours = (one for one in notice.completed["records"] if one["kind"] in shown)
    rows = (_record(notice, wording, value) for value in ours)
    names = ("record", "items", "kept")
    table = _table(wording, wording.heading("records"), names, rows)
    said = Items([Line(text) for text in software_statements(notice, wording)])
    return [said, *table, *cookies.granted(notice, wording)]


def shown_records(notice: Notice) -> list[str]:
    """Lists the kinds of record that the software keeps of people whom a notice is for.

    Where nobody but staff has an account, they are those without an account's. A kind that holds
    nothing but what a notice gives it is none of a notice that gives it nothing.
    """
    accounts = frozenset() if notice.registers else OF_ACCOUNTS
    return [
        kind for kind in notice.records if kind not in accounts and not _is_unused(notice, kind)
    ]


def _is_unused(notice: Notice, kind: str) -> bool:
    known = STORED.get(kind)
    if known is None or not (known.by_notice or known.forms):
        return False
    return not notice.records[kind].groups.keys() & notice.categories.keys()


def software_statements(notice: Notice, wording: Wording) -> list[str]:
    """Returns what the software does by itself, whatever the organisation says."""
    known = words("document", wording.locale)
    left_out = set() if notice.registers else {"software.choices_joined"}
    return [
        text
        for name, text in known.items()
        if name.startswith("software.") and name not in left_out
    ]


def _record(notice: Notice, wording: Wording, value: Mapping[str, Any]) -> list[list[Line]]:
    first = [wording.line(value, f"records/{value['kind']}", "title", strong=True)]
    if "description" in value:
        first.append(wording.said(value["description"]))
    items = [Line(text) for text in held_items(notice, wording, value["kind"])]
    kept = [Line(text) for text in kept_for(notice, wording, value["kind"])]
    return [
        first,
        items or [Line(wording.label("no_items"))],
        kept or [Line(wording.label("mark_not_stated"))],
    ]


def held_items(notice: Notice, wording: Wording, kind: str) -> list[str]:
    """Lists the items of categories that a kind of record holds, a text for each category."""
    groups = notice.records[kind].groups
    return [
        wording.pair(wording.words(category.title), wording.join(titles))
        for name, category in notice.categories.items()
        if (
            titles := [
                wording.words(item.title)
                for item in category.fields.values()
                if item.id in groups.get(name, ())
            ]
        )
    ]


def kept_for(notice: Notice, wording: Wording, kind: str) -> list[str]:
    """Lists how long records of a kind are kept, from when, what follows, and why, by rule.

    The reason stands here for the software's own rules alone: that of an organisation's rule stands
    in the section on retention.
    """
    title, found = wording.words(notice.records[kind].title), []
    stated = {one["id"]: one for one in notice.completed["retention"]}
    rules = [rule for rule in notice.retention.values() if rule.kind == kind]
    shown = frozenset(shown_records(notice) if any(rule.survives for rule in rules) else ())
    for rule in rules:
        start = wording.start(kind, rule.event)
        text = wording.pair(f"{_long(wording, rule.period)} {start}", wording.ending(rule))
        of = wording.words(rule.title)
        text = text if of == title else wording.pair(of, text)
        stays = wording.join(
            wording.words(notice.records[one].title) for one in rule.survives if one in shown
        )
        text = f"{text}. {wording.pair(wording.label('survives'), stays)}" if stays else text
        found.append(f"{text}. {_why(wording, stated[rule.id])}".removesuffix(". "))
    return found


def _why(wording: Wording, rule: Mapping[str, Any]) -> str:
    """Returns the software's reason for a rule of its own; "" for a rule of the organisation."""
    if rule["origin"] != SOFTWARE or "description" not in rule:
        return ""
    return wording.words(rule["description"])


def forms(notice: Notice, wording: Wording, audience: str | None = None) -> list[Block]:
    """Returns each form's items, which of them are required, and the consequence without them."""
    rows = []
    for value in foremost(notice.completed["forms"], audience):
        if value["origin"] == SOFTWARE:
            continue  # it is for staff
        path = f"forms/{value['id']}"
        title = [wording.line(value, path, "title", strong=True)]
        title += _audiences(notice, wording, value)
        consequence = [wording.said(value["consequence"])]
        consequence += wording.statements(value.get("notes", ()), f"{path}/notes")
        asked = (_asked(notice, wording, value[name]) for name in ("required", "optional"))
        rows.append([title, *asked, consequence])
    names = ("field", "required", "optional", "consequence")
    return _table(wording, wording.heading("forms"), names, rows)


def _asked(notice: Notice, wording: Wording, references: list[str]) -> list[Line]:
    """Lists items of the notice's categories, each category's in one line."""
    grouped: dict[str, list[str]] = {}
    for reference in references:
        category, _, name = reference.partition(".")
        title = notice.categories[category].fields[name].title
        grouped.setdefault(category, []).append(wording.words(title))
    return [
        Line(wording.pair(wording.words(notice.categories[category].title), wording.join(titles)))
        for category, titles in grouped.items()
    ]
