"""The tabs of an account, and the pages below each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: its name (`tab_NAME` of the shell's words), the page it opens, and its other pages.

    `pages` are names (`page_NAME` of the shell's words) with their paths; a tab of one page has
    none.
    """

    name: str
    path: str
    pages: tuple[tuple[str, str], ...] = ()


ACCOUNT: Final = (
    Tab("summary", "/account"),
    Tab("choices", "/account/choices"),
    Tab("requests", "/account/requests"),
    Tab(
        "profile",
        "/account/profile",
        (
            ("profile", "/account/profile"),
            ("preferences", "/account/preferences"),
            ("messages", "/account/messages"),
            ("leave", "/account/leave"),
        ),
    ),
    Tab(
        "security",
        "/account/password",
        (
            ("password", "/account/password"),
            ("email", "/account/email"),
            ("second_factor", "/account/second-factor"),
            ("sessions", "/account/sessions"),
        ),
    ),
)
"""The tabs of a person who is signed in, in their order."""

DESK: Final = (
    Tab("desk_requests", "/desk"),
    Tab("desk_people", "/desk/people"),
    Tab("desk_notices", "/desk/notices"),
    Tab(
        "desk_reports",
        "/desk/retention",
        (
            ("desk_retention", "/desk/retention"),
            ("desk_failures", "/desk/failures"),
            ("desk_processing", "/desk/processing"),
            ("desk_audit", "/desk/audit"),
        ),
    ),
    Tab("own_account", "/account"),
)
"""The tabs of the desk, and the way back to one's own account."""
