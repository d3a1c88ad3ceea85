"""A sweep has what needs a decision wait, once, and does by a decision what was decided."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.instants import instant
from chalicelib.notices.model import Period
from chalicelib.retention.reviews import service as reviews
from chalicelib.retention.reviews.model import AGAIN
from chalicelib.storage import keys
from chalicelib.storage.due import Due
from functions.http import desk_subjects
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.holds.keeper import sk_of
from tests.unit.retention.reviews.reviewing import DAY, Reviewing
from tests.unit.storage.tables import Killed

ALL_STEPS = range(14)


def test_what_a_person_has_to_decide_about_stands_on_the_list_from_the_first_run_on(
    office: Reviewing,
) -> None:
    office.over("r1", "r2")
    assert office.waits() == []
    assert office.sweep() == {"done": 2, "reviews": 2}
    assert sorted(office.waits()) == ["r1", "r2"]
    assert office.date("r1") == NOW + AGAIN
    assert office.sweep() == {}


def test_an_end_that_no_kind_knows_yet_is_for_a_person_to_decide(office: Reviewing) -> None:
    office.rule("request", "closed", then="anonymise")
    office.over("r1")
    assert office.sweep() == {"done": 1, "reviews": 1}
    assert office.waits() == ["r1"]
    assert office.decide("r1").status == 200
    assert office.sweep()["erased"] == 1


def test_it_waits_since_the_first_look_however_often_it_is_looked_at(office: Reviewing) -> None:
    office.over("r1")
    for _ in range(3):
        assert office.sweep() == {"done": 1, "reviews": 1}
        (item,) = office.reviews()["items"]
        assert item["asked_at"] == instant(NOW)
        found = office.review("r1")
        assert found is not None
        assert found.expires is not None
        assert found.expires > office.now + AGAIN, "it outlasts the next look"
        office.now += AGAIN


def test_what_was_kept_is_not_asked_about_before_its_end_and_then_it_is(office: Reviewing) -> None:
    office.over("r1")
    office.sweep()
    until = office.now + 200 * DAY
    assert office.keep("r1", until).status == 200
    for _ in range(4):
        office.now += 49 * DAY
        assert (office.sweep(), office.waits()) == ({}, [])
    office.now = until
    assert office.sweep() == {"done": 1, "reviews": 1}
    assert office.waits() == ["r1"]
    assert office.keep("r1", office.now + DAY).status == 200


def test_what_comes_before_the_end_of_what_was_kept_is_put_off_to_it(office: Reviewing) -> None:
    office.over("r1")
    office.sweep()
    until = office.now + 200 * DAY
    office.keep("r1", until)
    office.tables.items[False, keys.subject(SUBJECT), sk_of("r1")]["due_at"] = {
        "S": "2026-01-01T00:00:00.000Z"
    }
    assert office.sweep() == {"done": 1, "postponed": 1}
    assert (office.date("r1"), office.waits()) == (until, [])


def test_what_is_to_go_goes_with_the_next_run(office: Reviewing) -> None:
    office.over("r1", "r2")
    office.sweep()
    assert office.decide("r1").status == 200
    assert (office.there(sk_of("r1")), office.waits()) == (True, ["r2"])
    assert office.sweep() == {"done": 1, "erased": 1}
    assert (office.there(sk_of("r1")), office.there(sk_of("r2"))) == (False, True)


def test_what_was_renewed_after_the_decision_is_asked_about_anew(office: Reviewing) -> None:
    office.over("r1")
    office.sweep()
    office.decide("r1")
    office.closed("r1", due_at=office.now + 2 * DAY)
    assert office.sweep() == {}
    office.now += 3 * DAY
    assert office.sweep() == {"done": 1, "reviews": 1}
    assert office.waits() == ["r1"]


def test_what_is_held_after_the_decision_stays(office: Reviewing) -> None:
    office.over("r1")
    office.sweep()
    office.decide("r1")
    name = office.placed(records=[{"kind": "request", "id": "r1"}])
    assert office.sweep() == {}
    assert office.there(sk_of("r1"))
    office.lift(name)
    assert office.sweep()["erased"] >= 1
    assert not office.there(sk_of("r1"))


@pytest.mark.parametrize("changed", [{"then": "erase"}, {"period": Period(years=9)}])
def test_its_rule_is_another_one_meanwhile(office: Reviewing, changed: dict[str, object]) -> None:
    office.over("r1")
    office.sweep()
    office.rule("request", "closed", **changed)
    assert office.waits() == []
    assert office.decide("r1").status == 404
    office.now += AGAIN
    outcome = "erased" if "then" in changed else "postponed"
    assert office.sweep() == {"done": 1, outcome: 1}


def test_no_rule_is_left_for_it(office: Reviewing) -> None:
    office.over("r1")
    office.sweep()
    rules = {k: one for k, one in office.notice.retention.items() if one.kind != "request"}
    office.notice = replace(office.notice, retention=rules)
    assert (office.waits(), office.decide("r1").status) == ([], 404)


def test_an_account_waits_as_a_whole_and_goes_by_the_saga(office: Reviewing) -> None:
    office.rule("standing", "last_activity", then="review", period=Period(days=1))
    item, since = office.standing(), office.now - 30 * DAY
    item.last_activity_at = since
    item.schedule("rule", office.now - DAY, "last_activity", since)
    office.tables.put(item)
    assert office.sweep() == {"done": 1, "reviews": 1}
    (shown,) = office.reviews()["items"]
    assert (shown["kind"], shown["record"], shown["event"]) == ("standing", "", "last_activity")
    body = {"decision": "erase", "reason": "Nobody answers."}
    sent = office.call(
        "POST",
        "/v1/desk/reviews/{id}",
        body,
        at={"id": shown["id"]},
        handler=desk_subjects.handler,
    )
    assert sent.status == 200, sent.text
    assert office.sweep()["erased"] == 1
    assert office.reviews()["items"] == []


def test_who_came_back_waits_no_more(office: Reviewing) -> None:
    office.rule("standing", "last_activity", then="review", period=Period(days=20))
    item = office.standing()
    since = office.now - 30 * DAY
    item.last_activity_at = since
    item.schedule("rule", office.now - DAY, "last_activity", since)
    office.tables.put(item)
    office.sweep()
    assert [one["kind"] for one in office.reviews()["items"]] == ["standing"]
    item = office.standing()
    item.last_activity_at = office.now
    office.tables.put(item)
    assert office.reviews()["items"] == []


def test_what_is_nobodys_is_only_looked_at_again(office: Reviewing) -> None:
    item = Due("R#r1", "core#delivery#x", "delivery", "created", NOW, NOW)
    look = reviews.look(item, NOW, office.notice, NOW)
    assert (look.wait, look.until, look.add) == (reviews.Wait.NOBODYS, NOW + AGAIN, None)


def test_two_runs_at_once_ask_once(office: Reviewing) -> None:
    office.over("r1")
    office.steps.meanwhile["commit"] = [office.sweep]
    office.sweep()
    assert office.waits() == ["r1"]
    assert office.date("r1") == NOW + AGAIN


@pytest.mark.parametrize("step", ALL_STEPS)
def test_a_run_that_dies_at_any_call_is_made_good_by_the_next(office: Reviewing, step: int) -> None:
    office.over("r1")
    office.steps.kill_before(step)
    with suppress(Killed):
        office.sweep()
    office.steps.revive()
    office.now += timedelta(hours=1)
    office.sweep()
    assert office.waits() == ["r1"]
    assert office.date("r1") in (NOW + AGAIN, office.now + AGAIN)


@pytest.mark.parametrize("step", ALL_STEPS)
def test_a_run_that_dies_while_it_erases_by_a_decision_is_made_good(
    office: Reviewing, step: int
) -> None:
    office.over("r1", "r2")
    office.sweep()
    office.decide("r1")
    office.steps.kill_before(step)
    with suppress(Killed):
        office.sweep()
    office.steps.revive()
    office.sweep()
    assert (office.there(sk_of("r1")), office.waits()) == (False, ["r2"])
