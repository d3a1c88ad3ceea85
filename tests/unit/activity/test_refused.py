"""Activity goes at once when its purpose is refused, and only what was told for that purpose."""

from __future__ import annotations

import pytest

from chalicelib.consents.filings import DATE
from chalicelib.consents.model import Choice
from chalicelib.consents.service import filings
from chalicelib.jobs.store import JobItem
from tests.unit.activity.world import ADA, BROWSER, DAY, PROMOTION, SITE, World, event
from tests.unit.consents.lives import TOKENS


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


def test_what_a_browser_told_goes_when_somebody_signs_in_there(world: World) -> None:
    world.tell(BROWSER, event())
    world.now += DAY
    world.sign_in(ADA, TOKENS[0])
    assert [(one.due_event, one.due_at) for one in world.stored(BROWSER)] == [
        ("withdrawn", world.now)
    ]
    assert world.stored(ADA) == []
    world.sweep()
    assert world.stored() == []
    assert world.key_of(BROWSER) is None


def test_a_batch_right_before_a_sign_in_gets_its_date(world: World) -> None:
    world.tables.steps.meanwhile["commit"] = [
        lambda: None,  # the session's own
        lambda: world.tell(BROWSER, event()),
    ]
    world.sign_in(ADA, TOKENS[0])
    assert [one.due_event for one in world.stored(BROWSER)] == ["withdrawn"]


def test_more_than_a_transaction_takes_are_dated_by_a_job(world: World) -> None:
    for day in range(60):
        world.tell(BROWSER, event(world.now - (day % 25) * DAY))
    world.sign_in(ADA, TOKENS[0])
    assert {one.due_event for one in world.stored(BROWSER)} == {"created"}
    (job,) = [one for one in world.tables.all(JobItem) if one.action == DATE]
    filings.settle(job.subject, world.notice)
    assert {one.due_event for one in world.stored(BROWSER)} == {"withdrawn"}
    world.sweep()
    assert world.stored() == []


def test_a_batch_right_before_the_refusal_gets_its_date(world: World) -> None:
    world.tables.steps.meanwhile["commit"] = [lambda: world.tell(BROWSER, event())]
    world.decide(BROWSER, Choice.DENIED)
    assert [one.due_event for one in world.stored()] == ["withdrawn"]
