"""A mail before it is rendered: its template, address, language and words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Protocol


class Sender(Protocol):
    """The sender of mails, as the notice states it.

    `contact` is the address for questions, `locales` are the notice's languages, and days and
    moments are written in `zone`.
    """

    @property
    def site_name(self) -> str:
        """The name of the site."""

    @property
    def contact(self) -> str:
        """The address for questions."""

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages; the first is the default."""

    @property
    def zone(self) -> tzinfo:
        """The time zone."""


@dataclass(frozen=True, slots=True)
class Message:
    """A mail to be rendered and sent. It lives in memory only: the address is personal data.

    `words` fill the template; instants are written as dates in the locale, pages of this software
    (`Page`) as addresses that open in it. `unsubscribe` is the address of the link that ends such
    mails, where they are optional. `tags` are repeated by SES in its reports about the mail: names
    and values of letters, digits, hyphens, underscores.
    """

    template: str
    address: str = field(repr=False)
    locale: str
    words: Mapping[str, Any] = field(repr=False)
    unsubscribe: str | None = field(default=None, repr=False)
    tags: Mapping[str, str] = field(default_factory=dict)
