"""The page of one's own choices: each purpose with its state, no and yes, and the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib import clock
from chalicelib.consents import chosen, clocks
from chalicelib.consents.pages.history import rows
from chalicelib.consents.pages.told import Told
from chalicelib.consents.service.choices import Overview
from chalicelib.decisions.coverage import OF_A_BROWSER, Uncovered, ends_at, renewed, uncovered
from chalicelib.decisions.effect import effect
from chalicelib.decisions.permission import Reason, expired
from chalicelib.notices import anchors
from chalicelib.notices.model import Notice, Purpose
from chalicelib.pages import formats
from chalicelib.pages.languages import primary, tag_of
from chalicelib.pages.page import render
from chalicelib.pages.words import pair, words
from chalicelib.subjects.model import Decided, Decision, Origin, entry_id
from chalicelib.web.pages.visit import Visit

if TYPE_CHECKING:
    from markupsafe import Markup

GROUPS: Final = ("confirm", "channels", "cookies", "others")
"""The groups of purposes, in the order of the page; their titles are `group_NAME`."""

YES: Final = "granted"
NO: Final = "denied"


@dataclass(frozen=True, slots=True)
class Line:
    """A purpose on the page.

    `value` is the answer that stands, empty where none does: then neither is chosen. `states` are
    the sentences about it, `entry` the id of the entry that decided it, `explicit` the words that
    ask for explicit consent. `tag` is a word beside the title, `place` where the notice tells more.
    """

    name: str
    title: str
    text: str
    explicit: str
    place: str
    value: str
    states: tuple[Markup | str, ...]
    entry: str
    tag: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Objection:
    """A use that rests on no consent and that a person may object to, with what stands about it."""

    title: str
    place: str
    state: Markup | str
    entry: str

    @property
    def cells(self) -> list[tuple[str, object]]:
        """The cells of its row: the kind of each, and what it shows."""
        more = ("receipt", (self.entry, self.title)) if self.entry else None
        place = ("place", (self.place, self.title))
        return [("text", self.title), ("text", self.state), more or place]


def choices_page(visit: Visit, overview: Overview) -> str:
    """Returns the page. Where nothing was decided, nothing is chosen beforehand."""
    notice, language = visit.notice, visit.language
    said, tag = words("choices", language), tag_of(language, notice.locales)
    told = Told(said, words("receipts", language), notice, language, tag)
    now = clock.now()
    groups: dict[str, list[Line]] = {name: [] for name in GROUPS}
    for purpose in notice.choices.values():
        line = _line(purpose, overview, told, now)
        asked = _is_asked(purpose, overview, notice)
        groups["confirm" if asked else _group(purpose, notice)].append(line)
    lines = [line for group in groups.values() for line in group]
    yeses = [line for line in lines if line.value == YES]
    names = [line.name for line in lines]
    labels = {line.name: line.title for line in lines}
    errors = tuple(
        (name, pair(labels[name], text, language) if name in labels else text)
        for name, text in visit.summary(*names)
    )
    return render(
        "consents/templates/choices.html.j2",
        visit.frame,
        said["title"],
        words=said,
        errors=errors,
        visit=visit,
        groups=[(name, found) for name, found in groups.items() if found],
        recorded=bool(visit.refused and visit.refused.members.get("recorded")),
        hidden={
            chosen.VERSION: notice.version,
            chosen.STOOD: " ".join(line.name.removeprefix("decisions.") for line in yeses),
            chosen.SEEN: str(overview.standing.seq),
            chosen.EVENT: visit.once,
        },
        everything=chosen.ALL,
        counts=[
            (said["count_yes"], formats.number(len(yeses), language)),
            (said["count_no"], formats.number(len(lines) - len(yeses), language)),
            (said["count_confirm"], formats.number(len(groups["confirm"]), language)),
        ],
        objections=list(_objections(overview, told)),
        spoken="" if primary(tag) == language else tag,
        history=rows(overview, told),
        newer=_history(visit, overview.newer),
        older=_history(visit, overview.older),
    )


def _history(visit: Visit, before: int | None) -> str:
    if before is None:
        return ""
    return visit.frame.to(f"{visit.frame.path}#history", before=str(before))


def _group(purpose: Purpose, notice: Notice) -> str:
    if any(one.purpose == purpose.id and not one.exempt for one in notice.cookie_classes.values()):
        return "cookies"
    return "channels" if set(purpose.channels) - OF_A_BROWSER else "others"


def _lacking(purpose: Purpose, decided: Decided | None, notice: Notice) -> Uncovered | None:
    """Returns what a yes does not cover since the notice changed; None where it covers all."""
    return None if decided is None else uncovered(decided, notice.widenings.get(purpose.id, ()))


def _is_asked(purpose: Purpose, overview: Overview, notice: Notice) -> bool:
    """Tells whether there is something to confirm; a no is never asked about again."""
    if purpose.id in overview.standing.asks:
        return True
    decided = overview.standing.decisions.get(purpose.id)
    return _lacking(purpose, decided, notice) is not None


def _line(purpose: Purpose, overview: Overview, told: Told, now: datetime) -> Line:
    notice, standing = told.notice, overview.standing
    decided, tag, kind, value = standing.decisions.get(purpose.id), "", "", ""
    reason = None if decided is None else effect(purpose.id, standing, notice, now)
    if _is_asked(purpose, overview, notice):
        tag, kind = told.words["tag_confirm"], "care"
    elif decided is not None and decided.decision is not Decision.GRANTED:
        value = NO
        if decided.origin is Origin.SIGNAL:
            tag, kind = told.words["tag_signal"], "now"
    elif reason not in (None, Reason.EXPIRED):
        value = YES
        if reason is not Reason.GRANTED:
            tag, kind = told.named("effect", str(reason)), "care"
    return Line(
        name=f"{chosen.DECISIONS}.{purpose.id}",
        title=notice.text(purpose.title, told.tag),
        text=notice.text(purpose.description, told.tag),
        explicit=notice.text(purpose.asked, told.tag) if purpose.asked else "",
        place=anchors.purpose(purpose.id),
        value=value,
        states=tuple(_states(purpose, decided, overview, told, now)),
        entry="" if decided is None else entry_id(standing.subject, decided.seq),
        tag=tag,
        kind=kind,
    )


def _states(
    purpose: Purpose, decided: Decided | None, overview: Overview, told: Told, now: datetime
) -> Iterator[Markup | str]:
    """Yields what stands about a purpose: since when, how it came about, until when, the data."""
    asked = overview.standing.asks.get(purpose.id)
    if asked is not None:
        yield told.sentence("asked", day=asked.at)
    if decided is None:
        if asked is None:
            yield told.words["undecided"]
        return
    if decided.decision is Decision.GRANTED:
        yield from _yes(purpose, decided, told, now)
    else:
        yield told.sentence(f"since_{decided.decision}", day=decided.at)
    if decided.origin is Origin.JOINED:
        yield told.words["joined"]
    if decided.decision is not Decision.GRANTED:
        yield from _goes(purpose, overview, told)
    elif not expired(decided, purpose, told.notice, now):
        yield _would_go(purpose, overview, told, now)


def _yes(purpose: Purpose, decided: Decided, told: Told, now: datetime) -> Iterator[Markup | str]:
    widenings = told.notice.widenings.get(purpose.id, ())
    ends = ends_at(decided, purpose, widenings)
    if ends is not None and ends <= now:
        yield told.sentence("expired", day=decided.at, end=ends)
        return
    yield told.sentence("since_granted", day=decided.at)
    lacking = _lacking(purpose, decided, told.notice)
    if lacking is not None:
        yield _widened(lacking, told)
    if ends is not None:
        name = "ends_renewed" if renewed(decided, purpose, widenings) else "ends"
        yield told.sentence(name, end=ends)


def _widened(lacking: Uncovered, told: Told) -> Markup | str:
    """Returns what a purpose does by now that its yes does not cover, by the notice's names."""
    notice = told.notice
    titles = [
        *(notice.categories[one].title for one in sorted(lacking.categories)),
        *(notice.recipients[one].name for one in sorted(lacking.recipients)),
        *(notice.cookie_classes[one].title for one in sorted(lacking.cookie_classes)),
    ]
    names = [notice.text(one, told.tag) for one in titles]
    names += [told.words.get(f"channel_{one}", one) for one in sorted(lacking.channels)]
    names += [notice.cookies[one].name for one in sorted(lacking.cookies) if one in notice.cookies]
    if lacking.whole or not names:
        return told.words["widened_whole"]
    return told.filled("widened", {"names": formats.listing(names, told.language)})


