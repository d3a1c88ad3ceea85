"""The desk's pages of notices: drafts and versions, and what becomes of a draft.

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
from chalicelib.web.pages.view import acts, shows
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


@acts(bp, contract.DELETE_FORM, again=show_version)
def delete_draft(visit: Visit, version: str) -> Done:
    """To the list, also where the draft was deleted before."""
    from chalicelib.publications.service import desk_drafts

    assert visit.member is not None
    desk_drafts.delete(version, visit.member.subject)
    return Done(paths.LIST, "deleted")


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
