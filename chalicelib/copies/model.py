"""Values of a copy: what it answers, and what was written. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.notices.model import Notice

PART: int = 8 * 1024 * 1024
"""The size of a part of an upload, in bytes; S3 takes 5 MB at least and 10,000 parts."""


class Scope(StrEnum):
    """The contents that a copy has."""

    ACCESS = "copy"
    """Everything about the person, and the information of GDPR art. 15."""

    PORT = "port"
    """The data that the person gave or their use produced, on consent or contract (art. 20)."""


@dataclass(frozen=True, slots=True)
class Order:
    """The copy that is made: for which request, about whom, by which notice, and when.

    `locale` is the language of the answer. The same order over the same records gives the same
    bytes.
    """

    request: str
    scope: Scope
    subject: str
    received_at: datetime
    locale: str
    notice: Notice
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """A copy that lies in the bucket: its key, its size in bytes, its SHA-256 in hex, its records.

    `records` is the number of records that it tells, those of other systems included.
    """

    key: str
    size: int
    sha256: str
    records: int
