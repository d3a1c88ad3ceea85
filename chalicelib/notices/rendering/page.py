"""The page of a notice: its sections, in their order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from chalicelib.notices.model import Announced, Notice
from chalicelib.notices.rendering import cookies, data, people
from chalicelib.notices.rendering.blocks import (
    Block,
    Items,
    Line,
    Note,
    Page,
    Paragraphs,
    Section,
)
from chalicelib.notices.rendering.words import Wording
from chalicelib.pages.languages import Alternate

_SECTIONS: Final[tuple[tuple[str, Callable[[Notice, Wording], list[Block]]], ...]] = (
    ("scope", people.scope),
    ("controller", people.controller),
    ("categories", data.categories),
    ("sources", data.sources),
    ("purposes", data.purposes),
    ("recipients", people.recipients),
    ("processing_location", people.processing_location),
    ("retention", data.retention),
    ("forms", data.forms),
    ("account_page", people.account_page),
    ("rights", people.rights),
    ("requests", people.requests),
    ("complaint", people.complaint),
    ("automated_decisions", people.automated_decisions),
    ("minors", people.minors),
    ("marketing", people.marketing),
    ("notifications", people.notifications),
    ("cookies", cookies.cookies),
    ("security", people.security),
    ("linked_sites", people.linked_sites),
    ("changes", people.changes),
    ("records", data.records),
)
"""Name of a section (also that of its heading), and its content; empty ones are left out."""

_TEMPLATE_LABELS: Final = ("skip", "contents", "other_language")


def page(notice: Notice, locale: str, announced: Announced | None = None) -> Page:
    """Returns the page of `notice` in `locale`, or in the notice's first language.

    With `announced`, it begins with the announcement of that change and a link to it.
    """
    wording = Wording(notice, locale)
    site = str(notice.completed["site"]["name"])
    sections = [
        Section(name, wording.heading(name), blocks)
        for name, build in _SECTIONS
        if (blocks := build(notice, wording))
    ]
    return Page(
        locale=wording.locale,
        title=wording.heading("title"),
        site=site,
        facts=_facts(notice, wording),
        alternates=[
            Alternate(other, Wording(notice, other).language(), f"?lang={other}")
            for other in notice.locales
            if other != wording.locale
        ],
        introduction=[*_announcement(notice, announced, wording), *_introduction(notice, wording)],
        sections=sections,
        labels=wording.labels(_TEMPLATE_LABELS),
    )


def _facts(notice: Notice, wording: Wording) -> list[tuple[str, str]]:
    """Returns the facts that identify the text: its date, effective day, version and digest."""
    return [
        (wording.label("text_of"), wording.date(notice.text_date)),
        (wording.label("published_on"), wording.date(notice.effective_day)),
        (wording.label("version"), notice.version),
        (wording.label("digest"), notice.digest),
    ]


def _announcement(notice: Notice, announced: Announced | None, wording: Wording) -> list[Block]:
    """Returns the announcement of a version: ahead, or past if the notice is that one or later."""
    if announced is None:
        return []
    later = announced.effective_at <= notice.effective_at
    past = later or announced.version == notice.version
    name = "announced_past" if past else "announced_ahead"
    day = announced.effective_at.astimezone(notice.zone).date()
    text = wording.label(name).format(date=wording.date(day))
    lines = [Line(text, strong=True)]
    if announced.effect == "material":
        lines.append(Line(wording.label("announced_asks")))
    href = f"notices/{announced.version}/changes?since={announced.since}&lang={wording.locale}"
    return [Note([*lines, Line(wording.label("announced_changes"), href=href)])]


def _introduction(notice: Notice, wording: Wording) -> list[Block]:
    blocks: list[Block] = []
    if "introduction" in notice.completed:
        line = wording.line(notice.completed["introduction"], "introduction")
        blocks.append(Paragraphs([line]))
    if notice.unconfirmed:
        names = ("legend_published", "legend_choice", "legend_not_stated")
        blocks.append(Items([people.plain(wording.label(name)) for name in names]))
    return blocks
