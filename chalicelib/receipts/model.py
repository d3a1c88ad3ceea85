"""What a receipt is about, and what can be said of one that somebody shows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chalicelib.consents.model import Entry
from chalicelib.notices.model import Notice


class Reason(StrEnum):
    """Why what was shown is no valid receipt."""

    FORMAT = "format"
    """It is no JSON Web Signature in compact form (RFC 7515, section 7.1)."""
    ALGORITHM = "algorithm"
    """It says another algorithm than ES256, such as none or one with a shared secret."""
    TYPE = "type"
    """It was signed for another use (RFC 8725, section 3.11)."""
    KEY = "key"
    """It names a key that is not ours."""
    SIGNATURE = "signature"
    """Our key did not sign this: something of it was changed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a receipt is found to be: valid with its content, or not, for a reason."""

    reason: Reason | None
    content: Mapping[str, Any] | None

    @property
    def valid(self) -> bool:
        """Whether our key signed just this."""
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Issued:
    """A receipt: the signed text, what it says, and the entry and version that it is about.

    `standing` is no part of what is signed: what holds of the entry's purposes when it is issued,
    as every answer about consents tells it; empty where nothing stands any more.
    """

    entry: Entry
    notice: Notice
    content: Mapping[str, Any]
    receipt: str
    standing: Mapping[str, Any]
