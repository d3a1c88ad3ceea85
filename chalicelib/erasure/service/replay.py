"""Does erasures again after a restore, exactly as the log says, one entry after the other.

All that stayed stays, all that went goes once more, and nobody else is touched or told. A replay
may be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from chalicelib import logs
from chalicelib.erasure import store
from chalicelib.erasure.service import log, partial, removal
from chalicelib.holds import service as holds
from chalicelib.jobs import service as jobs
from chalicelib.kinds.registry import Registry
from chalicelib.notices import erasure as plans
from chalicelib.notices import service as notices
from chalicelib.notices.erasure import Part, Plan
from chalicelib.notices.model import Notice
from chalicelib.requests.model import ERASE
from chalicelib.requests.service import erasures
from chalicelib.storage import keys, partition
from chalicelib.storage.contention import patiently
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import burial, lifecycle
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Erasure


@dataclass(frozen=True, slots=True)
class Replayed:
    """The counts of a replay: subjects of which something was there again, and its records."""

    subjects: int
    records: int


def replay(since: date, kinds: Registry) -> Replayed:
    """Does all erasures of a day and later again, in the order of the log.

    Returns what was there again. Holds have to be restored before, since they keep records.
    """
    removed: dict[str, int] = {}
    for entry in store.entries_since(since):
        step = _STEPS[entry.get("step", "")]
        count = step(entry, kinds)
        if count:
            removed[entry["subject"]] = removed.get(entry["subject"], 0) + count
    found = Replayed(len(removed), sum(removed.values()))
    logs.log("retention.replayed", erased=found.subjects, count=found.records)
    return found


def _whole(entry: Mapping[str, Any], kinds: Registry) -> int:
    """Does an erasure again that left nothing: of a message, or of an earlier release."""
    return removal.remove_all(entry["subject"], kinds)


def _begun(entry: Mapping[str, Any], kinds: Registry) -> int:
    """Removes again what an erasure removed; the standing is marked, and the request goes on."""
    subject, request = entry["subject"], entry["request"]
    notice, at = notices.version(entry["notice_version"]), _moment(entry["erased_at"])
    erasure = Erasure(
        entry["rule"], at, request, entry["notice_version"], {}, frozenset(entry["kept"])
    )
    patiently(lambda: _mark(subject, request, erasure, notice))
    erasures.cancel_others(subject, request, notice, at)
    erasures.remove_bodies(subject)
    found = len(removal.destroy(subject, entry["kept"]))
    kept = _logged(entry, notice, subject)
    return found + removal.remove(subject, entry["kept"], kept, kinds)


def _mark(subject: str, request: str | None, erasure: Erasure, notice: Notice) -> None:
    standing = subjects.account_standing(subject)
    write = Transaction(notice)
    writes = False
    if request is not None:
        item, _ = erasures.read(subject, request)
        if item is not None and erasures.waits(item) and erasures.began_at(item) is None:
            erasures.begin(write, item, notice, erasure.since)
            writes = True
    if standing is not None and not standing.erasing:
        burial.mark(write, standing, erasure)
        writes = True
    if writes:
        write.commit()


def _closed(entry: Mapping[str, Any], _kinds: Registry) -> int:
    """Puts the tombstone there again, closes the request once more, and removes its job."""
    subject, request = entry["subject"], entry["request"]
    return patiently(lambda: _close(subject, request, entry))


def _close(subject: str, request: str | None, entry: Mapping[str, Any]) -> int:
    standing, at = subjects.account_standing(subject), _moment(entry["closed_at"])
    notice = notices.current()
    write, writes = Transaction(notice), False
    if request is not None:
        item, _ = erasures.read(subject, request)
        if item is not None and erasures.waits(item):
            erasures.complete_again(write, item, entry["receipt"], notice, at)
            jobs.forget(write, subject, ERASE)
            writes = True
    if standing is not None and standing.erasing and not standing.erased:
        burial.bury(write, standing, log.until_in(dict(entry)))
        writes = True
    if writes:
        write.commit()
    return int(writes)


def _ended(entry: Mapping[str, Any], kinds: Registry) -> int:
    """Removes again the records that ended later, and changes or removes the tombstone."""
    subject, gone = entry["subject"], set(entry["records"])
    found = len(removal.destroy(subject, entry["kept"]))
    over = [one for one in partition.read(keys.subject(subject)) if one.sk in gone]
    found += removal.remove_these(subject, over, kinds)
    stays = log.until_in(dict(entry))
    stone = burial.tombstone_of(subject)
    if stone is not None and (dict(stone.stays) != stays):
        write = Transaction(notices.current())
        burial.renew(write, stone, stays)
        write.commit()
    return found


def _part(entry: Mapping[str, Any], kinds: Registry) -> int:
    """Erases categories again, unless they were: later revisions of a profile are left alone.

    The entry that closes it has the account's revision after it, and one that begins it the
    revision before.
    """
    subject, known, at = entry["subject"], entry["revision"], _moment(entry["erased_at"])
    standing = subjects.account_standing(subject)
    over = entry["step"] == log.PART_CLOSED
    if known is None or standing is None or standing.erasing:
        return patiently(lambda: _answer(entry, None)) if over else 0
    if standing.revision > known - over:
        return 0
    notice = notices.version(entry["notice_version"])
    part = plans.part(notice, entry["categories"], held=holds.held(subject))
    part = replace(part, plan=_staying(part.plan, entry), erased=frozenset(entry["categories"]))
    patiently(lambda: _begin_part(entry, notice, at))
    found = patiently(lambda: _remove_part(subject, part, kinds))
    found += patiently(lambda: _end_consents(subject, entry["withdrawn"], at, notice))
    if over:
        found += patiently(lambda: _answer(entry, known))
    return found


def _remove_part(subject: str, part: Part, kinds: Registry) -> int:
    return removal.remove_part(subject, part, kinds, subjects.account_standing(subject))


def _begin_part(entry: Mapping[str, Any], notice: Notice, at: datetime) -> None:
    """Begins an erasure of categories again, so that its request can be closed."""
    item, _ = erasures.read(entry["subject"], entry["request"])
    if item is None or not erasures.is_partial(item) or erasures.began_at(item) is not None:
        return
    write = Transaction(notice)
    erasures.begin(write, item, notice, at)
    write.commit()


def _end_consents(subject: str, withdrawn: Sequence[str], at: datetime, notice: Notice) -> int:
    """Ends the consents again that ended with their data; one that was given later stands."""
    standing = subjects.account_standing(subject)
    if standing is None or standing.erasing:
        return 0
    stand = partial.ending(standing, withdrawn)
    earlier = [one for one in stand if standing.decisions[one].at <= at]
    if not earlier:
        return 0
    write = Transaction(notice)
    partial.end_consents(write, subjects.completed(standing), earlier, notice, at)
    write.commit()
    return len(earlier)


def _answer(entry: Mapping[str, Any], revision: int | None) -> int:
    """Closes the request of an erasure of categories once more, with the account's revision."""
    subject, request, at = entry["subject"], entry["request"], _moment(entry["closed_at"])
    notice = notices.current()
    write, writes = Transaction(notice), False
    item, standing = erasures.read(subject, request)
    if item is not None and erasures.is_partial(item):
        erasures.answer_again(write, item, entry["receipt"], notice, at)
        jobs.forget(write, subject, ERASE)
        writes = True
    if revision is not None and standing is not None and not standing.erasing:
        lifecycle.begin_revision(write, standing, None, standing, to=revision)
        writes = True
    if writes:
        write.commit()
    return int(writes)


def _logged(entry: Mapping[str, Any], notice: Notice, subject: str) -> Plan:
    """Returns the plan that an entry logged, by its version, with the holds of now."""
    return _staying(plans.plan(notice, entry["rule"], held=holds.held(subject)), entry)


def _staying(found: Plan, entry: Mapping[str, Any]) -> Plan:
    """Returns a plan in which the kinds stay that an entry names."""
    stays = {kind: found.stays[kind] for kind in entry["stays"] if kind in found.stays}
    return replace(found, stays=stays)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


_STEPS: Final[Mapping[str, Callable[[Mapping[str, Any], Registry], int]]] = {
    "": _whole,
    log.WHOLE: _whole,
    log.BEGUN: _begun,
    log.CLOSED: _closed,
    log.ENDED: _ended,
    log.PART_BEGUN: _part,
    log.PART_CLOSED: _part,
}
"""The step of an entry -> what does it again; entries of earlier releases name none."""
