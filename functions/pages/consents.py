"""The page of one's own choices, with their history."""

from chalice.app import Blueprint

from chalicelib.consents.chosen import SOURCE
from chalicelib.consents.contract import choices_pages as contract
from chalicelib.consents.model import Shown
from chalicelib.consents.pages.choices import choices_page
from chalicelib.consents.service import choices
from chalicelib.pages.languages import tag_of
from chalicelib.web.pages.answers import Done
from chalicelib.web.pages.view import acts, shows
from chalicelib.web.pages.visit import Visit

bp = Blueprint(__name__)


@shows(bp, contract.CHOICES_PAGE)
def show_choices(visit: Visit) -> str:
    """Every purpose that the person decides about, and the history of what they decided."""
    before = None if visit.refused else visit.call.query.get("before")
    overview = choices.overview(visit.session, before, visit.notice)
    return choices_page(visit.speaking(overview.standing.locale), overview)


@acts(bp, contract.CHOICES_FORM, again=show_choices)
def save_choices(visit: Visit) -> Done:
    """To the same page, which says whether anything changed."""
    notice, locale = visit.notice, tag_of(visit.language, visit.notice.locales)
    shown = Shown(notice.version, notice.digest, locale, SOURCE)
    call = visit.call
    changed = choices.save(
        visit.session, visit.body, shown, notice, gpc=call.gpc, network=call.network
    )
    return Done(contract.PATH, "saved" if changed else "same")