def _goes(purpose: Purpose, overview: Overview, told: Told) -> Iterator[Markup | str]:
    """Yields what a refusal does to the data: what goes, and when; or that it is needed still."""
    found = [one for one in overview.data if one.purpose == purpose.id]
    for one in found:
        data = told.notice.text(told.notice.categories[one.category].title, told.tag)
        if one.erased_at is not None:
            yield told.filled("goes", {"data": data, "day": told.day(one.erased_at)})
        if one.records is not None:
            yield told.filled("records_go", {"data": data, "day": told.day(one.records.erased_at)})
    if found and all(one.erased_at is None and one.records is None for one in found):
        yield told.words["stays"]


def _would_go(purpose: Purpose, overview: Overview, told: Told, now: datetime) -> Markup | str:
    """Returns what a no would do to the data that the purpose uses."""
    notice, rule = told.notice, clocks.rule(told.notice)
    others = [
        category
        for category in clocks.endable([purpose.id], notice)
        if {one.id for one in clocks.uses(category, overview.standing, notice, now)} <= {purpose.id}
    ]
    if not others or rule is None:
        return told.words["would_stay"]
    period = rule.period
    counted = {"years": period.years, "months": period.months, "days": period.days}
    names = [notice.text(notice.categories[one].title, told.tag) for one in others]
    values = {
        "data": formats.listing(names, told.language),
        "period": formats.length(counted, told.language),
    }
    return told.filled("would_go" if period else "would_go_now", values)


def _objections(overview: Overview, told: Told) -> Iterator[Objection]:
    """Yields the uses on another basis than consent that a person may object to (GDPR art. 21)."""
    notice, standing = told.notice, overview.standing
    for purpose in notice.purposes.values():
        if purpose.id in notice.choices or not purpose.opposable:
            continue
        decided = standing.decisions.get(purpose.id)
        refused = decided is not None and decided.decision is not Decision.GRANTED
        state: Markup | str = told.words["not_objected"]
        if decided is not None and refused:
            state = told.sentence("since_objected", day=decided.at)
        yield Objection(
            notice.text(purpose.title, told.tag),
            anchors.purpose(purpose.id),
            state,
            entry_id(standing.subject, decided.seq) if decided is not None and refused else "",
        )
