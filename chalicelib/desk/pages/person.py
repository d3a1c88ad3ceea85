"""The page of one person at the desk: standing, decisions, holds, requests, and what was told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from chalicelib.consents.desk import Channel, refusable
from chalicelib.decisions.effect import effect
from chalicelib.decisions.permission import Reason
from chalicelib.desk.contract import people as contract
from chalicelib.desk.pages import titles
from chalicelib.desk.pages.days import Day, due
from chalicelib.desk.paths import ONE, PEOPLE, PERSON
from chalicelib.holds.contract import REASON_MAX
from chalicelib.holds.model import MOST_HOLDS, Ground
from chalicelib.holds.model import classes as holdable
from chalicelib.pages import formats
from chalicelib.pages.navigation import DESK
from chalicelib.pages.page import render
from chalicelib.pages.words import pair, words
from chalicelib.subjects.model import Decision, Kind, Life

if TYPE_CHECKING:
    from chalicelib.desk.people import Person
    from chalicelib.disclosures.model import Disclosure
    from chalicelib.holds.model import Hold
    from chalicelib.origins.model import Told
    from chalicelib.publications.model import Obligation
    from chalicelib.requests.model import Timed
    from chalicelib.retention.reviews.service.desk import Waiting
    from chalicelib.storage.pages import Page
    from chalicelib.subjects.model import Standing
    from chalicelib.subjects.restriction import Restriction
    from chalicelib.web.pages.visit import Visit

_KINDS: Final[Mapping[Life, str]] = {
    Life.PENDING: "care",
    Life.ACTIVE: "good",
    Life.DEACTIVATED: "care",
    Life.ERASING: "bad",
    Life.ERASED: "",
}
"""The lives -> the kind of the tag that says one."""

_WHO: Final[Mapping[Kind, str]] = {
    Kind.ACCOUNT: "account",
    Kind.VISITOR: "browser",
    Kind.CONTACT: "contact",
}

_GONE: Final = frozenset({Life.ERASING, Life.ERASED})
"""The lives of which nothing is recorded any more, and nothing held."""

_CHANNELS: Final = (Channel.MAIL, Channel.POST, Channel.PHONE, Channel.IN_PERSON)
"""The ways by which a refusal comes; another name of the first is not offered."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision in force: its purpose, what was said and when, and what it counts as by now."""

    purpose: str
    said: str
    on: date
    counts: str
    kind: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the person: its page, right, due day, and the day of receipt."""

    address: str
    title: str
    received_on: date
    due: Day


@dataclass(frozen=True, slots=True)
class Given:
    """A disclosure: who was given what for what, and when."""

    recipient: str
    what: str
    purpose: str
    on: date


@dataclass(frozen=True, slots=True)
class Letter:
    """A version of the notice that the person was or is to be told of, or an origin of data."""

    text: str
    address: str
    state: str
    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class Kept:
    """A hold: its id, what it keeps, why, until when; `reason` is empty where it is erased."""

    id: str
    what: str
    ground: str
    reason: tuple[str, ...]
    placed_on: date
    until: date


@dataclass(frozen=True, slots=True)
class List:
    """A page of a list: its rows, and the addresses of the next page and of the first."""

    rows: tuple[object, ...]
    later: str
    first: str


def person_page(
    visit: Visit,
    person: Person,
    changes: Page[Obligation],
    waiting: Sequence[Waiting],
    today: date,
) -> str:
    """Returns the page of a person.

    `changes` are the versions of the notice that the person was or is to be told of, `waiting` the
    records of which the desk has to decide whether they stay. `today` is the civil day of the
    requests' clock.
    """
    said = {**words("desk", visit.language), **words("desk_people", visit.language)}
    requests = sorted(person.requests.items, key=lambda one: one.request.received_at, reverse=True)
    given = sorted(person.disclosures.items, key=lambda one: one.disclosed_at, reverse=True)
    found = sorted(person.origins.items, key=lambda one: one.began_at, reverse=True)
    lists = {
        "requests": (_asked(one, visit, today) for one in requests),
        "disclosures": (_given(one, visit, said) for one in given),
        "changes": (_change(one, visit, said) for one in changes.items),
        "origins": (_origin(one, visit, said) for one in found),
    }
    nexts = {
        "requests": person.requests.next,
        "disclosures": person.disclosures.next,
        "changes": changes.next,
        "origins": person.origins.next,
    }
    own = PERSON.format(id=person.subject)
    refusals = list(_refusals(visit, person, said))
    classes = [(contract.class_field(one), said[f"class.{one}"]) for one in holdable()]
    labels = _labels(visit, refusals, classes, said)
    return render(
        "desk/templates/person.html.j2",
        visit.frame,
        said[f"who.{_WHO[person.kind]}"],
        words=said,
        area="desk",
        tabs=DESK,
        errors=_errors(visit, person, labels, said),
        visit=visit,
        form_names=contract,
        opened=visit.typed.get(contract.ACT, contract.REFUSE) if visit.refused else "",
        recorded=visit.refused is not None and "recorded" in visit.refused.members,
        refusals=refusals,
        holding=_acts(visit) and person.life not in _GONE,
        lifting=_acts(visit),
        classes=classes,
        grounds=[(str(one), said[f"hold.{one}"]) for one in Ground],
        reason_max=REASON_MAX,
        channels=[("", said["choose"]), *((one, said[f"channel.{one}"]) for one in _CHANNELS)],
        people=PEOPLE,
        own=own,
        life=said[f"life.{person.life}"],
        life_kind=_KINDS[person.life],
        facts=list(_facts(visit, person, said)),
        restrictions=list(_restrictions(visit, person, said)),
        decisions=list(_decisions(visit, person.standing, said)),
        holds=[_held(hold, reason, visit, said) for hold, reason in person.holds],
        reviews=[
            (
                titles.kind(one.review.kind, visit.notice, visit.language),
                _day(one.ended_at, visit),
                said["held_yes_short"] if one.held else said["held_no"],
            )
            for one in waiting
        ],
        lists={
            name: List(
                tuple(rows),
                visit.frame.to(f"{own}#{name}", **{name: nexts[name] or ""}) if nexts[name] else "",
                visit.frame.to(f"{own}#{name}") if visit.call.query.get(name) else "",
            )
            for name, rows in lists.items()
        },
    )


@dataclass(frozen=True, slots=True)
class Refusal:
    """The choice of a purpose that can be refused: the field, the title, and what can be said.

    The first option is nothing. `ticked` is the label of a box, where there is one other.
    """

    field: str
    title: str
    options: tuple[tuple[str, str], ...]
    ticked: str


def _refusals(visit: Visit, person: Person, said: Mapping[str, str]) -> Iterator[Refusal]:
    """Yields the purposes that an officer can record a refusal of; none of who is erased."""
    if not _acts(visit) or person.standing is None or person.life in _GONE:
        return
    for purpose, choices in refusable(visit.notice).items():
        title = titles.purpose(purpose, visit.notice, visit.language)
        yield Refusal(
            contract.choice_field(purpose),
            title,
            (("", said["says_nothing"]), *((str(one), said[f"says.{one}"]) for one in choices)),
            pair(title, said[f"says.{choices[0]}"].lower(), visit.language),
        )


def _acts(visit: Visit) -> bool:
    return visit.member is not None and visit.member.acts


def _labels(
    visit: Visit,
    refusals: Iterable[Refusal],
    classes: Iterable[tuple[str, str]],
    said: Mapping[str, str],
) -> dict[str, str]:
    """Returns the fields of the form that was sent, in their order, with their labels."""
    if visit.typed.get(contract.ACT) == contract.HOLD:
        return {
            contract.CLASSES: said["held_what"],
            **dict(classes),
            contract.GROUND: said["held_ground"],
            contract.REASON: said["held_reason"],
            contract.UNTIL_ON: said["held_last_day"],
        }
    return {
        contract.CHOICES: said["refused_what"],
        **{one.field: one.title for one in refusals},
        contract.CHANNEL: said["refused_how"],
        contract.RECEIVED_ON: said["refused_when"],
        contract.FILE_NUMBER: said["refused_file"],
    }


def _errors(
    visit: Visit, person: Person, labels: Mapping[str, str], said: Mapping[str, str]
) -> Sequence[tuple[str, str]]:
    """Returns why a form was refused.

    That somebody is erased, or has as many holds as there may be, is said in the words of this
    page.
    """
    refused = visit.refused
    if refused is not None and refused.type == "too-late":
        return (("", said["too_late"]),)
    full = len(person.holds) >= MOST_HOLDS and visit.typed.get(contract.ACT) == contract.HOLD
    if refused is not None and refused.status == 409 and full:
        return (("", said["too_many_holds"].format(count=MOST_HOLDS)),)
    return visit.summary(*labels, labels=labels)


def _day(moment: datetime, visit: Visit) -> date:
    return moment.astimezone(visit.notice.zone).date()


def _written(moment: datetime, visit: Visit) -> str:
    return formats.day(_day(moment, visit), visit.language)


def _facts(visit: Visit, person: Person, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    standing, language = person.standing, visit.language
    if standing is not None:
        yield from _since(visit, standing, said)
    if standing is not None and not standing.erased:
        yield said["fact_locale"], formats.language_name(standing.locale, language)
        if standing.suppressed is not None:
            yield said["fact_mail"], said[f"suppressed.{standing.suppressed}"]
        if standing.disowned:
            yield said["fact_disowned"], said["disowned"]
        if standing.warned is not None:
            yield (
                said["fact_warned"],
                said["warned"].format(
                    day=_written(standing.warned.at, visit),
                    end=_written(standing.warned.ends_at, visit),
                ),
            )
    yield said["fact_held"], said["held_yes"] if person.holds else said["held_no"]
    yield said["fact_subject"], person.subject


def _since(visit: Visit, standing: Standing, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if standing.erased:
        yield said["fact_erased"], _written(standing.registered_at, visit)
        return
    yield said["fact_registered"], _written(standing.registered_at, visit)
    yield said["fact_active"], _written(standing.last_activity_at, visit)
    if standing.erasure is not None:
        yield said["fact_erasing"], _written(standing.erasure.since, visit)


def _restrictions(
    visit: Visit, person: Person, said: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Yields what is restricted and since when, why, and the address of the request it came of."""
    standing = person.standing
    if standing is None or not standing.restricted:
        return
    if standing.restrictions is None:
        yield said["restricted_unknown"], "", ""
    for one in standing.restrictions or ():
        text = said["restricted_since"].format(
            what=_scope(one, visit, said), day=_written(one.since, visit)
        )
        if one.ends_at is not None:
            text = f"{text} {said['restricted_ends'].format(day=_written(one.ends_at, visit))}"
        why = said[f"limit.{one.ground}"] if one.ground is not None else ""
        yield text, why, visit.frame.to(ONE.format(id=one.request))


