"""The sweep, an erasure and a worker that dies meet holds: nothing held goes, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from chalicelib.decisions.permission import Question, permission
from chalicelib.holds import service as holds
from chalicelib.kinds.model import Reader, Record
from chalicelib.requests.store import MessageItem, OpenRequestItem, message_place, open_mark
from chalicelib.storage import keys
from chalicelib.subjects import burial
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Limits
from chalicelib.subjects.store import standing_item, standing_of
from functions.kinds import registry
from tests.unit.core.samples import NOW, SUBJECT, standing
from tests.unit.holds.keeper import DAY, Keeper, sk_of
from tests.unit.storage.tables import Killed

PROFILE = "account#profile#unused"
ALL_STEPS = range(16)


def named(*ids: str) -> list[dict[str, str]]:
    """Requests, as a body names them."""
    return [{"kind": "request", "id": one} for one in ids]


class TestSweep:
    def test_erases_what_is_not_held_and_leaves_what_is(self, keeper: Keeper) -> None:
        keeper.closed("r1", "r2")
        keeper.placed(records=named("r1"))
        keeper.now += 20 * DAY
        assert keeper.sweep() == {"done": 1, "erased": 1}
        assert (keeper.there(sk_of("r1")), keeper.there(sk_of("r2"))) == (True, False)

    def test_spares_what_came_later_and_lies_in_a_held_class(self, keeper: Keeper) -> None:
        keeper.placed()
        keeper.closed("r1")
        keeper.now += 20 * DAY
        assert keeper.sweep() == {"done": 1, "postponed": 1}
        assert keeper.lane_of(sk_of("r1")) is None
        assert keeper.sweep() == {}

    def test_spares_a_named_record_that_is_due_anew(self, keeper: Keeper) -> None:
        """A request that was open is closed: from then on it is in the sweep's lane."""
        request = keeper.ask("port")
        keeper.placed(records=named(request))
        keeper.closed(request)
        keeper.now += 20 * DAY
        assert keeper.sweep() == {"done": 1, "postponed": 1}
        assert keeper.there(sk_of(request))

    @pytest.mark.parametrize(
        ("kind", "record_id"), [("request", "r1"), ("profile", "unused"), ("email_change", "")]
    )
    def test_spares_a_record_of_every_kind_that_waits_in_its_lane(
        self, keeper: Keeper, kind: str, record_id: str
    ) -> None:
        keeper.closed("r1")
        keeper.withdrawn("unused")
        retention_class = registry().of(kind).declared.retention_class
        sk = keys.record(retention_class, kind, record_id)
        keeper.moved()
        before = keeper.dates()
        name = keeper.placed(records=[{"kind": kind, "id": record_id}])
        keeper.now += 20 * DAY
        keeper.sweep()
        assert keeper.there(sk)
        keeper.lift(name)
        assert keeper.dates()[sk] == before[sk]
        keeper.sweep()
        assert not keeper.there(sk)

    def test_takes_a_hold_that_is_over_and_then_what_it_kept(self, keeper: Keeper) -> None:
        keeper.closed("r1")
        before = keeper.dates()
        keeper.placed(until=(NOW + 30 * DAY).isoformat())
        keeper.now += 29 * DAY
        keeper.sweep()
        assert keeper.there(sk_of("r1"))
        keeper.now += DAY
        assert keeper.sweep()["erased"] >= 1
        assert (keeper.stored_holds(), keeper.flag()) == ([], 0)
        if keeper.there(sk_of("r1")):
            assert keeper.dates() == before
            assert keeper.sweep() == {"done": 1, "erased": 1}
        assert not keeper.there(sk_of("r1"))

    def test_leaves_a_hold_that_was_renewed(self, keeper: Keeper) -> None:
        keeper.closed("r1")
        keeper.placed(until=(NOW + 30 * DAY).isoformat())
        keeper.now += 29 * DAY
        keeper.place()
        keeper.now += 2 * DAY
        assert keeper.sweep() == {}
        assert keeper.held().covers("request", "evidence", "r1")

    def test_a_mark_in_a_held_class_goes_with_its_request(self, keeper: Keeper) -> None:
        keeper.placed()
        keeper.tables.put(open_mark(SUBJECT, "port", "r1"))
        assert not keeper.held().covers(OpenRequestItem.KIND, "evidence", "port")

    def test_of_somebody_without_holds_asks_for_none(self, keeper: Keeper) -> None:
        keeper.withdrawn("unused")
        keeper.now += 20 * DAY
        keeper.steps.names.clear()
        assert keeper.sweep()["erased"] == 1
        assert "query" not in keeper.steps.names
        assert keeper.steps.names.count("commit") == 1

    def test_a_tombstone_is_due_when_its_hold_lapses(self, keeper: Keeper) -> None:
        keeper.placed(until=(NOW + 30 * DAY).isoformat())
        tombstone = keeper.standing()
        tombstone.state, tombstone.due_at = "erased", NOW + 900 * DAY
        keeper.tables.put(tombstone)
        keeper.now += 31 * DAY
        keeper.sweep()
        assert keeper.standing().due_at == keeper.now
        assert keeper.flag() == 0


