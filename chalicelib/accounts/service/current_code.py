"""A code of the second factor asked for again, in a session that was opened with one.

For what a thief of a session must not be able to do. The code is used up in the very transaction
that does it, so that one code does one thing.
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.accounts.service import second_factor
from chalicelib.accounts.service.signin import failed
from chalicelib.errors import Forbidden
from chalicelib.jobs.store import JobItem
from chalicelib.limits import service as limits
from chalicelib.limits.service import Attempt
from chalicelib.notices.model import Notice
from chalicelib.sessions.model import SignedIn
from chalicelib.storage import reading
from chalicelib.storage.transaction import ConditionFailed, Transaction


@dataclass(frozen=True, slots=True)
class Given:
    """A code that was right; `mails` are to be sent after the commit."""

    attempt: Attempt
    mails: tuple[JobItem, ...]

    def refusal(self, condition: ConditionFailed) -> Exception | None:
        """What to raise, if it was the code or its tries that a transaction failed by."""
        if second_factor.KIND in condition.labels:
            return _wrong()
        return self.attempt.refusal(condition)


def require(
    write: Transaction,
    signed_in: SignedIn,
    code: str | None,
    network: str,
    notice: Notice,
    now: datetime,
) -> Given:
    """Adds that the code is used up. One BatchGetItem of the counters, one more, one KMS call.

    Raises Forbidden without a code (`second-factor-needed`) and for a wrong one (`wrong-code`),
    which is counted as at sign-in; TooManyRequests.
    """
    if code is None:
        raise Forbidden(
            "This needs a code of your second factor: send it too, as `code`.",
            type="second-factor-needed",
        )
    attempt = limits.guess(signed_in.standing.claim or "", network, now)
    tries = attempt.refuse_exhausted(reading.batch(attempt.places()))
    accepted = second_factor.accept(write, signed_in.subject, code, now)
    if accepted is None:
        raise failed(attempt, tries, notice, _wrong())
    attempt.require(write, tries)
    return Given(attempt, accepted.mails)


def _wrong() -> Forbidden:
    return Forbidden("The code is wrong, or was used already.", type="wrong-code")