def _scope(one: Restriction, visit: Visit, said: Mapping[str, str]) -> str:
    if one.everything:
        return said["restricted_everything"]
    notice, language = visit.notice, visit.language
    names = [titles.purpose(name, notice, language) for name in sorted(one.purposes)]
    names += [titles.category(name, notice, language) for name in sorted(one.categories)]
    return formats.listing(names, language)


def _decisions(
    visit: Visit, standing: Standing | None, said: Mapping[str, str]
) -> Iterator[Choice]:
    """Yields the decisions in force in the order of the notice, those of others at the end."""
    from chalicelib import clock

    if standing is None:
        return
    known = [one for one in visit.notice.purposes if one in standing.decisions]
    others = sorted(one for one in standing.decisions if one not in visit.notice.purposes)
    for purpose in (*known, *others):
        decided = standing.decisions[purpose]
        counts = effect(purpose, standing, visit.notice, clock.now())
        granted = decided.decision is Decision.GRANTED
        in_force = granted and counts is Reason.GRANTED
        why = "" if not granted or in_force else said.get(f"why.{counts}", "")
        told = said["counts_yes"] if in_force else said["counts_no"]
        yield Choice(
            titles.purpose(purpose, visit.notice, visit.language),
            said[f"decided.{decided.decision}"],
            _day(decided.at, visit),
            f"{told} ({why})" if why else told,
            "good" if in_force else "",
        )


