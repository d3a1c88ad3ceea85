"""The page of one request at the desk: clock, words, what approving does, history, acts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from chalicelib import clock
from chalicelib.decisions.restriction import NOTICE_OF_LIFTING
from chalicelib.desk.contract.pages import ground_field, text_field
from chalicelib.desk.pages import titles
from chalicelib.desk.pages.days import Day, due, moved
from chalicelib.desk.pages.mails import Mail, mails
from chalicelib.desk.pages.requests import SHORT, who
from chalicelib.desk.paths import LIST, ONE, PERSON
from chalicelib.notices import erasure
from chalicelib.notices.model import Period
from chalicelib.pages import formats
from chalicelib.pages.navigation import DESK
from chalicelib.pages.page import render
from chalicelib.pages.words import pair, words
from chalicelib.requests import scope
from chalicelib.requests.grounds import Right, article
from chalicelib.requests.machine import OF_SYSTEMS, Action, Entry, Status
from chalicelib.requests.model import Channel, if_extended
from chalicelib.requests.preview import Item, fingerprint, items, read_items
from chalicelib.subjects.model import is_visitor

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice
    from chalicelib.requests.service.casework import Case
    from chalicelib.requests.service.worklist import Open
    from chalicelib.web.pages.visit import Visit

_LINES: Final = 20
"""The lines of a person's text that are shown unfolded."""

_WIDTH: Final = 90
"""Characters that count as a line."""

Options = Mapping[Action, tuple[StrEnum | None, ...]]
"""The acts that a request allows, with their codes (`casework.options`)."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A thing that approving does: its word, the kind of its tag, and what it is about."""

    word: str
    kind: str
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A text of somebody: whose, when, the lines that are shown, and those that are folded."""

    by: str
    at: datetime | None
    lines: tuple[str, ...] = field(repr=False)
    folded: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the history: its words, who did it, and when."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an act: its codes with their words, and whether words of one's own are needed.

    `mails` are those that the person would get, each with the words of the code that it is about.
    """

    action: str
    codes: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    writes: bool = False
    needs_text: bool = False
    mails: tuple[tuple[str, Mail], ...] = ()


def request_page(
    visit: Visit, case: Case, options: Options, today: date, others: Sequence[Open]
) -> str:
    """Returns the page of a request.

    `options` are the acts that it allows, of which a member who only reads is shown none. `today`
    is the civil day of its clock. `others` are the open requests that are due first, as the list
    shows them; after an act a link leads to the first of them beside this one.
    """
    language, request, notice = visit.language, case.timed.request, visit.notice
    said = {**words("requests", language), **words("desk", language)}
    browser = is_visitor(case.subject)
    shown = items(request, case.held, notice, browser=browser, stock=case.stock)
    forms = list(_forms(visit, case, options, said)) if _acts(visit) else []
    labels = _labels(forms, said)
    return render(
        "desk/templates/request.html.j2",
        visit.frame,
        titles.right(request.right, notice, language),
        words=said,
        area="desk",
        tabs=DESK,
        errors=visit.summary(*labels, labels=labels),
        visit=visit,
        list=LIST,
        own=ONE.format(id=request.id),
        person=PERSON.format(id=case.subject) if _is_known(case) else "",
        due=due(case.timed, today, language),
        facts=list(_facts(visit, case, said, today)),
        clock=list(_clock(visit, case, said)),
        written=list(_written(visit, case, said)),
        sealed=case.said is None,
        effects=list(_effects(shown, visit, said)),
        lead=said[f"done.{shown[0].names[0]}"] if shown else "",
        decided=Action.APPROVE not in options,
        seen=fingerprint(shown),
        changes=list(_changes(shown, visit, said)),
        questions=list(_questions(visit, case, said)),
        raced=_raced(visit, case, said),
        beside=_beside(visit, others, today),
        events=list(_events(case, said)),
        forms=forms,
        opened=visit.typed.get("act", "") if visit.refused else "",
        following=_following(visit, case, others, today) if visit.frame.done else None,
        ground_field=ground_field,
        text_field=text_field,
    )


