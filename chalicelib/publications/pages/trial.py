"""The page of a draft's trial: the people it concerns, the records that go, the open requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from chalicelib.pages import formats
from chalicelib.pages.navigation import DESK
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.publications.pages.findings import errors, refusal
from chalicelib.publications.paths import ONE, PUBLICATION, TRIAL
from chalicelib.publications.simulation import COUNTING

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice
    from chalicelib.publications.simulation import Simulation
    from chalicelib.web.pages.visit import Visit

_SHARDS = 16


@dataclass(frozen=True, slots=True)
class Rule:
    """The records of one rule: their kind, what the version changes, facts, and when they go."""

    title: str
    changes: str
    facts: tuple[tuple[str, str], ...]
    months: tuple[tuple[str, str], ...]


def trial_page(visit: Visit, found: Simulation) -> str:
    """Returns the page of the simulation of a draft that compiles."""
    assert found.tried is not None
    said, notice, body = words("desk_notices", visit.language), found.tried.after, found.body()
    people, counting = body["people"], body["counting"]
    own = TRIAL.format(version=notice.version)
    coming = found.missing == COUNTING or bool(counting and counting["status"] == "running")
    return render(
        "publications/templates/trial.html.j2",
        visit.frame,
        said["trial"].format(version=notice.version),
        words=said,
        area="desk",
        tabs=DESK,
        errors=errors(visit, said),
        visit=visit,
        own=own,
        back=visit.frame.to(ONE.format(version=notice.version)),
        onward=visit.frame.to(PUBLICATION.format(version=notice.version)),
        acts=visit.acts,
        coming=coming,
        counted=said["counted"].format(done=counting["shards"], of=_SHARDS) if coming else "",
        done=counting["shards"] if coming else 0,
        whole=_SHARDS,
        exact=bool(people and people["exact"]),
        how=_how(said, people, found.missing),
        facts=[] if people is None else list(_people(visit, said, people)),
        asked=[] if people is None else list(_asked(visit, notice, people)),
        first=[] if people is None else [_purpose(visit, notice, n) for n in people["ask_first"]],
        rules=[_rule(visit, said, notice, one) for one in body["records"] or ()],
        requests=list(_requests(visit, said, notice, body["requests"])),
        reasons=[(said[f"reason.{one['reason']}"], one["about"]) for one in body["second_person"]],
        refusals=refusals_of(found.refusals, said),
    )


def refusals_of(found: Any, said: Mapping[str, str]) -> list[tuple[str, tuple[Any, ...]]]:
    """Returns why a draft cannot be published now: each reason, and its findings about the text."""
    return [(refusal(one, said) or said["refused"], tuple(one.findings) or ()) for one in found]


def _how(said: Mapping[str, str], people: Mapping[str, Any] | None, missing: str | None) -> str:
    """Returns how the numbers came about, or why there are none."""
    if people is None:
        return said[f"missing.{missing}"] if missing else ""
    return said["exact"] if people["exact"] else said["sample"].format(read=people["read"])


def _people(
    visit: Visit, said: Mapping[str, str], people: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    for name in ("accounts", "tell", "alone"):
        yield said[f"people.{name}"], formats.number(people[name], visit.language)
    yield said["people.browsers"], formats.number(people["visitors"]["browsers"], visit.language)


def _asked(
    visit: Visit, notice: Notice, people: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    """Yields the purposes to ask again about, with the accounts and the browsers."""
    browsers = people["visitors"]["ask"]
    for name in sorted({*people["ask"], *browsers}):
        yield (
            _purpose(visit, notice, name),
            formats.number(people["ask"].get(name, 0), visit.language),
            formats.number(browsers.get(name, 0), visit.language),
        )


def _purpose(visit: Visit, notice: Notice, name: str) -> str:
    known = notice.purposes.get(name)
    return name if known is None else notice.text(known.title, visit.language)


def _rule(visit: Visit, said: Mapping[str, str], notice: Notice, one: Mapping[str, Any]) -> Rule:
    language = visit.language

    def period(value: Mapping[str, int] | None) -> str:
        return said["none"] if value is None else formats.length(value, language) or said["at_end"]

    facts = [
        (said["kept_before"], period(one["before"])),
        (said["kept_after"], period(one["after"])),
    ]
    if one["count"] is not None:
        facts.append((said["moves"], formats.number(one["count"], language)))
        facts.append((said["at_once"], formats.number(one["at_once"], language)))
    months = (
        (formats.month(date.fromisoformat(f"{month}-01"), language), count)
        for month, count in one["months"].items()
    )
    return Rule(
        kind_title(visit, notice, one["kind"]),
        formats.listing([said[f"rule.{name}"] for name in one["changes"]], language),
        tuple(facts),
        tuple((month, formats.number(count, language)) for month, count in months),
    )


def kind_title(visit: Visit, notice: Notice, kind: str) -> str:
    """Returns the title of a kind of record."""
    known = notice.records.get(kind)
    return kind if known is None else notice.text(known.title, visit.language)


def _requests(
    visit: Visit, said: Mapping[str, str], notice: Notice, found: Mapping[str, Any] | None
) -> Iterator[tuple[str, str]]:
    if found is None or found["open"] is None:
        return
    yield said["requests_open"], formats.number(found["open"], visit.language)
    for right, count in found["rights"].items():
        known = notice.rights.get(right)
        title = right if known is None else notice.text(known.title, visit.language)
        yield title, formats.number(count, visit.language)
    if found["deadline_changed"]:
        number = formats.number(found["deadline_changed"], visit.language)
        yield said["requests_deadline"], number
