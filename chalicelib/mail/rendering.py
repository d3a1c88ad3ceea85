"""Renders a message to the text of a mail, by a template for each language."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from email.header import Header
from email.headerregistry import (
    Address,
    HeaderRegistry,
    UniqueUnstructuredHeader,
    UnstructuredHeader,
)
from email.message import EmailMessage
from email.policy import EmailPolicy, default
from email.utils import format_datetime
from textwrap import fill
from typing import TYPE_CHECKING

from chalicelib.links import Page, one_click
from chalicelib.mail.model import Message
from chalicelib.pages.environment import LANGUAGE, ZONE, template
from chalicelib.pages.languages import language_for, languages

if TYPE_CHECKING:
    from email.policy import Policy


def render(
    message: Message,
    *,
    site: str,
    sender: str,
    contact: str,
    now: datetime,
    locales: Sequence[str] | None = None,
    zone: tzinfo = UTC,
) -> EmailMessage:
    """Returns the mail (RFC 5322), in plain text, so that it can neither track nor mislead.

    `site` is the site's name and `contact` the address for questions, both the notice's; `sender`
    is the address that it comes from. The mail is in the person's language where it is one of the
    notice's `locales`, else in the notice's first, and so are the pages of this software that it
    links to; without `locales` every language of the software is offered. Moments are written in
    the notice's `zone`.
    """
    told = text_of(message, site=site, contact=contact, locales=locales, zone=zone)
    mail = EmailMessage(_policy())
    user, _, domain = sender.partition("@")
    mail["From"] = Address(site, user, domain)
    mail["To"] = deliverable(message.address)
    mail["Subject"] = told.subject
    mail["Date"] = format_datetime(now)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: vacation notes must not answer it
    if message.unsubscribe is not None:
        for name, value in one_click(message.unsubscribe).items():
            mail[name] = value
    # Seven bits for any words, since not every mail host accepts more (RFC 2045 section 6.7).
    mail.set_content(_filled(told.body) + "\n", cte="quoted-printable")
    mail["Content-Language"] = told.locale  # after set_content, which drops all of content-*
    return mail


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a mail: its language, its subject, its paragraphs with blank lines between."""

    locale: str
    subject: str
    body: str = field(repr=False)


def text_of(
    message: Message,
    *,
    site: str,
    contact: str,
    locales: Sequence[str] | None = None,
    zone: tzinfo = UTC,
) -> Text:
    """Returns the words of a mail as `render` sends them; the parameters are its own."""
    locale = language_for(message.locale, languages() if locales is None else locales)
    path = f"mail/templates/{message.template}.{locale}.txt.j2"
    words = {name: _word(word, locale) for name, word in message.words.items()}
    filled = template(path).render(
        site=site, contact=contact, **{LANGUAGE: locale, ZONE: zone}, **words
    )
    subject, _, body = filled.partition("\n")
    return Text(locale, subject.removeprefix("Subject: ").strip(), body)


class _Unfolded(UnstructuredHeader):
    """A header in one line of any length (up to 998, RFC 5322 section 2.1.1).

    The library would cut a long address into encoded words (RFC 2047), which no mail program takes
    for a link.
    """

    def fold(self, *, policy: "Policy") -> str:
        """Returns the whole line, as it is sent."""
        return f"List-Unsubscribe: {self}{policy.linesep}"


class _Subject(UniqueUnstructuredHeader):
    """A subject of any length and letters that arrives as it was written.

    The library's own folding sends a space twice where plain words end and encoded ones begin.
    """

    def fold(self, *, policy: "Policy") -> str:
        """Returns the subject in plain words, or all of it in encoded ones (RFC 2047)."""
        text = str(self)
        words = Header(text, "us-ascii" if text.isascii() else "utf-8", header_name="Subject")
        return f"Subject: {words.encode(linesep=policy.linesep)}{policy.linesep}"


def _policy() -> "EmailPolicy[EmailMessage]":
    headers = HeaderRegistry()
    # The registry derives BaseHeaders from them, which its annotation does not tell.
    headers.map_to_type("list-unsubscribe", _Unfolded)  # type: ignore[arg-type]
    headers.map_to_type("subject", _Subject)  # type: ignore[arg-type]
    return default.clone(header_factory=headers)


def deliverable(address: str) -> str:
    """Returns an address for SMTP without SMTPUTF8: the domain in ASCII (RFC 5891 A-labels)."""
    from email_validator import validate_email

    found = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    return found.ascii_email or address


def _word(word: object, locale: str) -> object:
    """Returns a word for the template: a page of this software opens in the mail's language."""
    return word.within(locale) if isinstance(word, Page) else word


def _filled(body: str) -> str:
    """Fills paragraphs to lines as long as RFC 5322 section 2.1.1 advises, words of any length.

    A link is never cut: it stays one line, which every mail program can open.
    """
    return "\n\n".join(
        fill(paragraph, width=78, break_long_words=False, break_on_hyphens=False)
        for paragraph in body.strip().split("\n\n")
    )
