"""The pages of one's own account."""

from collections.abc import Mapping, Sequence

from chalice.app import Blueprint

from chalicelib.accounts.contract import account_pages, address_pages, move_pages, settings_pages
from chalicelib.accounts.pages.address import address_change_page
from chalicelib.accounts.pages.leave import leave_page
from chalicelib.accounts.pages.links import address_page, undo_page
from chalicelib.accounts.pages.overview import Change, OpenRequest, Waiting, overview_page
from chalicelib.accounts.pages.preferences import preferences_page
from chalicelib.accounts.pages.profile import profile_page, seen
from chalicelib.accounts.pages.told import Told, told_page
from chalicelib.accounts.service import address, deactivation, preferences, profile
from chalicelib.accounts.service.roles import ROLES
from chalicelib.errors import DoneAlready
from chalicelib.publications.model import Obligation, Status
from chalicelib.publications.service import told
from chalicelib.requests.machine import Status as RequestStatus
from chalicelib.requests.model import Timed
from chalicelib.requests.service import view
from chalicelib.sessions import service as sessions
from chalicelib.web.cursor import DEFAULT_LIMIT, decode, encode
from chalicelib.web.pages.answers import Done
from chalicelib.web.pages.former import moved
from chalicelib.web.pages.view import acts, shows
from chalicelib.web.pages.visit import Visit

bp = Blueprint(__name__)

CONFIRMED = Done(move_pages.CONFIRM_PAGE.path, "confirmed")
UNDONE = Done(move_pages.UNDO_PAGE.path, "undone")
"""The pages after the two buttons of a move to another address."""


@shows(bp, move_pages.CONFIRM_PAGE)
def show_address_confirmation(visit: Visit) -> str:
    """One button; it looks nothing up and changes nothing."""
    return address_page(visit)


@acts(bp, move_pages.CONFIRM_FORM, again=show_address_confirmation)
def confirm_address(visit: Visit) -> Done:
    """To what came of it."""
    try:
        address.confirm(visit.body["token"], visit.notice, visit.body.get("password", ""))
    except DoneAlready:
        return Done(move_pages.CONFIRM_PAGE.path, "before")
    return CONFIRMED


@shows(bp, move_pages.UNDO_PAGE)
def show_address_undo(visit: Visit) -> str:
    """One button; it looks nothing up and changes nothing."""
    return undo_page(visit)


@acts(bp, move_pages.UNDO_FORM, again=show_address_undo)
def undo_address(visit: Visit) -> Done:
    """To what came of it."""
    try:
        address.undo(visit.body["token"], visit.notice)
    except DoneAlready:
        return Done(move_pages.UNDO_PAGE.path, "before")
    return UNDONE


@shows(bp, account_pages.OVERVIEW_PAGE)
def show_account(visit: Visit) -> str:
    """The choices, changes and requests that wait for the person, and doors to the rest."""
    signed_in = sessions.authenticate(visit.session, with_role=True)
    changes = told.unseen(signed_in)
    requests = view.listed_open(signed_in, visit.notice)
    return overview_page(
        visit.speaking(signed_in.standing.locale),
        signed_in.standing,
        Waiting(tuple(_change(one, visit) for one in changes.items), changes.next is not None),
        Waiting(tuple(map(_open, requests.items)), requests.next is not None),
        member=signed_in.given in ROLES and signed_in.standing.active,
    )


@shows(bp, account_pages.PROFILE_PAGE)
def show_profile(visit: Visit) -> str:
    """The person's data by category, in a form that corrects it."""
    account = profile.account(visit.session, visit.notice)
    return profile_page(visit.speaking(account.locale), account)


@acts(bp, account_pages.PROFILE_FORM, again=show_profile)
def correct(visit: Visit) -> Done:
    """To the same page, which says that the data is saved."""
    body = account_pages.correction(visit.body, visit.notice)
    as_seen = visit.body[account_pages.SEEN]
    profile.correct(visit.session, body, lambda one: seen(one) == as_seen, visit.notice)
    return Done(account_pages.PROFILE_PAGE.path, "saved")


@shows(bp, account_pages.LEAVE_PAGE)
def show_leave(visit: Visit) -> str:
    """Both ways of leaving, and the difference; the way back for an account that is stopped."""
    standing = sessions.authenticate(visit.session).standing
    return leave_page(visit.speaking(standing.locale), standing)


