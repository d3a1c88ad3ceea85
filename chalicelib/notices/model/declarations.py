"""The declarations of a compiled notice: purposes, categories, recipients, rules, the rest. Pure.

Other code imports them from `chalicelib.notices.model`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from dateutil.relativedelta import relativedelta

Words: TypeAlias = Mapping[str, str]
"""A text by locale, such as {"it": "...", "en": "..."}."""


class LegalBasis(StrEnum):
    """The legal basis of a purpose (GDPR art. 6(1), (a) to (f)), or that none is stated."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTEREST = "legitimate_interest"
    NOT_STATED = "not_stated"
    """The controller has still to say which: no document can write it."""


PORTABLE: Final = frozenset({LegalBasis.CONSENT, LegalBasis.CONTRACT})
"""The bases on which data can be taken elsewhere (GDPR art. 20(1)(a))."""

OPPOSABLE: Final = frozenset(
    {LegalBasis.PUBLIC_TASK, LegalBasis.LEGITIMATE_INTEREST, LegalBasis.NOT_STATED}
)
"""The bases of a use to which a person may object (GDPR art. 21(1)).

Where no basis is stated, the person has this right all the same: it is no fault of theirs.
"""


class FieldRef(NamedTuple):
    """An item of a category, written `category.field`."""

    category: str
    field: str

    @classmethod
    def parse(cls, text: str) -> FieldRef:
        """Returns the reference in `text`. Raises ValueError where it has no dot."""
        category, dot, name = text.partition(".")
        if not dot:
            raise ValueError("a reference to a field has the form category.field")
        return cls(category, name)

    def __str__(self) -> str:
        return f"{self.category}.{self.field}"


@dataclass(frozen=True, slots=True)
class Period:
    """A length of calendar time, in days, months and years; a period of zero is false."""

    days: int = 0
    months: int = 0
    years: int = 0

    def __post_init__(self) -> None:
        if min(self.days, self.months, self.years) < 0:
            raise ValueError("a period does not go back in time")

    def __bool__(self) -> bool:
        return bool(self.days or self.months or self.years)

    def after(self, start: datetime) -> datetime:
        """Returns `start` moved by the period, at the same time of day in the same offset.

        Years and months first, then days. A day that the month lacks becomes its last, so 31
        January and one month is 28 or 29 February (Regulation 1182/71 art. 3(2)(c)). An end beyond
        the last datetime becomes the last datetime.
        """
        return _after(self, start, start.tzinfo, start.fold)

    def before(self, end: datetime) -> datetime:
        """Returns an instant from which the period is over by `end`, the latest but for a few days.

        It is `end` moved back, at the same time of day in the same offset; earlier where that is
        too late: a month and a day before 2 March is 1 February, and a month and two days before
        1 March is 30 January, from which `after` leads to 2 March.
        """
        step = _step(self)
        try:
            moment = end - step
        except (ValueError, OverflowError):
            return datetime.min.replace(tzinfo=end.tzinfo)
        while (after := self.after(moment)) > end:
            moment -= after - end
        return moment


@lru_cache(maxsize=256)
def _after(period: Period, start: datetime, _zone: tzinfo | None, _fold: int) -> datetime:
    """Returns the end of a period; an answer asks for the same ones several times.

    Starts that are equal may lie in different zones, so the zone and the fold are remembered too.
    """
    try:
        return start + _step(period)
    except (ValueError, OverflowError):
        return datetime.max.replace(tzinfo=start.tzinfo)


@lru_cache(maxsize=256)
def _step(period: Period) -> relativedelta:
    """Returns a period as the calendar's arithmetic takes it."""
    from dateutil.relativedelta import relativedelta

    return relativedelta(years=period.years, months=period.months, days=period.days)


