"""The page of one person at the desk: standing, decisions, holds, requests, and what was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from chalicelib.desk.contract import people as contract
from chalicelib.desk.pages.person.decisions import decisions
from chalicelib.desk.pages.person.errors import errors, labels
from chalicelib.desk.pages.person.facts import facts
from chalicelib.desk.pages.person.holds import classes, grounds, holds
from chalicelib.desk.pages.person.lists import lists
from chalicelib.desk.pages.person.refusals import channels, refusals
from chalicelib.desk.pages.person.restrictions import restrictions
from chalicelib.desk.pages.person.reviews import reviews
from chalicelib.desk.paths import PEOPLE, PERSON
from chalicelib.holds.contract import REASON_MAX
from chalicelib.pages.navigation import DESK
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.subjects.model import Kind, Life

if TYPE_CHECKING:
    from chalicelib.desk.people import Person
    from chalicelib.publications.model import Obligation
    from chalicelib.retention.reviews.service.desk import Waiting
    from chalicelib.storage.pages import Page
    from chalicelib.web.pages.visit import Visit

_KINDS: Final[Mapping[Life, str]] = {
    Life.PENDING: "care",
    Life.ACTIVE: "good",
    Life.DEACTIVATED: "care",
    Life.ERASING: "bad",
    Life.ERASED: "",
}
"""The lives -> the kind of the tag that says one."""

_WHO: Final[Mapping[Kind, str]] = {
    Kind.ACCOUNT: "account",
    Kind.VISITOR: "browser",
    Kind.CONTACT: "contact",
}


def person_page(
    visit: Visit,
    person: Person,
    changes: Page[Obligation],
    waiting: Sequence[Waiting],
    today: date,
) -> str:
    """Returns the page of a person.

    `changes` are the versions of the notice that the person was or is to be told of, `waiting` the
    records of which the desk has to decide whether they stay. `today` is the civil day of the
    requests' clock.
    """
    said = {**words("desk", visit.language), **words("desk_people", visit.language)}
    offered = list(refusals(visit, person, said))
    boxes = classes(said)
    named = labels(visit, offered, boxes, said)
    return render(
        "desk/templates/person.html.j2",
        visit.frame,
        said[f"who.{_WHO[person.kind]}"],
        words=said,
        area="desk",
        tabs=DESK,
        errors=errors(visit, person, named, said),
        visit=visit,
        form_names=contract,
        opened=visit.typed.get(contract.ACT, contract.REFUSE) if visit.refused else "",
        recorded=visit.refused is not None and "recorded" in visit.refused.members,
        refusals=offered,
        holding=visit.acts and not person.erasing,
        lifting=visit.acts,
        classes=boxes,
        grounds=grounds(said),
        reason_max=REASON_MAX,
        channels=channels(said),
        people=PEOPLE,
        own=PERSON.format(id=person.subject),
        life=said[f"life.{person.life}"],
        life_kind=_KINDS[person.life],
        facts=list(facts(visit, person, said)),
        restrictions=list(restrictions(visit, person, said)),
        decisions=list(decisions(visit, person.standing, said)),
        holds=list(holds(visit, person, said)),
        reviews=list(reviews(visit, waiting, said)),
        lists=lists(visit, person, changes, today, said),
    )


__all__ = ["person_page"]
