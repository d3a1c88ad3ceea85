"""Finds people for the desk: by their address, their id, or one of their requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.accounts.service import addresses, claims
from chalicelib.audit import service as audit
from chalicelib.audit.model import Act, Action, Outcome
from chalicelib.desk.contract.search import MOST
from chalicelib.holds import service as holds
from chalicelib.notices.model import Notice
from chalicelib.requests.machine import Status
from chalicelib.requests.model import Request
from chalicelib.requests.service import register
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Kind, Life, Standing


@dataclass(frozen=True, slots=True)
class Found:
    """A person, and their requests.

    Somebody without an account is known by a request alone: its partition is their subject.
    """

    subject: str
    kind: Kind
    life: Life
    restricted: bool
    held: bool
    requests: Sequence[Request]


def search(by: str, body: Mapping[str, Any], notice: Notice) -> list[Found]:
    """Finds people for a member of the desk, whose subject is `by`.

    `body` is that of the operation, or has the member `number`: the id of a person or of a request,
    whichever it is.

    There is one at most, save by an address with requests from without an account, which are one
    each. The search is recorded, without what was searched for, before anybody is shown, with the
    first of those who are found. By address one KMS call, one GetItem, and a Query and BatchGetItem
    of such requests, by request one GetItem; GetItem of the standing, Query of the requests, and of
    the holds where its flag says that there are some, and of each who has no account; one GetItem
    and one transaction of the audit. Raises Contention.
    """
    if "number" in body:
        body, found = _by_number(body["number"], notice)
    else:
        found = _by_address(body["email"], notice) if "email" in body else _by_id(body, notice)
    outcome, known = (Outcome.DONE, found[0].subject) if found else (Outcome.NOT_FOUND, None)
    request = body.get("request") if found else None
    audit.record(Act(by, Action.SUBJECT_SEARCHED, known, request, outcome), notice)
    return found


def _by_number(number: str, notice: Notice) -> tuple[Mapping[str, Any], list[Found]]:
    """Returns whom a number leads to, a person's or a request's, and the body that found them."""
    subject = {"subject": number}
    found = _by_id(subject, notice)
    if found:
        return subject, found
    request = {"request": number}
    return request, _by_id(request, notice)


def _by_address(email: str, notice: Notice) -> list[Found]:
    """Returns the account that holds an address, and who asked with the address alone."""
    mac = addresses.keyed(email)
    held = claims.held_by(mac)
    standing = None if held is None else subjects.account_standing(held)
    accounts = [] if standing is None else [_account(standing, notice)]
    contacts = register.of_contact(mac, MOST - 1, notice)
    return accounts + [_contact(subject, request) for subject, request in contacts]


def _by_id(body: Mapping[str, Any], notice: Notice) -> list[Found]:
    subject = body["subject"] if "subject" in body else register.find(body["request"])
    standing = None if subject is None else subjects.account_standing(subject)
    if standing is not None:
        return [_account(standing, notice)]
    own = [] if subject is None else register.requests_of(subject, 1, notice)
    return [_contact(one.id, one) for one in own if one.id == subject]


def _account(standing: Standing, notice: Notice) -> Found:
    return Found(
        standing.subject,
        standing.kind,
        standing.life,
        standing.restricted,
        bool(holds.held_beside(standing)),
        register.requests_of(standing.subject, MOST, notice),
    )


def _contact(subject: str, request: Request) -> Found:
    proven = request.status is not Status.AWAITING_VERIFICATION
    life = Life.ACTIVE if proven else Life.PENDING
    held = bool(holds.held(subject))
    return Found(subject, Kind.CONTACT, life, restricted=False, held=held, requests=[request])


__all__ = ["Found", "search"]
