"""The declaration of a kind of record: plain values, without behaviour. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from chalicelib.catalogue.lengths import Length, average

ERASE, REVIEW = "erase", "review"
"""The end of a period, as a rule of a notice says it: the record goes, or a person decides."""

ANONYMISE, DEACTIVATE = "anonymise", "deactivate"
"""Two other ends: the record stays without what tells of a person, or the account is stopped."""

STOPPED: Final = "closed"
"""The event of an account that its rule stopped: the next rule of its standing begins with it."""

AT_ONCE: Final[Length] = MappingProxyType({"days": 0})
"""The period of what goes as soon as its event has happened."""


class Source(StrEnum):
    """The party that gives the records of a kind, as GDPR art. 15(1)(g) and 20(1) ask for it."""

    SUBJECT = "subject"
    """The person, who entered or chose it."""

    OBSERVED = "observed"
    """The person's device, or their use of the service."""

    SOFTWARE = "software"
    """The organisation and its software, which wrote it about what happened."""


class Untold(StrEnum):
    """The reason for which the copy of a person's data leaves a kind of record out."""

    MACHINERY = "machinery"
    """It repeats ids of other records, counts or keeps the software running."""

    SECRET = "secret"
    """It proves something to the software, and would to a thief of the copy."""

    OTHERS = "others"
    """It is about other people, such as those who work at the privacy desk."""


class Ending(StrEnum):
    """The way in which the records of a rule come to their end."""

    INDEX = "index"
    """They wait in the due index, and the sweep looks at each."""

    EXPIRY = "expiry"
    """They carry a date of their own, which every read compares, and DynamoDB removes them."""

    SUBJECT = "subject"
    """They go with their subject."""

    BUCKET = "bucket"
    """They are objects, which the bucket's lifecycle removes."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How long records of a kind are kept from an event, where a notice does not say it.

    `period` is the software's own. A notice may say another from `least` to `most` (None: without
    that bound), and `why` says in English why no other. `survives` names kinds that outlive it.
    A rule may `warn` where its person has an address by then, and `stop` the account instead of
    erasing it where that person can come back.
    """

    event: str
    period: Length
    ending: Ending
    least: Length | None = None
    most: Length | None = None
    why: str = ""
    then: str = ERASE
    survives: tuple[str, ...] = ()
    may_warn: bool = False
    may_stop: bool = False

    def allows(self, period: Length) -> bool:
        """Whether a notice may say that period: one within the bounds, compared on average."""
        length = average(period)
        if self.least is not None and length < average(self.least):
            return False
        return self.most is None or length <= average(self.most)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record that the software stores.

    `retention_class` is the class whose key seals it. `plain` are the fields that it stores in the
    clear, `sealed` those that it stores encrypted. `secrets` are fields that prove something to
    the software and say nothing to a person. `items` are fields that a notice may declare as items
    of its categories. With `by_category` there is a record for each category, whose fields are the
    notice's to say. `by_notice` is a kind with a record for each time that something came, named
    after its category, whose items are the notice's to say. The records of a kind with `forms` hold
    what these forms of a notice ask for,
    each record what its own form does, sealed with the rest. `machinery` repeats ids of other
    records and says nothing about anybody.
    `others` are fields about other people, such as a member of the desk, which a copy leaves out.
    `source` is the party that gives the records of a kind that a copy of the data tells; where it
    is None too the records name their own. `untold` is why a copy leaves the kind out.
    The end of a record that stands for its `whole` subject is the end of all about that subject.
    With `held` a hold may keep its records past their end (`holds.model.can_be_held`).
    `former` are fields of earlier releases, which older documents still name. `ends` says in
    English how its records go, for docs/table.md.

    An erasure may leave the records of a kind that `may_stay`, where the notice says so. One that
    is `part_of` another kind stays and goes with the record of that kind. The records of a kind
    that is `apart` lie outside their subject's partition and end by their own dates, so an erasure
    does not reach them. A record of a `tentative` kind expires by itself until
    it is confirmed. `anonymised` are the fields that are emptied where a notice has the kind's
    records anonymised: without any, it may not.
    """

    name: str
    retention_class: str
    plain: frozenset[str] = frozenset()
    sealed: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    former: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()
    by_category: bool = False
    forms: frozenset[str] = frozenset()
    by_notice: bool = False
    machinery: bool = False
    source: Source | None = None
    untold: Untold | None = None
    whole: bool = False
    held: bool = True
    may_stay: bool = False
    part_of: str = ""
    apart: bool = False
    tentative: bool = False
    anonymised: frozenset[str] = frozenset()
    ends: str = field(default="", compare=False)

    @property
    def fields(self) -> frozenset[str]:
        """All fields that the software itself writes."""
        return self.plain | self.sealed

    @property
    def left_out(self) -> Untold | None:
        """Why a copy of the data leaves the kind out; None for one that is told."""
        return Untold.MACHINERY if self.machinery and self.untold is None else self.untold

    def rule(self, event: str) -> Rule | None:
        """The software's rule from an event; None where it reckons nothing from it."""
        return next((rule for rule in self.rules if rule.event == event), None)


Catalogue: TypeAlias = Mapping[str, Kind]
"""Kinds by name."""


def names(text: str) -> frozenset[str]:
    """Names that a text lists, with spaces between them."""
    return frozenset(text.split())


def catalogue(*kinds: Kind) -> Catalogue:
    """Kinds by name, in their order. Raises ValueError where two have one name."""
    found = {kind.name: kind for kind in kinds}
    if len(found) != len(kinds):
        raise ValueError("two kinds of record have one name")
    return MappingProxyType(found)
