"""Joining at sign-in, through the tables: one entry, or none, whatever happens meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.consents.model import Choice, verify
from chalicelib.consents.presentation import asks_shown, standing_told
from chalicelib.consents.service import account_join
from chalicelib.consents.service.capture import Caller, visitor_subject
from chalicelib.consents.store import EntryItem
from chalicelib.instants import instant
from chalicelib.subjects.model import Decision, Life, Origin
from chalicelib.subjects.store import StandingItem, standing_item, standing_place
from chalicelib.vault import service as vault
from chalicelib.webhooks.model import callback_of
from tests.unit.consents.world import BROWSER, World, gardener
from tests.unit.core.samples import NOW, SUBJECT, shipped, standing
from tests.unit.storage.tables import Killed

GRANT, DENY = Choice.GRANTED, Choice.DENIED
MEASURED, ADS = "site_measurement", "advertising_cookies"
VISITOR = visitor_subject(BROWSER)
NEIGHBOUR, RECEIVER = "b" * 26, "measurement_providers"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch, shipped(), standing())


def test_choices_of_the_browser_join_in_one_entry(world: World) -> None:
    first = world.decide(world.browser, site_measurement=GRANT)
    world.later(1)
    second = world.decide(world.browser, advertising_cookies=DENY)
    world.later(1)
    fresh = world.join()
    assert fresh is not None
    assert fresh != BROWSER
    (entry,) = world.entries()
    assert entry.source == "sign_in"
    assert entry.opened["decisions"] == {ADS: "denied", MEASURED: "granted"}
    assert entry.opened["joined"] == {
        "visitor": VISITOR,
        "entries": {ADS: second.entry_id, MEASURED: first.entry_id},
    }
    stands = world.standing()
    assert verify([entry], stands.head)
    granted = stands.decisions[MEASURED]
    assert (granted.at, granted.origin, granted.seq) == (NOW, Origin.JOINED, 1)
    browser = replace(second.standing, offered=2)
    assert world.standing(VISITOR) == browser, "its history stays its own; it was offered once"


def test_what_one_account_was_offered_the_next_is_not(world: World) -> None:
    world.decide(world.account, "preference_centre", site_measurement=DENY)
    world.decide(world.browser, site_measurement=GRANT, advertising_cookies=GRANT)
    world.join()
    _, ledger = vault.new_visitor_key(NEIGHBOUR, EntryItem.CLASS, NOW)
    world.tables.put(standing_item(standing(NEIGHBOUR)), ledger)
    account_join.join(NEIGHBOUR, BROWSER, shipped())
    assert world.standing(NEIGHBOUR).decisions == {}
    assert world.entries(NEIGHBOUR) == []


def test_a_signal_that_joined_does_not_overwrite_what_its_person_says_later(world: World) -> None:
    world.decide(world.browser, "signal", gpc=True)
    world.join()
    assert world.standing().decisions[ADS].origin is Origin.SIGNAL
    world.later(1)
    world.sign_in()
    world.decide(world.account, "preference_centre", advertising_cookies=GRANT)
    world.later(1)
    world.sign_in()
    world.decide(world.account, gpc=True, site_measurement=DENY)
    assert world.standing().decisions[ADS].decision is Decision.GRANTED


def test_who_received_data_because_of_the_browsers_yes_is_told_that_it_ends(world: World) -> None:
    world.decide(world.browser, site_measurement=GRANT)
    given = frozenset({f"{RECEIVER}:{MEASURED}"})
    world.tables.put(standing_item(replace(world.standing(VISITOR), disclosed=given)))
    world.sent.clear()
    world.join()
    (job,) = world.sent
    callback = callback_of(job.target)
    assert (callback.recipient, callback.subject) == (RECEIVER, VISITOR)
    assert callback.purposes == (MEASURED,)


def test_what_was_decided_in_the_browser_since_is_offered_again(world: World) -> None:
    world.decide(world.browser, site_measurement=GRANT)
    world.join()
    world.later(1)
    world.decide(world.browser, site_measurement=DENY)
    world.join()
    assert world.standing().decisions[MEASURED].decision is Decision.WITHDRAWN
    assert [entry.source for entry in world.entries()] == ["sign_in", "sign_in"]


def test_a_second_time_nothing_is_written(world: World) -> None:
    world.decide(world.browser, site_measurement=GRANT)
    world.join()
    steps = len(world.tables.steps.names)
    assert world.join() is not None
    assert world.tables.steps.names[steps:] == ["batch"]
    assert len(world.entries()) == 1


def test_a_browser_that_decided_nothing_is_rotated_all_the_same(world: World) -> None:
    assert world.join() is not None
    assert world.entries() == []


def test_what_was_chosen_in_the_account_stays(world: World) -> None:
    world.decide(world.account, "preference_centre", site_measurement=DENY)
    world.later(1)
    world.decide(world.browser, site_measurement=GRANT)
    world.join()
    assert world.standing().decisions[MEASURED].decision is Decision.DENIED
    assert len(world.entries()) == 1


def test_a_yes_withdrawn_in_the_browser_meanwhile_does_not_join(world: World) -> None:
    world.decide(world.browser, site_measurement=GRANT)
    world.tables.steps.meanwhile["commit"] = [
        lambda: world.decide(world.browser, site_measurement=DENY)
    ]
    world.join()
    assert world.standing().decisions[MEASURED].decision is Decision.DENIED
    assert len(world.entries()) == 1


def test_a_no_said_in_the_account_meanwhile_wins(world: World) -> None:
    world.decide(world.browser, site_measurement=GRANT)
    world.tables.steps.meanwhile["commit"] = [
        lambda: world.decide(world.account, site_measurement=DENY)
    ]
    assert world.join() is not None
    assert world.standing().decisions[MEASURED].decision is Decision.DENIED
    assert len(world.entries()) == 1


def test_who_always_loses_keeps_the_token_and_joins_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.decide(world.browser, site_measurement=GRANT)
    monkeypatch.setattr(account_join, "PATIENCE", timedelta(0))
    choices = iter([GRANT, DENY] * 50)
    world.tables.steps.meanwhile["commit"] = [
        lambda: world.decide(world.browser, surveys=next(choices))
    ] * 50
    assert world.join() is None
    world.tables.steps.meanwhile.clear()
    assert world.join() is not None
    assert world.standing().decisions[MEASURED].decision is Decision.GRANTED


def test_wherever_the_worker_dies_the_account_has_all_or_nothing(world: World) -> None:
    world.decide(world.browser, site_measurement=GRANT, advertising_cookies=DENY)
    for step in range(4):
        world.tables.steps.kill_before(step)
        try:
            world.join()
        except Killed:
            assert world.standing().decisions.keys() in (set(), {MEASURED, ADS})
        world.tables.steps.revive()
    world.join()
    assert world.standing().decisions.keys() == {MEASURED, ADS}
    assert verify(world.entries(), world.standing().head)


@pytest.mark.parametrize("whose", [SUBJECT, VISITOR])
def test_nobody_who_is_being_erased_takes_part(world: World, whose: str) -> None:
    world.decide(world.browser, site_measurement=GRANT)
    world.tables.put(standing_item(replace(world.standing(whose), life=Life.ERASING)))
    world.join()
    assert world.entries() == []


def test_an_account_whose_key_is_gone_signs_in_without_it(world: World) -> None:
    world.decide(world.browser, site_measurement=GRANT)
    world.tables.items = {
        key: raw for key, raw in world.tables.items.items() if not (key[0] and SUBJECT in key[1])
    }
    assert world.join() is None


def test_a_later_yes_in_another_browser_gives_no_refusal_away(world: World) -> None:
    world.decide(world.browser, site_measurement=DENY)
    world.join()
    for number in range(3):
        world.later(1)
        token = f"{number}" * 43
        world.decide(Caller(visitor=token), site_measurement=GRANT)
        world.join(token)
        assert world.standing().decisions[MEASURED].decision is Decision.DENIED
    world.decide(world.account, "preference_centre", site_measurement=GRANT)
    assert world.standing().decisions[MEASURED].decision is Decision.GRANTED


def test_a_refusal_that_joins_starts_the_clock_of_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    world = gardener(monkeypatch)
    world.keep("interests")
    world.decide(Caller(visitor="g" * 43), newsletter=GRANT)
    world.join("g" * 43)
    assert world.goes_at("interests") is None
    assert list(world.standing().asks) == ["newsletter"]
    world.decide(world.browser, newsletter=DENY)
    world.join()
    assert world.standing().decisions["newsletter"].decision is Decision.DENIED
    assert world.standing().asks == {}
    assert world.goes_at("interests") is not None


def test_a_yes_to_what_reaches_a_person_is_asked_about_and_answered_by_them(world: World) -> None:
    said = world.decide(world.browser, surveys=GRANT, site_measurement=GRANT)
    world.later(1)
    world.join()
    stands, (entry,) = world.standing(), world.entries()
    assert set(stands.decisions) == {MEASURED}
    asked = stands.asks["surveys"]
    assert (asked.seq, asked.at) == (1, said.standing.decisions["surveys"].at)
    assert entry.opened["decisions"] == {MEASURED: "granted"}
    visitor = said.standing.subject
    assert entry.opened["joined"] == {
        "visitor": visitor,
        "entries": {MEASURED: said.entry_id},
        "asked": {"surveys": said.entry_id},
    }
    world.decide(world.account, "preference_centre", surveys=GRANT)
    assert world.standing().asks == {}
    assert world.standing().decisions["surveys"].origin is Origin.OWN


def test_only_questions_make_an_entry_too_and_are_not_asked_twice(world: World) -> None:
    world.decide(world.browser, surveys=GRANT)
    world.join()
    assert [entry.opened["decisions"] for entry in world.entries()] == [{}]
    assert asks_shown(world.standing(), world.notice) == {
        "surveys": {
            "said_at": instant(NOW),
            "notice_version": world.notice.version,
            "entry_id": f"{SUBJECT}.1",
        }
    }
    world.join()
    assert len(world.entries()) == 1
    world.decide(world.account, surveys=DENY)
    world.decide(world.browser, surveys=GRANT)
    world.join()
    assert world.standing().asks == {}
    assert world.standing().decisions["surveys"].decision is Decision.DENIED


def test_the_copy_says_that_one_is_asked(world: World) -> None:
    world.decide(world.browser, surveys=GRANT)
    world.join()
    item = world.tables.one(StandingItem, *standing_place(SUBJECT))
    fields = {one: getattr(item, one) for one in ("decisions", "state", "locale", "notice_version")}
    told = standing_told(SUBJECT, fields, world.notice, NOW)["decisions"]["surveys"]
    assert told == {"decision": "ask", "at": instant(NOW), "seq": 1}
