"""The page of one request at the desk: clock, words, what approving does, history, acts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.desk.contract.pages import ground_field, text_field
from chalicelib.desk.pages import titles
from chalicelib.desk.pages.days import due
from chalicelib.desk.pages.request.acts import Options, forms, labels
from chalicelib.desk.pages.request.beside import beside, following
from chalicelib.desk.pages.request.clock import reckoning
from chalicelib.desk.pages.request.effects import changes, effects
from chalicelib.desk.pages.request.facts import facts
from chalicelib.desk.pages.request.history import events, raced
from chalicelib.desk.pages.request.questions import questions
from chalicelib.desk.pages.request.texts import texts
from chalicelib.desk.paths import LIST, ONE, PERSON
from chalicelib.pages.navigation import DESK
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.requests.machine import Action
from chalicelib.requests.preview import fingerprint, items
from chalicelib.subjects.model import is_visitor

if TYPE_CHECKING:
    from chalicelib.requests.service.casework import Case
    from chalicelib.requests.service.worklist import Open
    from chalicelib.web.pages.visit import Visit


def request_page(
    visit: Visit, case: Case, options: Options, today: date, others: Sequence[Open]
) -> str:
    """Returns the page of a request.

    `options` are the acts that it allows, of which a member who only reads is shown none. `today`
    is the civil day of its clock. `others` are the open requests that are due first, as the list
    shows them; after an act a link leads to the first of them beside this one.
    """
    language, request, notice = visit.language, case.timed.request, visit.notice
    said = {**words("requests", language), **words("desk", language)}
    browser = is_visitor(case.subject)
    shown = items(request, case.held, notice, browser=browser, stock=case.stock)
    offered = list(forms(visit, case, options, said)) if visit.acts else []
    named = labels(offered, said)
    return render(
        "desk/templates/request.html.j2",
        visit.frame,
        titles.right(request.right, notice, language),
        words=said,
        area="desk",
        tabs=DESK,
        errors=visit.summary(*named, labels=named),
        visit=visit,
        list=LIST,
        own=ONE.format(id=request.id),
        person=PERSON.format(id=case.subject) if _is_known(case) else "",
        due=due(case.timed, today, language),
        facts=list(facts(visit, case, said, today)),
        clock=list(reckoning(visit, case, said)),
        written=list(texts(visit, case, said)),
        sealed=case.said is None,
        effects=list(effects(shown, visit, said)),
        lead=said[f"done.{shown[0].names[0]}"] if shown else "",
        decided=Action.APPROVE not in options,
        seen=fingerprint(shown),
        changes=list(changes(shown, visit, said)),
        questions=list(questions(visit, case, said)),
        raced=raced(visit, case, said),
        beside=beside(visit, others, today),
        events=list(events(case, said)),
        forms=offered,
        opened=visit.typed.get("act", "") if visit.refused else "",
        following=following(visit, case, others, today) if visit.frame.done else None,
        ground_field=ground_field,
        text_field=text_field,
    )


def _is_known(case: Case) -> bool:
    """Tells whether a request's person has a page: an account, a browser, or the request alone."""
    return case.standing is not None or case.subject == case.timed.request.id


__all__ = ["request_page"]
