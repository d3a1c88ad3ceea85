"""Adds the cookie in which pages keep a session, where the document does not declare it itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from chalicelib.notices.compiler.reader import objects, texts
from chalicelib.notices.model import REGISTRATION, SOFTWARE
from chalicelib.web.pages.cookie import NAME

_FILE: Final = "document"
CLASS: Final = "software_essential"
"""The id of the class of what the software sets, where no class of the document is exempt."""


_A_DAY: Final = {"days": 1}
"""The longest time for which a browser keeps a request open (`requests.service.access`)."""


class Wording(Protocol):
    """The software's words in the languages of a document."""

    def of(self, file: str, name: str, **filled: str) -> dict[str, str]:
        """Returns a text in each language."""


def with_session_cookie(
    document: Mapping[str, Any], retention: Sequence[object], said: Wording
) -> dict[str, Any] | None:
    """Returns the document's `cookies` with the session's; None where nothing is to be added.

    Where a notice registers people the cookie lasts as long as a session does: `retention` are the
    completed rules. Where it registers nobody the cookie only keeps the page of a request open, for
    a day, and serves the purpose by which requests are answered: a legal obligation.
    """
    registers = [
        form.get("purpose")
        for _, form in objects(document, "forms/*")
        if form.get("id") == REGISTRATION and form.get("origin") != SOFTWARE
    ]
    purpose = next(iter(registers or obliged(document)), None)
    rules = (one for one in retention if isinstance(one, dict) and _is_session(one))
    session = next((one["period"] for one in rules if "period" in one), None)
    lifetime = session if registers else _A_DAY
    cookies = document.get("cookies", {"classes": [], "cookies": []})
    if (
        purpose not in texts(document, "purposes/*/id")
        or lifetime is None
        or not isinstance(cookies, dict)
    ):
        return None
    classes, known = cookies.get("classes"), cookies.get("cookies")
    if not isinstance(classes, list) or not isinstance(known, list):
        return None
    if NAME in texts(document, "cookies/cookies/*/name"):
        return None
    exempt = [one for _, one in objects(document, "cookies/classes/*") if one.get("exempt") is True]
    own = [] if exempt else [essential_class(str(purpose), said)]
    kind = "session" if registers else "request"
    cookie = {
        "name": NAME,
        "origin": SOFTWARE,
        "title": said.of(_FILE, f"cookies.{kind}.title"),
        "description": said.of(_FILE, f"cookies.{kind}.description"),
        "class": exempt[0].get("id") if exempt else CLASS,
        "purpose": exempt[0].get("purpose") if exempt else purpose,
        "lifetime": lifetime,
        "party": "first",
        "means": "cookie",
    }
    return {**cookies, "classes": [*classes, *own], "cookies": [*known, cookie]}


def obliged(document: Mapping[str, Any]) -> list[object]:
    """Lists the purposes that rest on a legal obligation."""
    purposes = (one for _, one in objects(document, "purposes/*"))
    return [one.get("id") for one in purposes if "legal_obligation" in texts(one, "basis/kind")]


def _is_session(rule: Mapping[str, Any]) -> bool:
    return rule.get("kind") == "session" and rule.get("from") == "created"


def essential_class(purpose: str, said: Wording) -> dict[str, Any]:
    """Returns the class of what the software sets, with the words of the software."""
    return {
        "id": CLASS,
        "origin": SOFTWARE,
        "title": said.of(_FILE, "cookies.class.title"),
        "description": said.of(_FILE, "cookies.class.description"),
        "exempt": True,
        "purpose": purpose,
    }
