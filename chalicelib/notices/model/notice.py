"""The compiled notice, which every function obeys, as plain values.

Pure: no input or output, no clock, no library of a provider. A `Notice` is made by
`chalicelib.notices.compiler`, from a document that was checked there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from chalicelib.errors import NoticeTooOld
from chalicelib.notices import parties
from chalicelib.notices.model.declarations import (
    Age,
    Announcing,
    Category,
    Cookie,
    CookieClass,
    Deadline,
    Form,
    Notification,
    Purpose,
    Recipient,
    RecordKind,
    RetentionFact,
    RetentionRule,
    Right,
    Widening,
    Words,
)
from chalicelib.texts import without_links

REGISTRATION: Final = "registration"
"""The id of the form of registration. A notice without one has no accounts but those of staff."""

SOFTWARE: Final = "software"
"""The origin of the parts that the software adds, which no author can write."""

Document: TypeAlias = Mapping[str, Any]
"""A notice document, as `notice.schema.json` describes it."""


class UndeclaredField(NoticeTooOld):
    """A field or kind that the notice does not declare was about to be stored.

    Holds names only: `kind`, and `fields` (empty when the kind itself is not declared).
    """

    def __init__(self, kind: str, fields: Iterable[str] = ()) -> None:
        self.kind = kind
        self.fields = tuple(sorted(fields))
        super().__init__("/".join([f"records/{kind}", *self.fields]))

    def __str__(self) -> str:
        what = f"fields {', '.join(self.fields)} of {self.kind}"
        return f"the notice declares no {what if self.fields else f'kind {self.kind}'}"


class UndeclaredRetention(NoticeTooOld):
    """The notice has no retention rule for a kind of record from an event."""

    def __init__(self, kind: str, event: str) -> None:
        self.kind = kind
        self.event = event
        super().__init__(f"retention/{kind}/{event}")

    def __str__(self) -> str:
        return f"the notice has no retention rule for {self.kind} from {self.event}"


def version_order(version: str) -> tuple[str, int]:
    """Returns the sort key of a version: the day, then the number on that day.

    `2026-11-22.10` comes after `2026-11-22.9`, and that after `2026-11-22`.
    """
    day, _, number = version.partition(".")
    return day, int(number or 0)


def zone_of(completed: Document) -> tzinfo:
    """Returns the time zone of a completed document's days, as `Notice.zone` says."""
    calendar = completed["requests"].get("calendar", {})
    if "zone" in calendar:
        return ZoneInfo(calendar["zone"])
    written = datetime.fromisoformat(str(completed["effective_at"]).upper())
    return written.tzinfo or UTC


