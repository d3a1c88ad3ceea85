"""The page of failures: callbacks that no recipient took, and dead letters, by their ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.desk.contract.report_pages import WHAT
from chalicelib.desk.pages import titles
from chalicelib.desk.paths import FAILURES
from chalicelib.jobs.dead_letters import MOST
from chalicelib.pages import formats
from chalicelib.pages.navigation import DESK
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.web.cursor import encode
from chalicelib.webhooks.model import Delivery, Status

if TYPE_CHECKING:
    from chalicelib.jobs.dead_letters import Dead, Letter
    from chalicelib.web.pages.visit import Visit
    from chalicelib.webhooks.service.inventory import Asked

_SHORT = 8
"""Characters of an id that are shown; a message's own id is shown whole."""

_KINDS = {Status.FAILED: "bad", Status.NO_ENDPOINT: "care", Status.RETRYING: ""}
"""The statuses that are shown, each with the kind of its tag."""


@dataclass(frozen=True, slots=True)
class Row:
    """A callback: its recipient and id, what it tells, whose, its state, since when.

    `what` is the value that sends it again, empty where it cannot be.
    """

    recipient: str
    number: str
    event: str
    subject: str
    status: str
    kind: str
    why: str
    since: datetime
    moment: str
    what: str


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue with dead letters: its name in words, how many, and some of them by id."""

    name: str
    what: str
    count: str
    unread: bool
    letters: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A filter as a link."""

    text: str
    address: str
    current: bool


def failures_page(
    visit: Visit,
    found: Sequence[Delivery],
    last: Mapping[str, str] | None,
    asked: Asked,
    dead: Sequence[Dead],
) -> str:
    """Returns the page; `last` is where the callbacks ended, None where there are no more."""
    said = words("desk_reports", visit.language)
    return render(
        "desk/templates/failures.html.j2",
        visit.frame,
        said["failures"],
        words=said,
        area="desk",
        tabs=DESK,
        errors=visit.summary(),
        visit=visit,
        own=visit.frame.to(FAILURES),
        what_field=WHAT,
        opened=visit.typed.get(WHAT, "") if visit.refused else "",
        acts=visit.acts,
        states=list(_states(visit, asked, said)),
        rows=[_row(visit, one, said) for one in found],
        later="" if last is None else _address(visit, asked, cursor=encode(last)),
        queues=[_queue(visit, one, said) for one in dead if one.count != 0],
        most=said["letters_hint"].format(count=MOST),
    )


def _address(visit: Visit, asked: Asked, **other: str) -> str:
    kept = {"recipient": asked.recipient or "", "status": asked.status or ""}
    return visit.frame.to(FAILURES, **{**kept, **other})


def _states(visit: Visit, asked: Asked, said: Mapping[str, str]) -> Iterator[Link]:
    """Yields the states as links, which keep the recipient; and the way to every recipient."""
    yield Link(said["state.any"], _address(visit, asked, status=""), asked.status is None)
    for one in _KINDS:
        current = asked.status is one
        yield Link(said[f"state.{one}"], _address(visit, asked, status=str(one)), current)
    if asked.recipient is not None:
        yield Link(said["every_recipient"], _address(visit, asked, recipient=""), False)


def _row(visit: Visit, one: Delivery, said: Mapping[str, str]) -> Row:
    language, notice = visit.language, visit.notice
    again = one.status is not Status.NO_ENDPOINT
    why = said.get(f"why.{one.error}", one.error or "")
    tries = said["tries"].format(count=formats.number(one.attempts, language))
    return Row(
        recipient=titles.recipient(one.recipient, notice, language),
        number=one.id,
        event=said.get(f"event.{one.event}", str(one.event)),
        subject=one.subject[:_SHORT],
        status=said[f"status.{one.status}"],
        kind=_KINDS.get(one.status, ""),
        why=f"{why} · {tries}" if why else tries,
        since=one.created_at,
        moment=formats.moment(one.created_at, language, notice.zone),
        what=f"{one.recipient}:{one.id}" if again else "",
    )


def _queue(visit: Visit, dead: Dead, said: Mapping[str, str]) -> Queue:
    count = 0 if dead.count is None else dead.count
    return Queue(
        name=said[f"queue.{dead.queue}"],
        what=dead.queue,
        count=formats.number(count, visit.language),
        unread=dead.count is None,
        letters=tuple(_letter(visit, one, said) for one in dead.letters),
    )


def _letter(visit: Visit, one: Letter, said: Mapping[str, str]) -> tuple[str, str, str]:
    whose = said["letter_other"]
    if one.ticket is not None:
        job, subject = one.ticket.job[:_SHORT], one.ticket.subject[:_SHORT]
        whose = said["letter_job"].format(job=job, subject=subject)
    return one.id, whose, formats.moment(one.since, visit.language, visit.notice.zone)
