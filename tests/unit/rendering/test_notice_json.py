"""The JSON of a notice in one language: words in that language, all else as it was published."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.notices import presentation
from chalicelib.notices.model import Notice
from chalicelib.web.contract import JSON


def _document(notice: Notice, locale: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(presentation.in_force(notice, locale, JSON))["document"]
    return document


@pytest.mark.parametrize(
    ("locale", "title"),
    [("it", "Accesso da un altro Paese"), ("en", "Sign-in from another country")],
)
def test_notifications_say_whether_they_can_be_turned_off(
    shipped: Notice, locale: str, title: str
) -> None:
    told = {one["id"]: one for one in _document(shipped, locale)["notifications"]}
    assert told["new_sign_in"]["title"] == title
    assert {name: one["optional"] for name, one in told.items()} == {
        "account_security": False,
        "requests": False,
        "notice_changes": False,
        "new_sign_in": True,
    }


def test_what_goes_at_once_is_kept_for_no_days(shipped: Notice) -> None:
    rules = {one["id"]: one for one in _document(shipped, "it")["retention"]}
    assert rules["standing_disowned"]["period"] == {"days": 0}
    assert rules["standing_disowned"]["title"] == "Account disconosciuto"
