"""The first page of an account: what waits for its person, and the doors to everything else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from chalicelib import clock
from chalicelib.decisions.effect import effect
from chalicelib.decisions.permission import Reason
from chalicelib.notices.model import Notice
from chalicelib.pages import formats
from chalicelib.pages.languages import primary
from chalicelib.pages.page import render, shell
from chalicelib.pages.words import words
from chalicelib.subjects.model import Standing
from chalicelib.web.pages.visit import Visit

_DESK = {"desk": ("desk", "/desk")}
"""The door of those who work at the desk."""

_DOORS = {
    "choices": ("tab_choices", "/account/choices"),
    "requests": ("tab_requests", "/account/requests"),
    "profile": ("page_profile", "/account/profile"),
    "password": ("page_password", "/account/password"),
    "sessions": ("page_sessions", "/account/sessions"),
    "leave": ("page_leave", "/account/leave"),
}
"""The doors by the name of their sentence: the shell's word, and the path."""


_SHOWN = 20
"""The most changes, and the most requests, that the page shows; the lists of each show all."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request that is not answered yet; `waits` where its person was asked a question."""

    id: str
    right: str
    due_on: date
    waits: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A version of the notice that its person has not seen yet, and its first day."""

    version: str
    applies_on: date


@dataclass(frozen=True, slots=True)
class Waiting(Generic[T]):
    """The things of a kind that wait for the person; `more` where not all were looked for."""

    found: tuple[T, ...]
    more: bool = False

    @property
    def first(self) -> tuple[T, ...]:
        """Those that the page shows."""
        return self.found[:_SHOWN]

    @property
    def others(self) -> bool:
        """Whether there are more than those, or may be."""
        return self.more or len(self.found) > _SHOWN


@dataclass(frozen=True, slots=True)
class Asked:
    """An open request as the page shows it; `language` is that of a title in another one."""

    title: str
    language: str
    address: str
    due_on: date
    left: str
    late: bool
    waits: bool


def overview_page(
    visit: Visit,
    standing: Standing,
    changes: Waiting[Change],
    requests: Waiting[OpenRequest],
    *,
    member: bool = False,
) -> str:
    """Returns the page of the account with this standing; a `member` of the desk finds its door."""
    said, notice, frame = words("overview", visit.language), visit.notice, visit.frame
    around = shell(visit.language)
    return render(
        "accounts/templates/overview.html.j2",
        frame,
        said["title"],
        words=said,
        stopped=not standing.active,
        choices=sum(1 for _ in _to_confirm(standing, notice)),
        changes=changes.first,
        more_changes=changes.others,
        requests=[_asked(one, visit) for one in requests.first],
        more_requests=requests.others,
        since=standing.registered_at.astimezone(notice.zone).date(),
        version=standing.notice_version,
        doors_shown=[
            (frame.to(path), around[word], said[f"door_{name}"])
            for name, (word, path) in ((_DESK if member else {}) | _DOORS).items()
        ],
    )


def _to_confirm(standing: Standing, notice: Notice) -> Iterator[str]:
    """Yields the purposes about which the person is asked, for the first time or again."""
    now = clock.now()
    for purpose in notice.choices:
        decided = purpose in standing.decisions
        again = decided and effect(purpose, standing, notice, now) is Reason.ASK_AGAIN
        if again or purpose in standing.asks:
            yield purpose


def _asked(request: OpenRequest, visit: Visit) -> Asked:
    notice, language = visit.notice, visit.language
    right = notice.rights.get(request.right)
    title, known = request.right, language
    if right is not None:
        known = language if language in right.title else notice.locales[0]
        title = notice.text(right.title, language)
    days = (request.due_on - clock.now().astimezone(notice.zone).date()).days
    return Asked(
        title=title,
        language="" if primary(known) == language else known,
        address=visit.frame.to(f"/account/requests/{request.id}"),
        due_on=request.due_on,
        left=formats.due_in(days, language),
        late=days < 0,
        waits=request.waits,
    )
