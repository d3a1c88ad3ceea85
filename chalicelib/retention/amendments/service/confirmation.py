"""The second yes to a rule that would erase very many records at once, and how far a round came."""

from dataclasses import dataclass
from typing import Final

from chalicelib import clock, logs
from chalicelib.audit import service as audit
from chalicelib.audit.model import Act, Action
from chalicelib.errors import Conflict, NotFound
from chalicelib.jobs import service as jobs
from chalicelib.jobs.rounds import service as rounds
from chalicelib.jobs.rounds.model import Round
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.notices.service.publication import Declaring
from chalicelib.retention.amendments import model, store
from chalicelib.retention.amendments.model import Amendments, Key, Status
from chalicelib.retention.amendments.service.dates import RESCHEDULE
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import Transaction

_NOTHING: Final = "This version has no such rule that waits for a second yes."
_PAST: Final = "This version is not in force: what it would erase is not decided any more, or yet."
_COUNTING: Final = "The records of this rule are still being counted."
_OTHER: Final = "It erases another number at once than the one that was confirmed: look again."


@dataclass(frozen=True, slots=True)
class Progress:
    """The changes of rules by a version, and the round that moves dates; None before it begins."""

    amendments: Amendments
    round: Round | None


def progress(version: str) -> Progress | None:
    """Returns how far the records follow a version; None where no date moves. Two GetItems."""
    known = store.get_amendments(version)
    return None if known is None else Progress(known, rounds.find(version, RESCHEDULE))


def confirm(by: str, version: str, rule: str, erases: int, notice: Notice) -> Progress:
    """Says yes to what a rule of the version in force erases at once, for a member of the desk.

    `by` is their subject, and `erases` the number that they were told: another one is refused, so
    that nobody says yes to what they did not see. The rule applies from then on, and a round moves
    the dates of its records. The same again changes nothing. Three GetItems, one of the head of the
    audit, and one transaction of record, round, job and audit. Raises NotFound where no such rule
    waits; Conflict for a version that is not in force (`too-late`), for a rule that is still
    counted (`not-ready`), for another number; Contention.
    """
    return patiently(lambda: _confirmed(by, version, rule, erases, notice))


def _confirmed(by: str, version: str, rule: str, erases: int, notice: Notice) -> Progress:
    known = store.get_amendments(version)
    key = None if known is None else _key(known, rule)
    if known is None or key is None:
        raise NotFound(_NOTHING)
    one = known.rules[key]
    if one.confirmed_at is not None and one.at_once == erases:
        return Progress(known, rounds.find(version, RESCHEDULE))
    if one.status is Status.APPLIES:
        raise NotFound(_NOTHING)
    if notices.current().version != version:
        raise Conflict(_PAST, type="too-late")
    if one.status is Status.COUNTING:
        raise Conflict(_COUNTING, type="not-ready")
    if one.at_once != erases:
        raise Conflict(_OTHER)
    now, write = clock.now(), Transaction(Declaring(notice))
    after = model.confirmed(known, key, now)
    store.put_changed(write, known, after)
    job = rounds.begin(write, version, RESCHEDULE, known.before, notice, now)
    audit.append(write, Act(by, Action.RULE_CONFIRMED), notice, now)
    write.commit()
    logs.log("retention.confirmed", notice_version=version, rule=rule, count=erases)
    jobs.send(job)
    return Progress(after, rounds.find(version, RESCHEDULE))


def _key(known: Amendments, rule: str) -> Key | None:
    return next((key for key, one in known.rules.items() if one.rule == rule), None)
