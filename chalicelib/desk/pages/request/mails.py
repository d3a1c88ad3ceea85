"""The mails that the acts on a request have sent, as their person would read them now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from chalicelib.mail.rendering import text_of
from chalicelib.requests.machine import Action, Told
from chalicelib.requests.service import letters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.notices.model import Notice
    from chalicelib.requests.model import Timed

_TOLD: Final[Mapping[Action, Told]] = {
    Action.REFUSE: Told.REFUSAL,
    Action.EXTEND: Told.EXTENSION,
    Action.PAUSE: Told.QUESTION,
    Action.COMPLETE: Told.OUTCOME,
    Action.LIFT: Told.LIFTING,
}
"""The acts that are followed by a mail at once -> the mail."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that is foreseen: its language, subject and paragraphs.

    `code` is that of the act which it is about; None where it is the same for each.
    """

    code: str | None
    locale: str
    subject: str
    paragraphs: tuple[str, ...] = field(repr=False)


def mails(
    found: Timed,
    action: Action,
    codes: Sequence[StrEnum | None],
    chosen: str,
    notice: Notice,
    ends_on: date | None = None,
) -> tuple[Mail, ...]:
    """Returns the mails of an act: one for each of its codes, or for the one that was `chosen`.

    A refusal, which has many grounds, has one mail with a gap for the ground until one is chosen.
    `ends_on` is the last day of a restriction that ends with the request. Makes no call.
    """
    told = _TOLD.get(action)
    if told is None:
        return ()
    return tuple(_mails(found, told, _codes(told, codes, chosen), notice, ends_on))


def _codes(told: Told, codes: Sequence[StrEnum | None], chosen: str) -> list[str | None]:
    known = [None if one is None else str(one) for one in codes]
    if chosen in known:
        return [chosen]
    return [None] if told is Told.REFUSAL else known


def _mails(
    found: Timed, told: Told, codes: Sequence[str | None], notice: Notice, ends_on: date | None
) -> Iterator[Mail]:
    for code in codes:
        message = letters.foreseen(found, told, code, notice, found.as_of, ends_on)
        text = text_of(
            message,
            site=notice.site_name,
            contact=notice.contact,
            locales=notice.locales,
            zone=notice.zone,
        )
        paragraphs = (one.strip() for one in text.body.split("\n\n"))
        kept = tuple(one for one in paragraphs if one)
        yield Mail(code if len(codes) > 1 else None, text.locale, text.subject, kept)


__all__ = ["Mail", "mails"]
