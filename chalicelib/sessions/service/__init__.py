"""The sessions of accounts and the links that are mailed to them.

`recognition` tells whose session a token is, `course` begins, lists and ends the sessions of an
account, and `links` makes, opens and spends links.
"""

from chalicelib.sessions.service.course import (
    carry_over,
    end,
    lasts,
    new_session,
    opened,
    place,
    remove,
    sessions,
)
from chalicelib.sessions.service.links import (
    NO_LINK,
    link_not_valid,
    new_link,
    open_link,
    refusal,
    spend,
)
from chalicelib.sessions.service.recognition import (
    NO_SESSION,
    authenticate,
    authenticate_and_read,
    give_role,
    has_role,
    read_token,
    recognise,
    role_at,
    session_at,
    use_at,
)

__all__ = [
    "NO_LINK",
    "NO_SESSION",
    "authenticate",
    "authenticate_and_read",
    "carry_over",
    "end",
    "give_role",
    "has_role",
    "lasts",
    "link_not_valid",
    "new_link",
    "new_session",
    "open_link",
    "opened",
    "place",
    "read_token",
    "recognise",
    "refusal",
    "remove",
    "role_at",
    "session_at",
    "sessions",
    "spend",
    "use_at",
]