class TestAtOnce:
    def test_a_hold_before_the_sweep_takes_its_record_away_wins(self, keeper: Keeper) -> None:
        """The sweep has looked, and nothing was held: then the hold comes, and then the erasure."""
        keeper.withdrawn("unused")
        keeper.now += 20 * DAY
        answered: list[Any] = []
        keeper.steps.meanwhile["commit"] = [
            lambda: answered.append(keeper.place(records=[{"kind": "profile", "id": "unused"}]))
        ]
        assert keeper.sweep() == {}
        assert answered[0].status == 201
        assert keeper.there(PROFILE)

    def test_a_sweep_before_the_hold_wins_and_the_answer_says_so(self, keeper: Keeper) -> None:
        keeper.withdrawn("unused")
        keeper.now += 20 * DAY
        keeper.steps.meanwhile["commit"] = [keeper.sweep]
        sent = keeper.place(records=[{"kind": "profile", "id": "unused"}])
        assert sent.status == 400
        assert [one["pointer"] for one in sent.json["errors"]] == ["/records/0"]
        assert (keeper.there(PROFILE), keeper.flag(), keeper.audited()) == (False, 0, [])

    @pytest.mark.parametrize("named_by", ["record", "class"])
    def test_a_request_is_held_with_its_words_or_gone_with_them(
        self, keeper: Keeper, named_by: str
    ) -> None:
        """The hold comes before each call of the sweep: one of the two is done whole."""
        keeper.closed("r1")
        message = MessageItem(*message_place(SUBJECT, "r1", 0), kind="request_message")
        message.request, message.at, message.by = "r1", NOW, "person"
        keeper.tables.put(message)
        keeper.now += 20 * DAY
        before = dict(keeper.tables.items)
        members: dict[str, Any] = {} if named_by == "class" else {"records": named("r1")}
        outcomes = set[tuple[bool, int]]()
        for call in range(40):
            keeper.tables.items.clear()
            keeper.tables.items |= before
            answered = self._meanwhile(keeper, call, lambda: keeper.place(**members).status)
            keeper.sweep()
            assert keeper.there(sk_of("r1")) == keeper.there(message.sk), call
            if not answered:
                break
            outcomes.add((keeper.there(sk_of("r1")), answered[0]))
        assert answered == []
        gone = 201 if named_by == "class" else 400
        assert outcomes == {(True, 201), (False, gone)}

    def _meanwhile(self, keeper: Keeper, call: int, act: Callable[[], int]) -> list[int]:
        """Sweeps, and does something before the call of that number; its answer, if it came."""
        answered: list[int] = []
        numbers = count()

        def before(name: str) -> None:
            if next(numbers) == call:
                keeper.hook(None)
                answered.append(act())
                keeper.hook(before)
            keeper.steps(name)

        keeper.hook(before)
        keeper.sweep()
        keeper.hook(None)
        return answered

    def test_what_began_to_go_goes_although_the_sweep_died(self, keeper: Keeper) -> None:
        keeper.closed("r1")
        keeper.now += 20 * DAY
        keeper.steps.meanwhile["remove"] = [lambda: keeper.steps.kill_before(0)]
        with suppress(Killed):
            keeper.sweep()
        keeper.steps.revive()
        assert keeper.there(sk_of("r1"))
        assert keeper.place(records=named("r1")).status == 400
        keeper.placed()
        keeper.sweep()
        assert not keeper.there(sk_of("r1"))

    def test_a_person_whose_end_has_come_leaves_what_is_held(self, keeper: Keeper) -> None:
        keeper.closed("r1")
        item = keeper.standing()
        item.disowned = True
        item.schedule("rule", NOW, "disowned", NOW)
        keeper.tables.put(item)
        keeper.placed(until=(NOW + 30 * DAY).isoformat())
        keeper.now += DAY
        keeper.sweep()
        assert keeper.there(sk_of("r1"))
        assert keeper.held()

    def test_an_erasure_is_marked_under_the_holds_that_stand(self, keeper: Keeper) -> None:
        item = keeper.standing()
        item.schedule("rule", NOW, "last_activity", NOW)
        keeper.tables.put(item)
        keeper.placed()
        since = item.last_activity_at
        marked = burial.begin(SUBJECT, "last_activity", since, keeper.notice, keeper.now)
        assert marked is not None
        assert marked.limits.held == keeper.flag()
        assert keeper.standing().state == "erasing"

    def test_a_hold_lifted_while_the_sweep_spares_loses_no_record(self, keeper: Keeper) -> None:
        name = keeper.placed()
        keeper.closed("r1")
        keeper.now += 20 * DAY
        keeper.steps.meanwhile["commit"] = [lambda: keeper.lift(name)]
        assert keeper.sweep() == {"done": 1, "erased": 1}, "it is looked at again at once"
        assert not keeper.there(sk_of("r1"))

    def test_a_hold_before_the_mark_of_an_erasure_wins(self, keeper: Keeper) -> None:
        read = standing_of(keeper.standing())
        keeper.placed()
        assert not keeper.mark_if_unchanged(read)
        assert keeper.standing().state == "active"
        assert keeper.mark_if_unchanged(standing_of(keeper.standing()))
        assert keeper.held().covers("entry", "evidence", "1")

    def test_an_erasure_that_is_marked_first_wins(self, keeper: Keeper) -> None:
        keeper.closed("r1")
        keeper.steps.meanwhile["commit"] = [lambda: keeper.mark("erasing")]
        sent = keeper.place()
        assert (sent.status, sent.json["type"].rpartition(":")[2]) == (409, "too-late")
        assert (keeper.stored_holds(), keeper.flag(), keeper.audited()) == ([], 0, [])
        assert keeper.lane_of(sk_of("r1")) == "rule"

    def test_an_erasure_reads_the_holds_that_its_mark_was_made_under(self, keeper: Keeper) -> None:
        """What was read before the mark is what is held: another hold changes the number."""
        before = standing_of(keeper.standing())
        assert not holds.held_beside(before)
        keeper.placed()
        after = standing_of(keeper.standing())
        assert after.limits != before.limits
        assert holds.held_beside(after).covers("entry", "evidence", "1")


