"""Accounts as JSON, as the contract has them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.consents.clocks import Consequence
from chalicelib.consents.presentation import data_shown, effects_shown
from chalicelib.instants import instant
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import Standing
from chalicelib.web.contract import Json

if TYPE_CHECKING:
    from chalicelib.accounts.service.profile import Account
    from chalicelib.accounts.service.signin import NewSession
    from chalicelib.accounts.service.warnings import Unreached


def account_shown(account: "Account") -> dict[str, Json]:
    """An account as its person sees it."""
    return {
        "id": account.id,
        "state": account.state,
        "locale": account.locale,
        "registered_at": instant(account.registered_at),
        "notice_version": account.notice_version,
        "role": account.role,
        "second_factor": account.second_factor,
        "notifications": dict(account.notifications),
        "profile": {category: dict(fields) for category, fields in account.profile.items()},
    }


def new_session_shown(
    session: "NewSession", notice: Notice, announcement: Mapping[str, Json] | None
) -> dict[str, Json]:
    """A new session with its token, and the notice in force with the change announced for it."""
    body: dict[str, Json] = {
        "token": session.token,
        "expires_at": instant(session.expires_at),
        "notice": {
            "version": notice.version,
            "effective_at": instant(notice.effective_at),
            "announcement": None if announcement is None else dict(announcement),
        },
    }
    if session.visitor is not None:
        body["visitor"] = session.visitor
    return body


def preferences_shown(
    standing: Standing,
    notifications: Mapping[str, bool],
    data: Iterable[Consequence],
    notice: Notice,
    now: datetime,
) -> dict[str, Json]:
    """An account's preferences: its language, which `notifications` are on, and its decisions.

    `data` are the consequences of refusals among them.
    """
    return {
        "locale": standing.locale,
        "notifications": dict(notifications),
        "decisions": effects_shown(standing, notice, now),
        "data": data_shown(data),
    }


def unreached_shown(warning: "Unreached") -> dict[str, Json]:
    """A warning that reached nobody, as the desk sees it."""
    return {
        "subject": warning.subject,
        "warned_at": instant(warning.warned_at),
        "ends_at": instant(warning.ends_at),
        "then": warning.then,
        "reason": warning.reason,
    }
