"""The history of a request: its events, and the one that came before a refused act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib.requests.machine import OF_SYSTEMS, Action, Entry, Status

if TYPE_CHECKING:
    from chalicelib.requests.service.casework import Case
    from chalicelib.web.pages.visit import Visit

_OLD: Final = {
    Status.RECEIVED: Action.SUBMIT,
    Status.COMPLETED: Action.COMPLETE,
    Status.REFUSED: Action.REFUSE,
    Status.CANCELLED: Action.CANCEL,
}
"""The event of an entry that an older release wrote without one."""


_RACED: Final = frozenset({"move-not-allowed", "preview-changed", "too-late", "conflict"})
"""Refusals of an act whose reason may be that somebody else was faster."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the history: its words, who did it, and when."""

    text: str
    by: str
    at: datetime


def events(case: Case, said: Mapping[str, str]) -> Iterator[Event]:
    """Yields the events of a request, the oldest first."""
    for one in case.timed.request.history:
        event = one.event or _OLD.get(one.status)
        if event is None:
            continue
        yield Event(_event(one, str(event), case, said), said[f"by_{one.by or 'system'}"], one.at)


def _event(entry: Entry, name: str, case: Case, said: Mapping[str, str]) -> str:
    if entry.event in OF_SYSTEMS:
        system = case.timed.systems.get(entry.reason or "", entry.reason or "")
        return said[f"history.{name}"].format(system=system)
    text, reason = said[f"history.{name}"], entry.reason
    if reason is None:
        return text
    return f"{text}: {said.get(f'code.{reason}') or said.get(f'ground.{reason}', reason)}"


def raced(visit: Visit, case: Case, said: Mapping[str, str]) -> Event | None:
    """Returns the last event of the history, where an act was refused for it; else None."""
    found = list(events(case, said))
    if visit.refused is None or visit.refused.type not in _RACED or len(found) < 2:
        return None
    return found[-1]


__all__ = ["events", "raced"]
