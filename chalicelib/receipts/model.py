"""The values of receipts: an issued one, and the verdict about a shown one. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from chalicelib.consents.model import Entry
from chalicelib.notices.model import Notice


class Reason(StrEnum):
    """The reason why a text is no valid receipt."""

    FORMAT = "format"
    """It is no JSON Web Signature in compact form (RFC 7515, section 7.1)."""
    ALGORITHM = "algorithm"
    """It names another algorithm than ES256, such as none or one with a shared secret."""
    TYPE = "type"
    """It was signed for another use (RFC 8725, section 3.11)."""
    KEY = "key"
    """It names a key that is not this deployment's."""
    SIGNATURE = "signature"
    """The key did not sign this: part of it was changed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict about a text: a valid receipt with its content, or not, for a reason."""

    reason: Reason | None
    content: Mapping[str, Any] | None

    @property
    def valid(self) -> bool:
        """Whether a key of this deployment signed exactly this text."""
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Stays:
    """A kind of record that stays after an erasure: on which ground, and until when.

    `ends_at` is None of one that stays as long as the account.
    """

    kind: str
    ground: str
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Closing:
    """The facts of an erasure that is done. They name the person by the subject's id alone.

    `categories` and `records` count what went, by category and by kind; `told` are the recipients
    that were asked to be told, `answers` what other systems answered, `holds` the grounds of holds
    and their ends. Nothing erased can be read after `readable_until`, not even from a backup.

    `scope` are the categories where the account stays, None where everything was erased; `needed`
    are those that were asked for and that the account cannot be without, with the purposes on a
    contract that use them, and `withdrawn` the purposes whose consent ended with their data.
    """

    request: str
    subject: str
    received_at: datetime
    begun_at: datetime
    closed_at: datetime
    readable_until: datetime
    categories: Mapping[str, int]
    records: Mapping[str, int]
    stays: Sequence[Stays]
    told: Sequence[str]
    answers: Mapping[str, str]
    holds: Sequence[tuple[str, datetime]]
    scope: tuple[str, ...] | None = None
    needed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    withdrawn: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of record that a closing receipt names, and whether it is gone by now."""

    kind: str
    ground: str
    ends_at: str | None
    gone: bool


class Sort(StrEnum):
    """The sorts of what is signed here."""

    DECISION = "decision"
    """The receipt of an entry of somebody's ledger."""
    CLOSING = "closing"
    """The receipt of an erasure."""
    RETENTION = "retention"
    """The root of a report on retention."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict about a text as the sort of receipt that it says it is.

    `kept` is what is still kept, of the receipt of an erasure; None for all others.
    """

    verdict: Verdict
    sort: Sort
    kept: tuple[Kept, ...] | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A receipt: the signed text, its content, and the entry and version that it is about.

    `standing` is not signed: the decisions in force about the entry's purposes when it is issued,
    as in every answer about consents; empty where none is left. `locale` is the language that the
    account chose, None for a browser.
    """

    entry: Entry
    notice: Notice
    content: Mapping[str, Any]
    receipt: str
    standing: Mapping[str, Any]
    locale: str | None = None