class Since(StrEnum):
    """The moments from which a consent lasts."""

    DECISION = "decision"
    """When it was given."""

    LAST_INTEREST = "last_interest"
    """When its person last showed interest: when it was given, or at a later sign-in."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long a consent holds, and from which moment."""

    period: Period
    since: Since = Since.DECISION

    @property
    def renewed(self) -> bool:
        """Tells whether a sign of interest begins the period anew."""
        return self.since is Since.LAST_INTEREST

    def ends(self, decided_at: datetime, interest_at: datetime | None = None) -> datetime:
        """Returns the end of a consent, whose person last showed interest at `interest_at`."""
        start = decided_at
        if self.renewed and interest_at is not None:
            start = max(decided_at, interest_at)
        return self.period.after(start)


class WhenRestricted(StrEnum):
    """The marks of a purpose for which restricted data may be used (GDPR art. 18(2))."""

    CLAIMS = "claims"
    RIGHTS_OF_OTHERS = "rights_of_others"
    PUBLIC_INTEREST = "public_interest"


@dataclass(frozen=True, slots=True)
class Basis:
    """One of several legal bases of a purpose, with the data that it covers.

    `categories` are covered whole, and of others only the `items`; one that names neither covers
    what no other basis of the purpose names. `act`, `interest`, `text`, `condition` and its act are
    as in the document.
    """

    kind: LegalBasis
    act: Words | None = None
    interest: Words | None = None
    text: Words | None = None
    condition: str | None = None
    condition_act: Words | None = None
    categories: frozenset[str] = frozenset()
    items: frozenset[FieldRef] = frozenset()

    @property
    def named(self) -> bool:
        """Tells whether it names the data that it covers."""
        return bool(self.categories or self.items)


