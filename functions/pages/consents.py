"""The page of one's own choices, with their history."""

from collections.abc import Mapping, Sequence

from chalice.app import Blueprint

from chalicelib.consents.chosen import SOURCE
from chalicelib.consents.contract import choices_pages as contract
from chalicelib.consents.model import Shown
from chalicelib.consents.service import choices
from chalicelib.pages.languages import tag_of
from chalicelib.web.pages.answers import Done
from chalicelib.web.pages.view import acts, shows
from chalicelib.web.pages.visit import Visit

bp = Blueprint(__name__)


@shows(bp, contract.CHOICES_PAGE)
def show_choices(visit: Visit) -> str:
    """Every purpose that the person decides about, and the history of what they decided."""
    # A banner's captures start this function too, and need nothing that draws pages.
    from chalicelib.consents.pages.choices import choices_page

    before = None if visit.refused else visit.call.query.get("before")
    overview = choices.overview(visit.session, before, visit.notice)
    return choices_page(visit.speaking(overview.standing.locale), overview)


def _keep(visit: Visit, fields: Mapping[str, Sequence[str]]) -> bool:
    """Records the refusals in a form that cannot be read."""
    return choices.keep(visit.session, fields, _shown(visit), visit.notice)


@acts(bp, contract.CHOICES_FORM, again=show_choices, keep=_keep)
def save_choices(visit: Visit) -> Done:
    """To the same page, which says whether anything changed."""
    notice, call = visit.notice, visit.call
    changed = choices.save(
        visit.session, visit.body, _shown(visit), notice, gpc=call.gpc, network=call.network
    )
    return Done(contract.PATH, "saved" if changed else "same")


def _shown(visit: Visit) -> Shown:
    notice = visit.notice
    locale = tag_of(visit.language, notice.locales)
    return Shown(notice.version, notice.digest, locale, SOURCE)
