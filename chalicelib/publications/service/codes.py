"""Checks the code of the second factor at publishing: right, used once, and not guessed."""

from datetime import datetime

from chalicelib.accounts.service import current_code
from chalicelib.errors import Problem, TooManyRequests
from chalicelib.publications import code_store
from chalicelib.sessions.model import SignedIn
from chalicelib.storage.transaction import ConditionFailed, Transaction


def require(write: Transaction, signed_in: SignedIn, code: str | None, now: datetime) -> None:
    """Adds the use of a code. One BatchGetItem, and one KMS call.

    Raises Unauthenticated without a code, and for a wrong one, which is counted; TooManyRequests
    when too many codes of this person were wrong in the last hour.
    """
    if code is None:
        raise current_code.needed()
    step = current_code.step_of(signed_in, code, now)
    if step is None:
        if not code_store.count(signed_in.subject, now):
            raise _exhausted(now)
        raise current_code.refused()
    code_store.use(write, signed_in.subject, step, now)


def refusal(condition: ConditionFailed, now: datetime) -> Problem | None:
    """Returns the refusal, if the code or its tries made a transaction fail; else None."""
    if code_store.TRIES in condition.labels:
        return _exhausted(now)
    return current_code.refused() if code_store.LABEL in condition.labels else None


def _exhausted(now: datetime) -> TooManyRequests:
    window = int(code_store.WINDOW.total_seconds())
    return TooManyRequests(
        "There were too many wrong codes; wait before the next one.",
        retry_after=window - int(now.timestamp()) % window,
    )
