"""Preferences of an account: what a standing becomes, and what is written of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import clock
from chalicelib.consents.model import Choice
from chalicelib.consents.service import capture as service
from chalicelib.consents.service import preferences as preferring
from chalicelib.consents.service.capture import Caller, Preferences
from chalicelib.consents.store import EntryItem
from chalicelib.errors import Conflict, Unauthenticated
from chalicelib.sessions.model import Opened
from chalicelib.sessions.service import new_session
from chalicelib.storage import contention, reads
from chalicelib.storage.reads import Place
from chalicelib.subjects.model import Decision, Life, Standing
from chalicelib.subjects.store import StandingItem, standing_item, standing_of
from chalicelib.vault.service import new_visitor_key
from tests.unit.core.samples import NOW, SHOWN, SUBJECT, shipped, standing
from tests.unit.storage.memory import Memory

IDS = st.frozensets(st.sampled_from(["new_sign_in", "digest", "offers"]))
PREFERENCES = st.builds(
    Preferences, locale=st.sampled_from([None, "it", "en"]), muted=IDS, unmuted=IDS
)


@given(PREFERENCES, IDS, st.integers(0, 100))
def test_what_is_not_said_stays(
    preferences: Preferences, muted: frozenset[str], revision: int
) -> None:
    before = replace(standing(), muted=muted, revision=revision)
    after = preferences.applied(before)
    assert after.locale == (preferences.locale or before.locale)
    assert after.revision == revision + 1
    untouched = muted - preferences.muted - preferences.unmuted
    assert untouched <= after.muted <= untouched | preferences.muted
    assert not after.muted & preferences.unmuted
    assert after.muted >= preferences.muted - preferences.unmuted
    changed = {"locale", "muted", "revision"}
    assert all(
        getattr(after, name) == getattr(before, name)
        for name in Standing.__slots__
        if name not in changed
    )


def test_nothing_at_all_is_a_new_revision_too() -> None:
    assert Preferences().applied(standing()) == replace(standing(), revision=1)


class Account:
    """An account that is signed in, on a table that evaluates conditions."""

    def __init__(self, stands: Standing) -> None:
        self.token, session = new_session(SUBJECT, Opened(), stands.generation, shipped(), NOW)
        _, key = new_visitor_key(SUBJECT, "evidence", NOW)
        self.memory = Memory(session, standing_item(stands), key)
        self.meanwhile: list[Any] = []

    def together(self, wanted: Sequence[Place]) -> list[Any]:
        """What lies there; whatever happens meanwhile has happened when the answer is there."""
        found = self.memory.batch(wanted)
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return found

    def stands(self) -> Standing:
        """What stands about it now."""
        (item,) = self.memory.batch([(StandingItem, *_place())])
        return standing_of(item)

    def change(self, **fields: Any) -> None:
        """Its standing becomes another, by somebody else's hand."""
        item = standing_item(replace(self.stands(), **fields))
        self.memory.items[False, item.pk, item.sk] = item.serialize()

    def entries(self) -> int:
        """How many decisions were recorded."""
        return sum(raw["kind"]["S"] == EntryItem.KIND for raw in self.memory.items.values())

    def prefer(self, preferences: Preferences, **choices: Choice) -> Standing:
        """What stands after its person said so."""
        return service.prefer(str(self.token), preferences, choices, SHOWN, shipped()).standing


def _place() -> tuple[str, str]:
    item = standing_item(standing())
    return item.pk, item.sk


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    made = Account(replace(standing(), generation=3, claim="ab" * 32))
    monkeypatch.setattr(reads, "together", made.together)
    monkeypatch.setattr(preferring, "Transaction", made.memory.transaction)
    monkeypatch.setattr(service, "Transaction", made.memory.transaction)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return made


MUTE = Preferences(locale="en", muted=frozenset({"new_sign_in"}))
UNMUTE = Preferences(unmuted=frozenset({"new_sign_in"}))


def test_preferences_are_written_and_the_rest_is_left(account: Account) -> None:
    before = account.stands()
    after = account.prefer(MUTE)
    assert account.stands() == after
    assert after == replace(before, locale="en", muted=MUTE.muted, revision=1)
    assert account.entries() == 0
    assert account.prefer(UNMUTE).muted == frozenset()
    assert account.stands().muted == frozenset()


def test_decisions_among_them_are_recorded_as_all_are(account: Account) -> None:
    after = account.prefer(MUTE, surveys=Choice.GRANTED)
    assert account.entries() == 1
    assert account.stands() == after
    assert after.decisions["surveys"].decision is Decision.GRANTED
    assert (after.seq, after.locale, after.muted) == (1, "en", MUTE.muted)
    assert (after.generation, after.claim) == (3, "ab" * 32)


def test_of_two_at_once_both_are_kept(account: Account) -> None:
    account.meanwhile = [lambda: account.change(muted=frozenset({"digest"}), revision=1)]
    after = account.prefer(MUTE, surveys=Choice.GRANTED)
    assert after.muted == {"digest", "new_sign_in"}
    assert (after.revision, account.stands(), account.entries()) == (2, after, 1)


@pytest.mark.parametrize("changed", [{"life": Life.ERASING}, {"generation": 4}], ids=str)
def test_who_is_signed_out_or_being_erased_sets_nothing(
    account: Account, changed: dict[str, Any]
) -> None:
    account.change(**changed)
    with pytest.raises(Unauthenticated):
        account.prefer(MUTE)
    assert account.stands().muted == frozenset()


def test_an_erasure_that_begins_meanwhile_wins(account: Account) -> None:
    account.meanwhile = [lambda: account.change(life=Life.ERASING)]
    with pytest.raises(Unauthenticated):
        account.prefer(MUTE, surveys=Choice.GRANTED)
    assert account.entries() == 0


def test_nobody_without_a_session_has_preferences() -> None:
    for bearer in (None, "", "nonsense"):
        with pytest.raises(Unauthenticated):
            service.prefer(bearer, MUTE, {}, SHOWN, shipped())


def test_who_always_loses_is_told_so(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contention, "PATIENCE", timedelta(0))
    numbers = iter(range(1, 100))
    account.meanwhile = [lambda: account.change(revision=next(numbers))] * 99
    with pytest.raises(Conflict):
        account.prefer(MUTE)


@pytest.mark.parametrize("names", [("generation", "revision"), ("revision",)])
def test_a_standing_from_before_there_were_revisions_can_be_changed(
    account: Account, names: tuple[str, ...]
) -> None:
    account.change(generation=0)
    account.token, session = new_session(SUBJECT, Opened(), 0, shipped(), NOW)
    account.memory.items[False, session.pk, session.sk] = session.serialize()
    for raw in account.memory.items.values():
        for name in names:
            raw.pop(name, None)
    assert account.prefer(MUTE, surveys=Choice.GRANTED).revision == 1
    captured = service.capture(
        Caller(bearer=str(account.token)), {"surveys": Choice.DENIED}, SHOWN, None, shipped()
    )
    assert captured.standing.decisions["surveys"].decision is Decision.WITHDRAWN
    assert account.entries() == 2
