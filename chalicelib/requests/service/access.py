"""Tells whose request a caller may see: by a session, or by the token of that one request."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

from chalicelib import clock
from chalicelib.consents.service.context import visitor_subject
from chalicelib.errors import Unauthenticated
from chalicelib.requests import store
from chalicelib.sessions import service as sessions

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice
    from chalicelib.requests.store import RequestItem
    from chalicelib.sessions.model import Token
    from chalicelib.subjects.model import Standing

VALID: Final = timedelta(days=30)
"""The time after the answer until which the token of a request opens it."""


IN_BROWSER: Final = timedelta(days=1)
"""The longest time for which a browser keeps the token of a request; its person may close it."""

TOKENS_MAX: Final = 5
"""The most tokens of a request that work at a time."""


class Owner(Protocol):
    """A person who acts on their request, and its partition; `standing` is None without account."""

    @property
    def subject(self) -> str:
        """The subject in whose partition the request lies."""

    @property
    def standing(self) -> Standing | None:
        """The standing of the account."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A person without an account, who has the token of a request, or that of a browser."""

    subject: str
    standing: Standing | None = None


def owner(bearer: str | None, request_id: str, visitor: str | None = None) -> Owner:
    """Returns the person of a session, or of the token of this request; else the browser.

    The token of a browser counts alone, and needs no call: its requests lie under its hash. One
    GetItem for a token, one BatchGetItem for a session. Raises Unauthenticated, also for the token
    of another request.
    """
    if bearer is None and visitor is not None:
        return Bearer(visitor_subject(visitor))
    token = sessions.read_token(bearer)
    if token.subject == request_id:
        _require(token, store.get_request(request_id, request_id))
        return Bearer(request_id)
    return sessions.authenticate(bearer)


def seconds(notice: Notice) -> int:
    """Returns for how long a browser keeps the token of a request: no longer than a session."""
    return int(min(sessions.lasts(notice) or IN_BROWSER, IN_BROWSER).total_seconds())


def recognise(bearer: str | None) -> None:
    """Raises Unauthenticated for a bearer token that opens neither a request nor an account.

    One GetItem for the token of a request, and a TransactGetItems more for a session.
    """
    token = sessions.read_token(bearer)
    item = store.get_request(token.subject, token.subject)
    if item is not None:
        _require(token, item)
    else:
        sessions.authenticate_and_read(bearer, lambda _: (), at_one_instant=True)


def with_token(item: RequestItem, token: Token) -> str:
    """Returns the fingerprints of a request's tokens with that of a new one, which comes first.

    The last ones go on to work: each proof of the mailbox gives one, and the person may use any.
    """
    return " ".join([token.fingerprint, *(item.token or "").split()][:TOKENS_MAX])


def _is_one_of(fingerprint: str, known: str) -> bool:
    """Tells whether a fingerprint is in a row of them, in a time that says nothing of them."""
    matches = [hmac.compare_digest(fingerprint, one) for one in known.split() or ("",)]
    return any(matches)


def _require(token: Token, item: RequestItem | None) -> None:
    expected = "" if item is None or item.token is None else item.token
    if not _is_one_of(token.fingerprint, expected):
        raise Unauthenticated(sessions.NO_SESSION)
    closed_at = None if item is None else item.completed_at
    if closed_at is not None and closed_at + VALID <= clock.now():
        raise Unauthenticated("The request was closed more than 30 days ago; write to the contact.")
