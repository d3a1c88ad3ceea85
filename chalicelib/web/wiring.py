"""The kernel's providers of things that it must not import, such as the notice.

The functions call `wire` once, at import, with callables that run at the first need, so that a
function that never needs the notice never loads it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib import settings

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice
    from chalicelib.web.call import Call
    from chalicelib.web.idempotency import IdempotencyStore


SECOND_FACTOR_FIRST = "second-factor-first"
"""The type of the refusal of a session that has a role and was opened without a second factor."""


def _no_notice() -> Notice:
    raise RuntimeError("no notice provider is wired")


def _no_idempotency() -> IdempotencyStore:
    raise RuntimeError("no idempotency store is wired")


def _nobody(_: Call) -> None:
    raise RuntimeError("nothing is wired that recognises callers")


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the desk who opens a page of it.

    `acts` tells whether the role is that of those who act, `locale` the language of the account,
    `asks_again` whether acting asks for a code of the second factor first, since the session was
    without a request for too long.
    """

    subject: str
    acts: bool
    locale: str
    asks_again: bool = False


def _no_member(_session: str | None) -> Member:
    raise RuntimeError("nothing is wired that knows the members of the desk")


@dataclass(slots=True)
class Wiring:
    """Providers: the origins that CORS allows, the notice in force, the store of answers.

    `recognise` raises a Problem where the caller's session, key or role no longer works. `member`
    returns the member of the desk whose session a token is; it raises Unauthenticated without a
    session, NotFound for one without a role, and Forbidden (SECOND_FACTOR_FIRST) for one of a
    role that was opened without a second factor.
    """

    origins: Callable[[], Collection[str]] = settings.cors_origins
    notice: Callable[[], Notice] = _no_notice
    idempotency: Callable[[], IdempotencyStore] = _no_idempotency
    recognise: Callable[[Call], None] = _nobody
    member: Callable[[str | None], Member] = _no_member


_wiring = Wiring()


def wire(
    *,
    origins: Callable[[], Collection[str]] | None = None,
    notice: Callable[[], Notice] | None = None,
    idempotency: Callable[[], IdempotencyStore] | None = None,
    recognise: Callable[[Call], None] | None = None,
    member: Callable[[str | None], Member] | None = None,
) -> None:
    """Sets the providers that are given and keeps the others."""
    _wiring.origins = origins or _wiring.origins
    _wiring.notice = notice or _wiring.notice
    _wiring.idempotency = idempotency or _wiring.idempotency
    _wiring.recognise = recognise or _wiring.recognise
    _wiring.member = member or _wiring.member


def wired() -> Wiring:
    """Returns the providers in use."""
    return _wiring
