"""The whole way of an account that nobody uses, on tables in memory, by the hour where it counts.

What is decided is in `test_warnings`; here runs, batches, mails and people do it, and break off.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.accounts.service import activity
from chalicelib.accounts.warning_store import WarningItem
from chalicelib.notices.model import Notice, Period
from chalicelib.requests.store import RequestItem, open_mark, request_place
from chalicelib.retention import batch
from chalicelib.retention.model import Outcome
from chalicelib.sessions.role_store import role_item
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects.model import BOUNCE, Life, Limits, Standing
from chalicelib.subjects.store import StandingItem, standing_item, standing_of, standing_place
from functions.kinds import registry
from tests.unit.accounts.warned import token
from tests.unit.core.samples import NOW, SUBJECT, shipped, standing
from tests.unit.erasure.erased import MAC, ErasedWorld
from tests.unit.retention.sweeping import five_minutes, taken
from tests.unit.storage.tables import Killed

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
PLACE = standing_place(SUBJECT)
RULE = shipped().rule("standing", "last_activity")
SINCE = NOW - 600 * DAY
ENDS = RULE.ends(SINCE)
FIRST, SECOND_ONE = ENDS - 30 * DAY, ENDS - 7 * DAY


class Unused(ErasedWorld):
    """An account that was used last at SINCE."""

    def lie(self, *, event: str = "last_activity", due: datetime = FIRST, **changes: Any) -> None:
        """The account's standing, with other facts."""
        stands = replace(standing(), locale="en", claim=MAC, last_activity_at=SINCE)
        item = standing_item(replace(stands, **changes))
        item.schedule("rule", due, event, SINCE)
        self.tables.put(item)

    def look(self, now: datetime, *, mails: bool = True) -> dict[str, int]:
        """What a batch with the account's place comes to at an instant, by outcome.

        What it asks to be mailed is mailed at once.
        """
        self.now = max(now, self.now)
        batch.work([PLACE], self.notice, registry(), five_minutes)
        tally = taken(self.notice.version)
        while mails and self.deliver():
            pass
        return {str(one): tally.count(one) for one in Outcome if tally.count(one)}

    def account(self) -> StandingItem | None:
        found: StandingItem | None = self.tables.one(StandingItem, *PLACE)
        return found

    def stands(self) -> Standing:
        found = self.account()
        assert found is not None
        return standing_of(found)

    def due(self) -> datetime:
        found = self.account()
        assert found is not None
        assert found.due_at is not None
        assert found.lane is not None
        return found.due_at

    def warnings(self) -> list[WarningItem]:
        return sorted(self.tables.all(WarningItem), key=lambda one: one.warned_at)

    def sign_in(self) -> None:
        """The person uses the account, as a sign-in records it."""
        write: Transaction = self.tables.transaction(self.notice)  # type: ignore[assignment]
        lifecycle.record_activity(write, SUBJECT, self.now)
        write.commit()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Unused:
    made = Unused(monkeypatch)
    made.lie()
    return made


def stopping(**rules: Any) -> Notice:
    """A notice that stops unused accounts, and erases stopped ones after a year with a warning."""
    notice = shipped()
    after = notice.rule("standing", "closed")
    changed = {
        RULE.id: replace(RULE, then="deactivate", followed_by="closed"),
        after.id: replace(after, then="erase", period=Period(months=12), warn=(Period(days=14),)),
        **rules,
    }
    return replace(notice, retention={**notice.retention, **changed})


