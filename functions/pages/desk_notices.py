"""The desk's pages of notices: drafts and versions, the trial and publication of a draft.

A page imports the modules that only it needs. Its contract lets nobody in but the desk, so no
handler looks at roles.
"""

from chalice.app import Blueprint

from chalicelib import clock
from chalicelib.notices import service as notices
from chalicelib.notices.service import drafts, publication
from chalicelib.publications import paths
from chalicelib.publications.contract import pages as contract
from chalicelib.web.cursor import DEFAULT_LIMIT, decode
from chalicelib.web.pages.answers import Done
from chalicelib.web.pages.view import Shown, acts, shows
from chalicelib.web.pages.visit import Visit

bp = Blueprint(__name__)


@shows(bp, contract.LIST_PAGE)
def show_notices(visit: Visit) -> str:
    """All drafts and a page of the versions; a draft that is named stands in the form."""
    from chalicelib.publications.pages.drafts import list_page

    query = visit.call.query
    after = decode(query.get("cursor"), ["id"])
    written = drafts.listed(None, drafts.MAX_DRAFTS)
    found = notices.versions(after["id"] if after else None, DEFAULT_LIMIT)
    named = next((one for one in written.items if one.version == query.get("draft")), None)
    opened = None if named is None or visit.refused else drafts.read(named.version)
    statuses = [notices.status_listed(one) for one in found.items]
    return list_page(visit, written.items, found, statuses, opened)


@acts(bp, contract.SAVE_FORM, again=show_notices)
def save_draft(visit: Visit) -> Done:
    """To the draft; to the form again where its document does not compile, unless told to save."""
    from chalicelib.publications.service import desk_drafts

    assert visit.member is not None
    document = contract.document_in(visit.body[contract.DOCUMENT])
    whole = contract.ANYWAY not in visit.body
    saved = desk_drafts.save(document, visit.member.subject, whole=whole)
    return Done(paths.ONE.format(version=saved.version), "saved")


@shows(bp, contract.ONE_PAGE)
def show_version(visit: Visit, version: str) -> str:
    """One draft with what it would change, or one version with what it changed."""
    from chalicelib.publications.pages.version import draft_page, version_page

    draft = drafts.find(version)
    if draft is None:
        found, before = notices.with_previous(version)
        return version_page(visit, found, notices.status_of(found), before)
    if draft.findings:
        return draft_page(visit, draft)
    notice = publication.compiled(draft.document)
    return draft_page(visit, draft, notice, publication.judge(notice, clock.now()))


@shows(bp, contract.TEXT_PAGE)
def show_text(visit: Visit, version: str) -> str | Done:
    """The text of a draft, with its look or plain; a version has its own pages."""
    from chalicelib.publications.pages.text import plain_page, reader_page

    draft = drafts.find(version)
    if draft is None:
        return Done(f"/notice/{notices.version(version).version}")
    if draft.findings:
        return Done(paths.ONE.format(version=version))
    notice = publication.compiled(draft.document)
    plain = visit.call.query.get("form") == contract.PLAIN
    return plain_page(visit, notice) if plain else reader_page(visit, notice)


@shows(bp, contract.TRIAL_PAGE)
def show_simulation(visit: Visit, version: str) -> str | Done:
    """The effects of publishing a draft, from a sample unless everybody was counted."""
    from chalicelib.publications.pages.trial import trial_page
    from chalicelib.publications.service import simulation

    draft = drafts.find(version)
    if draft is None or draft.findings:
        return _elsewhere(version)
    return trial_page(visit, simulation.simulate(draft.document))


@acts(bp, contract.COUNT_FORM, again=show_simulation)
def count_everybody(visit: Visit, version: str) -> Done:
    """To the trial, which tells how far the count of everybody has come."""
    from chalicelib.publications.service import simulation

    assert visit.member is not None
    simulation.simulate(drafts.document(version), exact=True)
    return Done(paths.TRIAL.format(version=version), "counting")


@shows(bp, contract.PUBLICATION_PAGE)
def show_publication(visit: Visit, version: str) -> str | Done:
    """The needs of publishing a draft; of a version, how far its people are told."""
    from chalicelib.publications.pages.publication import progress_page, publication_page
    from chalicelib.publications.service import progress, proposal

    assert visit.member is not None
    draft = drafts.find(version)
    if draft is None:
        found = notices.version(version)
        told = progress.progress(version)
        return progress_page(visit, found, notices.status_of(found), told)
    if draft.findings:
        return _elsewhere(version)
    notice = publication.compiled(draft.document)
    return publication_page(visit, notice, proposal.outlook(notice, visit.member.subject))


@acts(bp, contract.PUBLISH_FORM, again=show_publication)
def publish(visit: Visit, version: str) -> Done:
    """To the same page: of a published version, or of one that waits for a second person."""
    from chalicelib.accounts.service.roles import officer
    from chalicelib.publications.service import proposal

    asked = visit.body
    contract.require_typed(asked[contract.TYPED], version)
    document = drafts.document(version, asked["digest"])
    by = proposal.Asked(officer(visit.session), asked["code"], asked.get("replaces"))
    made = proposal.propose(document, by)
    word = "published" if made.approval is None else "proposed"
    return Done(paths.PUBLICATION.format(version=version), word)


def show_again(visit: Visit, version: str) -> Shown:
    """The page on which the refused form of an act stands."""
    deleting = visit.typed.get(contract.ACT) == contract.DELETE
    return (show_version if deleting else show_publication)(visit, version=version)


@acts(bp, contract.ACT_FORM, again=show_again)
def act_on_version(visit: Visit, version: str) -> Done:
    """To the list without a deleted draft, or to how far the people of a version are told."""
    from chalicelib.publications.service import desk_drafts, withdrawal
    from chalicelib.retention.amendments.service import confirmation

    assert visit.member is not None
    by, asked = visit.member.subject, visit.body
    match asked[contract.ACT]:
        case contract.DELETE:
            desk_drafts.delete(version, by)
            return Done(paths.LIST, "deleted")
        case contract.WITHDRAW:
            withdrawal.withdraw(version, by)
            return Done(paths.PUBLICATION.format(version=version), "withdrawn")
    erases = int(asked["erases"])
    confirmation.confirm(by, version, asked["rule"], erases, visit.notice)
    return Done(paths.PUBLICATION.format(version=version), "confirmed")


def _elsewhere(version: str) -> Done:
    """The way to the page of a draft with defects, or of a version; raises NotFound for neither."""
    if drafts.find(version) is None:
        notices.version(version)
    return Done(paths.ONE.format(version=version))
