"""The values of a record of processing activities, in one language.

Ids and codes are those of the notice; all other texts are words for people. None, and an empty
tuple of countries, mean that the notice does not state it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Party:
    """A body and its contacts; `text` is the notice's statement of it, `country` its name."""

    name: str | None
    address: str | None
    country: str | None
    email: str | None
    phone: str | None
    website: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Controller:
    """The controller (GDPR art. 30(1)(a)), with its representative and officer."""

    party: Party
    representative: Party | None
    dpo: Party | None


@dataclass(frozen=True, slots=True)
class Basis:
    """The legal basis: its code, its name, and the act or the interest that goes with it.

    `condition` is that of GDPR art. 9(2) or 10 where the purpose uses special data.

    Of several, `kind` is the one by which the purpose goes, and the texts name all.
    """

    kind: str
    text: str
    act: str | None
    interest: str | None
    condition: str | None


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit for erasure (GDPR art. 30(1)(f)): record, period, its start, and the action."""

    rule: str
    record: str
    period: str
    starts: str
    then: str


@dataclass(frozen=True, slots=True)
class Held:
    """A category of data with its items, and how long it is kept: rules, words, or both.

    `special` says which special data it is (GDPR art. 9, 10), if any.
    """

    id: str
    title: str
    special: str | None
    items: tuple[str, ...]
    limits: tuple[Limit, ...]
    kept: str | None


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer to a third country (GDPR art. 30(1)(e)).

    `countries` are those outside the European Economic Area, as ISO 3166-1 codes; `tool` is the
    safeguard of the data there, and `text` the notice's statement of it.
    """

    countries: tuple[str, ...]
    tool: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Receiver:
    """A recipient (GDPR art. 30(1)(d)); `items` are the only ones it gets, None for no limit.

    `countries` are ISO 3166-1 codes, `place` is the same in words.
    """

    id: str
    name: str
    role: str
    role_text: str
    countries: tuple[str, ...]
    place: str
    items: tuple[str, ...] | None
    transfer: Transfer | None


@dataclass(frozen=True, slots=True)
class Activity:
    """One processing activity: a purpose of the notice.

    `subjects` are categories of people; `kept` says how long data is kept for the purpose, where it
    has times of its own; `unconfirmed` the ids of statements about the purpose, its
    data and its recipients that the controller has still to confirm.
    """

    purpose: str
    title: str
    description: str
    basis: Basis
    subjects: tuple[str, ...]
    categories: tuple[Held, ...]
    recipients: tuple[Receiver, ...]
    kept: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    controllers: tuple[Controller, ...]
    security: tuple[str, ...]
