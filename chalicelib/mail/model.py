"""What a capability says about a mail: which template, to whom, in which language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Protocol


class Sender(Protocol):
    """In whose name mails are sent, as the notice says it.

    `contact` is the address for questions, `locales` are the languages that are spoken, and days
    and moments are told in `zone`.
    """

    @property
    def site_name(self) -> str:
        """The name of the site."""

    @property
    def contact(self) -> str:
        """The address for questions."""

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages, the first one for everybody who asks for none of them."""

    @property
    def zone(self) -> tzinfo:
        """The time zone."""


@dataclass(frozen=True, slots=True)
class Message:
    """A mail to be rendered and sent. It lives in memory only: the address is personal data.

    `words` fills the template; instants are shown as dates in the locale, pages of ours (`Page`) as
    addresses that open in it. `unsubscribe` is the
    address of the link that ends such mails, where they are optional. `tags` are what SES tells
    again with what becomes of the mail: names and values of letters, digits, hyphens, underscores.
    """

    template: str
    address: str = field(repr=False)
    locale: str
    words: Mapping[str, Any] = field(repr=False)
    unsubscribe: str | None = field(default=None, repr=False)
    tags: Mapping[str, str] = field(default_factory=dict)
