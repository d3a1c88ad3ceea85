"""Sections on the data: categories, how it arrives, purposes, retention, records and forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.notices.model import Notice, Period, RetentionRule
from chalicelib.notices.rendering.blocks import Block, Line, Table
from chalicelib.notices.rendering.words import Wording, codes


def _table(wording: Wording, caption: str, names: tuple[str, ...], rows: Any) -> list[Block]:
    rows = list(rows)
    head = [wording.label(name) for name in names]
    return [Table(caption=caption, head=head, rows=rows)] if rows else []


def categories(notice: Notice, wording: Wording) -> list[Block]:
    """Which data is collected, item by item, whence it comes and how long it is kept."""
    rows = (_category(notice, wording, value) for value in notice.document["categories"])
    names = ("category", "items", "arrives", "kept")
    return _table(wording, wording.heading("categories"), names, rows)


def _category(notice: Notice, wording: Wording, value: Mapping[str, Any]) -> list[list[Line]]:
    path = f"categories/{value['id']}"
    first = [wording.line(value, path, "title", strong=True)]
    first.append(Line(wording.words(value["description"])))
    first += wording.statements(value.get("notes", ()), f"{path}/notes")
    sources = {source["id"]: source["title"] for source in notice.document["sources"]}
    return [
        first,
        [Line(_item(wording, item)) for item in value["items"]],
        [Line(wording.words(sources[source])) for source in value["source"]],
        kept(notice, wording, value["retention"], f"{path}/retention"),
    ]


def _item(wording: Wording, item: Mapping[str, Any]) -> str:
    title = wording.words(item["title"])
    return f"{title}. {wording.words(item['description'])}" if "description" in item else title


def kept(notice: Notice, wording: Wording, value: Mapping[str, Any], path: str) -> list[Line]:
    """How long a category is kept: in the notice's own words, and a sentence for each rule."""
    lines = []
    if "text" in value:
        lines.append(Line(wording.words(value["text"])))
    for rule in value.get("rules", ()):
        lines.append(Line(kept_by(wording, notice.retention[rule])))
    lines[-1] = Line(lines[-1].text, mark=wording.mark(value, path))
    return lines


def kept_by(wording: Wording, rule: RetentionRule) -> str:
    """How long a rule lets something be kept, and from when, as one sentence."""
    start = wording.label(f"from_{rule.event}")
    return f"{wording.words(rule.title)}: {_long(wording, rule.period)} {start}"


def _long(wording: Wording, period: Period) -> str:
    return wording.period({"years": period.years, "months": period.months, "days": period.days})


def sources(notice: Notice, wording: Wording) -> list[Block]:
    """How data arrives."""
    rows = []
    for value in notice.document["sources"]:
        title = wording.line(value, f"sources/{value['id']}", "title", strong=True)
        description = value.get("description", value["title"])
        party = wording.label(f"party_{value['party']}")
        rows.append([[title], [Line(wording.words(description))], [Line(party)]])
    names = ("source", "detail", "given_by")
    return _table(wording, wording.heading("sources"), names, rows)


def purposes(notice: Notice, wording: Wording) -> list[Block]:
    """What data is used for, on which basis, which data, and who receives it."""
    rows = (_purpose(notice, wording, value) for value in notice.document["purposes"])
    names = ("purpose", "basis", "items", "recipients")
    return _table(wording, wording.heading("purposes"), names, rows)


def _purpose(notice: Notice, wording: Wording, value: Mapping[str, Any]) -> list[list[Line]]:
    path = f"purposes/{value['id']}"
    first = [wording.line(value, path, "title", strong=True)]
    first.append(Line(wording.words(value["description"])))
    if value["channels"]:
        channels = wording.join(wording.label(f"channel_{name}") for name in value["channels"])
        first.append(Line(f"{wording.label('channels')}: {channels}"))
    if value["marketing"]:
        first.append(Line(wording.label("marketing_purpose")))
    first += wording.statements(value.get("notes", ()), f"{path}/notes")
    used = [Line(wording.words(notice.categories[name].title)) for name in value["categories"]]
    used[-1] = Line(used[-1].text, mark=wording.mark_of(value, "categories", path))
    received = (notice.recipients[name].name for name in value["recipients"])
    return [
        first,
        _basis(wording, value, path),
        used,
        [Line(wording.words(name)) for name in received] or [Line(wording.label("nobody"))],
    ]