class TestKilled:
    """A worker that is gone before any of its calls; another one, or the sweep, takes over."""

    @pytest.mark.parametrize("step", ALL_STEPS)
    @pytest.mark.parametrize("count", [2, 120])
    def test_while_it_places(self, keeper: Keeper, step: int, count: int) -> None:
        ids = keeper.closed(*(f"r{number:03d}" for number in range(count)))
        keeper.steps.kill_before(step)
        with suppress(Killed):
            keeper.place()
        keeper.steps.revive()
        assert len(keeper.audited()) == len(keeper.stored_holds()) == int(keeper.flag() > 0)
        held = bool(keeper.stored_holds())
        keeper.now += 20 * DAY
        keeper.sweep()
        assert {keeper.there(sk_of(one)) for one in ids} == {held}
        self._ends(keeper, ids)

    @pytest.mark.parametrize("step", ALL_STEPS)
    @pytest.mark.parametrize("count", [2, 120])
    def test_while_it_lifts(self, keeper: Keeper, step: int, count: int) -> None:
        ids = keeper.closed(*(f"r{number:03d}" for number in range(count)))
        name = keeper.placed()
        keeper.steps.kill_before(step)
        with suppress(Killed):
            keeper.lift(name)
        keeper.steps.revive()
        lifted = keeper.audited()[-1].action == "hold_lifted"
        assert bool(keeper.held()) is not lifted
        self._ends(keeper, ids)

    @pytest.mark.parametrize("step", range(40))
    def test_while_the_sweep_ends_it(self, keeper: Keeper, step: int) -> None:
        ids = keeper.closed(*(f"r{number:03d}" for number in range(120)))
        before = keeper.dates()
        keeper.placed(until=(NOW + 5 * DAY).isoformat())
        keeper.now += 6 * DAY
        keeper.steps.kill_before(step)
        with suppress(Killed):
            keeper.sweep()
        keeper.steps.revive()
        keeper.sweep()
        assert keeper.dates() == before
        self._ends(keeper, ids)

    def _ends(self, keeper: Keeper, ids: list[str]) -> None:
        """Whatever happened, all goes in the end: no record is forgotten out of the lane."""
        keeper.now += 2 * 366 * DAY
        for _ in range(3):
            keeper.sweep()
        assert not any(keeper.there(sk_of(one)) for one in ids)
        assert (keeper.stored_holds(), keeper.flag()) == ([], 0)


