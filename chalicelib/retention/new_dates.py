"""Applies shorter retention: records get the due date that the version in force gives them."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from chalicelib.jobs.rounds.model import Deferred, Round, Visited
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice, RetentionRule
from chalicelib.storage import due
from chalicelib.storage.due import Due

RESCHEDULE = "reschedule"
PAGE = 100


def reschedule(stands: Round, entries: Sequence[Due]) -> Visited | Deferred:
    """Moves the dates of a page's items that are later than the version's. One UpdateItem each.

    A date is counted from the event in the index; the sweep looks at the record itself before it
    acts, so a date that is too early does no harm.
    """
    after = notices.version(stands.about)
    shorter = {
        (rule.kind, rule.event): rule for rule in shortened(notices.version(stands.target), after)
    }
    moved = 0
    for entry in entries:
        rule = shorter.get((entry.kind, entry.event))
        if rule is not None and rule.ends(entry.since) < entry.due_at:
            moved += due.postpone(entry, rule.ends(entry.since))
    return Visited({"moved": moved}, {})


def shortened(before: Notice, after: Notice) -> Iterator[RetentionRule]:
    """Lists the rules of `after` that, for some beginning, end earlier than they did in `before`.

    Periods are compared for each day of a year, since a month is shorter than 30 days in February
    only.
    """
    starts = [after.effective_at + day * timedelta(days=1) for day in range(366)]
    earlier = {(rule.kind, rule.event): rule for rule in before.retention.values()}
    for rule in after.retention.values():
        known = earlier.get((rule.kind, rule.event))
        if known is None or known.period == rule.period:
            continue
        if any(rule.ends(one) < known.ends(one) for one in starts):
            yield rule
