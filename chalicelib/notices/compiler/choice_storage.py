"""Adds the key in which the banner keeps a choice, where the document does not declare it itself.

It is needed for a service that the person asked for, to be asked no more, so that it needs no
consent (Directive 2002/58/EC art. 5(3)).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from chalicelib.notices.compiler.reader import objects, texts
from chalicelib.notices.compiler.session_cookie import CLASS, Wording, essential_class, obliged
from chalicelib.notices.model import SOFTWARE

NAME: Final = "riserbo"
"""The key of `localStorage` in which the banner's script keeps a person's choice."""

_FILE: Final = "document"


def with_choice_storage(
    document: Mapping[str, Any], cookies: object, said: Wording
) -> dict[str, Any] | None:
    """Returns `cookies` with the banner's key; None where nothing is to be added.

    `cookies` are the document's, with what the software added before. The key is there where a
    class asks. It stays until somebody deletes it: browsers give stored keys no end.
    """
    if not isinstance(cookies, dict):
        return None
    classes, known = cookies.get("classes"), cookies.get("cookies")
    if not isinstance(classes, list) or not isinstance(known, list):
        return None
    held = {"cookies": cookies}
    found = [one for _, one in objects(held, "cookies/classes/*")]
    asking = [one for one in found if one.get("exempt") is False]
    if not asking or NAME in texts(held, "cookies/cookies/*/name"):
        return None
    exempt = [one for one in found if one.get("exempt") is True]
    purpose = next(iter([*(one.get("purpose") for one in exempt), *obliged(document)]), None)
    purpose = purpose or asking[0].get("purpose")
    own = [] if exempt else [essential_class(str(purpose), said)]
    key = {
        "name": NAME,
        "origin": SOFTWARE,
        "title": said.of(_FILE, "cookies.choice.title"),
        "description": said.of(_FILE, "cookies.choice.description"),
        "class": exempt[0].get("id") if exempt else CLASS,
        "purpose": purpose,
        "lifetime": {"until_deleted": True},
        "party": "first",
        "means": "local_storage",
    }
    return {**cookies, "classes": [*classes, *own], "cookies": [*known, key]}