class TestWarned:
    def test_twice_and_erased_on_the_day_that_was_named(self, world: Unused) -> None:
        assert world.look(FIRST - SECOND) == {}, "nothing is due"
        assert world.look(FIRST) == {"warned": 1}
        assert world.due() == SECOND_ONE
        world.work_off()
        assert world.look(SECOND_ONE - SECOND) == {}
        assert world.look(SECOND_ONE) == {"warned": 1}
        assert world.due() == ENDS
        world.work_off()
        one, two = world.warnings()
        assert (one.ends_at, two.ends_at) == (ENDS, ENDS)
        assert None not in (one.sent_at, two.sent_at)
        assert len(world.ses.taken) == 2
        assert world.look(ENDS - SECOND) == {}
        assert world.look(ENDS) == {"erased": 1}
        assert world.warnings() == []
        assert world.account() is None or world.stands().erased

    def test_late_gets_every_warning_and_its_whole_time(self, world: Unused) -> None:
        seen = ENDS + 90 * DAY
        world.lie(due=ENDS)
        assert world.look(seen) == {"warned": 1}
        ends = seen + 30 * DAY
        assert world.due() == ends - 7 * DAY
        world.work_off()
        assert f"on {ends:%-d %B %Y}" in world.text()
        assert world.look(ends - 7 * DAY + HOUR) == {"warned": 1}
        moved = ends + HOUR
        assert [one.ends_at for one in world.warnings()] == [ends, moved]
        assert world.look(moved - SECOND) == {}
        assert world.look(moved) == {"erased": 1}

    def test_lateness_is_counted_from_the_end_that_was_named(self, world: Unused) -> None:
        world.lie(due=ENDS)
        seen = ENDS + 90 * DAY
        world.look(seen)
        world.look(seen + 23 * DAY)
        world.now = seen + 30 * DAY + 2 * HOUR
        batch.work([PLACE], world.notice, registry(), five_minutes)
        (line,) = taken(world.notice.version).lines.values()
        assert line.late == {2: 1}

    def test_by_two_workers_at_once_gives_one(self, world: Unused) -> None:
        world.now = FIRST
        other: list[dict[str, int]] = []
        world.steps.meanwhile["commit"] = [lambda: other.append(world.look(FIRST))]
        batch.work([PLACE], world.notice, registry(), five_minutes)
        assert other == [{"warned": 1}]
        assert len(world.warnings()) == 1
        world.work_off()
        assert len(world.ses.taken) == 1
        assert taken().lines == {}, "the one that came second counted nothing"

    def test_without_mail_counts_as_warned(self, world: Unused) -> None:
        world.lie(suppressed=BOUNCE)
        assert world.look(FIRST) == {"warned": 1}
        (found,) = world.warnings()
        assert (found.unreached, found.shelf) == (BOUNCE, "unreached")
        assert world.jobs() == []
        assert world.look(SECOND_ONE) == {"warned": 1}
        assert world.look(ENDS) == {"erased": 1}

    def test_of_a_pending_registration_nobody_is(self, world: Unused) -> None:
        world.lie(event="registered", life=Life.PENDING, due=NOW)
        assert world.look(NOW + 8 * DAY) == {"erased": 1}
        assert world.ses.taken == []


class TestMailsThatAreLate:
    """The end waits for a mail, however long SES is away."""

    def test_the_time_counts_from_when_it_was_sent(self, world: Unused) -> None:
        world.look(FIRST)
        world.look(SECOND_ONE, mails=False)
        world.now = SECOND_ONE + 6 * DAY
        world.work_off()
        sent = world.warnings()[1].sent_at
        assert sent is not None
        assert world.look(ENDS) == {"kept": 1}
        assert world.due() == sent + 7 * DAY
        assert world.look(sent + 7 * DAY - SECOND) == {}
        assert world.look(sent + 7 * DAY) == {"erased": 1}

    def test_one_that_never_went_out_is_given_again_with_all_others(self, world: Unused) -> None:
        world.ses.away = True
        world.look(FIRST, mails=False)
        world.look(SECOND_ONE, mails=False)
        assert world.look(ENDS, mails=False) == {"kept": 1}
        assert world.stands().warned is None
        world.ses.away = False
        assert world.look(ENDS + DAY) == {"warned": 1}
        assert world.warnings()[-1].ends_at == ENDS + 31 * DAY
        world.work_off()
        assert len(world.ses.taken) == 1, "the earlier ones name a day that is over"

    def test_an_account_is_not_stopped_before_its_mail_either(self, world: Unused) -> None:
        world.notice = stopping()
        world.look(FIRST)
        world.look(SECOND_ONE, mails=False)
        assert world.look(ENDS, mails=False) == {"kept": 1}
        assert world.stands().life is Life.ACTIVE