def _acts(visit: Visit) -> bool:
    return visit.member is not None and visit.member.acts


def _is_known(case: Case) -> bool:
    """Tells whether a request's person has a page: an account, a browser, or the request alone."""
    return case.standing is not None or case.subject == case.timed.request.id


def _following(
    visit: Visit, case: Case, others: Sequence[Open], today: date
) -> tuple[str, str] | None:
    """Returns the address and the words of the open request that is due first beside this one."""
    own = case.timed.request.id
    found = next((one for one in others if one.timed.request.id != own), None)
    if found is None:
        return None
    title = titles.right(found.timed.request.right, visit.notice, visit.language)
    text = due(found.timed, today, visit.language).text
    address = visit.frame.to(ONE.format(id=found.timed.request.id))
    return address, pair(title, text, visit.language)


@dataclass(frozen=True, slots=True)
class Beside:
    """An open request in the list beside the page: its address, right, number, and due day."""

    address: str
    title: str
    number: str
    due: Day
    own: bool


def _beside(visit: Visit, others: Sequence[Open], today: date) -> list[Beside]:
    own = visit.call.path.get("id")
    return [
        Beside(
            visit.frame.to(ONE.format(id=one.timed.request.id)),
            titles.right(one.timed.request.right, visit.notice, visit.language),
            one.timed.request.id[:SHORT],
            due(one.timed, today, visit.language),
            one.timed.request.id == own,
        )
        for one in others
    ]


_RACED: Final = frozenset({"move-not-allowed", "preview-changed", "too-late", "conflict"})
"""Refusals of an act whose reason may be that somebody else was faster."""


def _raced(visit: Visit, case: Case, said: Mapping[str, str]) -> Event | None:
    """Returns the last event of the history, where an act was refused for it; else None."""
    events = list(_events(case, said))
    if visit.refused is None or visit.refused.type not in _RACED or len(events) < 2:
        return None
    return events[-1]


def _facts(
    visit: Visit, case: Case, said: Mapping[str, str], today: date
) -> Iterator[tuple[str, object]]:
    language, request, notice = visit.language, case.timed.request, visit.notice
    day: Day = due(case.timed, today, language)
    yield said["fact_due"], formats.day(day.day, language) if day.day else day.text
    yield said["fact_received"], formats.moment(request.received_at, language, notice.zone)
    yield said["fact_channel"], said[f"channel.{request.channel}"]
    yield said["fact_identity"], _identity(case, said)
    yield said["fact_person"], _person(case, said)
    if request.completed_at is not None:
        at = formats.moment(request.completed_at, language, notice.zone)
        yield said["fact_closed"], at
    named = {
        "purposes": [titles.purpose(one, notice, language) for one in request.purposes],
        "categories": [titles.category(one, notice, language) for one in request.categories],
        "fields": [titles.field(one, notice, language) for one in request.fields],
    }
    for name, texts in named.items():
        if texts:
            yield said[f"fact_{name}"], formats.listing(texts, language)
    if request.ground is not None:
        yield said["fact_ground"], said.get(f"limit.{request.ground}", request.ground)
    yield said["fact_language"], formats.language_name(request.locale, language)
    yield said["fact_number"], request.id


def _identity(case: Case, said: Mapping[str, str]) -> str:
    request, known = case.timed.request, (case.said or {}).get("identified_by")
    if known:
        return str(known)
    if request.status is Status.AWAITING_VERIFICATION:
        return said["identity_not_yet"]
    if request.channel == Channel.WEBSITE:
        return said["identity_account"]
    proven = any(one.event is Action.PROVE for one in request.history)
    return said["identity_address" if proven else "identity_none"]


