"""The mails of an account whose address takes none, whose person complained, or turned some off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.accounts.service import mails, optional_letters
from chalicelib.jobs.model import Task
from chalicelib.mail.model import Message
from chalicelib.subjects.store import standing_item
from chalicelib.unsubscribe.model import Kind, Scope
from chalicelib.unsubscribe.service import links
from tests.unit.accounts.world import ADDRESS, World, mac
from tests.unit.core.samples import NOW, SUBJECT, shipped

TOLD = (
    mails.PASSWORD_CHANGED,
    mails.SECOND_FACTOR_ON,
    mails.SECOND_FACTOR_OFF,
    mails.RECOVERY_CODES_RENEWED,
    mails.CODES_GUESSED,
    mails.DEACTIVATED,
    mails.REACTIVATED,
)
ASKED_FOR = {mails.RESET: mac(ADDRESS), mails.ADDRESS_RESTORED: ""}
SIGN_IN = f"FR {NOW.isoformat()}"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def change(world: World, **changed: Any) -> None:
    item = standing_item(replace(world.standing(), **changed))
    world.memory.items[False, item.pk, item.sk] = item.serialize()


def composed(action: str, target: str = "") -> Message | None:
    return optional_letters.COMPOSERS[action](Task(SUBJECT, action, target), shipped())


def test_everything_is_mailed_to_who_gets_mail(world: World) -> None:
    for action in TOLD:
        assert composed(action) is not None
    for action, target in ASKED_FOR.items():
        assert composed(action, target) is not None
    assert composed(mails.RESEND, mac(ADDRESS)) is not None
    assert composed(mails.NEW_SIGN_IN, SIGN_IN) is not None


@pytest.mark.parametrize("reason", ["bounce", "complaint"])
def test_where_mail_has_stopped_only_what_its_person_waits_for_is_mailed(
    world: World, reason: str
) -> None:
    change(world, suppressed=reason)
    assert [action for action in TOLD if composed(action) is not None] == []
    assert composed(mails.RECOVERY_CODE_USED, "7") is None
    assert composed(mails.NEW_SIGN_IN, SIGN_IN) is None
    assert composed(mails.RESEND, mac(ADDRESS)) is None, "anybody can ask for that one"
    for action, target in ASKED_FOR.items():
        message = composed(action, target)
        assert message is not None, action
        assert message.address == ADDRESS


def test_what_may_be_turned_off_says_how_in_its_headers_and_its_text(world: World) -> None:
    message = composed(mails.NEW_SIGN_IN, SIGN_IN)
    assert message is not None
    link = message.unsubscribe
    assert link is not None
    page = message.words["unsubscribe"].within("it")
    assert link == page.replace("/unsubscribe/", "/v1/unsubscribe/")
    found = links.open_link(link.rpartition("/")[2].removesuffix("?lang=it"))
    assert (found.subject, found.scope) == (SUBJECT, Scope(Kind.NOTIFICATION, mails.NEW_SIGN_IN))


def test_what_was_turned_off_is_not_mailed_and_the_rest_is(world: World) -> None:
    change(world, muted=frozenset({mails.NEW_SIGN_IN}))
    assert composed(mails.NEW_SIGN_IN, SIGN_IN) is None
    assert composed(mails.PASSWORD_CHANGED) is not None


@pytest.mark.parametrize("action", [*TOLD, *ASKED_FOR])
def test_what_cannot_be_turned_off_has_no_link_that_would(world: World, action: str) -> None:
    message = composed(action, ASKED_FOR.get(action, ""))
    assert message is not None
    assert message.unsubscribe is None
    assert not [word for word in message.words.values() if "unsubscribe" in str(word)]