class TestBack:
    """Whoever comes back is left alone, and warned anew after another two years."""

    def test_by_the_button(self, world: Unused) -> None:
        world.look(FIRST)
        world.work_off()
        world.now = SECOND_ONE - HOUR
        activity.keep(token(world), world.notice)
        self.again(world, world.now)

    def test_by_signing_in(self, world: Unused) -> None:
        world.look(FIRST)
        world.look(SECOND_ONE)
        world.now = ENDS - SECOND
        world.sign_in()
        self.again(world, world.now)

    def again(self, world: Unused, since: datetime) -> None:
        before = len(world.warnings())
        assert world.look(ENDS) == {"kept": 1}
        assert world.due() == RULE.first_look(since)
        assert world.look(RULE.first_look(since)) == {"warned": 1}
        assert len(world.warnings()) == before + 1
        assert world.warnings()[-1].ends_at == RULE.ends(since)

    def test_before_any_warning_costs_one_look(self, world: Unused) -> None:
        world.now = FIRST - SECOND
        world.sign_in()
        assert world.look(FIRST) == {"kept": 1}
        assert world.warnings() == []
        assert world.due() == RULE.first_look(FIRST - SECOND)

    @pytest.mark.parametrize("moment", ["get", "update"])
    def test_at_the_moment_of_the_erasure_one_wins_whole(self, world: Unused, moment: str) -> None:
        """The activity before the mark leaves the account alone; after it, it fails."""
        world.look(FIRST)
        world.look(SECOND_ONE)
        world.now = ENDS
        world.steps.meanwhile[moment] = [world.sign_in]
        assert world.look(ENDS) == {"kept": 1}
        assert world.stands().life is Life.ACTIVE
        assert world.stands().last_activity_at == ENDS


class TestWaits:
    """A role, something open, held or restricted: looked at daily, and warned anew afterwards."""

    @pytest.mark.parametrize(
        ("waits", "outcome"),
        [
            ("role", "kept"),
            ("request", "kept"),
            ("held", "held"),
            ("restricted", "restricted"),
        ],
    )
    @pytest.mark.parametrize("at", [FIRST, SECOND_ONE, ENDS])
    def test_until_it_is_over(self, world: Unused, waits: str, outcome: str, at: datetime) -> None:
        for moment in (FIRST, SECOND_ONE):
            if moment < at:
                assert world.look(moment) == {"warned": 1}
        before, limits = len(world.warnings()), world.stands().limits
        extra: list[Any] = []
        if waits == "role":
            extra = [role_item(SUBJECT, "reader")]
        elif waits == "request":
            extra = [open_mark(SUBJECT, "object", "r" * 26)]
        else:
            limits = Limits(held=5) if waits == "held" else Limits(restricted=5)
        self.limit(world, limits)
        world.tables.put(*extra)
        for days in range(3):
            now = at + days * DAY
            assert world.look(now) == {outcome: 1}
            assert world.due() == now + DAY
        assert len(world.warnings()) == before
        assert world.stands().warned is None
        self.limit(world, Limits())
        for item in extra:
            del world.tables.items[False, item.pk, item.sk]
        over = at + 3 * DAY
        assert world.look(over) == {"warned": 1}
        assert world.warnings()[-1].ends_at == max(ENDS, over + 30 * DAY)

    def limit(self, world: Unused, limits: Limits) -> None:
        item = world.account()
        assert item is not None
        item.held, item.restricted = limits.held or None, limits.restricted or None
        world.tables.put(item)


def test_a_closed_request_of_an_unused_account_goes_its_own_way(world: Unused) -> None:
    """The event of a stopped account is that of a closed request, too."""
    pk, sk = request_place(SUBJECT, "r" * 26)
    item = RequestItem(pk=pk, sk=sk, kind="request", right="port", status="completed")
    item.received_at, item.channel, item.locale, item.history = SINCE, "session", "en", []
    item.schedule("rule", FIRST, "closed", SINCE - 4000 * DAY)
    world.tables.put(item)
    world.now = FIRST
    batch.work([PLACE, (pk, sk)], world.notice, registry(), five_minutes)
    tally = taken(world.notice.version)
    assert (tally.count(Outcome.WARNED), tally.count(Outcome.ERASED)) == (1, 1)
    assert world.tables.one(RequestItem, pk, sk) is None