def _basis(wording: Wording, purpose: Mapping[str, Any], path: str) -> list[Line]:
    value, change = purpose["basis"], purpose.get("basis_change")
    mark = wording.mark(value, f"{path}/basis")
    lines = [Line(wording.label(f"basis_{value['kind']}"), mark=mark)]
    for name in ("interest", "act"):
        if name in value:
            lines.append(Line(f"{wording.label(name)}: {wording.words(value[name])}"))
    lines += [Line(text, mark=mark) for text in _ends(wording, purpose)]
    if change is not None:
        earlier = wording.label(f"basis_{change['from']}")
        text = f"{wording.label('basis_before')}: {earlier}. {wording.words(change['ground'])}"
        lines.append(Line(text, mark=wording.mark(change, f"{path}/basis_change")))
    return lines


def _ends(wording: Wording, purpose: Mapping[str, Any]) -> Iterator[str]:
    """How long a consent holds and what refuses it: said of the basis, and marked as it is."""
    if "consent_lasts" in purpose:
        yield wording.label("consent_lasts").format(period=wording.period(purpose["consent_lasts"]))
    for signal in purpose.get("signals", ()):
        yield wording.label("signal_denies").format(signal=wording.label(f"signal_{signal}"))


def retention(notice: Notice, wording: Wording) -> list[Block]:
    """How long each record is kept, from when, what happens then and what stays."""
    rows = (_rule(notice, wording, value) for value in notice.document["retention"])
    names = ("rule", "starts", "period", "then", "survives")
    return _table(wording, wording.heading("retention"), names, rows)


def _rule(notice: Notice, wording: Wording, value: Mapping[str, Any]) -> list[list[Line]]:
    record = wording.words(notice.records[value["kind"]].title)
    first = [wording.line(value, f"retention/{value['id']}", "title", strong=True)]
    first.append(Line(f"{wording.label('record')}: {record}"))
    if "description" in value:
        first.append(Line(wording.words(value["description"])))
    stays = [
        Line(f"{wording.words(notice.records[kept['kind']].title)}: {wording.words(kept['why'])}")
        for kept in value["survives"]
    ]
    return [
        first,
        [Line(wording.label(f"from_{value['from']}"))],
        [Line(wording.period(value["period"]))],
        [Line(wording.label(f"then_{value['then']}"))],
        stays or [Line(wording.label("nothing_survives"))],
    ]


def records(notice: Notice, wording: Wording) -> list[Block]:
    """What the software writes: each kind of record, its group and its data."""
    rows = []
    for value in notice.document["records"]:
        title = wording.line(value, f"records/{value['kind']}", "title", strong=True)
        group = Line(wording.label(f"class_{value['class']}"))
        rows.append([[title], [group], _fields(notice, wording, value["fields"])])
    names = ("record", "kept_as", "items")
    return _table(wording, wording.heading("records"), names, rows)


def _fields(notice: Notice, wording: Wording, groups: Mapping[str, Any]) -> list[Line]:
    lines = []
    for name, fields in groups.items():
        if name == "technical":
            lines.append(Line(f"{wording.label('technical_fields')}: {codes(fields)}"))
            continue
        category = notice.categories[name]
        titles = wording.join(wording.words(category.fields[field].title) for field in fields)
        lines.append(Line(f"{wording.words(category.title)}: {titles}"))
    return lines


def forms(notice: Notice, wording: Wording) -> list[Block]:
    """What each form asks for, what of it is required, and what happens without it."""
    rows = []
    for value in notice.document["forms"]:
        path = f"forms/{value['id']}"
        title = [wording.line(value, path, "title", strong=True)]
        consequence = [Line(wording.words(value["consequence"]))]
        consequence += wording.statements(value.get("notes", ()), f"{path}/notes")
        asked = (_asked(notice, wording, value[name]) for name in ("required", "optional"))
        rows.append([title, *asked, consequence])
    names = ("field", "required", "optional", "consequence")
    return _table(wording, wording.heading("forms"), names, rows)


def _asked(notice: Notice, wording: Wording, references: list[str]) -> list[Line]:
    """Items of the notice's categories, each category's in one line."""
    grouped: dict[str, list[str]] = {}
    for reference in references:
        category, _, name = reference.partition(".")
        title = notice.categories[category].fields[name].title
        grouped.setdefault(category, []).append(wording.words(title))
    return [
        Line(f"{wording.words(notice.categories[category].title)}: {wording.join(titles)}")
        for category, titles in grouped.items()
    ]
