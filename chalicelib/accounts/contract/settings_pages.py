"""The pages of one's language and mails, and of the changes of the notice that one was told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from chalicelib.notices.model import Notice
from chalicelib.web.contract import Schema
from chalicelib.web.cursor import PAGE_QUERY
from chalicelib.web.pages.contract import PageOperation, Session
from chalicelib.web.schemas import NOTICE_VERSION, closed

LOCALE: Final = "locale"
"""The field of the language."""

NOTIFICATIONS: Final = "notifications"
"""The first step of the names of the others: `notifications.KIND`."""


def name_of(kind: str) -> str:
    """Returns the name of the field of a notification."""
    return f"{NOTIFICATIONS}.{kind}"


def settings(fields: Mapping[str, str]) -> dict[str, Any]:
    """Returns the body of the operation `setPreferences` that the fields of the form stand for."""
    start = f"{NOTIFICATIONS}."
    switches = {
        name.removeprefix(start): value == "yes"
        for name, value in fields.items()
        if name.startswith(start)
    }
    return {LOCALE: fields[LOCALE], **({NOTIFICATIONS: switches} if switches else {})}


def refused(fields: Mapping[str, Sequence[str]], notice: Notice) -> dict[str, Any]:
    """Returns the body that turns off what a form refuses; empty where it refuses nothing.

    `fields` are all values of each field, which may fit nothing else. A notification that is given
    twice, once with a no, is refused.
    """
    kinds = (one.id for one in notice.notifications.values() if one.optional)
    off = [kind for kind in kinds if "no" in fields.get(name_of(kind), ())]
    return {NOTIFICATIONS: dict.fromkeys(off, False)} if off else {}


def _fields(notice: Notice) -> Schema:
    names = [name_of(one.id) for one in notice.notifications.values() if one.optional]
    return closed(
        [LOCALE],
        **{LOCALE: {"enum": list(notice.locales)}},
        **{name: {"enum": ["yes", "no"]} for name in names},
    )


PREFERENCES_PAGE = PageOperation(
    id="showPreferences",
    method="GET",
    path="/account/preferences",
    session=Session.REQUIRED,
    done=frozenset({"saved"}),
    tab="profile",
)

PREFERENCES_FORM = PageOperation(
    id="setPreferencesByForm",
    method="POST",
    path="/account/preferences",
    session=Session.REQUIRED,
    body=_fields,
)

TOLD_PAGE = PageOperation(
    id="showMessages",
    method="GET",
    path="/account/messages",
    session=Session.REQUIRED,
    query={"cursor": PAGE_QUERY["cursor"]},
    done=frozenset({"seen"}),
    tab="profile",
)

TOLD_FORM = PageOperation(
    id="acknowledgeByForm",
    method="POST",
    path="/account/messages",
    session=Session.REQUIRED,
    body=closed(["version"], version=NOTICE_VERSION),
)
