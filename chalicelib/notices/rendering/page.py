"""The page of a notice: which sections it has, in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from chalicelib.notices.model import Notice
from chalicelib.notices.rendering import cookies, data, people
from chalicelib.notices.rendering.blocks import (
    Alternate,
    Block,
    Items,
    Page,
    Paragraphs,
    Section,
)
from chalicelib.notices.rendering.wording import Wording

_SECTIONS: Final[tuple[tuple[str, Callable[[Notice, Wording], list[Block]]], ...]] = (
    ("scope", people.scope),
    ("controller", people.controller),
    ("categories", data.categories),
    ("sources", data.sources),
    ("purposes", data.purposes),
    ("recipients", people.recipients),
    ("processing_location", people.processing_location),
    ("retention", data.retention),
    ("records", data.records),
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
)
"""Name of a section (also that of its heading) and what it says; empty ones are left out."""

_TEMPLATE_LABELS: Final = ("skip", "contents", "other_language")


def page(notice: Notice, locale: str) -> Page:
    """The page of `notice` in `locale`, or in the notice's first language."""
    wording = Wording(notice, locale)
    site = str(notice.document["site"]["name"])
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
            Alternate(other, Wording(notice, other).label("language_name"), f"?lang={other}")
            for other in notice.locales
            if other != wording.locale
        ],
        introduction=_introduction(notice, wording),
        sections=sections,
        labels={name: wording.label(name) for name in _TEMPLATE_LABELS},
    )


def _facts(notice: Notice, wording: Wording) -> list[tuple[str, str]]:
    """Which text this is: its date, that of this publication, version and digest."""
    return [
        (wording.label("text_of"), wording.date(notice.text_date)),
        (wording.label("published_on"), wording.date(notice.effective_at.date())),
        (wording.label("version"), notice.version),
        (wording.label("digest"), notice.digest),
    ]


def _introduction(notice: Notice, wording: Wording) -> list[Block]:
    blocks: list[Block] = []
    if "introduction" in notice.document:
        line = wording.line(notice.document["introduction"], "introduction")
        blocks.append(Paragraphs([line]))
    if notice.unconfirmed:
        names = ("legend_published", "legend_choice", "legend_not_stated")
        blocks.append(Items([people.plain(wording.label(name)) for name in names]))
    return blocks
