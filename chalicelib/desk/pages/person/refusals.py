"""The form by which refusals of a person are recorded: what can be refused, and how it came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chalicelib.consents.desk import Channel, refusable
from chalicelib.desk.contract.people import choice_field
from chalicelib.desk.pages import titles
from chalicelib.pages.words import pair

if TYPE_CHECKING:
    from chalicelib.desk.people import Person
    from chalicelib.web.pages.visit import Visit

_CHANNELS: Final = (Channel.MAIL, Channel.POST, Channel.PHONE, Channel.IN_PERSON)
"""The ways by which a refusal comes; another name of the first is not offered."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The choice of a purpose that can be refused: the field, the title, and what can be said.

    The first option is nothing. `ticked` is the label of a box, where there is one other.
    """

    field: str
    title: str
    options: tuple[tuple[str, str], ...]
    ticked: str


def refusals(visit: Visit, person: Person, said: Mapping[str, str]) -> Iterator[Refusal]:
    """Yields the purposes that an officer can record a refusal of; none of who is erased."""
    if not visit.acts or person.standing is None or person.erasing:
        return
    for purpose, choices in refusable(visit.notice).items():
        title = titles.purpose(purpose, visit.notice, visit.language)
        yield Refusal(
            choice_field(purpose),
            title,
            (("", said["says_nothing"]), *((str(one), said[f"says.{one}"]) for one in choices)),
            pair(title, said[f"says.{choices[0]}"].lower(), visit.language),
        )


def channels(said: Mapping[str, str]) -> list[tuple[str, str]]:
    """Returns the ways by which a refusal comes, with their words; the first is none."""
    return [("", said["choose"]), *((one, said[f"channel.{one}"]) for one in _CHANNELS)]


__all__ = ["Refusal", "channels", "refusals"]
