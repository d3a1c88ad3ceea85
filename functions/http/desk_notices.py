"""The desk's notices: drafts, simulation, publication, withdrawal, and progress of telling people.

An operation imports the modules that only it needs: at the top they would make a cold start a tenth
longer.
"""

from chalice.app import Blueprint

from chalicelib.accounts.service.roles import officer, staff
from chalicelib.errors import NotFound
from chalicelib.notices import service as notices
from chalicelib.notices.model import Document
from chalicelib.notices.presentation import draft_listed, draft_read, draft_shown
from chalicelib.notices.service import drafts
from chalicelib.publications import presentation
from chalicelib.publications.contract import drafts as contract
from chalicelib.publications.contract import publication as publishing_contract
from chalicelib.sessions.service import read_token
from chalicelib.web.app import lambda_handler
from chalicelib.web.contract import Json
from chalicelib.web.cursor import DEFAULT_LIMIT, decode, page
from chalicelib.web.view import Answer, Call, route
from functions.http.wiring import connect, recognise
from functions.pages import desk_notices as pages

connect()
bp = Blueprint(__name__)

# Saving, simulating and publishing take large bodies: the kernel authenticates the caller first,
# and `_known` does not look again.


@route(bp, contract.SAVE)
def save_draft(call: Call) -> Answer:
    """201 with the draft and the compiler's findings."""
    from chalicelib.publications.service import desk_drafts

    _known(call)
    draft = desk_drafts.save(call.body["document"], read_token(call.bearer).subject)
    return Answer(
        201,
        draft_shown(draft),
        {"Location": f"/v1/desk/notices/{draft.version}"},
    )


@route(bp, contract.LIST)
def list_drafts(call: Call) -> Answer:
    """200 with a page of drafts."""
    staff(call.bearer)
    after = decode(call.query.get("cursor"), ["id"])
    limit = call.query.get("limit", DEFAULT_LIMIT)
    found = drafts.listed(after["id"] if after else None, limit)
    items: list[Json] = [draft_listed(one) for one in found.items]
    return Answer(200, page(items, {"id": found.next} if found.next else None))


@route(bp, contract.SIMULATE)
def simulate(call: Call) -> Answer:
    """200 with the effects of publishing the version."""
    from chalicelib.publications.service import simulation

    _known(call)
    found = simulation.simulate(_document(call), call.body.get("exact", False), call.locale)
    return Answer(200, found.body())


@route(bp, publishing_contract.PUBLISH)
def publish(call: Call) -> Answer:
    """201 with the published version, or 202 where a second person has to approve it."""
    from chalicelib.publications.service import proposal

    by = proposal.Asked(officer(call.bearer), call.body.get("code"), call.body.get("replaces"))
    proposed = proposal.propose(_document(call), by)
    if proposed.approval is not None:
        return Answer(202, presentation.waiting(proposed))
    made = proposed.notice
    headers = {"Location": f"/v1/notices/{made.version}"}
    status = notices.status(made.version, made.effective_at)
    return Answer(201, presentation.published(made, status), headers)


@route(bp, publishing_contract.WITHDRAW)
def withdraw(call: Call) -> Answer:
    """200 with the version that was called back."""
    from chalicelib.publications.service import withdrawal

    by = officer(call.bearer).subject
    return Answer(200, presentation.withdrawn(withdrawal.withdraw(call.body["version"], by)))


@route(bp, publishing_contract.CONFIRM)
def confirm_rule(call: Call) -> Answer:
    """200 with how far the records follow the version."""
    from chalicelib.retention.amendments.presentation import progress_shown
    from chalicelib.retention.amendments.service import confirmation

    by, said = officer(call.bearer).subject, call.body
    confirmed = confirmation.confirm(
        by, said["version"], said["rule"], said["erases"], notices.current()
    )
    return Answer(200, progress_shown(confirmed))


@route(bp, contract.READ)
def get_draft(call: Call, version: str) -> Answer:
    """200 with one draft."""
    staff(call.bearer)
    draft = drafts.read(version)
    return Answer(200, draft_read(draft))


@route(bp, contract.DELETE)
def delete_draft(call: Call, version: str) -> Answer:
    """204, also when there was none."""
    from chalicelib.publications.service import desk_drafts

    desk_drafts.delete(version, officer(call.bearer).subject)
    return Answer(204)


@route(bp, publishing_contract.PROGRESS)
def get_announcement(call: Call, version: str) -> Answer:
    """200 with the progress of telling people of a version."""
    from chalicelib.publications.service import progress

    staff(call.bearer)
    found = progress.progress(version)
    if found is None:
        raise NotFound("Nobody is told of such a version.")
    return Answer(200, found)


def _known(call: Call) -> None:
    """Raises unless the caller works at the desk; the kernel's look is not repeated."""
    if not call.recognised:
        recognise(call)


def _document(call: Call) -> Document:
    """Returns the document of the body, or that of the draft that it names."""
    given: Document | None = call.body.get("document")
    if given is not None:
        return given
    return drafts.document(call.body["version"], call.body.get("digest"))


handler = lambda_handler((bp, pages.bp), "desk_notices")
