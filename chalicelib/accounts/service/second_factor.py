"""The second factor where a code of it is asked for: at sign-in, and before it is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib import traces
from chalicelib.accounts import second_factor as rules
from chalicelib.accounts import second_factor_store as store
from chalicelib.accounts.second_factor import CONFIRMED, Factor, RecoveryCodeUsed, Used
from chalicelib.accounts.second_factor_store import SecondFactorItem
from chalicelib.accounts.service import mails
from chalicelib.accounts.service.contents import account_key_at
from chalicelib.errors import Problem, TooManyRequests, Unauthenticated
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.limits import service as limits
from chalicelib.limits.service import Attempt, FactorAttempt
from chalicelib.notices.model import Notice
from chalicelib.storage import reads
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem

KIND = SecondFactorItem.KIND
"""The label of a second factor's condition in a transaction."""

_RACES = 10
"""Most tries to count a wrong code that meets other writes: those of several accounts can meet."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A second factor as it was read, and opened."""

    item: SecondFactorItem
    factor: Factor


@dataclass(frozen=True, slots=True)
class Given:
    """A code that came with the right password: what it uses up, None when it is wrong.

    `codes` is the strict count of the account's wrong codes.
    """

    codes: FactorAttempt
    enrolled: Enrolled | None
    used: Used | None


@dataclass(frozen=True, slots=True)
class Stands:
    """A second factor that is on: since when, and how many recovery codes are left."""

    since: datetime
    recovery: int


def stands(subject: str) -> Stands | None:
    """Returns the second factor of a subject; None where it is off. One BatchGetItem."""
    (item,) = reads.batch([(SecondFactorItem, *store.second_factor_place(subject))])
    if item is None or item.status != CONFIRMED:
        return None
    return Stands(item.created_at, len(item.recovery or ()))


def needed() -> Unauthenticated:
    """Returns the refusal of a sign-in without a code, once its password was right."""
    return Unauthenticated(
        "This account has a second factor: send a code of it too, as `code`.",
        type="second-factor-needed",
    )


def refused() -> Unauthenticated:
    """Returns the refusal of a sign-in with a wrong code, once its password was right."""
    return Unauthenticated(
        "The code of the second factor is wrong, or was used already.",
        type="second-factor-wrong",
    )


def give(subject: str, code: str, now: datetime) -> Given:
    """Judges a code of a subject's second factor. One BatchGetItem, and one KMS call.

    Raises TooManyRequests when too many codes of the account were wrong lately.
    """
    codes = limits.factor(subject, now)
    item, key, counter = reads.batch([*places(subject), codes.place])
    codes = codes.read(counter)
    confirmed = item is not None and item.status == CONFIRMED
    enrolled = opened(item, key) if confirmed else None
    used = None if enrolled is None else rules.use(enrolled.factor, code, now)
    return Given(codes, enrolled, used)


def accept(write: Transaction, given: Given, now: datetime) -> tuple[JobItem, ...] | None:
    """Adds that a code is used up, if it is right; the mails to be sent after the commit.

    None for a code that is wrong or was used. The transaction fails if the code is used elsewhere
    at the same moment, so the act that it allows has to be written in the same one.
    """
    enrolled, used = given.enrolled, given.used
    if enrolled is None or used is None:
        return None
    given.codes.require(write)
    write.update(enrolled.item, store.usage(used), store.unused(enrolled.item, used))
    if not isinstance(used, RecoveryCodeUsed):
        return ()
    left = str(used.left)
    return (mails.ask(write, given.codes.subject, mails.RECOVERY_CODE_USED, left, now),)


def wrong(
    given: Given, attempt: Attempt, tries: int, notice: Notice, refusal: Problem
) -> Exception:
    """Counts a wrong code, and returns the problem to raise. One transaction.

    The account's owner gets a mail about the fifth one, since its sender knows the password. Where
    other codes are counted at the same moment, the count is read and sent again.
    """
    codes = given.codes
    for _ in range(_RACES):
        write, told = Transaction(notice), list[JobItem]()
        attempt.count(write, tries)
        codes.count(write)
        if codes.tells:
            told.append(mails.ask(write, codes.subject, mails.CODES_GUESSED, "", codes.now))
        try:
            write.commit()
        except ConditionFailed as condition:
            beyond = attempt.refusal(condition)
            if beyond is not None:
                return beyond
        else:
            for job in told:
                jobs.send(job)
            traces.refused("wrong_code", traces.CODE, attempt.network, codes.subject)
            return refusal
        (counter,) = reads.batch([codes.place])
        try:
            codes = codes.read(counter)
        except TooManyRequests as exhausted:
            return exhausted
    return codes.beyond()


def places(subject: str) -> Sequence[Place]:
    """Returns the places of a second factor and its data key, for reading them with others."""
    return (SecondFactorItem, *store.second_factor_place(subject)), account_key_at(subject)


def opened(item: SecondFactorItem, key: DataKeyItem | None) -> Enrolled | None:
    """A second factor of items that were read; None when its key was erased. One KMS call."""
    return None if key is None else Enrolled(item, store.factor_of(item, vault.open_key(key)))
