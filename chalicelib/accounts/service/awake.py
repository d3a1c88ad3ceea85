"""Giving a code of the second factor again, in a session of the desk that was without a request."""

from chalicelib import clock
from chalicelib.accounts.service import second_factor
from chalicelib.jobs import service as jobs
from chalicelib.limits import service as limits
from chalicelib.limits import uses
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage import reads
from chalicelib.storage.transaction import ConditionFailed, Transaction


def prove(session: str | None, code: str | None, network: str, notice: Notice) -> None:
    """Uses a code up, after which the session acts at the desk again; nothing where it does anyway.

    Three BatchGetItem, one KMS call and one transaction. A wrong code counts as at sign-in. Raises
    Unauthenticated without a session, and for a code that is missing, wrong or used
    (`second-factor-needed`, `second-factor-wrong`); TooManyRequests.
    """
    now = clock.now()
    signed_in = sessions.authenticate(session, with_role=True)
    if signed_in.role is None or not signed_in.session.asks_again(now):
        return
    if code is None:
        raise second_factor.needed()
    subject = signed_in.subject
    attempt = limits.guess(signed_in.standing.claim or "", network, now).about(subject)
    tries = attempt.refuse_exhausted(reads.batch(attempt.places()))
    given = second_factor.give(subject, code, now)
    write = Transaction(notice)
    due = second_factor.accept(write, given, now)
    if due is None:
        raise second_factor.wrong(given, attempt, tries, notice, second_factor.refused())
    attempt.require(write, tries)
    uses.renew(write, signed_in.session.key, now, signed_in.session.expires_at)
    try:
        write.commit()
    except ConditionFailed as condition:
        raise (
            attempt.refusal(condition) or given.codes.refusal(condition) or second_factor.refused()
        ) from None
    for job in due:
        jobs.send(job)