class TestStopped:
    @pytest.fixture
    def world(self, monkeypatch: pytest.MonkeyPatch) -> Unused:
        made = Unused(monkeypatch)
        made.notice = stopping()
        made.lie()
        return made

    def stop(self, world: Unused, *, mails: bool = True) -> None:
        assert world.look(FIRST) == {"warned": 1}
        assert world.look(SECOND_ONE) == {"warned": 1}
        world.work_off()
        assert "we deactivate it on" in world.text()
        world.ses.taken.clear()
        assert world.look(ENDS, mails=mails) == {"deactivated": 1}
        assert world.stands().life is Life.DEACTIVATED

    def test_is_told_and_ends_by_its_next_rule(self, world: Unused) -> None:
        self.stop(world)
        closes = world.notice.rule("standing", "closed").ends(ENDS)
        assert world.due() == closes - 14 * DAY
        world.work_off()
        (mail,) = world.ses.taken
        assert "was deactivated" in str(mail["Subject"])
        assert f"on {closes:%-d %B %Y} or later" in world.text()
        assert world.look(closes - 14 * DAY) == {"warned": 1}
        world.work_off()
        assert "has been deactivated since" in world.text()
        assert world.warnings()[-1].ends_at == closes
        assert world.look(closes) == {"erased": 1}

    def test_is_back_under_the_first_rule_once_used(self, world: Unused) -> None:
        self.stop(world)
        world.now = ENDS + 30 * DAY
        world.sign_in()
        back, closes = world.now, world.notice.rule("standing", "closed").ends(ENDS)
        assert world.look(closes - 14 * DAY) == {"kept": 1}
        item = world.account()
        assert item is not None
        assert (item.due_event, item.due_since) == ("last_activity", back)
        assert item.due_at == RULE.first_look(back)

    def test_its_warning_s_button_does_the_same(self, world: Unused) -> None:
        self.stop(world)
        closes = world.notice.rule("standing", "closed").ends(ENDS)
        world.look(closes - 14 * DAY)
        world.work_off()
        activity.keep(token(world), world.notice)
        assert world.stands().life is Life.DEACTIVATED
        assert world.look(closes) == {"kept": 1}
        item = world.account()
        assert item is not None
        assert item.due_event == "last_activity"

    def test_by_themselves_before_gets_no_second_word(self, world: Unused) -> None:
        world.lie(life=Life.DEACTIVATED)
        self.stop(world)
        world.work_off()
        assert world.ses.taken == []

    def test_who_came_back_at_once_is_not_told(self, world: Unused) -> None:
        self.stop(world, mails=False)
        world.now += HOUR
        world.sign_in()
        world.work_off()
        assert world.ses.taken == []

    def test_is_not_stopped_while_used_at_that_moment(self, world: Unused) -> None:
        world.look(FIRST)
        world.look(SECOND_ONE)
        world.now = ENDS
        world.steps.meanwhile["commit"] = [world.sign_in]
        assert world.look(ENDS) == {"kept": 1}
        assert world.stands().life is Life.ACTIVE


class TestKilled:
    """Wherever a worker dies, one record, one mail and one count come of a warning."""

    @pytest.mark.parametrize("stops", [False, True])
    def test_before_any_call(
        self, monkeypatch: pytest.MonkeyPatch, world: Unused, *, stops: bool
    ) -> None:
        if stops:
            world.notice = stopping()
            world.look(FIRST)
            world.look(SECOND_ONE)
            world.work_off()
        at, expected = (ENDS, "deactivated") if stops else (FIRST, "warned")
        start = {place: dict(raw) for place, raw in world.tables.items.items()}
        began = len(world.warnings())
        world.now = at
        world.steps.names.clear()
        batch.work([PLACE], world.notice, registry(), five_minutes)
        calls = list(world.steps.names)
        told = ["get"] if stops else []
        assert calls == ["batch", "query", "query", *told, "commit", "sqs.send"]
        for number in range(len(calls)):
            world.tables.items = {place: dict(raw) for place, raw in start.items()}
            world.sqs.bodies, world.ses.taken, world.now = [], [], at
            world.steps.kill_before(number)
            with pytest.raises(Killed):
                batch.work([PLACE], world.notice, registry(), five_minutes)
            world.steps.revive()
            batch.work([PLACE], world.notice, registry(), five_minutes)
            tally = taken(world.notice.version)
            assert tally.count(Outcome(expected)) == 1, calls[number]
            world.work_off()
            assert len(world.ses.taken) == 1
            assert len(world.warnings()) == began + (not stops)


def test_a_dry_run_says_what_the_run_does(world: Unused) -> None:
    for now in (FIRST, SECOND_ONE, ENDS):
        expected = Outcome.ERASED if now == ENDS else Outcome.WARNED
        world.now = now
        before = {place: dict(raw) for place, raw in world.tables.items.items()}
        foreseen = batch.foresee([PLACE], world.notice, registry())
        assert foreseen.count(expected) == 1
        assert world.tables.items == before
        assert world.look(now) == {str(expected): 1}


def test_an_erasure_that_began_goes_on_though_the_rule_changed(world: Unused) -> None:
    world.look(FIRST)
    world.look(SECOND_ONE)
    world.now = ENDS
    world.steps.meanwhile["update"] = [lambda: world.steps.kill_before(0)]
    with pytest.raises(Killed):
        batch.work([PLACE], world.notice, registry(), five_minutes)
    world.steps.revive()
    assert world.stands().life is Life.ERASING
    world.notice = stopping()
    assert world.look(ENDS + HOUR) == {"erased": 1}
