"""The plan of an erasure: the kinds of records that go and those that stay, by the notice. Pure.

The rule of `standing` from an event, such as a person's request (GDPR art. 17), names in `survives`
the kinds that stay, each with the reason (art. 17(3)). The compiler, the notice's page, the desk's
preview, the receipt and the erasure itself read it here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from chalicelib.catalogue import STORED, Catalogue
from chalicelib.notices.model import (
    LegalBasis,
    Notice,
    Period,
    RetentionRule,
    UndeclaredRetention,
    Words,
    category_of,
)

REQUESTED: Final = "requested"
"""The event of a person's request that everything about them be erased."""

ENDED: Final = "ended"
"""The event from which a kind that stays is kept: the end of its subject, which is the erasure."""

_ERASED: Final = "erased"
"""The outcome of the right to erasure for a category that goes."""

STAYING: Final = frozenset({"kept", "anonymised"})
"""The outcomes of the right to erasure for a category of which something stays."""

BROWSER: Final = "last_decision"
"""The event by whose rule a browser without an account ends; its proof goes by the same rule."""

_ANSWER: Final = "request"
"""The kind of record that has to stay so that a person is answered, and that be proven."""

SUBJECT: Final = "standing"
"""The kind of record whose end is the end of all about a subject."""

RIGHT: Final = "erase"

BACKUPS: Final = Period(days=35)
"""The time for which a backup has what was erased of an account that lives on: the longest that
DynamoDB goes back. The key of the records stays, so only time makes them unreadable."""

_ACCOUNT: Final = (SUBJECT, "claim")
"""The kinds of records without which there is no account."""

_KEY: Final = "data_key"
"""The kind of the keys that open a subject's sealed records."""

_COPY: Final = "export"
"""The kind of a copy of the data, which tells of every category."""

_TECHNICAL: Final = "technical"
"""The group of fields that belong to no category."""


class Held(Protocol):
    """The records of a subject that somebody has to keep for a while."""

    def covers(self, kind: str, retention_class: str, record_id: str) -> bool:
        """Tells whether a record is held."""

    def until(self, kind: str, retention_class: str, record_id: str) -> datetime | None:
        """Returns until when a record is held; None for one that is not."""


class Unheld:
    """Nothing is held."""

    def covers(self, kind: str, retention_class: str, record_id: str) -> bool:
        """Returns False."""
        del kind, retention_class, record_id
        return False

    def until(self, kind: str, retention_class: str, record_id: str) -> datetime | None:
        """Returns None."""
        del kind, retention_class, record_id
        return None


UNHELD: Final = Unheld()


@dataclass(frozen=True, slots=True)
class Stay:
    """A kind that stays: until the end of its `rule`, for the reason `why`."""

    kind: str
    rule: RetentionRule
    why: Words

    @property
    def from_erasure(self) -> bool:
        """Tells whether its time begins with the erasure; else each record has its own date."""
        return self.rule.event == ENDED

    def ends(self, erased_at: datetime) -> datetime | None:
        """Returns the end of a record of this kind; None where it has a date of its own."""
        return self.rule.ends(erased_at) if self.from_erasure else None


@dataclass(frozen=True, slots=True)
class Plan:
    """The fate of a subject's records at an event.

    `stays` are the kinds of which all records stay and `goes` all others of the subject's
    partition, in the order of the catalogue; a kind that is part of one that stays is in neither.
    """

    event: str
    stays: Mapping[str, Stay]
    goes: tuple[str, ...]
    kinds: Catalogue
    held: Held = UNHELD

    def keeps(self, kind: str, retention_class: str, record_id: str) -> bool:
        """Tells whether a record stays: by its kind, as a part of a record that stays, or held."""
        return self.stay(kind) is not None or self.is_held(kind, retention_class, record_id)

    def stay(self, kind: str) -> Stay | None:
        """Returns how a kind stays, a part as the kind that it belongs to; None where it goes."""
        known = self.kinds.get(kind)
        return self.stays.get(kind if known is None or not known.part_of else known.part_of)

    def is_held(self, kind: str, retention_class: str, record_id: str) -> bool:
        """Tells whether a record is held, itself or the one that it is part of."""
        if self.held.covers(kind, retention_class, record_id):
            return True
        known = self.kinds.get(kind)
        whole = None if known is None else self.kinds.get(known.part_of)
        if whole is None:
            return False
        return self.held.covers(whole.name, whole.retention_class, record_id.partition(".")[0])


def plan(
    notice: Notice,
    event: str,
    kinds: Catalogue = STORED,
    *,
    held: Held = UNHELD,
    browser: bool = False,
) -> Plan:
    """Returns what an erasure for an event leaves, by the notice's rule of the subject.

    Of a `browser` without an account stays no more than its own rule lets stay, beside the request:
    of one that asks nothing is kept that would go without asking. Raises UndeclaredRetention for an
    event from which no subject ends.
    """
    named = notice.rule(SUBJECT, event).survives
    if browser:
        own = notice.rule(SUBJECT, BROWSER).survives
        named = {kind: why for kind, why in named.items() if kind in own or kind == _ANSWER}
    stays = {
        kind: Stay(kind, _rule(notice, kind, kinds), named[kind])
        for kind in named
        if kind in kinds and kinds[kind].may_stay
    }
    goes = tuple(
        kind.name
        for kind in kinds.values()
        if kind.name not in stays and kind.part_of not in stays and not kind.apart
    )
    return Plan(event, stays, goes, kinds, held)