def _person(case: Case, said: Mapping[str, str]) -> str:
    kind = who(case.subject, case.timed.request.id)
    restricted = case.standing is not None and case.standing.restricted
    told = [said[f"who.{kind}"]]
    if kind == "account":
        life = "erased" if case.standing is None else str(case.standing.life)
        told.append(said[f"life.{life}"])
    if restricted:
        told.append(said["restricted"])
    return ", ".join(told)


def _clock(visit: Visit, case: Case, said: Mapping[str, str]) -> Iterator[str]:
    """Yields what the due day is reckoned from, a sentence each."""
    found, language = case.timed.deadline, visit.language

    def written(day: date) -> str:
        return formats.day(day, language)

    yield said["clock_from"].format(day=written(found.received_on))
    for pause in found.pauses:
        cause, since = said[f"cause.{pause.cause}"], written(pause.since)
        if pause.until is None:
            yield said["clock_stands"].format(since=since, cause=cause)
        else:
            days = formats.length({"days": pause.days}, language) or "0"
            until = written(pause.until)
            yield said["clock_stood"].format(since=since, until=until, days=days, cause=cause)
    if found.extended_on is not None:
        extended = (one for one in case.timed.request.history if one.event is Action.EXTEND)
        reason = next((one.reason for one in extended), None)
        yield said["clock_extended"].format(
            day=written(found.extended_on),
            first=written(found.first_due_on),
            reason=said.get(f"code.{reason}", reason or ""),
        )
    why = moved(found, said["clock_moved"], said, language)
    if why:
        yield why


def _written(visit: Visit, case: Case, said: Mapping[str, str]) -> Iterator[Told]:
    """Yields all words about the request: the person's own, corrections, and what came since."""
    sealed = case.said or {}
    if sealed.get("details"):
        yield _told(said["by_person"], case.timed.request.received_at, str(sealed["details"]))
    for group, fields in sealed.get("changes", {}).items():
        for name, value in fields.items():
            title = titles.field(f"{group}.{name}", visit.notice, visit.language)
            text = said["removes"] if value is None else str(value)
            yield _told(said["correction"].format(field=title), None, text)
    for one in case.messages:
        yield _told(said[f"by_{one.by}"], one.at, one.text)


def _told(by: str, at: datetime | None, text: str) -> Told:
    return Told(by, at, *folded(text))