@dataclass(frozen=True, slots=True)
class BasisChange:
    """The basis that a purpose rested on `before`, and the ground of the change."""

    before: LegalBasis
    ground: Words


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose of the use of data. `act` and `interest` go with the basis that needs them.

    `bases` are all of them, in the document's order. Of several, `basis` is consent where it is
    among them, or else the first. `explicit` are the special categories that are used for it only
    with explicit consent (GDPR art. 9(2)(a)), for which `asked` are the words.
    `signals` are those of a browser that deny it (`gpc`), and `lasts` is how long a consent to it
    holds, where it ends by itself: both only of a purpose that rests on consent. `when_restricted`
    marks a purpose for which data is also used while the person has its use restricted.
    `audiences` are the ids of the people whom it concerns, empty for everybody. `measures_mail`
    marks the one that counts the mails which are opened, and the links which are followed.
    """

    id: str
    basis: LegalBasis
    title: Words
    description: Words
    channels: tuple[str, ...]
    automated: str
    marketing: bool
    categories: tuple[str, ...]
    recipients: tuple[str, ...]
    act: Words | None = None
    interest: Words | None = None
    basis_change: BasisChange | None = None
    signals: tuple[str, ...] = ()
    lasts: Lasting | None = None
    when_restricted: WhenRestricted | None = None
    bases: tuple[Basis, ...] = ()
    explicit: frozenset[str] = frozenset()
    asked: Words | None = None
    audiences: tuple[str, ...] = ()
    measures_mail: bool = False

    @property
    def needs_consent(self) -> bool:
        """True when some data may not be used for the purpose before the person consents."""
        return self.basis is LegalBasis.CONSENT or bool(self.explicit)

    @property
    def kinds(self) -> frozenset[LegalBasis]:
        """The legal bases of the purpose, whatever data they cover; explicit consent is one."""
        stated = {one.kind for one in self.bases} if self._several else {self.basis}
        return frozenset(stated | self._explicit(self.categories))

    @property
    def _several(self) -> bool:
        return len(self.bases) > 1

    @property
    def opposable(self) -> bool:
        """True when a person may object to some use for it (GDPR art. 21(1), 21(2))."""
        return self.marketing or bool(self.kinds & OPPOSABLE)

    def kinds_for(self, categories: Iterable[str]) -> frozenset[LegalBasis]:
        """Returns the legal bases that cover some data of these categories.

        Explicit consent is one, beside the basis of art. 6 (GDPR art. 9(2)(a)).
        """
        named = tuple(categories)
        if not self._several:
            return frozenset({self.basis}) | self._explicit(named)
        covering = (basis.kind for category in named for basis in self.covering(category))
        return frozenset(covering) | self._explicit(named)

    def kinds_of(self, item: FieldRef) -> frozenset[LegalBasis]:
        """Returns the legal bases that cover an item: those that name it, else its category."""
        if not self._several:
            return frozenset({self.basis})
        own = [one.kind for one in self.bases if item in one.items]
        whole = [one.kind for one in self.bases if item.category in one.categories]
        rest = [one.kind for one in self.bases if not one.named]
        return frozenset(own or whole or rest)

    def _explicit(self, categories: Iterable[str]) -> set[LegalBasis]:
        return set() if self.explicit.isdisjoint(categories) else {LegalBasis.CONSENT}

    def covering(self, category: str) -> list[Basis]:
        """Lists the bases of a category: those that name it or an item of it, or else the rest.

        Where only items of it are named, the rest of its items rest on the bases without names.
        """
        whole = [one for one in self.bases if category in one.categories]
        part = [one for one in self.bases if category in {item.category for item in one.items}]
        return [*whole, *part, *(one for one in self.bases if not whole and not one.named)]


@dataclass(frozen=True, slots=True)
class Field:
    """An item of a category: `type` as in the schema, `maximum` in characters."""

    id: str
    type: str
    maximum: int
    title: Words


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a right for a category's data; `text` describes it, if there is one."""

    outcome: str
    text: Words | None


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of personal data: `fields` by item id, `outcomes` by right id.

    `special` says which special category it is (GDPR art. 9(1)), or criminal (art. 10). `rules` are
    the ids of the retention rules that apply to it, and `facts` those of what the organisation ends
    itself.
    """

    id: str
    title: Words
    description: Words
    fields: Mapping[str, Field]
    sources: tuple[str, ...]
    rules: tuple[str, ...]
    outcomes: Mapping[str, Outcome]
    facts: tuple[str, ...] = ()
    special: str | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """The part of a recipient in requests: the rights about which it is asked, and its time."""

    rights: frozenset[str]
    within: Period


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient of data. `countries` is empty and `transfer_tool` None while not stated.

    `items`, when not None, are the only items that the recipient may receive, and `by_purpose` the
    only ones for a purpose with data of its own; `items_for` says which hold. `hosting` names the
    places (`provider:region`) in which a deployment may keep records. `answers` is None of a
    recipient that takes no part in requests.
    """

    id: str
    name: Words
    role: str
    countries: tuple[str, ...]
    purposes: tuple[str, ...]
    transfer_tool: str | None
    items: frozenset[FieldRef] | None
    hosting: frozenset[str]
    answers: Answering | None = None
    by_purpose: Mapping[str, frozenset[FieldRef]] = field(default_factory=dict)

    def items_for(self, purpose: str) -> frozenset[FieldRef] | None:
        """Returns the only items that it may receive for a purpose; None where none are named."""
        return self.by_purpose.get(purpose, self.items)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The time for the answer to a request (GDPR art. 12(3)): `within`, and its `extension`."""

    within: Period
    extension: Period


@dataclass(frozen=True, slots=True)
class Right:
    """A right of the person, in the notice's words; `deadline` where it has one of its own."""

    id: str
    title: Words
    description: Words
    deadline: Deadline | None = None