def _held(hold: Hold, reason: str | None, visit: Visit, said: Mapping[str, str]) -> Kept:
    names = [said[f"class.{one}"] for one in sorted(hold.classes)]
    kinds: dict[str, int] = {}
    for named in sorted(hold.records):
        kinds[named.kind] = kinds.get(named.kind, 0) + 1
    for kind, count in kinds.items():
        title = titles.kind(kind, visit.notice, visit.language)
        names.append(said["some_records"].format(kind=title, count=count))
    return Kept(
        hold.id,
        formats.listing(names, visit.language),
        said[f"hold.{hold.ground}"],
        tuple(line for line in (reason or "").split("\n") if line.strip()),
        _day(hold.placed_at, visit),
        _day(hold.until, visit),
    )


def _asked(found: Timed, visit: Visit, today: date) -> Asked:
    request = found.request
    return Asked(
        visit.frame.to(ONE.format(id=request.id)),
        titles.right(request.right, visit.notice, visit.language),
        found.received_on,
        due(found, today, visit.language),
    )


def _given(one: Disclosure, visit: Visit, said: Mapping[str, str]) -> Given:
    notice, language = visit.notice, visit.language
    fields = [titles.field(f"{one.category}.{name}", notice, language) for name in one.fields]
    category = titles.category(one.category, notice, language)
    what = said["fields_of"].format(category=category, fields=formats.listing(fields, language))
    return Given(
        titles.recipient(one.recipient, notice, language),
        what if fields else category,
        titles.purpose(one.purpose, notice, language),
        _day(one.disclosed_at, visit),
    )


def _change(one: Obligation, visit: Visit, said: Mapping[str, str]) -> Letter:
    kinds = {"sent": "good", "seen": "good", "bounced": "bad", "due": "care"}
    on = one.seen_at or one.bounced_at or one.sent_at or one.created_at
    return Letter(
        said["version"].format(version=one.version),
        visit.frame.to(f"/notice/{one.version}"),
        said[f"told.{one.shown}"],
        kinds.get(one.shown, ""),
        _day(on, visit),
    )


def _origin(one: Told, visit: Visit, said: Mapping[str, str]) -> Letter:
    state, kind = "open", "care"
    if one.sent_at is not None:
        state, kind = "sent", "good"
    elif one.unreached is not None:
        state, kind = "unreached", "bad"
    return Letter(
        titles.category(one.category, visit.notice, visit.language),
        "",
        said[f"origin.{state}"],
        kind,
        _day(one.sent_at or one.began_at, visit),
    )


__all__ = ["person_page"]
