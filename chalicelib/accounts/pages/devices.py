"""The page of one's sessions, which people know as devices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.pages import formats
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.sessions.model import Session, SignedIn
from chalicelib.storage.pages import Page
from chalicelib.web.cursor import encode
from chalicelib.web.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Device:
    """A session as its person recognises it: the country's name, the network, the times."""

    id: str
    place: str
    network: str
    since: datetime
    until: date
    here: bool
    factor: bool


def devices_page(visit: Visit, signed_in: SignedIn, found: Page[Session]) -> str:
    """Returns the page with a part of the sessions; the one that asks is marked."""
    said = words("sessions", visit.language)
    later = ""
    if found.next is not None:
        later = visit.frame.to(visit.frame.path, cursor=encode({"id": found.next}))
    return render(
        "accounts/templates/devices.html.j2",
        visit.frame,
        said["title"],
        words=said,
        errors=visit.summary(),
        devices=[_device(one, signed_in, visit) for one in found.items],
        later=later,
        earlier=visit.frame.to(visit.frame.path) if visit.value("cursor") else "",
    )


def _device(session: Session, signed_in: SignedIn, visit: Visit) -> Device:
    opened = session.opened
    code = opened.approximate_place
    return Device(
        id=session.id,
        place="" if code is None else formats.country(code, visit.language),
        network=opened.ip_address or "",
        since=session.created_at,
        until=session.expires_at.astimezone(visit.notice.zone).date(),
        here=session.id == signed_in.session.id,
        factor=opened.second_factor,
    )