def folded(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns the lines of a text that are shown, and those beyond the twentieth.

    A long line counts as those that it takes. Empty lines are left out.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    used = 0
    for number, line in enumerate(lines):
        used += -(-len(line) // _WIDTH)
        if used > _LINES and number:
            return tuple(lines[:number]), tuple(lines[number:])
    return tuple(lines), ()


def _effects(shown: Sequence[Item], visit: Visit, said: Mapping[str, str]) -> Iterator[Effect]:
    """Yields what a preview shows; things of one sort that need no reason stand in one."""
    together: dict[str, list[str]] = {}
    counted = [_counted(one, visit) for one in shown if one.sort == "counts"]
    for item in shown:
        if item.sort in _LISTED:
            together.setdefault(item.sort, []).append(_name(item, visit))
    for sort, names in together.items():
        yield Effect(said[f"effect.{sort}"], _KINDS[sort], formats.listing(names, visit.language))
        if sort == "erases" and counted:
            yield Effect(said["effect.counts"], _KINDS["counts"], "; ".join(counted))
    for item in shown:
        if item.sort not in _LISTED and item.sort not in ("done", "counts"):
            effect = _effect(item, visit, said)
            if effect is not None:
                yield effect


_LISTED: Final = frozenset({"erases", "needs", "corrects", "asks", "waits"})

_KINDS: Final[Mapping[str, str]] = {
    "erases": "good",
    "corrects": "good",
    "decides": "good",
    "restricts": "care",
    "counts": "good",
    "beyond": "",
    "unreadable": "",
    "runs": "bad",
    "keeps": "care",
    "needs": "care",
    "holds": "bad",
    "asks": "now",
    "waits": "care",
    "written": "",
    "done": "",
}
"""The sorts of items -> the kind of their tag."""


def _effect(item: Item, visit: Visit, said: Mapping[str, str]) -> Effect | None:
    """Returns an item in words; None of one that a form made up."""
    with suppress(KeyError, IndexError, ValueError):
        word, kind = said[f"effect.{item.sort}"], _KINDS[item.sort]
        if item.sort == "keeps":
            stays = erasure.plan(visit.notice, erasure.REQUESTED).stays.get(item.names[0])
            why = visit.notice.text(stays.why, visit.language) if stays else ""
            return Effect(word, kind, _name(item, visit), why)
        if item.sort == "holds":
            until = datetime.fromisoformat(item.names[2].replace(".", ":", 2))
            day = formats.day(until.astimezone(visit.notice.zone).date(), visit.language)
            why = said[f"hold.{item.names[1]}"]
            return Effect(word, kind, said["until"].format(what=_name(item, visit), day=day), why)
        if item.sort == "counts":
            return Effect(word, kind, _counted(item, visit))
        if item.sort == "restricts" and item.names:
            uses = [titles.purpose(one, visit.notice, visit.language) for one in item.names]
            listed = formats.listing(uses, visit.language)
            return Effect(word, kind, said["restricts_uses"].format(uses=listed), said["restricts"])
        if item.sort == "decides":
            return Effect(word, kind, _name(item, visit), said[f"choice.{item.names[1]}"])
        if item.sort == "unreadable":
            years, months, days = map(int, item.names[0].split("-"))
            end = Period(days, months, years).after(clock.now().astimezone(visit.notice.zone))
            day = formats.day(end.date(), visit.language)
            return Effect(word, kind, said["unreadable"].format(day=day))
        if item.sort == "done":
            return Effect(word, kind, said[f"done.{item.names[0]}"])
        if item.sort == "written":
            return Effect(word, kind, said["written_times"].format(count=int(item.names[0])))
        return Effect(word, kind, _name(item, visit) if item.names else said[item.sort])
    return None


def _counted(item: Item, visit: Visit) -> str:
    """Returns how many records of a kind there are: `Interaction: 12`."""
    return pair(_name(item, visit), str(int(item.names[1])), visit.language)


def _name(item: Item, visit: Visit) -> str:
    """Returns the title of what an item is about."""
    notice, language, name = visit.notice, visit.language, item.names[0]
    match item.sort:
        case "erases" | "needs":
            return titles.category(name, notice, language)
        case "corrects":
            return titles.field(name, notice, language)
        case "decides":
            return titles.purpose(name, notice, language)
        case "asks" | "waits":
            return titles.recipient(name, notice, language)
    return titles.kind(name, notice, language)


def _changes(
    shown: Sequence[Item], visit: Visit, said: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yields what is new in a preview, and what is gone, since an officer saw it."""
    if visit.refused is None or visit.refused.type != "preview-changed":
        return
    before = dict.fromkeys(read_items(visit.typed.get("seen", "")))
    for word, found in (
        ("new", [one for one in shown if one not in before]),
        ("gone", [one for one in before if one not in shown]),
    ):
        for one in found:
            effect = _effect(one, visit, said)
            if effect is not None:
                yield said[f"change_{word}"], pair(effect.word, effect.text, visit.language)


def _questions(visit: Visit, case: Case, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yields the systems that were asked, each with its answer, or until when it has time."""
    for one in case.questions:
        name = titles.recipient(one.recipient, visit.notice, visit.language)
        at, text = one.answered_at, said["answer_by"]
        if one.status is not None:
            text = said[f"answered.{one.status}"]
        moment = one.answer_by if at is None else at
        day = formats.day(moment.astimezone(visit.notice.zone).date(), visit.language)
        yield name, text.format(day=day)


def _events(case: Case, said: Mapping[str, str]) -> Iterator[Event]:
    for one in case.timed.request.history:
        event = one.event or _OLD.get(one.status)
        if event is None:
            continue
        yield Event(_event(one, str(event), case, said), said[f"by_{one.by or 'system'}"], one.at)


_OLD: Final = {
    Status.RECEIVED: Action.SUBMIT,
    Status.COMPLETED: Action.COMPLETE,
    Status.REFUSED: Action.REFUSE,
    Status.CANCELLED: Action.CANCEL,
}
"""The event of an entry that an older release wrote without one."""


def _event(entry: Entry, name: str, case: Case, said: Mapping[str, str]) -> str:
    if entry.event in OF_SYSTEMS:
        system = case.timed.systems.get(entry.reason or "", entry.reason or "")
        return said[f"history.{name}"].format(system=system)
    text, reason = said[f"history.{name}"], entry.reason
    if reason is None:
        return text
    return f"{text}: {said.get(f'code.{reason}') or said.get(f'ground.{reason}', reason)}"


def _forms(visit: Visit, case: Case, options: Options, said: Mapping[str, str]) -> Iterator[Form]:
    restricted = case.standing is not None and case.standing.restricted
    for action, codes in options.items():
        if action is Action.LIFT and not restricted:
            continue
        yield Form(
            str(action),
            tuple((str(one), _code(case, one, said)) for one in codes if one is not None),
            _hint(visit, case, action, said),
            writes=action not in (Action.APPROVE, Action.RESUME, Action.LIFT),
            needs_text=action in (Action.EXTEND, Action.NOTE),
            mails=tuple(_mails(visit, case, action, codes, said)),
        )


def _mails(
    visit: Visit,
    case: Case,
    action: Action,
    codes: Sequence[StrEnum | None],
    said: Mapping[str, str],
) -> Iterator[tuple[str, Mail]]:
    """Yields the mails of an act, each with the code that it is about where there are several."""
    chosen, ends_on = visit.typed.get(ground_field(str(action)), ""), None
    if _restricts(case, visit.notice):
        ends_on = (case.timed.as_of + NOTICE_OF_LIFTING).astimezone(visit.notice.zone).date()
    for one in mails(case.timed, action, codes, chosen, visit.notice, ends_on):
        yield said.get(f"code.{one.code}", "") if one.code else "", one


def _restricts(case: Case, notice: Notice) -> bool:
    """Tells whether the person's data is restricted by this request, which its refusal ends."""
    request, standing = case.timed.request, case.standing
    if standing is None or not standing.restricted:
        return False
    weighed = request.right == Right.OBJECT and scope.weighed(request.purposes, notice)
    return request.right == Right.RESTRICT or bool(weighed)


def _code(case: Case, code: StrEnum, said: Mapping[str, str]) -> str:
    """Returns a code in words; a ground of refusal as its person reads it, with its article."""
    if f"code.{code}" in said:
        return said[f"code.{code}"]
    right = Right(case.timed.request.right)
    text = said[f"ground.{code}"]
    named = article(right, code)  # type: ignore[arg-type]
    return f"{text} ({said['article'].format(article=named)})" if named else text


def _hint(visit: Visit, case: Case, action: Action, said: Mapping[str, str]) -> str:
    name = f"hint.{action}"
    if action is Action.EXTEND:
        then = if_extended(case.timed, visit.notice).due_on
        return said[name].format(day=formats.day(then, visit.language))
    return said.get(name, "")


def _labels(forms: Sequence[Form], said: Mapping[str, str]) -> dict[str, str]:
    """Returns the fields of the page's forms, each with its label."""
    labels = {}
    for one in forms:
        if one.codes:
            labels[ground_field(one.action)] = said[f"ground_of.{one.action}"]
        if one.writes:
            labels[text_field(one.action)] = said[f"text_of.{one.action}"]
    return labels
