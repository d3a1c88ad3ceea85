"""The page of the audit: views and acts of the desk, and whether all is as it was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.audit.contract import place
from chalicelib.audit.model import Action, Outcome
from chalicelib.desk.paths import AUDIT, ONE, PERSON
from chalicelib.errors import BadRequest, Finding
from chalicelib.pages import formats
from chalicelib.pages.navigation import DESK
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.web.cursor import encode

if TYPE_CHECKING:
    from chalicelib.audit.model import Entry
    from chalicelib.audit.service import Recent
    from chalicelib.web.pages.visit import Visit

FIELDS = ("by", "subject", "request", "action", "from", "to")
"""The fields of the filter, in the order of the page."""

_SHORT = 8
"""Characters of an id or a hash in the list; links hold the whole of an id."""


@dataclass(frozen=True, slots=True)
class Row:
    """An entry: its number and hash, when, by whom, what, and the links of what it is about."""

    number: str
    at: datetime
    moment: str
    by: tuple[str, str]
    action: str
    about: tuple[tuple[str, str, str], ...]


def audit_page(visit: Visit, found: Recent) -> str:
    """Returns a page of entries, newest first, with whether they are as they were written."""
    said = words("desk_reports", visit.language)
    last = found.last
    return _page(
        visit,
        rows=[_row(visit, said, one) for one in found.entries],
        checked=_checked(found, said, visit.language),
        fault=found.fault is not None,
        nothing=said["audit_none_older" if last else "audit_none"],
        older="" if last is None else _older(visit, last),
        beyond=_beyond(visit, said),
    )


def refused_page(visit: Visit, findings: tuple[Finding, ...]) -> str:
    """Returns the page with the reasons why a filter is none, and without entries."""
    problem = BadRequest("The filter is none.", type="validation", findings=findings)
    typed = {name: visit.value(name) for name in FIELDS}
    shown = visit.shown_again(problem, typed, replace(visit.frame, query={}))
    return _page(shown, rows=[], checked="", fault=False, nothing="", older="", beyond=())


def _page(visit: Visit, **values: object) -> str:
    said = words("desk_reports", visit.language)
    labels = {name: said[f"audit_{name}"] for name in FIELDS}
    actions = sorted((_action(str(one), said), str(one)) for one in Action)
    return render(
        "desk/templates/audit.html.j2",
        visit.frame,
        said["audit"],
        words=said,
        area="desk",
        tabs=DESK,
        errors=visit.summary(*FIELDS, labels=labels),
        visit=visit,
        own=visit.frame.to(AUDIT),
        hidden={"lang": visit.language} if visit.frame.asked else {},
        labels=labels,
        actions=[("", said["audit_any"]), *((name, text) for text, name in actions)],
        chosen=any(visit.value(name) for name in FIELDS),
        **values,
    )


def _older(visit: Visit, last: Entry) -> str:
    """Returns the address of the entries before one, by the same filter."""
    kept = {name: visit.value(name) for name in FIELDS}
    return visit.frame.to(AUDIT, **kept, cursor=encode(place(last.at, last.seq)))


def _row(visit: Visit, said: Mapping[str, str], entry: Entry) -> Row:
    stored = entry.hash if entry.stored is None else entry.stored
    action = _action(entry.action, said)
    if entry.outcome != Outcome.DONE:
        outcome = said.get(f"outcome.{entry.outcome}", entry.outcome)
        action = f"{action} ({outcome})"
    about = (
        ("about_person", "subject", entry.subject),
        ("about_request", "request", entry.request),
    )
    return Row(
        number=f"{entry.seq} · {stored[:_SHORT]}",
        at=entry.at,
        moment=formats.moment(entry.at, visit.language, visit.notice.zone, precise=True),
        by=(entry.by[:_SHORT], visit.frame.to(AUDIT, by=entry.by)),
        action=action,
        about=tuple(
            (said[label], one[:_SHORT], visit.frame.to(AUDIT, **{name: one}))
            for label, name, one in about
            if one is not None
        ),
    )


def _action(name: str, said: Mapping[str, str]) -> str:
    """Returns an action in words; its code where this release has none for it."""
    return said.get(f"action.{name}", name)


def _checked(found: Recent, said: Mapping[str, str], language: str) -> str:
    """Returns whether the entries that were looked at are as they were written, in words."""
    if found.fault is not None:
        return said["audit_fault"].format(number=found.fault)
    if not found.looked:
        return ""
    return said["audit_whole"].format(
        first=found.looked[-1].seq,
        last=found.looked[0].seq,
        count=formats.number(len(found.looked), language),
    )


def _beyond(visit: Visit, said: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """Returns the pages of the person and of the request that the filter names."""
    named = (("subject", PERSON, "open_person"), ("request", ONE, "open_request"))
    return [
        (visit.frame.to(path.format(id=visit.value(name))), said[text])
        for name, path, text in named
        if visit.value(name)
    ]
