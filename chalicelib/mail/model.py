"""What a capability says about a mail: which template, to whom, in which language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """A mail to be rendered and sent. It lives in memory only: the address is personal data.

    `words` fills the template; instants are shown as dates in the locale. `unsubscribe` is the
    address of the link that ends such mails, where they are optional. `tags` are what SES tells
    again with what becomes of the mail: names and values of letters, digits, hyphens, underscores.
    """

    template: str
    address: str = field(repr=False)
    locale: str
    words: Mapping[str, Any] = field(repr=False)
    unsubscribe: str | None = field(default=None, repr=False)
    tags: Mapping[str, str] = field(default_factory=dict)
