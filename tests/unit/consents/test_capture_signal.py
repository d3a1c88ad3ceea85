"""Captures that carry a browser's signal: one entry, and none where nothing changes."""

from __future__ import annotations

import pytest

from chalicelib.consents import signals
from chalicelib.consents.model import Choice, verify
from chalicelib.consents.service import capture
from chalicelib.consents.service.capture import Preferences, visitor_subject
from chalicelib.errors import Unprocessable
from chalicelib.subjects.model import Decision, Origin
from tests.unit.consents.world import BROWSER, World
from tests.unit.core.samples import SHOWN, association, shipped, standing

ADS = "advertising_cookies"
ASKED = sorted(signals.signalled(shipped()))
GRANT, DENY = Choice.GRANTED, Choice.DENIED
VISITOR = visitor_subject(BROWSER)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch, shipped(), standing())


def test_accept_all_with_the_signal_is_one_entry_that_denies(world: World) -> None:
    captured = world.decide(
        world.browser, gpc=True, advertising_cookies=GRANT, site_measurement=GRANT
    )
    decisions = captured.standing.decisions
    assert decisions["site_measurement"].decision is Decision.GRANTED
    assert decisions[ADS].decision is Decision.DENIED
    assert {name for name, one in decisions.items() if one.origin is Origin.SIGNAL} == set(ASKED)
    (entry,) = world.entries(VISITOR)
    assert entry.opened["signal"] == {"gpc": ASKED}
    assert verify([entry], captured.standing.head)
    assert world.standing(VISITOR) == captured.standing
    assert captured.standing.signal_at == entry.at


def test_told_of_again_it_writes_nothing(world: World) -> None:
    first = world.decide(world.browser, "signal", gpc=True)
    steps = len(world.tables.steps.names)
    again = world.decide(world.browser, "signal", gpc=True)
    assert (again.entry_id, again.standing) == (first.entry_id, first.standing)
    assert world.tables.steps.names[steps:] == ["batch"]
    accepted = world.decide(world.browser, gpc=True, advertising_cookies=GRANT)
    assert accepted.entry_id == first.entry_id
    assert len(world.entries(VISITOR)) == 1


def test_a_new_browser_that_only_sends_the_signal_gets_a_token(world: World) -> None:
    captured = world.decide(capture.Caller(), "signal", gpc=True)
    assert captured.visitor is not None
    assert captured.standing.decisions.keys() == set(ASKED)


def test_a_yes_from_before_is_withdrawn_and_one_from_after_stays(world: World) -> None:
    world.decide(world.account, "preference_centre", advertising_cookies=GRANT)
    world.later(1)
    withdrawn = world.decide(world.account, "signal", gpc=True).standing
    assert withdrawn.decisions[ADS].decision is Decision.WITHDRAWN
    world.later(1)
    chosen = world.decide(world.account, "preference_centre", gpc=True, advertising_cookies=GRANT)
    assert chosen.standing.signal_at == withdrawn.signal_at, "set once"
    world.later(1)
    after = world.decide(world.account, "banner", gpc=True, site_measurement=DENY).standing
    assert after.decisions[ADS] == chosen.standing.decisions[ADS]
    assert after.decisions[ADS].origin is Origin.OWN


@pytest.mark.parametrize("gpc", [False, True])
def test_without_a_signal_nothing_can_be_told_of_one(
    monkeypatch: pytest.MonkeyPatch, gpc: bool
) -> None:
    world = World(monkeypatch, association() if gpc else shipped(), standing())
    with pytest.raises(Unprocessable) as refused:
        world.decide(world.browser, "signal", gpc=gpc)
    assert refused.value.type == "no-signal"
    assert world.tables.steps.names == []


def test_preferences_hear_it_for_what_they_do_not_decide(world: World) -> None:
    assert world.account.bearer is not None

    def prefer(locale: str, **choices: Choice) -> capture.Preferred:
        return capture.prefer(
            world.account.bearer, Preferences(locale), choices, shown, world.notice, gpc=True
        )

    shown = SHOWN.__class__(SHOWN.notice_version, SHOWN.notice_digest, "it", "preferences")
    after = prefer("en", advertising_cookies=GRANT).standing
    assert after == world.standing()
    assert after.decisions[ADS].decision is Decision.GRANTED
    others = [after.decisions[one] for one in ASKED if one != ADS]
    assert [(one.decision, one.origin) for one in others] == [
        (Decision.DENIED, Origin.SIGNAL)
    ] * len(others)
    assert len(world.entries()) == 1
    assert prefer("it").standing.seq == after.seq, "nothing is recorded twice"
    assert world.standing().locale == "it"


def test_a_lost_race_hears_it_again_about_what_stands_by_then(world: World) -> None:
    def chosen() -> None:
        world.decide(world.browser, "preference_centre", gpc=True, advertising_cookies=GRANT)

    world.tables.steps.meanwhile["commit"] = [chosen]
    after = world.decide(world.browser, gpc=True, site_measurement=GRANT).standing
    assert after.decisions[ADS].decision is Decision.GRANTED
    assert len(world.entries(VISITOR)) == 2
    assert verify(world.entries(VISITOR), after.head)
