"""The desk's pages of people: the search, and one person with what can be recorded about them.

A page imports the modules that only it needs. Its contract lets nobody in but the desk, so no
handler looks at roles.
"""

from collections.abc import Mapping, Sequence

from chalice.app import Blueprint

from chalicelib import clock
from chalicelib.desk import paths
from chalicelib.desk.contract import people as contract
from chalicelib.errors import Conflict, NotFound
from chalicelib.web.pages.answers import Done
from chalicelib.web.pages.view import acts, shows
from chalicelib.web.pages.visit import Visit

bp = Blueprint(__name__)


@shows(bp, contract.SEARCH_PAGE)
def show_search(visit: Visit) -> str:
    """The form for an address or a number; it looks nothing up."""
    from chalicelib.desk.pages.people import people_page

    return people_page(visit)


@acts(bp, contract.SEARCH_FORM, again=show_search)
def search_people(visit: Visit) -> str | Done:
    """To the person who was found; the same page where there is nobody, or more than one."""
    from chalicelib.desk.pages.people import people_page
    from chalicelib.desk.search import search

    assert visit.member is not None
    wanted = contract.wanted_in(visit.body)
    found = search(visit.member.subject, wanted, visit.notice)
    if len(found) == 1:
        return Done(paths.PERSON.format(id=found[0].subject))
    return people_page(visit, found, visit.body[contract.SOUGHT])


@shows(bp, contract.PERSON_PAGE)
def show_person(visit: Visit, id: str) -> str:
    """One person. That the page was opened is an entry of the audit."""
    from chalicelib.desk import people
    from chalicelib.desk.pages.person.page import person_page
    from chalicelib.publications.service import told
    from chalicelib.requests.clock.calendar import calendar_of
    from chalicelib.retention.amendments.service import obeyed
    from chalicelib.retention.reviews.service import desk as reviews

    assert visit.member is not None
    query, notice = visit.call.query, visit.notice
    after = people.After(
        *(contract.place_in(query, name) for name in ("requests", "disclosures", "origins"))
    )
    person = people.read(visit.member.subject, id, after, notice)
    changes = told.told_to(id, contract.place_in(query, "changes"), people.SHOWN)
    waiting = reviews.of_person(id, people.SHOWN, obeyed(notice))
    today = calendar_of(*notice.working_days).day(clock.now())
    return person_page(visit, person, changes, waiting, today)


def _keep(visit: Visit, fields: Mapping[str, Sequence[str]]) -> bool:
    """Records the refusals in a form that is refused, where it says how and when they came.

    While the session has to be proven by a code nothing is: what was typed stays in the form.
    """
    from chalicelib.consents.no import Door, no_in
    from chalicelib.desk import service as desk

    assert visit.member is not None
    if visit.member.asks_again:
        return False
    body = contract.refusal_loosely(fields, visit.call.path["id"], visit.notice, clock.now())
    no = no_in(body, Door.DESK)
    return desk.keep(body, no, visit.member.subject, visit.notice) is not None


@acts(bp, contract.PERSON_FORM, again=show_person, keep=_keep)
def act_on_person(visit: Visit, id: str) -> Done:
    """To the same page, which says what was recorded, held or lifted."""
    acts = {contract.REFUSE: _refuse, contract.HOLD: _hold, contract.LIFT: _lift}
    return Done(paths.PERSON.format(id=id), acts[visit.body[contract.ACT]](visit, id))


def _refuse(visit: Visit, person: str) -> str:
    """Records refusals and objections of a person. Raises Conflict for one who is erased."""
    from chalicelib.desk import service as desk

    assert visit.member is not None
    refusal = desk.refusal_of(contract.refusal_in(visit.body, person, visit.notice, clock.now()))
    try:
        desk.record(refusal, visit.member.subject, visit.notice)
    except NotFound:
        detail = "The person's data is erased, or is being erased: nothing is used any more."
        raise Conflict(detail, type="too-late") from None
    return contract.REFUSE


def _hold(visit: Visit, person: str) -> str:
    """Places a hold on records of a person, or renews the one that stands."""
    from chalicelib.holds import contract as holds_contract
    from chalicelib.holds.service import desk as holds

    assert visit.member is not None
    body = contract.hold_in(visit.body, person, visit.notice, clock.now())
    placed = holds.place(visit.member.subject, holds_contract.asked(body), visit.notice)
    return contract.RENEWED if placed.already else contract.HOLD


def _lift(visit: Visit, person: str) -> str:
    """Lifts a hold; one that somebody lifted at the same time, or that is over, stays as it is."""
    from chalicelib.holds.service import desk as holds

    assert visit.member is not None
    try:
        holds.lift(visit.member.subject, f"{person}.{visit.body[contract.HELD]}", visit.notice)
    except NotFound:
        return contract.GONE
    return contract.LIFT
