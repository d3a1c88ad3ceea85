"""The holds on the records of a person, and what the form of another offers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.desk.contract.people import class_field
from chalicelib.desk.pages import titles
from chalicelib.desk.pages.dates import day_of
from chalicelib.holds.model import Ground
from chalicelib.holds.model import classes as holdable
from chalicelib.pages import formats

if TYPE_CHECKING:
    from chalicelib.desk.people import Person
    from chalicelib.holds.model import Hold
    from chalicelib.web.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Kept:
    """A hold: its id, what it keeps, why, until when; `reason` is empty where it is erased."""

    id: str
    what: str
    ground: str
    reason: tuple[str, ...]
    placed_on: date
    until: date


def classes(said: Mapping[str, str]) -> list[tuple[str, str]]:
    """Returns the classes of records that a hold may keep: their boxes, with their words."""
    return [(class_field(one), said[f"class.{one}"]) for one in holdable()]


def grounds(said: Mapping[str, str]) -> list[tuple[str, str]]:
    """Returns the grounds of a hold, with their words."""
    return [(str(one), said[f"hold.{one}"]) for one in Ground]


def holds(visit: Visit, person: Person, said: Mapping[str, str]) -> Iterator[Kept]:
    """Yields the holds of a person in their order."""
    for hold, reason in person.holds:
        yield _held(hold, reason, visit, said)


def _held(hold: Hold, reason: str | None, visit: Visit, said: Mapping[str, str]) -> Kept:
    names = [said[f"class.{one}"] for one in sorted(hold.classes)]
    kinds: dict[str, int] = {}
    for named in sorted(hold.records):
        kinds[named.kind] = kinds.get(named.kind, 0) + 1
    for kind, count in kinds.items():
        title = titles.kind(kind, visit.notice, visit.language)
        names.append(said["some_records"].format(kind=title, count=count))
    return Kept(
        hold.id,
        formats.listing(names, visit.language),
        said[f"hold.{hold.ground}"],
        tuple(line for line in (reason or "").split("\n") if line.strip()),
        day_of(hold.placed_at, visit),
        day_of(hold.until, visit),
    )


__all__ = ["classes", "grounds", "holds"]
