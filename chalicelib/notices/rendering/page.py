"""The page of a notice, in layers: the answer, then its sections, folded, in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from chalicelib.notices.model import SOFTWARE, Announced, Notice
from chalicelib.notices.rendering import cookies, data, people
from chalicelib.notices.rendering.answer import answer, difference
from chalicelib.notices.rendering.blocks import (
    CHOSEN_SIGN,
    OPEN_SIGN,
    Block,
    Entries,
    Line,
    Mark,
    Note,
    Page,
    Paragraphs,
    Section,
    Table,
)
from chalicelib.notices.rendering.words import Wording
from chalicelib.pages import formats
from chalicelib.pages.languages import Alternate
from chalicelib.pages.look import look

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

_BY_AUDIENCE: Final[Mapping[str, Callable[[Notice, Wording, str | None], list[Block]]]] = {
    "purposes": data.purposes,
    "forms": data.forms,
}
"""The sections in which the parts for one's own audience come first."""

_TEMPLATE_LABELS: Final = ("skip", "contents", "other_language")

_UNFOLDED: Final = frozenset({"controller"})
"""Sections that stand open although they hold a table: everybody has to see them."""

_LONG: Final = 100
"""Words from which on a section without a table is folded, too."""

_LEADS: Final[Mapping[str, Callable[[Notice], Mapping[str, int]]]] = {
    "categories": lambda notice: {"n": len(notice.categories)},
    "purposes": lambda notice: {"n": len(notice.purposes), "asked": len(notice.choices)},
    "recipients": lambda notice: {"n": len(notice.recipients)},
    "retention": lambda notice: {
        "n": sum(one["origin"] != SOFTWARE for one in notice.completed["retention"])
    },
    "rights": lambda notice: {"n": len(notice.rights)},
    "cookies": lambda notice: {"n": len(notice.cookies)},
    "records": lambda notice: {"n": len(data.shown_records(notice))},
}
"""Sections that readers see summed up -> the numbers in the words of their `lead_` label."""


def page(
    notice: Notice,
    locale: str,
    announced: Announced | None = None,
    audience: str | None = None,
) -> Page:
    """Returns the page of `notice` in `locale`, or in the notice's first language.

    With `announced`, it begins with the announcement of that change and a link to it. Parts for
    the `audience`, an id of the notice, come first in its sections.
    """
    wording = Wording(notice, locale)
    site = str(notice.completed["site"]["name"])
    introduction = [*_announcement(notice, announced, wording), *_introduction(notice, wording)]
    sections = [
        _section(name, blocks, notice, wording)
        for name, build in _SECTIONS
        if (blocks := _built(name, build, notice, wording, audience))
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
        introduction=introduction,
        sections=sections,
        labels=wording.labels(_TEMPLATE_LABELS),
        answer=answer(notice, wording, announced),
        legend=[*_legend([*introduction, *sections], wording), *_untranslated(notice, wording)],
        foremost=0,
        look=look(notice.completed["site"]),
    )


def _built(
    name: str,
    build: Callable[[Notice, Wording], list[Block]],
    notice: Notice,
    wording: Wording,
    audience: str | None,
) -> list[Block]:
    ordered = _BY_AUDIENCE.get(name)
    return build(notice, wording) if ordered is None else ordered(notice, wording, audience)


def _section(name: str, blocks: list[Block], notice: Notice, wording: Wording) -> Section:
    title, count = wording.heading(name), _LEADS.get(name)
    numbers = count(notice) if count else {}
    lead = wording.label(f"lead_{name}").format_map(numbers) if numbers.get("n") else ""
    fold = wording.label("unfold").format(title=title) if _folds(name, blocks) else ""
    return Section(name, title, blocks, lead, fold)


def _folds(name: str, blocks: Sequence[Block]) -> bool:
    """Tells whether a section is folded: entries fold one by one, and a few words stay in sight."""
    if name in _UNFOLDED or any(isinstance(block, Entries) for block in blocks):
        return False
    if any(isinstance(block, Table) for block in blocks):
        return True
    return sum(len(line.text.split()) for line in _parts(blocks, Line)) > _LONG


def _parts(value: Any, wanted: type[Any]) -> Iterator[Any]:
    """Yields all parts of a page that are of the type `wanted`, in no order."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, wanted):
            yield one
        elif isinstance(one, (list, tuple)):
            pending.extend(one)
        else:
            # As `fields` finds them, which is slow for the thousands of parts that a page has.
            names = getattr(one, "__dataclass_fields__", ())
            pending.extend([getattr(one, name) for name in names])


def _legend(told: Sequence[Block | Section], wording: Wording) -> list[Line]:
    """Returns what the signs mean that stand on the page; empty where none does."""
    signs = {mark.sign for mark in _parts(told, Mark)}
    names = (("legend_open", OPEN_SIGN), ("legend_chosen", CHOSEN_SIGN))
    lines = [Line(wording.label(name).format(sign=sign)) for name, sign in names if sign in signs]
    return [*lines, Line(wording.label("legend_published"))] if lines else []


def _untranslated(notice: Notice, wording: Wording) -> list[Line]:
    """Returns what the sign of an untranslated text means; empty where none was met."""
    if not wording.untranslated:
        return []
    language = formats.language_name(notice.locales[0], wording.locale)
    text = wording.label("legend_untranslated")
    return [Line(text.format(sign=wording.sign, language=language))]


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
    told = wording.label("announced_changes")
    return [Note([*lines, Line(told, href=difference(announced, wording))])]


def _introduction(notice: Notice, wording: Wording) -> list[Block]:
    blocks: list[Block] = []
    if "introduction" in notice.completed:
        line = wording.line(notice.completed["introduction"], "introduction")
        blocks.append(Paragraphs([line]))
    return blocks
