"""The first layer of the page: who, what for, the reader's choices, how to reach us, what changed.

It says again in few words what the sections say in full, and leads to them. The right to object
stands here by itself, apart from all other information (GDPR art. 21(4)).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from chalicelib import links
from chalicelib.notices import anchors, parties
from chalicelib.notices.model import OPPOSABLE, Announced, Notice
from chalicelib.notices.rendering.blocks import Block, Items, Line, Named, Paragraphs, Section
from chalicelib.notices.rendering.words import Wording, link, mail_link

_SHOWN: Final = 3
"""Most purposes that a row names; a link to all follows."""

_OBJECT: Final = "object"
"""The id of the right to object."""


def answer(notice: Notice, wording: Wording, announced: Announced | None) -> list[Section]:
    """Returns the sections of the first layer: the answer, and the right to object if there is one.

    `announced` is a change that the page announces; without one, the row of changes tells since
    when the text is in force.
    """
    rows = [
        ("answer_who", _who(notice, wording)),
        ("answer_audiences", _audiences(notice, wording)),
        ("answer_what", _what(notice, wording)),
        ("answer_choices", _choices(notice, wording)),
        ("answer_rights", _rights(notice, wording)),
        ("answer_reach", _reach(notice)),
        ("answer_changed", _changed(notice, wording, announced)),
    ]
    named = Named([(wording.label(name), lines) for name, lines in rows if lines])
    first = Section("answer", wording.label("answer"), [named])
    blocks = _objection(notice, wording)
    if not blocks:
        return [first]
    return [first, Section("objection", wording.label("objection"), blocks)]


def _who(notice: Notice, wording: Wording) -> list[Line]:
    lines = []
    for found in parties.controllers(notice.completed):
        country = found.get("country")
        text = f"{found['name']}, {wording.country(country)}" if country else found["name"]
        lines.append(Line(text, href="#controller"))
    return lines


def _audiences(notice: Notice, wording: Wording) -> list[Line]:
    """Returns a link for each audience to the page with its own purposes first."""
    return [
        Line(
            wording.words(one["title"]),
            href=f"?lang={wording.locale}&audience={one['id']}#purposes",
        )
        for one in notice.completed.get("audiences", ())
    ]


def _what(notice: Notice, wording: Wording) -> list[Line]:
    """Returns the purposes that rest on something else than consent."""
    chosen = notice.choices
    own = [value for value in notice.completed["purposes"] if value["id"] not in chosen]
    return _purposes(own, wording)


def _choices(notice: Notice, wording: Wording) -> list[Line]:
    asked = [value for value in notice.completed["purposes"] if value["id"] in notice.choices]
    if not asked:
        return []
    return [Line(wording.label("answer_asked")), *_purposes(asked, wording)]


def _purposes(found: Sequence[Any], wording: Wording) -> list[Line]:
    lines = list(_titles(found[:_SHOWN], wording))
    if len(found) > _SHOWN:
        more = wording.label("answer_more").format(n=len(found) - _SHOWN)
        lines.append(Line(more, href="#purposes"))
    return lines


def _titles(found: Iterable[Any], wording: Wording) -> Iterable[Line]:
    for value in found:
        href = f"#{anchors.purpose(value['id'])}"
        yield Line(wording.words(value["title"]), href=href)


def _rights(notice: Notice, wording: Wording) -> list[Line]:
    lines = [
        Line(wording.words(value["title"]), href=f"#{anchors.right(value['id'])}")
        for value in notice.completed["rights"]
    ]
    return [*lines, Line(wording.heading("requests"), href="#requests")]


def _reach(notice: Notice) -> list[Line]:
    """Returns the ways to reach the first controller: at once, else by post."""
    found = parties.controllers(notice.completed)[0]
    lines = [
        Line(one, href=mail_link(one))
        for way in ("email", "pec")
        for one in parties.several(found.get(way))
    ]
    if "form" in found:
        lines.append(Line(found["form"], href=link(found["form"])))
    lines += [Line(one) for one in parties.several(found.get("phone"))]
    return lines or [Line(one) for one in parties.several(found.get("address"))]


def _changed(notice: Notice, wording: Wording, announced: Announced | None) -> list[Line]:
    since = wording.label("answer_since").format(date=wording.date(notice.effective_day))
    if announced is None:
        return [Line(since), Line(wording.heading("changes"), href="#changes")]
    told = wording.label("announced_changes")
    return [Line(since), Line(told, href=difference(announced, wording))]


def difference(announced: Announced, wording: Wording) -> str:
    """Returns where a reader of the page finds all that an announced version changes."""
    version, since = announced.version, announced.since
    return f"{links.base()}/notice/{version}/changes?since={since}&lang={wording.locale}"


def _objection(notice: Notice, wording: Wording) -> list[Block]:
    """Returns the right to object, by ground, with the purposes that it reaches; empty without."""
    found = notice.completed["purposes"]
    groups = (
        ("objection_interest", [one for one in found if _opposable(notice, one)]),
        ("objection_marketing", [one for one in found if one["marketing"]]),
    )
    blocks: list[Block] = []
    for name, reached in groups:
        if reached:
            blocks.append(Paragraphs([Line(wording.label(name))]))
            blocks.append(Items(list(_titles(reached, wording))))
    if blocks and any(one["id"] == _OBJECT for one in notice.completed["rights"]):
        href = f"#{anchors.right(_OBJECT)}"
        blocks.append(Paragraphs([Line(wording.label("objection_how"), href=href)]))
    return blocks


def _opposable(notice: Notice, purpose: Any) -> bool:
    """Tells whether people may object to a purpose on grounds of their situation (art. 21(1))."""
    return bool(notice.purposes[purpose["id"]].kinds & OPPOSABLE)
