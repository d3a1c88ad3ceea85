"""The clock of a request: what its due day is reckoned from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.desk.pages.days import moved
from chalicelib.pages import formats
from chalicelib.requests.machine import Action

if TYPE_CHECKING:
    from chalicelib.requests.service.casework import Case
    from chalicelib.web.pages.visit import Visit


def reckoning(visit: Visit, case: Case, said: Mapping[str, str]) -> Iterator[str]:
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


__all__ = ["reckoning"]
