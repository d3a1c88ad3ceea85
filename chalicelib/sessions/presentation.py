"""Sessions as JSON, as the contract has them."""

from chalicelib.instants import instant
from chalicelib.sessions.model import Session, SignedIn
from chalicelib.web.contract import Json


def session_shown(session: Session, current: str) -> Json:
    """A session as its person sees it; `current` is the id of the one that asks."""
    return {
        "id": session.id,
        "current": session.id == current,
        "created_at": instant(session.created_at),
        "expires_at": instant(session.expires_at),
        "second_factor": session.opened.second_factor,
        "ip_address": session.opened.ip_address,
        "approximate_place": session.opened.approximate_place,
    }


def introspection_shown(signed_in: SignedIn, reference: str | None) -> Json:
    """A session that is alive as the site's back end sees it (RFC 7662, section 2.2).

    `reference` is the site's own id of the person.
    """
    session = signed_in.session
    return {
        "active": True,
        "account": session.subject,
        "session": session.id,
        "created_at": instant(session.created_at),
        "expires_at": instant(session.expires_at),
        "second_factor": session.opened.second_factor,
        "role": signed_in.role,
        "locale": signed_in.standing.locale,
        "reference": reference,
    }
