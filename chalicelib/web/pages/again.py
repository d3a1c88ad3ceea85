"""The code of the second factor that a form of the desk needs after a time without a request.

The form then goes to an address of the sessions' function, which alone may use codes up, and from
there to its own (307, the same form again), with the outcome in the address: so no function of the
desk can open what proves people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from chalicelib.errors import Problem, TooManyRequests, Unauthenticated
from chalicelib.web.query import given

if TYPE_CHECKING:
    from chalicelib.web.pages.contract import PageOperation
    from chalicelib.web.pages.visit import Visit

OUTCOME: Final = "again"
"""The parameter of an address that says why a code was refused."""

WRONG: Final = "wrong"

_SECONDS = re.compile(r"[0-9]{1,6}")


def require(operation: PageOperation, visit: Visit, event: Mapping[str, Any]) -> None:
    """Raises why a form of the desk does not act yet, where its session lacks a code.

    Raises Unauthenticated (`code-again` without one, `wrong-code-again`) and TooManyRequests. The
    outcome in the address chooses among these; it never lets a form act.
    """
    member = visit.member
    if member is None or not member.asks_again or operation.own_code or operation.reads:
        return
    outcome = (given(event, OUTCOME) or [""])[0]
    if outcome == WRONG:
        raise Unauthenticated("The code is wrong, or was used.", type="wrong-code-again")
    if _SECONDS.fullmatch(outcome):
        raise TooManyRequests("Too many codes were wrong; wait.", retry_after=int(outcome))
    raise Unauthenticated("Send a code of the second factor too.", type="code-again")


def outcome_of(problem: Problem) -> str:
    """Returns what the address says of a refused code: WRONG, or the seconds to wait."""
    return str(problem.retry_after) if isinstance(problem, TooManyRequests) else WRONG


__all__ = ["OUTCOME", "WRONG", "outcome_of", "require"]
