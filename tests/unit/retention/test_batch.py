"""What a worker decides and does about a batch, on tables in memory."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from chalicelib import instants
from chalicelib.accounts.address_store import EmailChangeItem
from chalicelib.notices.model import Notice
from chalicelib.requests.store import ExportItem, MessageItem
from chalicelib.retention import batch, model
from chalicelib.retention.evidence.model import NO_RULE
from chalicelib.retention.evidence.store import TallyItem
from chalicelib.retention.model import Outcome
from chalicelib.storage import keys
from chalicelib.subjects.model import Life
from chalicelib.webhooks.store import DeliveryItem
from functions.kinds import registry
from tests.unit.core.samples import NOW, RESTRICTED, SUBJECT, VISITOR, association, shipped
from tests.unit.retention.sweeping import five_minutes, taken
from tests.unit.retention.world import AGES, BODY, DAY, HOUR, World, person
from tests.unit.storage.tables import Killed

SECOND = timedelta(seconds=1)


def outcomes(world: World, *places: tuple[str, str]) -> dict[str, dict[str, int]]:
    """What one message of these places comes to, by rule."""
    did = world.work(places)
    return {
        rule: {str(outcome): count for outcome, count in line.outcomes.items()}
        for rule, line in did.lines.items()
    }


def test_a_batch_is_one_read_and_one_write(world: World) -> None:
    places = world.deliveries(25, 3)
    assert outcomes(world, *places) == {"delivery_created": {"erased": 25}}
    assert world.tables.steps.names == ["batch", "commit"]
    assert world.left(DeliveryItem) == []


def test_it_counts_how_late_it_was(world: World) -> None:
    (place,) = world.deliveries(1, 3, 5 * HOUR)
    (line,) = world.work([place]).lines.values()
    assert line.oldest == 5 * 3600
    ends = world.notice.rule("delivery", "created").ends(NOW - AGES)
    assert line.late == {max(0, 720 if NOW - ends < timedelta(hours=8760) else 8760): 1}


@pytest.mark.parametrize("notice", [shipped, association])
def test_a_subject_is_erased_with_its_keys(
    monkeypatch: pytest.MonkeyPatch, notice: Callable[[], Notice]
) -> None:
    world = World(monkeypatch, notice())
    for place in (
        world.somebody(),
        world.somebody(person(1), event="disowned", since=NOW),
    ):
        did = world.work([place])
        assert did.count(Outcome.ERASED) == 1
        assert [line.keys for line in did.lines.values()] == [2]
        assert world.item(place) is None
    assert world.keys_left() == 0
    assert [entry.split()[1] for entry in world.logged] == ["begun", "closed"] * 2


def test_a_decision_made_meanwhile_moves_the_date(world: World) -> None:
    active = NOW - 30 * DAY
    place = world.somebody(VISITOR, Life.ACTIVE, "last_decision", last_activity_at=active)
    assert outcomes(world, place) == {
        world.notice.rule("standing", "last_decision").id: {"kept": 1}
    }
    found = world.standing(VISITOR)
    assert found is not None
    assert found.due_at == world.notice.rule("standing", "last_decision").ends(active)
    assert world.keys_left() == 2


def test_what_a_person_must_review_is_not_erased(world: World) -> None:
    rule = world.notice.rule("standing", "last_activity")
    reviewed = replace(rule, then="review")
    world.notice = replace_rule(world.notice, reviewed)
    place = world.somebody(life=Life.ACTIVE, event="last_activity")
    assert outcomes(world, place) == {rule.id: {"reviewed": 1}}
    found = world.standing()
    assert found is not None
    assert (found.state, found.due_at) == ("active", NOW + model.AGAIN)


def replace_rule(notice: Notice, rule: Any) -> Notice:
    """A notice with another rule in place of the same kind's and event's."""
    others = {one.id: one for one in notice.retention.values() if one.id != rule.id}
    return replace(notice, retention={**others, rule.id: rule})


def test_what_no_rule_names_any_more_is_not_erased(world: World) -> None:
    (export,) = world.exports(1, 3)
    world.tables.items[False, *export]["due_event"] = {"S": "no_such_event"}
    (delivery,) = world.deliveries(1, 3)
    world.tables.items[False, *delivery]["kind"] = {"S": "unknown"}
    assert outcomes(world, export, delivery) == {NO_RULE: {"reviewed": 2}}
    dates = {raw["due_at"]["S"] for raw in world.tables.items.values()}
    assert dates == {instants.instant(NOW + model.AGAIN)}
    assert world.bodies == []


def test_parts_go_before_the_record_and_after_its_mark(world: World) -> None:
    (place,) = world.exports(1, 3, subject=SUBJECT)
    assert outcomes(world, place) == {"export_created": {"erased": 1}}
    assert world.bodies == [BODY]
    order = [one for one in world.tables.steps.names if not one.startswith("page")]
    assert order == ["batch", "commit", "body", "commit"]


def test_one_broken_record_does_not_shield_the_others(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.failing = True
    broken = world.exports(2, 3)
    sound = world.deliveries(20, 3)
    assert outcomes(world, *broken, *sound) == {
        "export_created": {"failed": 2},
        "delivery_created": {"erased": 20},
    }
    assert {item.due_at for item in world.left(ExportItem)} == {NOW + model.NEXT_TRY}
    assert world.left(DeliveryItem) == []
    assert "ada" not in capsys.readouterr().out


def test_a_later_notice_applies_to_the_same_beginning(world: World) -> None:
    # The item says since when it is kept, not until when: a longer period keeps it.
    (place,) = world.exports(1, 3, since=NOW - 6 * DAY)
    assert outcomes(world, place) == {"export_created": {"kept": 1}}
    (kept,) = world.left(ExportItem)
    assert kept.due_at == NOW + DAY


@pytest.mark.parametrize("hours", [1, -1])
def test_an_hour_before_its_end_it_stays_and_an_hour_after_it_goes(
    world: World, hours: int
) -> None:
    ends = world.notice.rule("export", "created").ends(NOW)
    (place,) = world.exports(1, 3, since=NOW)
    world.now = ends - hours * HOUR
    assert outcomes(world, place) == {"export_created": {"kept" if hours > 0 else "erased": 1}}


def moved(raw: dict[str, Any]) -> None:
    raw["due_at"] = {"S": instants.instant(NOW + DAY)}


def out_of_its_lane(raw: dict[str, Any]) -> None:
    del raw["lane"]


def in_another_lane(raw: dict[str, Any]) -> None:
    raw["lane"] = {"S": "job#03"}


@pytest.mark.parametrize("change", [moved, out_of_its_lane, in_another_lane])
def test_what_changed_since_the_index_saw_it_is_left_alone(
    world: World, change: Callable[[dict[str, Any]], None]
) -> None:
    (place,) = world.deliveries(1, 3)
    change(world.tables.items[False, *place])
    before = dict(world.tables.items)
    assert not world.work([place])
    assert world.tables.items == before


@pytest.mark.parametrize("change", [moved, out_of_its_lane])
def test_what_changes_while_it_is_decided_upon_stays_and_the_rest_goes(
    world: World, change: Callable[[dict[str, Any]], None]
) -> None:
    places = world.deliveries(5, 3)
    key = (False, *places[2])

    def changes() -> None:
        raw = dict(world.tables.items[key])
        change(raw)
        world.tables.items[key] = raw

    world.tables.steps.meanwhile["commit"] = [changes]
    assert outcomes(world, *places) == {"delivery_created": {"erased": 4}}
    assert list(world.tables.items) == [key]


def test_a_message_of_what_is_gone_does_nothing(world: World) -> None:
    places = world.deliveries(3, 3)
    world.work(places)
    world.tables.steps.names.clear()
    assert not world.work([*places, ("S#nobody", "core#standing#"), ("odd", "odd")])
    assert world.tables.steps.names == ["batch"]


def test_tallies_are_never_worked_off(world: World) -> None:
    world.message(world.deliveries(1, 3))
    (tally,) = world.left(TallyItem)
    world.message([(tally.pk, tally.sk)])
    assert len(world.left(TallyItem)) == 1


def test_a_restricted_person_is_left_as_they_are(world: World) -> None:
    event = world.notice.rule("standing", "last_activity")
    world.notice = replace_rule(world.notice, replace(event, then="erase", warn=()))
    standing = world.somebody(life=Life.ACTIVE, event="last_activity", limits=RESTRICTED)
    request = world.request()
    did = world.work([standing, request])
    assert did.count(Outcome.RESTRICTED) == sum(one.looked_at for one in did.lines.values()) == 2
    for place in (standing, request):
        item = world.item(place)
        assert item is not None
        assert item.due_at == NOW + model.RESTRICTED_AGAIN
    assert len(world.left(MessageItem)) == 1


def test_an_erasure_that_began_goes_on_although_something_is_restricted(world: World) -> None:
    place = world.somebody()
    world.tables.steps.kill_before(4)
    with suppress(Killed):
        world.message([place])
    world.tables.steps.revive()
    stands = world.standing()
    assert stands is not None
    assert stands.state == "erasing"
    stands.restricted = RESTRICTED.restricted
    world.tables.put(stands)
    assert world.work([place]).count(Outcome.ERASED) == 1
    assert world.item(place) is None


def test_a_restriction_at_the_same_moment_wins_or_finds_it_gone(world: World) -> None:
    """It comes before each call of the worker: one of the two is done whole."""
    seen = set()
    for step in count():
        world.tables.items.clear()
        world.somebody(life=Life.ACTIVE, event="last_activity", due_at=NOW + 900 * DAY)
        request = world.request()
        begun: list[bool] = []

        def restrict(begun: list[bool] = begun, request: tuple[str, str] = request) -> None:
            item, stands = world.item(request), world.standing()
            assert stands is not None
            begun.append(item is None or bool(item.going))
            stands.restricted = RESTRICTED.restricted
            world.tables.put(stands)

        world.interrupt(step, restrict)
        world.message([request])
        gone = world.item(request) is None
        assert (world.left(MessageItem) == []) == gone, "never half"
        if not begun:
            break
        assert gone == begun[0]
        seen.add(gone)
    assert seen == {False, True}


@pytest.mark.parametrize("step", range(30))
def test_killed_before_each_call_everything_is_done_once(world: World, step: int) -> None:
    places = [
        *world.deliveries(10, 3),
        *world.exports(5, 4),
        world.somebody(person(90)),
        world.somebody(VISITOR, Life.ACTIVE, "last_decision", last_activity_at=NOW),
    ]
    world.tables.steps.kill_before(step)
    with suppress(Killed):
        world.message(places)
    world.tables.steps.revive()
    world.message(places)
    world.message(places)
    did = taken()
    assert (did.count(Outcome.ERASED), did.count(Outcome.KEPT)) == (16, 1)
    assert sum(line.keys for line in did.lines.values()) == 2
    assert {raw["kind"]["S"] for raw in world.tables.items.values()} == {"standing", "data_key"}
    assert len(world.left(DeliveryItem) + world.left(ExportItem)) == 0


def test_two_at_once_do_nothing_twice(world: World) -> None:
    for step in count():
        places = [*world.deliveries(10, 3), *world.exports(5, 4), world.somebody(person(90))]
        steps = world.interrupt(step, partial(world.message, places))
        world.message(places)
        world.message(places)
        did = taken()
        assert did.count(Outcome.ERASED) == 16, step
        assert sum(line.keys for line in did.lines.values()) == 2
        assert world.tables.items == {}
        if not steps.happened:
            break
    assert step > 10


def test_a_table_that_refuses_writes_has_the_message_come_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError("throttled")

    places = world.deliveries(3, 3)
    before = dict(world.tables.items)
    with monkeypatch.context() as patch:
        patch.setattr("tests.unit.storage.memory.Write.commit", refuse)
        with pytest.raises(OSError, match="throttled"):
            world.message(places)
    assert world.tables.items == before
    assert outcomes(world, *places) == {"delivery_created": {"erased": 3}}


def test_one_write_that_is_refused_keeps_none_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.unit.storage.memory import Write

    places = world.deliveries(4, 3)
    plain = Write.commit

    def refuses(write: Any) -> None:
        deleted = [key for key, _, _, change in write._steps if change(None) is None]
        if (False, *places[2]) in deleted:
            raise OSError("too large")
        plain(write)

    monkeypatch.setattr(Write, "commit", refuses)
    assert outcomes(world, *places) == {"delivery_created": {"erased": 3, "failed": 1}}
    (left,) = world.left(DeliveryItem)
    assert (left.sk, left.late.tries) == (places[2][1], 1)


def test_when_time_is_short_no_further_subject_is_begun(world: World) -> None:
    places = [world.somebody(person(number)) for number in range(3)]
    left = iter([2 * batch._RESERVE, batch._RESERVE / 2, batch._RESERVE / 2])
    assert world.work(places, lambda: next(left)).count(Outcome.ERASED) == 1
    assert world.work(places).count(Outcome.ERASED) == 2


def test_keys_of_somebody_without_an_account_go_with_the_last_record(world: World) -> None:
    places = [world.request("r1"), world.request("r2", due_at=NOW + HOUR)]
    world.tables.put(*world.keys(SUBJECT, "support", "evidence"))
    did = world.work(places[:1])
    assert [line.keys for line in did.lines.values()] == [1], "of the class that is empty"
    world.now += 2 * HOUR
    did = world.work(places[1:])
    assert [line.keys for line in did.lines.values()] == [1]
    assert world.tables.items == {}


def test_keys_of_somebody_who_is_there_stay(world: World) -> None:
    world.somebody(life=Life.ACTIVE, event="last_activity", due_at=NOW + DAY)
    did = world.work([world.request()])
    assert (did.count(Outcome.ERASED), [line.keys for line in did.lines.values()]) == (1, [0])
    assert world.keys_left() == 2


def test_a_record_of_somebody_and_their_standing_in_one_batch(world: World) -> None:
    """The condition on the standing and its own move are two transactions."""
    standing = world.somebody(
        life=Life.ACTIVE, event="last_activity", since=NOW - AGES, last_activity_at=NOW - DAY
    )
    move = EmailChangeItem(
        pk=standing[0],
        sk=keys.record("account", "email_change"),
        kind="email_change",
        former=b"f",
        target=b"t",
        requested_at=NOW - AGES,
    )
    move.schedule("rule", NOW - HOUR, "created", NOW - AGES)
    world.tables.put(move)
    did = world.work([standing, (move.pk, move.sk)])
    assert (did.count(Outcome.KEPT), did.count(Outcome.ERASED)) == (1, 1)


def test_what_is_foreseen_is_what_is_done_and_changes_nothing(world: World) -> None:
    places = [
        *world.deliveries(5, 3),
        *world.exports(2, 4),
        *world.exports(1, 5, since=NOW - DAY, subject=person(70)),
        world.somebody(person(90)),
        world.somebody(person(91), Life.ACTIVE, "last_activity", limits=RESTRICTED),
        world.somebody(VISITOR, Life.ACTIVE, "last_decision", last_activity_at=NOW),
    ]
    del world.tables.items[False, *places[0]]["due_since"]
    before = {key: dict(raw) for key, raw in world.tables.items.items()}
    foreseen = batch.foresee(places, world.notice, registry())
    assert world.tables.items == before
    assert not {"commit", "update", "delete", "body", "log"} & set(world.tables.steps.names)
    did = world.work(places)
    assert {rule: line.outcomes for rule, line in foreseen.lines.items()} == {
        rule: line.outcomes for rule, line in did.lines.items()
    }
    assert foreseen.count(Outcome.FAILED) == 1


def test_a_worker_whose_clock_is_behind_erases_nothing_early(world: World) -> None:
    places = world.deliveries(3, 3)
    world.now = NOW - 2 * DAY
    assert not world.work(places)
    assert len(world.left(DeliveryItem)) == 3
    world.now = NOW + 730 * DAY
    assert world.work(places, five_minutes).count(Outcome.ERASED) == 3