@dataclass(frozen=True, slots=True)
class Age:
    """The age from which an account may be opened.

    It is reckoned by the form's field `birth_date`, or confirmed by the person where that is None.
    """

    least: int
    birth_date: FieldRef | None = None

    def reached(self, born: date, today: date) -> bool:
        """Tells whether somebody is as old on a day; one born on 29 February is on 1 March."""
        years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        return years >= self.least


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie or similar means.

    `id` is its name, and `name#2` for the second of that name. `lifetime` is {"session": True},
    {"until_deleted": True} or one unit, {"months": 6}.
    """

    id: str
    name: str
    cookie_class: str
    purpose: str
    lifetime: Mapping[str, int | bool]
    party: str
    title: Words


@dataclass(frozen=True, slots=True)
class CookieClass:
    """A class of cookies; the decision about `purpose` switches it, unless it is `exempt`.

    `consent_mode` are its types of Google Consent Mode, version 2.
    """

    id: str
    exempt: bool
    purpose: str
    title: Words
    consent_mode: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification of the software; people may turn it off where it is `optional`.

    `purpose` is the one for which it is sent, whose state decides whether it may be.
    """

    id: str
    title: Words
    description: Words
    optional: bool
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A form: `address` is the field by which the person is reached and signs in, if any."""

    id: str
    purpose: str
    address: FieldRef | None
    required: frozenset[FieldRef]
    optional: frozenset[FieldRef]
    consequence: Words


@dataclass(frozen=True, slots=True)
class Announcing:
    """The announcement of a new version: `lead` is the time before, `shown` the time after it."""

    lead: Period
    shown: Period


@dataclass(frozen=True, slots=True)
class Widening:
    """An addition of a version to a purpose that rests on consent.

    Its categories of data, recipients, channels, cookies and classes of cookies, by id, are not
    covered by an earlier consent; the rest of the purpose still is. With `whole` the earlier
    consent covers nothing any more: the use itself, or its basis, is another. `lasts` is how long a
    consent held until then, where the version lets it hold longer.
    """

    version: str
    categories: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    cookies: frozenset[str] = frozenset()
    cookie_classes: frozenset[str] = frozenset()
    whole: bool = False
    lasts: Lasting | None = None


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of record: the names that may be stored, all of them and by group.

    A group is a category's id or `technical`. `description` says what it holds and why.
    """

    kind: str
    retention_class: str
    fields: frozenset[str]
    groups: Mapping[str, frozenset[str]]
    title: Words
    description: Words | None = None


def category_of(record_id: str, groups: Container[str]) -> str | None:
    """Returns the category after which a record is named; None for any other record.

    The record of a profile's category has its id, and one of which there are several begins with
    it, before a full stop.
    """
    name = record_id.partition(".")[0]
    return name if name in groups else None


@dataclass(frozen=True, slots=True)
class RetentionFact:
    """How long the organisation keeps a record that it ends itself: told, and not obeyed here.

    `record` is the record's title. The time is `period`, in hours, days, months or years, or what
    `criterion` says. `starts` are the organisation's words for the event, where the software has
    none, and `ended_by` are those for whoever ends the record. `categories` are those whose items
    the record holds.
    """

    id: str
    kind: str
    event: str
    title: Words
    record: Words
    then: str
    period: Mapping[str, int] | None = None
    criterion: Words | None = None
    starts: Words | None = None
    ended_by: Words | None = None
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long a kind of record is kept from an event, and the action at the end.

    `then` is erase, anonymise, review or deactivate; `survives` are kinds that outlive it, with
    the reason. `warn` are the times before the end at which the person is warned, the longest
    first. A rule that deactivates is `followed_by` the rule of its kind from that event, which
    begins when the account is stopped; it is empty for every other rule. `zone` is the notice's,
    and UTC for records that carry a date of their own.
    A rule that the document does not state is `by_software`. The records of a rule that `waits`
    wait in the due index for their end; all others go with their subject, or by a date of their own
    that a later version leaves alone.
    """

    id: str
    kind: str
    event: str
    period: Period
    then: str
    title: Words
    survives: Mapping[str, Words]
    by_software: bool = False
    waits: bool = False
    warn: tuple[Period, ...] = ()
    followed_by: str = ""
    zone: tzinfo = UTC

    def ends(self, start: datetime) -> datetime:
        """Returns the end of the period that began at `start`, in UTC.

        The period is reckoned on the calendar and the clock of the rule's zone: a month from half
        past midnight of 31 January in Rome is half past midnight of 28 February there, which is the
        day before in UTC. It is not moved to a working day, as the law moves deadlines.
        """
        try:
            return self.period.after(start.astimezone(self.zone)).astimezone(UTC)
        except OverflowError:
            return datetime.max.replace(tzinfo=UTC)

    def first_look(self, start: datetime) -> datetime:
        """Returns when a record is first to be looked at: at its first warning, or its end."""
        ends = self.ends(start)
        return self.warn[0].before(ends) if self.warn else ends
