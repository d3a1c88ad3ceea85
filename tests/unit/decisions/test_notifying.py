"""Which of the notice's notifications go out to somebody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.catalogue import NOTIFICATIONS
from chalicelib.decisions.notifications import (
    ACCOUNT_SECURITY,
    NOTICE_CHANGES,
    REQUESTS,
    may_notify,
)
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import NO_LIMITS, Life, Limits, Standing
from tests.unit.core.samples import DISOWNED, NOW, shipped, standing

OPTIONAL = "new_sign_in"


def without_purposes() -> Notice:
    """The shipped notice as one that says of no notification what it is sent for."""
    stated = shipped().notifications.items()
    return replace(
        shipped(), notifications={name: replace(one, purpose=None) for name, one in stated}
    )


NOTICES = pytest.mark.parametrize("notice", [shipped(), without_purposes()], ids=["said", "unsaid"])


def may(name: str, stands: Standing, notice: Notice, asked_for: bool = False) -> bool:
    return may_notify(stands, name, notice, NOW, asked_for=asked_for)


def test_these_are_all_that_there_are() -> None:
    assert {ACCOUNT_SECURITY, REQUESTS, NOTICE_CHANGES, OPTIONAL} == NOTIFICATIONS.keys()


@NOTICES
@pytest.mark.parametrize("name", NOTIFICATIONS)
def test_to_an_account_all_go_out(name: str, notice: Notice) -> None:
    assert may(name, standing(), notice)
    assert may(name, standing(life=Life.DEACTIVATED), notice)


@NOTICES
@pytest.mark.parametrize("name", NOTIFICATIONS)
@pytest.mark.parametrize("asked_for", [True, False])
def test_what_may_be_turned_off_does_not_when_it_is(
    name: str, notice: Notice, asked_for: bool
) -> None:
    muted = replace(standing(), muted=frozenset(NOTIFICATIONS))
    assert may(name, muted, notice, asked_for) is (name != OPTIONAL)


@NOTICES
@pytest.mark.parametrize("reason", ["bounce", "complaint"])
def test_where_mail_has_stopped_only_what_was_asked_for_does(notice: Notice, reason: str) -> None:
    silent = replace(standing(), suppressed=reason)
    for name in NOTIFICATIONS:
        assert not may(name, silent, notice)
        assert may(name, silent, notice, asked_for=True)


@NOTICES
@pytest.mark.parametrize(
    ("life", "limits"), [(Life.ERASING, NO_LIMITS), *((life, DISOWNED) for life in Life)]
)
@pytest.mark.parametrize("asked_for", [True, False])
def test_none_goes_to_who_is_kept_from_every_use(
    notice: Notice, life: Life, limits: Limits, asked_for: bool
) -> None:
    kept = standing(life=life, limits=limits)
    assert not any(may(name, kept, notice, asked_for) for name in NOTIFICATIONS)


@NOTICES
def test_who_has_still_to_prove_the_address_gets_what_they_asked_for(notice: Notice) -> None:
    assert may(ACCOUNT_SECURITY, standing(life=Life.PENDING), notice, asked_for=True)
