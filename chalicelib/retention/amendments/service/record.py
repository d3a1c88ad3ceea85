"""Records what a version changes of rules, and begins the round that the records follow it by."""

from datetime import datetime

from chalicelib.jobs.rounds import service as rounds
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice
from chalicelib.retention.amendments import model, store
from chalicelib.retention.amendments.model import Amendments
from chalicelib.retention.amendments.service.dates import RESCHEDULE
from chalicelib.retention.amendments.service.obedience import amended_after
from chalicelib.storage.transaction import Transaction


def record(write: Transaction, before: Notice, notice: Notice, now: datetime) -> None:
    """Adds what a version changes of rules, in the transaction that publishes it.

    From its first moment in force on the sweep knows by it which rules do not apply yet, whoever
    published it and whether or not anybody simulated it. Nothing where dates need not follow. A
    GetItem of the version in force's own record, unless this process knows that all of it applies.
    """
    amendments = of(before, notice, now)
    if amendments.rules:
        store.put_new(write, amendments)


def begin(write: Transaction, before: Notice, notice: Notice, now: datetime) -> list[JobItem]:
    """Adds the round by which the records there are follow a version that took effect.

    Returns the job to be sent after the commit; none where no date moves. A version that an earlier
    release published has no record yet and gets one. Two GetItems.
    """
    known = store.get_amendments(notice.version)
    if known is None:
        known = of(before, notice, now)
        if known.rules:
            store.put_new(write, known)
    if not any(one.changes != {model.Change.SURVIVES} for one in known.rules.values()):
        return []
    return [rounds.begin(write, notice.version, RESCHEDULE, before.version, notice, now)]


def of(before: Notice, notice: Notice, now: datetime) -> Amendments:
    """Returns what a version changes of the rules that the records go by now."""
    found = amended_after(before, notice)
    return model.recorded(notice.version, before.version, found, now)


def find(version: str) -> Amendments | None:
    """Returns what a version changes of rules, or None. One GetItem."""
    return store.get_amendments(version)
