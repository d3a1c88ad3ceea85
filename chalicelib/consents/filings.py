"""The records that were kept for some purpose, and that a decision about it may end: pure.

A record that names its purpose is kept for that one alone (GDPR art. 5(1)(b)): a message for its
form's, what a system handed over for the one that it came with. One without is kept for every
ordinary purpose that uses its category.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.catalogue import STORED
from chalicelib.catalogue.model import Kind
from chalicelib.consents.clocks import WITHDRAWN, Going, may_use
from chalicelib.notices.model import LegalBasis, Notice, category_of
from chalicelib.subjects.model import Decided, Decision, Standing
from chalicelib.subjects.model import Kind as Whose

QUEUE: Final = "propagation"
"""The queue of the job that dates more records than a transaction takes."""

DATE: Final = "date_records"
"""The action of that job."""

AT_ONCE: Final = 50
"""Most records that a decision dates in its own transaction."""

_DUTY: Final = frozenset({LegalBasis.LEGAL_OBLIGATION})

KINDS: Final[Mapping[str, Kind]] = {
    name: kind
    for name, kind in STORED.items()
    if kind.rule(WITHDRAWN) is not None and not kind.by_category
}
"""The kinds of records that are kept for a purpose, and go when no purpose needs them any more."""


FOLLOWING: Final = frozenset({"message"})
"""The kinds whose records follow their person from a browser into the account that signs in there.
Records of all others end with the browser's yes, which ends with that."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A record that is kept for a purpose, or for all that use its category where it names none.

    `event` is the one that its end counts from by now, and `ends_at` the end; None where none is
    set.
    """

    kind: str
    category: str
    purpose: str | None
    event: str | None = None
    ends_at: datetime | None = None

    def purposes(self, notice: Notice) -> tuple[str, ...]:
        """Lists the purposes that it is kept for, by their ids."""
        if self.purpose is not None:
            return (self.purpose,)
        return ordinary(self.category, notice)


@dataclass(frozen=True, slots=True)
class End:
    """The end of a record that no purpose needs any more: of a period that began at `since`."""

    since: datetime
    at: datetime


def filed(
    kind: str, record_id: str, form: str | None, purpose: str | None, notice: Notice
) -> Filed | None:
    """Returns a record by what is stored of it in the clear; None where the notice knows it not.

    `form` is the id of the notice's form by which a message was written.
    """
    if form is not None:
        known = notice.forms.get(form)
        if known is None:
            return None
        category = next((ref.category for ref in known.required), "")
        return Filed(kind, category, known.purpose)
    found = category_of(record_id, notice.categories)
    return None if found is None and purpose is None else Filed(kind, found or "", purpose)


def ordinary(category: str, notice: Notice) -> tuple[str, ...]:
    """Lists the purposes for which a record of a category is kept that names none, by their ids.

    Those which only some special records serve are not among them: on a legal obligation, or for
    what may be used while everything else is restricted (GDPR art. 18(2)).
    """
    return tuple(
        purpose.id
        for purpose in notice.purposes.values()
        if category in purpose.categories
        and purpose.when_restricted is None
        and purpose.kinds_for([category]) != _DUTY
    )


def kinds(standing: Standing, purposes: Collection[str], notice: Notice) -> tuple[str, ...]:
    """Lists the kinds of which somebody may have a record that is kept for one of some purposes."""
    return tuple(
        kind for kind in sorted(standing.filed & KINDS.keys()) if _may_hold(kind, purposes, notice)
    )


def end(record: Filed, standing: Standing, notice: Notice, now: datetime) -> End | None:
    """Returns the end of a record that no purpose may use any more since its person refused.

    None for one that is needed, and for one about whose purposes nothing was refused. A record that
    ends before by a date of its own keeps that. Of a browser in which somebody signed in, the yes
    that an account was offered ends as of `now`.
    """
    refused = [
        now if decided.decision is Decision.GRANTED else decided.at
        for purpose in record.purposes(notice)
        if (decided := standing.decisions.get(purpose)) is not None
        and (decided.decision is not Decision.GRANTED or _is_handed_over(record, decided, standing))
    ]
    if not refused or _is_needed(record, standing, notice, now):
        return None
    since = max(refused)
    return End(since, notice.rule(record.kind, WITHDRAWN).ends(since))


def is_over(record: Filed, standing: Standing, notice: Notice, now: datetime) -> bool:
    """Tells whether a record is gone for whoever reads it, whether or not it was dated yet."""
    ends = end(record, standing, notice, now)
    return ends is not None and ends.at <= now


def is_dated(record: Filed, ends: End, notice: Notice) -> bool:
    """Tells whether a record goes no later by the date that it has already."""
    if record.event == WITHDRAWN:
        return True
    if record.event is None or record.ends_at is None:
        return False
    return record.ends_at <= ends.at and notice.rule(record.kind, record.event).then == "erase"


def is_wanted_again(record: Filed, standing: Standing, notice: Notice, now: datetime) -> bool:
    """Tells whether a record loses the date of a refusal: it has not come, and a purpose needs it.

    A record that is over stays so.
    """
    dated = record.event == WITHDRAWN and record.ends_at is not None and record.ends_at > now
    return dated and _is_needed(record, standing, notice, now)


def going(
    records: Iterable[Filed],
    purposes: frozenset[str],
    standing: Standing,
    notice: Notice,
    now: datetime,
) -> Mapping[tuple[str, str], Going]:
    """Counts the records that go because of refusals, by purpose and category."""
    found: dict[tuple[str, str], Going] = {}
    for record in records:
        ends = end(record, standing, notice, now)
        if ends is None:
            continue
        at = ends.at
        if record.ends_at is not None and is_dated(record, ends, notice):
            at = record.ends_at
        for purpose in purposes.intersection(record.purposes(notice)):
            name = purpose, record.category
            known = found.get(name, Going(0, at))
            found[name] = Going(known.count + 1, max(known.erased_at, at))
    return found


def _is_needed(record: Filed, standing: Standing, notice: Notice, now: datetime) -> bool:
    return any(
        may_use(notice.purposes[purpose], record.category, standing, notice, now)
        and not _is_handed_over(record, standing.decisions.get(purpose), standing)
        for purpose in record.purposes(notice)
        if purpose in notice.purposes
    )


def _is_handed_over(record: Filed, decided: Decided | None, standing: Standing) -> bool:
    """Tells whether a browser's yes ended since an account was offered it (`permission`)."""
    if decided is None or standing.kind is not Whose.VISITOR or record.kind in FOLLOWING:
        return False
    return decided.decision is Decision.GRANTED and decided.seq <= standing.offered


def _may_hold(kind: str, purposes: Collection[str], notice: Notice) -> bool:
    forms = KINDS[kind].forms
    if forms:
        written = (one for one in notice.forms.values() if one.id in forms)
        return any(one.purpose in purposes for one in written)
    record = notice.records.get(kind)
    groups = frozenset[str]() if record is None else record.groups.keys()
    named = (notice.purposes[one] for one in purposes if one in notice.purposes)
    return any(not groups.isdisjoint(one.categories) for one in named)