@acts(bp, account_pages.LEAVE_FORM, again=show_leave)
def leave(visit: Visit) -> Done:
    """To the same page, which says that the account is stopped, or active again."""
    signed_in = sessions.authenticate(visit.session)
    if visit.body[account_pages.ACT] == account_pages.STOP:
        deactivation.deactivate(signed_in, visit.language, visit.notice)
        return Done(account_pages.LEAVE_PAGE.path, "stopped")
    deactivation.reactivate(signed_in, visit.notice, visit.call.network)
    return Done(account_pages.LEAVE_PAGE.path, "resumed")


@shows(bp, address_pages.ADDRESS_PAGE)
def show_address(visit: Visit) -> str:
    """The form for another address, and what its two mails do."""
    account = profile.account(visit.session, visit.notice)
    return address_change_page(visit.speaking(account.locale), account)


@acts(bp, address_pages.ADDRESS_FORM, again=show_address)
def change_address(visit: Visit) -> Done:
    """To the same page, whether or not an account holds the new address."""
    signed_in = sessions.authenticate(visit.session)
    email, password = visit.body["email"], visit.body["current_password"]
    code, network = visit.body.get("code"), visit.call.network
    address.ask(signed_in, email, password, network, visit.notice, code)
    return Done(address_pages.ADDRESS_PAGE.path, "sent")


@shows(bp, settings_pages.PREFERENCES_PAGE)
def show_preferences(visit: Visit) -> str:
    """The language, and the mails that can be turned off."""
    account = profile.account(visit.session, visit.notice)
    return preferences_page(visit.speaking(account.locale), account)


def _keep(visit: Visit, fields: Mapping[str, Sequence[str]]) -> bool:
    """Turns off the mails that a form refuses which is refused itself."""
    off = settings_pages.refused(fields, visit.notice)
    if off:
        reading = visit.call.locale(visit.notice.locales)
        preferences.prefer(visit.session, off, reading, gpc=False, notice=visit.notice)
    return bool(off)


@acts(bp, settings_pages.PREFERENCES_FORM, again=show_preferences, keep=_keep)
def set_preferences(visit: Visit) -> Done:
    """To the same page, which says that the settings are saved."""
    body, call = settings_pages.settings(visit.body), visit.call
    reading = call.locale(visit.notice.locales)
    preferences.prefer(visit.session, body, reading, call.gpc, visit.notice, call.network)
    return Done(settings_pages.PREFERENCES_PAGE.path, "saved")


@shows(bp, settings_pages.TOLD_PAGE)
def show_messages(visit: Visit) -> str:
    """The changes of the notice that the person was told of, newest first."""
    signed_in = sessions.authenticate(visit.session)
    after = decode(visit.call.query.get("cursor"), ["id"])
    found = told.told(signed_in, after["id"] if after else None, DEFAULT_LIMIT)
    later = encode({"id": found.next}) if found.next else ""
    shown = [_told(one, visit) for one in found.items]
    return told_page(visit.speaking(signed_in.standing.locale), shown, later)


@acts(bp, settings_pages.TOLD_FORM, again=show_messages)
def acknowledge(visit: Visit) -> Done:
    """To the same page, which says that it is recorded."""
    told.acknowledge(sessions.authenticate(visit.session), visit.body["version"])
    return Done(settings_pages.TOLD_PAGE.path, "seen")


_SAID = (Status.DUE, Status.BOUNCED, Status.WITHDRAWN)
"""The states of a change of which more is said than when the person was told."""


def _change(one: Obligation, visit: Visit) -> Change:
    return Change(one.version, one.effective_at.astimezone(visit.notice.zone).date())


def _told(one: Obligation, visit: Visit) -> Told:
    state = str(one.shown) if one.shown in _SAID else ""
    change = _change(one, visit)
    return Told(change.version, change.applies_on, one.sent_at, one.seen_at, state)


def _open(one: Timed) -> OpenRequest:
    request = one.request
    waits = request.status is RequestStatus.PAUSED
    return OpenRequest(request.id, request.right, one.deadline.due_on, waits)


moved(
    bp,
    {
        "/v1/account/email/confirmation": move_pages.CONFIRM_PAGE.path,
        "/v1/account/email/undo": move_pages.UNDO_PAGE.path,
    },
)
