"""Finds what a document that compiles had better say, and what nobody can say in its place. Pure.

A warning refuses nothing: it may be right, where the site has nothing of the kind yet.
"""

from __future__ import annotations

from chalicelib.errors import Finding
from chalicelib.notices.model import Notice


def warnings(notice: Notice) -> tuple[Finding, ...]:
    """Returns the warnings about a notice, sorted by place; each a finding with its place.

    Consent is to be informed (GDPR art. 4(11)): whoever is asked about a class of cookies can see
    which these are, and for how long they stay.
    """
    used = {one.cookie_class for one in notice.cookies.values()}
    return tuple(
        Finding(
            f"/cookies/classes/{index}",
            "asks for a consent and lists no cookie: list what it sets, or remove the class.",
        )
        for index, value in enumerate(notice.completed["cookies"]["classes"])
        if not value["exempt"] and value["id"] not in used
    )
