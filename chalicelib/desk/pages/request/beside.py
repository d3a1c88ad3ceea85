"""The open requests beside one: the list of those that are due first, and the one that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.desk.pages import titles
from chalicelib.desk.pages.days import Day, due
from chalicelib.desk.pages.requests import SHORT
from chalicelib.desk.paths import ONE
from chalicelib.pages.words import pair

if TYPE_CHECKING:
    from chalicelib.requests.service.casework import Case
    from chalicelib.requests.service.worklist import Open
    from chalicelib.web.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Beside:
    """An open request in the list beside the page: its address, right, number, and due day."""

    address: str
    title: str
    number: str
    due: Day
    own: bool


def beside(visit: Visit, others: Sequence[Open], today: date) -> list[Beside]:
    """Returns the open requests in their order, this one among them where it is open."""
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


def following(
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


__all__ = ["beside", "following"]
