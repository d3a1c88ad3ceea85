"""Asking who is signed in for the password again, before what a thief of a session would do."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.accounts import passwords, store
from chalicelib.accounts.second_factor import RecoveryCodeUsed
from chalicelib.accounts.service import second_factor
from chalicelib.accounts.service.claims import holder
from chalicelib.accounts.service.signin import failed
from chalicelib.accounts.store import ClaimItem
from chalicelib.errors import Forbidden, Unauthenticated
from chalicelib.jobs.store import JobItem
from chalicelib.limits import service as limits
from chalicelib.limits.service import Attempt
from chalicelib.notices.model import Notice
from chalicelib.sessions.model import SignedIn
from chalicelib.storage import reads
from chalicelib.storage.transaction import ConditionFailed, Transaction


@dataclass(frozen=True, slots=True)
class Proven:
    """The right password of a signed-in account, with the claim that it belongs to.

    `attempt` and `tries` count what else is guessed, such as a second factor.
    """

    claim: ClaimItem
    attempt: Attempt
    tries: int

    def require(self, write: Transaction) -> None:
        """Adds the condition that a try was left, so that guessing in parallel gains nothing."""
        self.attempt.forgive(write, self.tries)

    def use_code(
        self, write: Transaction, code: str | None, now: datetime, notice: Notice
    ) -> tuple[JobItem, ...]:
        """Adds that a code of the second factor is used up, where the account has one; its mails.

        A session or a password alone is not enough to change what opens the account.
        Raises Unauthenticated for a code that is missing or wrong, which is counted, and
        TooManyRequests.
        """
        if not self.claim.second_factor:
            return ()
        if code is None:
            raise second_factor.needed()
        given = second_factor.give(self.claim.subject, code, now)
        accepted = second_factor.accept(write, given, now)
        if accepted is None:
            refused = second_factor.refused()
            raise second_factor.wrong(given, self.attempt, self.tries, notice, refused)
        return accepted

    def check_code(self, code: str | None, now: datetime, notice: Notice) -> None:
        """Checks a code of the second factor without using it up, where the account has one.

        It is for a caller that may write nothing that opens a door. A recovery code, which works
        once, is refused. Raises Unauthenticated for a code that is missing or wrong, which is
        counted, and TooManyRequests.
        """
        if not self.claim.second_factor:
            return
        if code is None:
            raise second_factor.needed()
        given = second_factor.give(self.claim.subject, code, now)
        if given.used is None:
            refused = second_factor.refused()
            raise second_factor.wrong(given, self.attempt, self.tries, notice, refused)
        if isinstance(given.used, RecoveryCodeUsed):
            raise second_factor.refused()

    def refusal(self, condition: ConditionFailed) -> Exception:
        """Returns the problem of a failed transaction: too many tries, or the account changed."""
        codes = limits.factor(self.claim.subject, self.attempt.now)
        if second_factor.KIND in condition.labels:
            return second_factor.refused()
        return (
            self.attempt.refusal(condition)
            or codes.refusal(condition)
            or Unauthenticated("The account has changed meanwhile; sign in again.")
        )


def prove(
    signed_in: SignedIn, password: str, network: str, notice: Notice, now: datetime
) -> Proven:
    """Checks the password of who is signed in. One read, and one write, be it right or wrong.

    A wrong one is counted; that one is right is only told while a try is left, so that guessing
    in parallel gains nothing. Raises Forbidden (wrong password) and TooManyRequests.
    """
    mac = signed_in.standing.claim or ""
    attempt = limits.guess(mac, network, now).about(signed_in.subject)
    found, *counters = reads.batch([(ClaimItem, *store.claim_place(mac)), *attempt.places()])
    claim = holder(found)
    tries = attempt.refuse_exhausted(counters)
    right = passwords.is_password(None if claim is None else claim.password_hash, password)
    if claim is None or claim.subject != signed_in.subject or not right:
        wrong = Forbidden("The password is not right.", type="wrong-password")
        raise failed(attempt, tries, notice, wrong)
    write = Transaction(notice)
    attempt.require(write, tries)
    try:
        write.commit()
    except ConditionFailed as condition:
        raise attempt.refusal(condition) or condition from None
    return Proven(claim, attempt, tries)
