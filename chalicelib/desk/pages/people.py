"""The page on which the desk finds a person by address or by a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.desk.contract.people import SOUGHT
from chalicelib.desk.pages import titles
from chalicelib.desk.pages.dates import written
from chalicelib.desk.pages.requests import who
from chalicelib.desk.paths import PEOPLE, PERSON
from chalicelib.pages.navigation import DESK
from chalicelib.pages.page import render
from chalicelib.pages.words import words

if TYPE_CHECKING:
    from chalicelib.desk.search import Found
    from chalicelib.web.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Row:
    """A person whom a search found: the address of the page, the kind, and what is known."""

    address: str
    kind: str
    number: str
    about: str


def people_page(visit: Visit, found: Sequence[Found] | None = None, typed: str = "") -> str:
    """Returns the page of the search.

    `found` is whom a search found, None before one. `typed` is what was looked for; after a refusal
    it is what the refused form held.
    """
    said = {**words("desk", visit.language), **words("desk_people", visit.language)}
    return render(
        "desk/templates/people.html.j2",
        visit.frame,
        said["people_title"],
        words=said,
        area="desk",
        tabs=DESK,
        errors=visit.summary(SOUGHT, labels={SOUGHT: said["sought"]}),
        visit=visit,
        action=PEOPLE,
        field_name=SOUGHT,
        typed=visit.typed.get(SOUGHT, typed),
        nobody=found is not None and not found,
        rows=[_row(one, visit, said) for one in found or ()],
    )


def _row(found: Found, visit: Visit, said: Mapping[str, str]) -> Row:
    first = found.requests[0] if found.requests else None
    kind = "account" if first is None else who(found.subject, first.id)
    about = said[f"life.{found.life}"]
    if first is not None and kind == "contact":
        day = written(first.received_at, visit)
        about = said["found_request"].format(
            right=titles.right(first.right, visit.notice, visit.language), day=day
        )
    return Row(
        visit.frame.to(PERSON.format(id=found.subject)), said[f"who.{kind}"], found.subject, about
    )


__all__ = ["people_page"]
