"""The section on cookies: statements, classes and catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.notices.model import Notice
from chalicelib.notices.rendering.blocks import Block, Items, Line, Paragraphs, Table
from chalicelib.notices.rendering.words import Wording, codes

_STATEMENTS = ("types", "uses", "third_parties", "refusing", "more")


def cookies(notice: Notice, wording: Wording) -> list[Block]:
    """Returns what cookies do, the classes that people decide about, and the catalogue."""
    found = notice.completed["cookies"]
    said = [
        line
        for name in _STATEMENTS
        for line in wording.statements(found.get(name, ()), f"cookies/{name}")
    ]
    blocks: list[Block] = [Items(said)] if said else []
    blocks += _signal(found.get("banner", {}), wording)
    return [*blocks, *_classes(notice, wording), *_catalogue(notice, wording)]


def _signal(banner: Mapping[str, Any], wording: Wording) -> list[Block]:
    """Returns the effect of a browser's signal, where the notice states it."""
    if "signal" not in banner:
        return []
    return [Paragraphs([wording.line(banner, "cookies/banner", "signal")])]


def _classes(notice: Notice, wording: Wording) -> list[Block]:
    rows = []
    for value in notice.completed["cookies"]["classes"]:
        title = wording.line(value, f"cookies/classes/{value['id']}", "title", strong=True)
        purpose = wording.words(notice.purposes[value["purpose"]].title)
        consent = wording.label("exempt" if value["exempt"] else "needed")
        use = [wording.said(value["description"])]
        rows.append([[title], use, [Line(purpose)], [Line(consent)]])
    names = ("class", "use", "purpose", "consent_needed")
    return _table(wording, "cookie_classes", names, rows)


def granted(notice: Notice, wording: Wording) -> list[Block]:
    """Returns the names for programs of what each class grants to Google; empty without any."""
    found = notice.completed["cookies"]
    # The consent mode is no statement of the class: it is marked like the banner.
    mark = wording.mark(found.get("banner", {}), "cookies/banner")
    lines = [
        Line(wording.pair(wording.words(value["title"]), codes(value["consent_mode"])), mark=mark)
        for value in found["classes"]
        if value.get("consent_mode")
    ]
    said = Paragraphs([Line(wording.label("consent_mode"), strong=True)])
    return [said, Items(lines)] if lines else []


def _catalogue(notice: Notice, wording: Wording) -> list[Block]:
    rows = [_cookie(notice, wording, value) for value in notice.completed["cookies"]["cookies"]]
    names = ("cookie", "class", "purpose", "lifetime", "set_by")
    return _table(wording, "cookie_catalogue", names, rows)


def _cookie(notice: Notice, wording: Wording, value: Mapping[str, Any]) -> list[list[Line]]:
    first = [Line(value["name"], strong=True)]
    first.append(wording.line(value, f"cookies/cookies/{value['name']}", "title"))
    if "description" in value:
        first.append(wording.said(value["description"]))
    if "means" in value:
        first.append(Line(wording.label(f"means_{value['means']}")))
    by = wording.label(f"party_{value['party']}")
    if "provider" in value:
        by = wording.pair(by, wording.words(notice.recipients[value["provider"]].name))
    return [
        first,
        [Line(wording.words(notice.cookie_classes[value["class"]].title))],
        [Line(wording.words(notice.purposes[value["purpose"]].title))],
        [Line(wording.period(value["lifetime"]))],
        [Line(by)],
    ]


def _table(
    wording: Wording, caption: str, names: tuple[str, ...], rows: list[list[list[Line]]]
) -> list[Block]:
    head = [wording.label(name) for name in names]
    return [Table(caption=wording.label(caption), head=head, rows=rows)] if rows else []
