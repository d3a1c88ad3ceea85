"""Activity goes at once when its purpose is refused, and only what was told for that purpose."""

from __future__ import annotations

import pytest

from chalicelib.consents.model import Choice
from tests.unit.activity.world import ADA, BROWSER, DAY, PROMOTION, SITE, World, event


@pytest.mark.parametrize("subject", [ADA, BROWSER])
def test_what_was_told_for_it_goes_and_the_rest_stays(world: World, subject: str) -> None:
    world.decide(subject, Choice.GRANTED, PROMOTION)
    world.tell(subject, event(), event(purpose=PROMOTION))
    world.now += DAY
    world.decide(subject, Choice.DENIED)
    dates = {one.purpose: (one.due_event, one.due_at) for one in world.stored()}
    assert dates[SITE] == ("withdrawn", world.now)
    assert dates[PROMOTION][0] == "created"
    world.sweep()
    assert [one.purpose for one in world.stored()] == [PROMOTION]


def test_a_batch_right_before_the_refusal_gets_its_date(world: World) -> None:
    world.tables.steps.meanwhile["commit"] = [lambda: world.tell(BROWSER, event())]
    world.decide(BROWSER, Choice.DENIED)
    assert [one.due_event for one in world.stored()] == ["withdrawn"]
