"""The choices of a browser, and what was written there, join the account that signs in there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib import clock, ids, logs
from chalicelib.catalogue import STORED
from chalicelib.consents import account_join
from chalicelib.consents.filings import FOLLOWING
from chalicelib.consents.model import Shown
from chalicelib.consents.service import context, filings, withdrawal
from chalicelib.consents.service.act import Act, put_standing, record
from chalicelib.consents.service.context import Loaded
from chalicelib.jobs import service as jobs
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.storage import keys, reads
from chalicelib.storage.attributes import still
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import guard, lifecycle, store
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import USABLE, Decided, Decision, Standing, entry_id
from chalicelib.subjects.store import StandingItem
from chalicelib.vault.store import DataKeyItem

PATIENCE = timedelta(seconds=1)
"""Time for which a sign-in waits for the join: the next sign-in finds the same browser again."""


@dataclass(frozen=True, slots=True)
class _Both:
    account: Loaded
    visitor: Standing | None
    wrote: bool


def join(subject: str, visitor: str, notice: Notice) -> str | None:
    """Takes the choices of a browser over into the account whose person just proved to be there.

    Refusals, and what concerns the browser itself; any other yes becomes a question. Messages that
    were written there follow by a job.

    `visitor` is the browser's token. Answers the token that the browser has to use from now on, so
    that whoever uses it next inherits nothing; None when it did not work out: then the browser
    keeps its token, and the next sign-in joins. One read; where something joins, also one KMS
    call and one transaction, on condition that neither side decided anything meanwhile.
    """
    try:
        patiently(lambda: _join_once(subject, visitor, notice), PATIENCE)
    except Exception as error:  # noqa: BLE001 - logged; who signed in is signed in
        # The session is made and its token has not been told yet: nothing may stand in its way.
        logs.failure("consents.not_joined", error)
        return None
    return ids.new_secret()


def _join_once(subject: str, token: str, notice: Notice) -> None:
    both, now = _read(subject, token, notice), clock.now()
    account, visitor = both.account.standing, both.visitor
    if account is None or visitor is None or not account.usable or visitor.erasing:
        return
    offered = account_join.offered(visitor)
    if not offered and not both.wrote:
        return
    taken, asked = account_join.joining(account, visitor, notice), list[JobItem]()
    asks = account_join.asking(account, visitor, notice)
    write = Transaction(notice)
    if taken or asks:
        act = Act(
            account_join.choices(taken),
            Shown(notice.version, notice.digest, account.locale, account_join.SOURCE),
            origins=account_join.origins(taken),
            provenance={"joined": _joined(visitor, taken, asks)},
            taken=taken,
            asks=asks,
        )
        recorded = record(write, both.account, account, act, notice, now)
        put_standing(write, account, recorded.standing, notice, now)
        asked = recorded.jobs
    elif both.wrote:
        lifecycle.require_account(write, subject, *USABLE)
    if offered:
        asked += _offer_once(write, visitor, notice, now)
    if both.wrote:
        asked.append(_follow(write, subject, visitor.subject, now))
    write.commit()
    for job in asked:
        jobs.send(job)


def _read(subject: str, token: str, notice: Notice) -> _Both:
    """Account and browser as they stood together. One call."""
    browser = context.visitor_subject(token)
    ending = withdrawal.places(subject, notice.purposes.keys(), notice)
    visitor, wrote, *found = reads.together(
        [
            subjects.standing_at(browser),
            (DataKeyItem, keys.subject(browser), STORED["message"].retention_class),
            *context.places(subject),
            *ending.values(),
        ]
    )
    account = context.loaded(subject, found, list(ending))
    standing = None if visitor is None else store.standing_of(visitor)
    return _Both(account, standing, wrote is not None)


def _follow(write: Transaction, subject: str, browser: str, now: datetime) -> JobItem:
    """Adds the job that moves what was written in a browser; returns it."""
    job = jobs.new_job(
        subject,
        account_join.QUEUE,
        account_join.JOIN_MESSAGES,
        browser,
        now,
        job_id=f"{account_join.JOIN_MESSAGES}.{browser}",
    )
    write.replace(job)
    return job


def _joined(
    visitor: Standing, taken: Mapping[str, Decided], asks: Mapping[str, Decided]
) -> dict[str, object]:
    """The sealed provenance of the account's entry: the browser, and its entry of each decision."""

    def entries(decisions: Mapping[str, Decided]) -> dict[str, str]:
        return {purpose: entry_id(visitor.subject, one.seq) for purpose, one in decisions.items()}

    joined: dict[str, object] = {"visitor": visitor.subject, "entries": entries(taken)}
    return {**joined, "asked": entries(asks)} if asks else joined


def _offer_once(
    write: Transaction, visitor: Standing, notice: Notice, now: datetime
) -> list[JobItem]:
    """Adds that an account was offered the browser's decisions: the next account is not.

    The condition is that the browser decided nothing meanwhile: a yes withdrawn there must not
    join. The browser's own yes ends with it: what was kept for it and does not follow goes, and
    recipients of data because of it are notified. A Query for each kind of such records.
    """
    pk, sk = store.standing_place(visitor.subject)
    write.update(
        StandingItem(pk=pk, sk=sk),
        actions=[StandingItem.offered.set(visitor.seq)],
        condition=(StandingItem.head == bytes.fromhex(visitor.head))
        & guard.unchanged(visitor)
        & still(StandingItem.offered, visitor.offered)
        & still(StandingItem.filings, visitor.filings)
        & store.same_disclosed(visitor),
        label="visitor",
    )
    after, purposes = replace(visitor, offered=visitor.seq), account_join.offered(visitor).keys()
    staying = replace(visitor, filed=visitor.filed - FOLLOWING)
    found = filings.read(staying, purposes, notice)
    asked = filings.set_dates(write, found, purposes, after, notice, now)
    if not visitor.disclosed:
        return asked
    from chalicelib.webhooks import service as webhooks

    offered = account_join.offered(visitor).items()
    ended = [purpose for purpose, decided in offered if decided.decision is Decision.GRANTED]
    kind = webhooks.Event.DECISION_CHANGED
    return asked + webhooks.notify(write, visitor, kind, notice, now, purposes=ended)
