"""The facts of a request, each with its name: its days, how it came, whose it is, and its scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.desk.pages import titles
from chalicelib.desk.pages.days import Day, due
from chalicelib.desk.pages.requests import who
from chalicelib.pages import formats
from chalicelib.requests.machine import Action, Status
from chalicelib.requests.model import Channel

if TYPE_CHECKING:
    from chalicelib.requests.service.casework import Case
    from chalicelib.web.pages.visit import Visit


def facts(
    visit: Visit, case: Case, said: Mapping[str, str], today: date
) -> Iterator[tuple[str, object]]:
    """Yields the name of each fact, and the fact."""
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


__all__ = ["facts"]