class TestUse:
    def test_a_hold_makes_no_yes_and_no_no(self, keeper: Keeper) -> None:
        """Held data is stored and nothing else: the decision point says what it says without."""
        for purpose in keeper.notice.purposes:
            for category in (None, *keeper.notice.purposes[purpose].categories):
                question = Question(SUBJECT, purpose, category)
                plain = standing()
                flagged = replace(plain, limits=Limits(held=1_795_000_000_000))
                said = [permission(question, one, keeper.notice, NOW) for one in (plain, flagged)]
                assert said[0] == said[1], (purpose, category)

    def test_data_kept_after_a_withdrawal_is_used_for_nothing(self, keeper: Keeper) -> None:
        keeper.withdrawn("unused")
        keeper.placed(classes=["account"])
        keeper.now += 30 * DAY
        keeper.sweep()
        assert keeper.there(PROFILE)
        stands = subjects.account_standing(SUBJECT)
        assert stands is not None
        for purpose in keeper.notice.purposes.values():
            if purpose.needs_consent:
                question = Question(SUBJECT, purpose.id)
                assert not permission(question, stands, keeper.notice, keeper.now).allowed

    def test_the_person_reads_what_is_held_but_no_reason_and_nobody(self, keeper: Keeper) -> None:
        keeper.placed()
        (item,) = keeper.stored_holds()
        fields = {"ground": item.ground, "until": "x", "by": item.by, "reason": "Secret."}
        reader = Reader(SUBJECT, keeper.notice, "en", NOW)
        (told,) = registry().told([Record("hold", "h", fields)], reader)
        assert told.fields == {"ground": "claims", "until": "x"}


def test_the_flag_is_no_part_of_a_standing_that_has_none() -> None:
    assert "held" not in standing_item(standing()).serialize()
