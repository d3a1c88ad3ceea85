"""Records that were kept for a purpose get their end by its refusal, whichever door that takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from chalicelib import ids
from chalicelib.consents import filings as rules
from chalicelib.consents import signals
from chalicelib.consents.clocks import Going
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.service import capture, filings
from chalicelib.consents.service.capture import Caller
from chalicelib.errors import Conflict, NotFound
from chalicelib.jobs.store import JobItem
from chalicelib.notices.model import Notice, Period, RetentionRule
from chalicelib.records.model import Named
from chalicelib.requests.grounds import Right
from chalicelib.requests.model import Asked
from chalicelib.requests.service import effects, fulfilment
from chalicelib.storage import keys, partition
from functions.kinds import registry
from tests.unit.consents.lives import TOKENS, VISITORS
from tests.unit.core.samples import NOW, shipped
from tests.unit.records.world import ADA, CALL, DAY, DEVICE, EXTERNAL, RECORDING, World
from tests.unit.storage.tables import Killed

AUDIENCE, RECORDED, GOODS = "audience_insight", "call_recording", "products_email"
INTEREST = "improvement"
GRANT, DENY, OBJECT = Choice.GRANTED, Choice.DENIED, Choice.OBJECTED

LEAD: Final = replace(EXTERNAL, purpose=AUDIENCE)
TAPE: Final = replace(RECORDING, purpose=RECORDED)
CRASH: Final = replace(DEVICE, purpose=INTEREST)


@pytest.fixture
def agreed(world: World) -> World:
    """Ada agreed to have her calls recorded, and to insight into who visits."""
    decide(world, {AUDIENCE: GRANT, RECORDED: GRANT, GOODS: GRANT})
    return world


def decide(world: World, choices: Mapping[str, Choice], **more: Any) -> Any:
    shown = Shown(world.known.version, world.known.digest, "it", "preference_centre")
    return capture.capture(world.caller(ADA), choices, shown, None, world.known, **more)


def _session(world: World, purpose: str) -> None:
    decide(world, {purpose: DENY})


def _preferences(world: World, purpose: str) -> None:
    shown = Shown(world.known.version, world.known.digest, "it", "preferences")
    preferences = capture.Preferences(muted=frozenset({"new_sign_in"}))
    bearer = world.bearers[ADA]
    capture.prefer(bearer, preferences, {purpose: DENY}, shown, world.known)


def _link(world: World, purpose: str) -> None:
    shown = Shown(world.known.version, world.known.digest, "it", "unsubscribe")
    capture.capture(Caller(subject=ADA), {purpose: DENY}, shown, None, world.known)


def _desk(world: World, purpose: str) -> None:
    shown = Shown(world.known.version, world.known.digest, "it", "desk")
    capture.capture(Caller(subject=ADA), {purpose: OBJECT}, shown, None, world.known)


def _request(world: World, right: Right, *purposes: str) -> None:
    asked = Asked(right, purposes=purposes)
    person = effects.read(ADA, asked, world.known)
    write: Any = world.tables.transaction(world.known)
    effects.receive(write, person, ids.new_id(), asked, world.known, world.now)
    write.commit()


def _withdraw(world: World, purpose: str) -> None:
    _request(world, Right.WITHDRAW, purpose)


def _withdraw_all(world: World, purpose: str) -> None:
    del purpose
    _request(world, Right.WITHDRAW)


DOORS: Final[Mapping[str, Callable[[World, str], None]]] = {
    "signed in": _session,
    "preferences": _preferences,
    "a link in a mail": _link,
    "the desk": _desk,
    "a request to withdraw": _withdraw,
    "a request to withdraw everything": _withdraw_all,
}


def lies(world: World, named: Named) -> tuple[str | None, datetime | None, bool]:
    """The event and end of a record, and whether the sweep comes to it."""
    item = world.record(named)
    assert item is not None
    return item.due_event, item.due_at, item.lane == keys.lane("rule", item.pk)


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
class TestDoors:
    def test_what_it_alone_needed_goes_at_once(
        self, agreed: World, door: Callable[[World, str], None]
    ) -> None:
        lead, _ = agreed.keep(LEAD)
        agreed.now += DAY
        door(agreed, AUDIENCE)
        assert lies(agreed, lead) == ("withdrawn", agreed.now, True)
        agreed.sweep()
        assert agreed.records() == []

    def test_a_date_of_its_own_that_comes_later_gives_way(
        self, agreed: World, door: Callable[[World, str], None]
    ) -> None:
        tape, _ = agreed.keep(TAPE)
        door(agreed, RECORDED)
        assert lies(agreed, tape) == ("withdrawn", agreed.now, True)
        agreed.sweep()
        assert agreed.records() == []
        assert "support" not in agreed.classes()

    def test_what_a_contract_needs_stays(
        self, agreed: World, door: Callable[[World, str], None]
    ) -> None:
        lead, _ = agreed.keep(EXTERNAL)
        named, _ = agreed.keep(replace(EXTERNAL, purpose="provide_services"))
        door(agreed, AUDIENCE)
        assert lies(agreed, lead) == lies(agreed, named) == (None, None, False)

    def test_what_another_consent_needs_stays(
        self, agreed: World, door: Callable[[World, str], None]
    ) -> None:
        tape, _ = agreed.keep(TAPE)
        before = lies(agreed, tape)
        door(agreed, AUDIENCE)
        everything = door is _withdraw_all
        assert lies(agreed, tape) == (("withdrawn", agreed.now, True) if everything else before)


def test_an_objection_ends_what_a_legitimate_interest_needed(world: World) -> None:
    crash, _ = world.keep(CRASH)
    plain, _ = world.keep(DEVICE)
    _desk(world, INTEREST)
    assert lies(world, crash) == ("withdrawn", world.now, True)
    assert lies(world, plain)[0] == "created", "a contract uses such data too"


def test_a_signal_of_the_browser_is_a_refusal(agreed: World) -> None:
    """It is honoured in the account, too: the yes was one of before."""
    purpose = "advertising_cookies"
    assert purpose in signals.signalled(agreed.known)
    decide(agreed, {purpose: GRANT})
    seen, _ = agreed.keep(replace(DEVICE, purpose=purpose))
    decide(agreed, {GOODS: DENY}, gpc=True)
    assert lies(agreed, seen)[0] == "withdrawn"


def test_signing_in_with_a_browser_that_refused_is_one_too(agreed: World) -> None:
    purpose = "site_measurement"
    shown = Shown(agreed.known.version, agreed.known.digest, "it", "banner")
    browser = agreed.caller(VISITORS[0])
    capture.capture(browser, {purpose: GRANT}, shown, None, agreed.known)
    agreed.sign_in(ADA, TOKENS[0])
    seen, _ = agreed.keep(replace(DEVICE, purpose=purpose))
    capture.capture(browser, {purpose: DENY}, shown, None, agreed.known)
    agreed.sign_in(ADA, TOKENS[0])
    assert lies(agreed, seen)[0] == "withdrawn"


def test_the_answer_counts_what_goes_and_names_what_keeps_the_rest(agreed: World) -> None:
    agreed.keep(LEAD)
    agreed.keep(LEAD)
    agreed.keep(EXTERNAL)
    told = {one.category: one for one in decide(agreed, {AUDIENCE: DENY}).data}
    others = told["third_parties"]
    assert others.records == Going(2, agreed.now)
    assert "provide_services" in {one.id for one in others.kept_for}
    assert told["identity"].records is None


def test_a_repetition_of_the_refusal_is_told_the_same(agreed: World) -> None:
    agreed.keep(LEAD)
    first = decide(agreed, {AUDIENCE: DENY})
    assert decide(agreed, {AUDIENCE: DENY}).data == first.data


class TestCalls:
    def test_of_somebody_without_records_there_is_none_more(self, agreed: World) -> None:
        agreed.tables.steps.names.clear()
        decide(agreed, {AUDIENCE: DENY})
        assert agreed.tables.steps.names == ["batch", "commit"]

    def test_of_records_that_the_purpose_never_uses_there_is_none_more(self, agreed: World) -> None:
        agreed.keep(LEAD)
        agreed.tables.steps.names.clear()
        decide(agreed, {GOODS: DENY})
        assert agreed.tables.steps.names == ["batch", "commit"]

    def test_of_others_there_is_a_query(self, agreed: World) -> None:
        for _ in range(20):
            agreed.keep(LEAD)
        agreed.tables.steps.names.clear()
        decide(agreed, {AUDIENCE: DENY})
        assert agreed.tables.steps.names == ["batch", "query", "commit"]
        assert {one.due_event for one in agreed.records()} == {"withdrawn"}


class TestRace:
    def test_a_record_right_before_the_refusal_gets_its_date(self, agreed: World) -> None:
        agreed.keep(LEAD)
        agreed.tables.steps.meanwhile["commit"] = [lambda: agreed.keep(LEAD)]
        told = decide(agreed, {AUDIENCE: DENY}).data
        assert [one.due_event for one in agreed.records()] == ["withdrawn"] * 2
        assert {one.category: one for one in told}["third_parties"].records == Going(2, agreed.now)

    def test_the_first_record_of_all_right_before_it_too(self, agreed: World) -> None:
        agreed.tables.steps.meanwhile["commit"] = [lambda: agreed.keep(LEAD)]
        decide(agreed, {AUDIENCE: DENY})
        assert [one.due_event for one in agreed.records()] == ["withdrawn"]

    def test_a_refusal_right_before_the_record_refuses_it(self, agreed: World) -> None:
        agreed.keep(LEAD)
        agreed.tables.steps.meanwhile["commit"] = [lambda: decide(agreed, {AUDIENCE: DENY})]
        with pytest.raises(Conflict):
            agreed.keep(LEAD)
        assert [one.due_event for one in agreed.records()] == ["withdrawn"]

    def test_a_record_that_ends_meanwhile_is_no_obstacle(self, agreed: World) -> None:
        lead, _ = agreed.keep(LEAD)
        agreed.keep(LEAD)
        agreed.tables.steps.meanwhile["commit"] = [lambda: agreed.end(lead)]
        decide(agreed, {AUDIENCE: DENY})
        assert [one.due_event for one in agreed.records()] == ["withdrawn"]

    def test_kinds_that_come_first_at_once_are_both_known(self, agreed: World) -> None:
        agreed.tables.steps.meanwhile["commit"] = [lambda: agreed.keep(TAPE)]
        agreed.keep(LEAD)
        stands = agreed.stands(ADA)
        assert stands is not None
        assert stands.filed == {"external", "recording"}
        assert stands.filings == 2


def test_whoever_dies_leaves_refusal_and_dates_or_neither(agreed: World) -> None:
    for _ in range(3):
        agreed.keep(LEAD)
    for step in range(4):
        agreed.tables.steps.kill_before(step)
        try:
            decide(agreed, {AUDIENCE: DENY})
        except Killed:
            agreed.tables.steps.revive()
            stands = agreed.stands(ADA)
            assert stands is not None
            refused = str(stands.decisions[AUDIENCE].decision) != "granted"
            assert {one.due_event for one in agreed.records()} == {"withdrawn" if refused else None}
        agreed.tables.steps.revive()
    decide(agreed, {AUDIENCE: DENY})
    assert {one.due_event for one in agreed.records()} == {"withdrawn"}


def dating(world: World) -> list[JobItem]:
    return [one for one in world.tables.all(JobItem) if one.action == rules.DATE]


class TestMany:
    MANY = 60

    @pytest.fixture
    def many(self, agreed: World) -> World:
        for _ in range(self.MANY):
            agreed.keep(LEAD)
        return agreed

    def test_a_job_of_the_same_transaction_dates_them(self, many: World) -> None:
        told = decide(many, {AUDIENCE: DENY}).data
        going = {one.category: one for one in told}["third_parties"].records
        assert going == Going(self.MANY, many.now)
        assert {one.due_event for one in many.records()} == {None}
        (job,) = dating(many)
        assert (job.queue, job.action, job.target) == (rules.QUEUE, rules.DATE, AUDIENCE)
        many.now += DAY
        filings.settle(ADA, many.known)
        assert {(one.due_event, one.due_at) for one in many.records()} == {
            ("withdrawn", many.now - DAY)
        }

    def test_a_copy_that_is_made_before_it_leaves_them_out(self, many: World) -> None:
        many.keep(EXTERNAL)
        decide(many, {AUDIENCE: DENY})
        stands, kinds = many.stands(ADA), registry()
        told = [
            stored
            for raw in many.tables.items.values()
            if raw["kind"]["S"] == "external"
            and not fulfilment._is_over(
                stored := partition.stored(partition.in_types(raw)), stands, many.known, kinds
            )
        ]
        assert [one.fields.get("purpose") for one in told] == [None]

    def test_fifty_need_none(self, many: World) -> None:
        for item in many.records()[50:]:
            many.end(Named("external", keys.record_id(item.sk)))
        decide(many, {AUDIENCE: DENY})
        assert dating(many) == []
        assert {one.due_event for one in many.records()} == {"withdrawn"}

    def test_the_job_that_dies_anywhere_is_done_by_the_next(self, many: World) -> None:
        decide(many, {AUDIENCE: DENY})
        for step in range(4):
            many.tables.steps.kill_before(step)
            with pytest.raises(Killed):
                filings.settle(ADA, many.known)
            many.tables.steps.revive()
        many.tables.steps.names.clear()
        filings.settle(ADA, many.known)
        assert {one.due_event for one in many.records()} == {"withdrawn"}
        before = dict(many.tables.items)
        filings.settle(ADA, many.known)
        assert many.tables.items == before, "again it does nothing"

    def test_an_agreement_before_the_job_wins(self, many: World) -> None:
        decide(many, {AUDIENCE: DENY})
        many.tables.steps.meanwhile["commit"] = [lambda: decide(many, {AUDIENCE: GRANT})]
        filings.settle(ADA, many.known)
        assert {one.due_event for one in many.records()} == {None}

    def test_of_nobody_the_job_does_nothing(self, many: World) -> None:
        before = dict(many.tables.items)
        filings.settle("z" * 26, many.known)
        assert many.tables.items == before


def with_period(notice: Notice, *kinds: str) -> Notice:
    """The notice, by which what no purpose needs any more is kept for a month."""
    rules_ = dict(notice.retention)
    for kind in kinds:
        rule = notice.rule(kind, "withdrawn")
        rules_[rule.id] = replace(rule, period=Period(months=1))
    return replace(notice, retention=rules_)


class TestMonth:
    @pytest.fixture
    def agreed(self, agreed: World, monkeypatch: pytest.MonkeyPatch) -> World:
        known = with_period(shipped(), "external", "recording", "call")
        monkeypatch.setattr(World, "known", property(lambda _: known))
        return agreed

    def rule(self, world: World, kind: str, event: str = "withdrawn") -> RetentionRule:
        return world.known.rule(kind, event)

    def test_it_is_there_until_its_date_and_then_gone(self, agreed: World) -> None:
        lead, _ = agreed.keep(LEAD)
        decide(agreed, {AUDIENCE: DENY})
        ends = self.rule(agreed, "external").ends(NOW)
        assert lies(agreed, lead) == ("withdrawn", ends, True)
        agreed.now = ends - timedelta(milliseconds=1)
        agreed.sweep()
        assert len(agreed.records()) == 1

    def test_who_agrees_again_in_time_keeps_it_with_the_date_it_had(self, agreed: World) -> None:
        lead, _ = agreed.keep(LEAD)
        tape, _ = agreed.keep(TAPE)
        before = lies(agreed, lead), lies(agreed, tape)
        decide(agreed, {AUDIENCE: DENY, RECORDED: DENY})
        agreed.now += DAY
        decide(agreed, {AUDIENCE: GRANT, RECORDED: GRANT})
        assert (lies(agreed, lead), lies(agreed, tape)) == before
        assert {one.due_former for one in agreed.records()} == {None}

    def test_an_event_that_is_told_meanwhile_counts_afterwards(self, agreed: World) -> None:
        lead, _ = agreed.keep(LEAD)
        call, _ = agreed.keep(replace(CALL, purpose=RECORDED))
        decide(agreed, {AUDIENCE: DENY, RECORDED: DENY})
        ends = self.rule(agreed, "call").ends(NOW)
        agreed.now += DAY
        assert agreed.move(call, "closed") == ends, "two years would be later"
        assert lies(agreed, call) == ("withdrawn", ends, True)
        assert agreed.move(lead, "ended") == agreed.now, "at once is earlier"
        assert lies(agreed, lead)[:2] == ("ended", agreed.now)
        decide(agreed, {RECORDED: GRANT})
        closed = self.rule(agreed, "call", "closed").ends(agreed.now)
        assert lies(agreed, call) == ("closed", closed, True)

    def test_a_record_that_was_held_stays_out_of_its_lane(self, agreed: World) -> None:
        tape, _ = agreed.keep(TAPE)
        item = agreed.record(tape)
        assert item is not None
        item.update([type(item).lane.remove()])
        decide(agreed, {RECORDED: DENY})
        assert lies(agreed, tape) == ("withdrawn", self.rule(agreed, "recording").ends(NOW), False)
        decide(agreed, {RECORDED: GRANT})
        assert lies(agreed, tape) == (
            "created",
            self.rule(agreed, "recording", "created").ends(NOW),
            False,
        )

    def test_more_than_fifty_lose_their_dates_by_the_job(self, agreed: World) -> None:
        for _ in range(60):
            agreed.keep(LEAD)
        for choice, event in ((DENY, "withdrawn"), (GRANT, None)):
            decide(agreed, {AUDIENCE: choice})
            filings.settle(ADA, agreed.known)
            assert {one.due_event for one in agreed.records()} == {event}


def test_what_is_over_stays_over_whatever_is_agreed_to(agreed: World) -> None:
    lead, _ = agreed.keep(LEAD)
    decide(agreed, {AUDIENCE: DENY})
    agreed.now += timedelta(seconds=1)
    decide(agreed, {AUDIENCE: GRANT})
    assert lies(agreed, lead)[0] == "withdrawn"
    with pytest.raises(NotFound):
        agreed.move(lead, "ended")
