"""Finds people for the desk: by their address, their id, or one of their requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.accounts.service import addresses, claims
from chalicelib.audit import service as audit
from chalicelib.audit.model import Act, Action, Outcome
from chalicelib.desk.contract.search import MOST
from chalicelib.notices.model import Notice
from chalicelib.requests.model import Request
from chalicelib.requests.service import register
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Standing


@dataclass(frozen=True, slots=True)
class Found:
    """A person, and their requests."""

    standing: Standing
    requests: Sequence[Request]


def search(by: str, body: Mapping[str, Any], notice: Notice) -> list[Found]:
    """Finds a person for a member of the desk, whose subject is `by`; a list of one, or of none.

    The search is recorded, without what was searched for, before anybody is shown. By address one
    KMS call and one GetItem, by request one GetItem; GetItem of the standing and Query of the
    requests; one GetItem and one transaction of the audit. Raises Contention.
    """
    subject = _named(body)
    standing = None if subject is None else subjects.account_standing(subject)
    request = body.get("request") if standing is not None else None
    outcome = Outcome.NOT_FOUND if standing is None else Outcome.DONE
    known = None if standing is None else standing.subject
    audit.record(Act(by, Action.SUBJECT_SEARCHED, known, request, outcome), notice)
    if standing is None:
        return []
    return [Found(standing, register.requests_of(standing.subject, MOST))]


def _named(body: Mapping[str, Any]) -> str | None:
    """Returns the subject that a search leads to, or None."""
    subject: str | None = body.get("subject")
    if subject is not None:
        return subject
    if "request" in body:
        return register.find(body["request"])
    return claims.held_by(addresses.keyed(body["email"]))


__all__ = ["Found", "search"]