def beside(notice: Notice, category: str) -> tuple[Stay, ...]:
    """Returns what stays of a category whose outcome says that it is erased, when a person asks.

    Those are the kinds that hold items of it and stay, each with its reason. There are none where
    the outcome has a text of its own, which says what stays.
    """
    outcome = notice.categories[category].outcomes.get(RIGHT)
    if outcome is None or outcome.outcome != _ERASED or outcome.text is not None:
        return ()
    return tuple(
        stay
        for stay in plan(notice, REQUESTED).stays.values()
        if notice.records[stay.kind].groups.get(category)
    )


@dataclass(frozen=True, slots=True)
class Part:
    """The fate of a person's records when some categories are erased and the account stays.

    `erased` are the categories that go. `needed` are those that were asked for and that the account
    cannot be without, each with the purposes on a contract that use it. `plan` says what stays of a
    category that goes, as of an erasure of everything. `groups` are the categories of which the
    records of a kind hold something, and `forms` those of each form, as far as one wrote a record.
    """

    erased: frozenset[str]
    needed: Mapping[str, tuple[str, ...]]
    plan: Plan
    groups: Mapping[str, frozenset[str]]
    forms: Mapping[str, frozenset[str]]

    def concerned(self, kind: str, record_id: str, form: str = "") -> frozenset[str]:
        """Returns the erased categories of which a record holds something.

        A record that is named after a category holds only its own, and one that was written by a
        form those of the form.
        """
        groups = self.groups.get(kind, frozenset())
        groups &= self.forms.get(form, groups)
        own = category_of(record_id, groups)
        return self.erased & (groups if own is None else {own})

    def goes(self, kind: str, retention_class: str, record_id: str, form: str = "") -> bool:
        """Tells whether a record goes: one of an erased category, and each copy of the data."""
        if self.erased and kind == _COPY:
            return True
        if not self.concerned(kind, record_id, form) or kind in _ACCOUNT:
            return False
        return not self.plan.keeps(kind, retention_class, record_id)

    def stays(self, kind: str, record_id: str, form: str = "") -> bool:
        """Tells whether a record of an erased category stays, by the notice or a hold.

        One that is part of another is told with it.
        """
        known = self.plan.kinds.get(kind)
        return bool(self.concerned(kind, record_id, form)) and (known is None or not known.part_of)

    def meets(self, held: Held) -> bool:
        """Tells whether something that goes is held, as far as that does not need the records."""
        return any(
            held.covers(kind, self.plan.kinds[kind].retention_class, name)
            for kind, groups in self.groups.items()
            if kind in self.plan.kinds and self.plan.stay(kind) is None
            for name in groups & self.erased
        )

    def ended(self, notice: Notice) -> frozenset[str]:
        """Returns the purposes on consent that use nothing but what goes: they have no data left.

        A purpose that uses other categories too is the person's to withdraw.
        """
        return frozenset(
            purpose.id
            for purpose in notice.purposes.values()
            if purpose.needs_consent and purpose.categories and self.erased >= {*purpose.categories}
        )


def part(
    notice: Notice, categories: Collection[str], kinds: Catalogue = STORED, *, held: Held = UNHELD
) -> Part:
    """Returns what an erasure of some categories takes, which leaves the account.

    Raises UndeclaredRetention as `plan`.
    """
    groups = {
        record.kind: frozenset(record.groups) - {_TECHNICAL} for record in notice.records.values()
    }
    needed = {
        name: _contracts(notice, name) for name in categories if _needed(notice, name, groups)
    }
    going = frozenset(categories) - needed.keys()
    forms = {
        form.id: frozenset(one.category for one in form.required | form.optional)
        for form in notice.forms.values()
    }
    return Part(going, needed, plan(notice, REQUESTED, kinds, held=held), groups, forms)


def readable_for(notice: Notice, categories: Collection[str]) -> Period:
    """Returns how long after an erasure a backup may still have what went, and can be read.

    `categories` are those that it was asked for; with none of them everything goes, and the keys
    with it, whose own backups end by their rule.
    """
    whole = not categories or is_everything(notice, categories)
    return notice.rule(_KEY, ENDED).period if whole else BACKUPS


def personal(notice: Notice) -> frozenset[str]:
    """Returns the kinds of records that hold something of a category of the notice."""
    return frozenset(
        one.kind for one in notice.records.values() if frozenset(one.groups) - {_TECHNICAL}
    )


def is_everything(notice: Notice, categories: Collection[str]) -> bool:
    """Tells whether these categories are all that an erasure takes: then the account ends, too."""
    return {*categories} >= {*erased_categories(notice)}


def _contracts(notice: Notice, category: str) -> tuple[str, ...]:
    """Returns the purposes on a contract that use a category (GDPR art. 6(1)(b), 17(1)(a))."""
    return tuple(
        purpose.id
        for purpose in notice.purposes.values()
        if category in purpose.categories and LegalBasis.CONTRACT in purpose.kinds_for([category])
    )


def _needed(notice: Notice, category: str, groups: Mapping[str, frozenset[str]]) -> bool:
    return bool(_contracts(notice, category)) or any(
        category in groups.get(kind, ()) for kind in _ACCOUNT
    )


def erased_categories(notice: Notice) -> tuple[str, ...]:
    """Lists the categories that go when a person asks for erasure."""
    return tuple(name for name, one in notice.categories.items() if not _stays(one.outcomes))


def _stays(outcomes: Mapping[str, Any]) -> bool:
    found = outcomes.get(RIGHT)
    return found is not None and found.outcome in STAYING


def _rule(notice: Notice, kind: str, kinds: Catalogue) -> RetentionRule:
    """Returns the rule by which a kind that stays ends: from the subject's end, or its own."""
    for event in (ENDED, *(rule.event for rule in kinds[kind].rules)):
        try:
            return notice.rule(kind, event)
        except UndeclaredRetention:
            continue
    raise UndeclaredRetention(kind, ENDED)