@dataclass(frozen=True, slots=True)
class Announced:
    """A website's announcement of a change: `version` follows `since`, with its effect.

    `effect` is informative or material. It is shown until `show_until`.
    """

    version: str
    since: str
    effect: str
    effective_at: datetime
    show_until: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Notice:
    """One version of the notice, compiled.

    `digest` is the SHA-256, in hex, of the document in canonical form (RFC 8785). `effective_at`
    has an offset. `unconfirmed` are the ids of statements that the controller has still to confirm,
    such as `purposes/newsletter/basis`. `hosts` are the sites that the notice covers and `hosting`
    the places in which records may lie. `records` and `retention` are of what this software
    keeps, and `facts` of what the organisation ends itself. `document` was published, and the
    digest is of it; `completed` is the document with all parts that it leaves to the software, for
    display.
    `widenings` are additions of this and earlier versions, oldest first, which earlier consents do
    not cover. `age` is the least of people with an account; None where the notice states none.
    """

    version: str
    digest: str
    effective_at: datetime
    text_date: date
    locales: tuple[str, ...]
    purposes: Mapping[str, Purpose]
    categories: Mapping[str, Category]
    recipients: Mapping[str, Recipient]
    rights: Mapping[str, Right]
    deadline: Deadline
    cookie_classes: Mapping[str, CookieClass]
    cookies: Mapping[str, Cookie]
    forms: Mapping[str, Form]
    notifications: Mapping[str, Notification]
    announcing: Announcing
    records: Mapping[str, RecordKind]
    retention: Mapping[str, RetentionRule]
    facts: Mapping[str, RetentionFact]
    hosts: frozenset[str]
    hosting: frozenset[str]
    unconfirmed: tuple[str, ...]
    document: Document = field(repr=False)
    completed: Document = field(repr=False)
    widenings: Mapping[str, tuple[Widening, ...]] = field(default_factory=dict, repr=False)
    age: Age | None = None
    choices: Mapping[str, Purpose] = field(init=False, repr=False)
    _rules: Mapping[tuple[str, str], RetentionRule] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        choices = {key: purpose for key, purpose in self.purposes.items() if purpose.needs_consent}
        rules = {(rule.kind, rule.event): rule for rule in self.retention.values()}
        object.__setattr__(self, "choices", MappingProxyType(choices))
        object.__setattr__(self, "_rules", rules)

    @property
    def zone(self) -> tzinfo:
        """The time zone of the notice's days: its calendar's.

        A version without a calendar has that of its controller's country. Of one in which an older
        release let pass no country either, it is the offset of `effective_at`, which is UTC where
        it ends in `Z`.
        """
        return zone_of(self.completed)

    @property
    def working_days(self) -> tuple[str, str]:
        """The zone (tz database) and the country (ISO 3166-1) by whose days requests are answered.

        Raises NoticeTooOld for a version that an older release published without them.
        """
        calendar = self.completed["requests"].get("calendar", {})
        for member in ("zone", "country"):
            if member not in calendar:
                raise NoticeTooOld(f"requests/calendar/{member}")
        return calendar["zone"], calendar["country"]

    @property
    def effective_day(self) -> date:
        """The day on which it takes effect, in its own time zone and not in UTC."""
        return self.effective_at.astimezone(self.zone).date()

    @property
    def site_name(self) -> str:
        """The name of the site, the same in every language."""
        return str(self.completed["site"]["name"])

    @property
    def site_address(self) -> str | None:
        """The address of the site, at its first host; None where the notice names no host."""
        hosts: list[str] = self.completed["site"]["hosts"]
        return f"https://{hosts[0]}" if hosts else None

    @property
    def registers(self) -> bool:
        """Whether people may open accounts: the notice has a form of registration of its own."""
        forms = self.completed["forms"]
        return any(one["id"] == REGISTRATION and one["origin"] != SOFTWARE for one in forms)

    @property
    def controller_name(self) -> str:
        """The names of all controllers in one line, the first being the one turned to first."""
        return ", ".join(str(one["name"]) for one in parties.controllers(self.completed))

    @property
    def contact(self) -> str:
        """The first way to reach the controller, for people: e-mail, form, PEC or post."""
        return parties.contact(parties.controllers(self.completed)[0])

    @property
    def mailbox(self) -> str | None:
        """The e-mail address at which the software reaches the organisation; None without one."""
        return parties.mailbox(self.completed)

    def deadline_of(self, right: str) -> Deadline:
        """Returns the time for the answer to a request for a right: its own, or the general one."""
        known = self.rights.get(right)
        return self.deadline if known is None or known.deadline is None else known.deadline

    def refuse_undeclared(self, kind: str, fields: Iterable[str], group: str | None = None) -> None:
        """Raises UndeclaredField unless software and notice know the kind and all the fields.

        With `group` (a category's id or `technical`) the fields have to be declared in that group,
        which matters where two categories have items of one name.
        """
        record = self.records.get(kind)
        if record is None:
            raise UndeclaredField(kind)
        declared = record.fields if group is None else record.groups.get(group, frozenset())
        undeclared = [name for name in fields if name not in declared]
        if undeclared:
            raise UndeclaredField(kind, undeclared)

    def rule(self, kind: str, event: str) -> RetentionRule:
        """Returns the rule of a kind of record from an event: the document's, or the software's.

        Raises UndeclaredRetention where neither has one.
        """
        found = self._rules.get((kind, event))
        if found is None:
            raise UndeclaredRetention(kind, event)
        return found

    def span(self, kind: str, event: str, now: datetime) -> timedelta | None:
        """Returns how long a kind of record lasts from an event at `now`; None without a rule.

        It is for periods that the software has itself and a notice may override.
        """
        found = self._rules.get((kind, event))
        return None if found is None else found.ends(now) - now

    def text(self, words: Words, locale: str) -> str:
        """Returns `words` in `locale`, or in the notice's first locale where it is missing.

        A link in it is written out: its words, then its address.
        """
        return without_links(self.written(words, locale))

    def texts(self, words: Words) -> dict[str, str]:
        """Returns the same as `text` in each of the notice's locales, by locale."""
        return {locale: self.text(words, locale) for locale in self.locales}

    def written(self, words: Words, locale: str) -> str:
        """Returns the same as `text`, with links as the document writes them."""
        for name in (locale, self.locales[0], *words):  # a label may lack the first language, too
            if name in words:
                return words[name]
        raise KeyError(locale)
