"""The mail of a warning, and its button: sent once, and kept by whoever presses it in time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.accounts import warning_store as store
from chalicelib.accounts.service import activity, warnings
from chalicelib.accounts.service.activity import AccountGone
from chalicelib.accounts.service.warnings import tags_of
from chalicelib.accounts.warning_store import WarningItem
from chalicelib.errors import DoneAlready, Unprocessable
from chalicelib.notices.model import Period
from chalicelib.sessions.model import read_link
from chalicelib.storage import keys, shelves
from chalicelib.storage.shelves import Shelved
from chalicelib.storage.transaction import ConditionFailed, Transaction
from chalicelib.subjects import lifecycle
from chalicelib.subjects.model import BOUNCE, Life, Limits, Warned
from chalicelib.subjects.store import StandingItem, standing_item, standing_of, standing_place
from tests.unit.accounts.warned import (
    DAY,
    UNUSED,
    WARNED,
    last_activity,
    record,
    token,
    warned,
)
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.requests.world import World

SECOND = replace(WARNED, at=NOW + 23 * DAY, ahead=Period(days=7))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def later(world: World, days: int = 1) -> None:
    world.now += days * DAY


class TestTheMail:
    def test_names_the_day_of_the_end_a_way_to_sign_in_and_one_link(self, world: World) -> None:
        warned(world)
        world.work_off()
        (mail,) = world.ses.taken
        assert "22 December 2026" in str(mail["Subject"])
        text = world.text()
        assert "erase it with its data on 22 December 2026" in text
        assert f"since {UNUSED.last_activity_at:%-d %B %Y}" in text
        assert "sign in as usual before that day" in text
        assert text.count("https://privacy.example/") == 1
        assert token(world)
        sent = record(world)
        assert (sent.sent_at, int(sent.tries)) == (world.now, 1)
        assert sent.unreached is None
        assert world.jobs() == []

    def test_of_a_rule_that_stops_says_so(self, world: World) -> None:
        warned(world, then="deactivate")
        world.work_off()
        assert "we deactivate it on 22 December 2026" in world.text()
        assert "erase it" not in world.text()

    def test_to_somebody_who_was_stopped_says_since_when(self, world: World) -> None:
        stopped = replace(UNUSED, life=Life.DEACTIVATED)
        warned(world, stopped)
        world.work_off()
        assert "has been deactivated since" in world.text()

    def test_is_sent_once_though_its_message_comes_twice(self, world: World) -> None:
        warned(world)
        world.sqs.bodies *= 3
        world.work_off()
        assert len(world.ses.taken) == 1

    def test_is_not_sent_to_somebody_who_came_back_meanwhile(self, world: World) -> None:
        warned(world)
        world.tables.put(standing_item(replace(UNUSED, last_activity_at=NOW + DAY, warned=WARNED)))
        world.work_off()
        assert world.ses.taken == []
        assert record(world).sent_at is None

    @pytest.mark.parametrize("life", [Life.ERASING, None])
    def test_is_not_sent_to_somebody_who_is_gone(self, world: World, life: Life | None) -> None:
        warned(world)
        if life is None:
            pk, sk = standing_place(SUBJECT)
            del world.tables.items[False, pk, sk]
        else:
            world.tables.put(standing_item(replace(UNUSED, life=life, warned=WARNED)))
        world.work_off()
        assert world.ses.taken == []

    def test_is_not_sent_after_a_later_one(self, world: World) -> None:
        warned(world)
        warned(world, replace(UNUSED, warned=WARNED), SECOND)
        world.work_off()
        assert len(world.ses.taken) == 1
        assert record(world).sent_at is None
        assert record(world, store.id_of(SECOND)).sent_at is not None

    def test_waits_for_ses(self, world: World) -> None:
        warned(world)
        world.ses.away = True
        for _ in range(3):
            world.deliver()
        assert int(record(world).tries) == 0, "SES certainly did not take it"
        assert store.links_of(record(world)) == []
        world.ses.away = False
        world.work_off()
        assert len(world.ses.taken) == 1


class TestKilled:
    """Wherever the worker of the mail dies: one record, and a second mail only after an unknown."""

    def test_before_any_call(self, world: World) -> None:
        warned(world)
        start = {place: dict(raw) for place, raw in world.tables.items.items()}
        messages = list(world.sqs.bodies)
        world.steps.names.clear()
        world.work_off()
        calls = list(world.steps.names)
        assert calls.count("ses.send") == 1
        unknown = calls.index("ses.send") + 1
        for number in range(len(calls)):
            world.tables.items = {place: dict(raw) for place, raw in start.items()}
            world.sqs.bodies, world.ses.taken, world.now = list(messages), [], NOW
            world.steps.kill_before(number)
            world.work_off()
            assert len(world.ses.taken) == (2 if number == unknown else 1), calls[number]
            (found,) = world.tables.all(WarningItem)
            assert found.sent_at is not None
            assert len(store.links_of(found)) == int(found.tries) <= 2
            for sent in range(len(world.ses.taken)):
                link = read_link(token(world, sent))
                assert link is not None
                assert link.fingerprint in store.links_of(found), "the button of each mail works"

    def test_twice_after_an_unknown_outcome_the_desk_is_told(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        warned(world)

        def fails(**_: Any) -> None:
            raise ClientError(
                {"Error": {"Code": "Internal"}, "ResponseMetadata": {"HTTPStatusCode": 500}},  # type: ignore[typeddict-item]
                "SendRawEmail",
            )

        monkeypatch.setattr(world.ses, "send_raw_email", fails)
        world.work_off()
        found = record(world)
        assert (int(found.tries), found.unreached) == (2, warnings.UNCERTAIN)
        assert found.shelf == keys.UNREACHED_SHELF


class TestUnreached:
    """An address that takes no mail counts as warned, and the desk sees it."""

    @pytest.fixture(autouse=True)
    def _shelf(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = world

        def page(
            name: str, after: Shelved | None, limit: int
        ) -> tuple[list[Shelved], Shelved | None]:
            assert (name, after, limit) == (keys.UNREACHED_SHELF, None, 20)
            found = [one for one in world.tables.all(WarningItem) if one.shelf == name]
            return [Shelved(one.pk, one.sk, one.shelf_at) for one in found], None

        monkeypatch.setattr(shelves, "page", page)

    def listed_now(self) -> list[tuple[str, str]]:
        found = warnings.unreached(None, 20)
        assert found.last is None
        return [(one.subject, one.reason) for one in found.warnings]

    def test_one_that_bounced_before_gets_no_mail(self) -> None:
        silent = replace(UNUSED, suppressed=BOUNCE)
        warned(self.world, silent)
        assert self.world.jobs() == []
        assert self.listed_now() == [(SUBJECT, BOUNCE)]

    def test_one_that_bounces_meanwhile(self) -> None:
        warned(self.world)
        self.world.tables.put(standing_item(replace(UNUSED, suppressed=BOUNCE, warned=WARNED)))
        self.world.work_off()
        assert self.world.ses.taken == []
        assert self.listed_now() == [(SUBJECT, BOUNCE)]

    def test_one_whose_mail_comes_back(self) -> None:
        one = warned(self.world)
        self.world.work_off()
        assert self.listed_now() == []
        stands = standing_of(self.world.tables.one(StandingItem, *standing_place(SUBJECT)))
        warnings.came_back(stands, tags_of(one), permanent=False)
        assert self.listed_now() == [(SUBJECT, BOUNCE)]

    def test_one_whose_address_is_gone_when_another_mail_says_so(self) -> None:
        warned(self.world)
        self.world.work_off()
        stands = standing_of(self.world.tables.one(StandingItem, *standing_place(SUBJECT)))
        warnings.came_back(stands, {}, permanent=False)
        back = replace(stands, last_activity_at=NOW + DAY)
        warnings.came_back(back, {}, permanent=True)
        assert self.listed_now() == []
        warnings.came_back(stands, {}, permanent=True)
        assert self.listed_now() == [(SUBJECT, BOUNCE)]

    def test_one_that_ses_refuses(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fails(**_: Any) -> None:
            code = {"Code": "InvalidParameterValue"}
            answer: Any = {"Error": code, "ResponseMetadata": {"HTTPStatusCode": 400}}
            raise ClientError(answer, "SendRawEmail")

        warned(self.world)
        monkeypatch.setattr(self.world.ses, "send_raw_email", fails)
        self.world.work_off()
        assert self.listed_now() == [(SUBJECT, warnings.REFUSED)]

    def test_one_that_came_back_is_listed_no_more(self) -> None:
        warned(self.world, replace(UNUSED, suppressed=BOUNCE))
        back = replace(UNUSED, suppressed=BOUNCE, last_activity_at=NOW + DAY)
        self.world.tables.put(standing_item(back))
        assert self.listed_now() == []

    def test_one_whose_account_has_to_wait_is_warned_anew_and_not_listed(self) -> None:
        silent = replace(UNUSED, suppressed=BOUNCE)
        warned(self.world, silent)
        self.world.tables.put(standing_item(silent))
        assert self.listed_now() == []

    def test_a_mail_without_the_tag_is_no_warning(self) -> None:
        assert warnings.warning_of({}) is None
        assert warnings.warning_of({"warning": "1_2"}) is None
        assert not store.mark_unreached(SUBJECT, "0000000000001", BOUNCE)
        assert self.world.tables.all(WarningItem) == []


class TestTheButton:
    @pytest.fixture
    def link(self, world: World) -> str:
        warned(world)
        world.work_off()
        later(world)
        return token(world)

    def test_counts_as_activity(self, world: World, link: str) -> None:
        activity.keep(link, world.notice)
        assert last_activity(world) == world.now

    def test_takes_what_is_appended(self, world: World, link: str) -> None:
        activity.keep(f"{link}&utm_source=x&lang=it", world.notice)
        assert last_activity(world) == world.now

    def test_pressed_twice_says_that_it_is_done(self, world: World, link: str) -> None:
        activity.keep(link, world.notice)
        later(world)
        with pytest.raises(DoneAlready):
            activity.keep(link, world.notice)
        assert last_activity(world) == world.now - DAY

    def test_is_not_needed_by_who_signed_in_since(self, world: World, link: str) -> None:
        used = replace(UNUSED, last_activity_at=world.now, warned=WARNED)
        world.tables.put(standing_item(used))
        with pytest.raises(DoneAlready):
            activity.keep(link, world.notice)

    def test_of_the_first_warning_works_after_the_second(self, world: World, link: str) -> None:
        world.now = SECOND.at
        warned(world, replace(UNUSED, warned=WARNED), SECOND)
        world.work_off()
        assert token(world) != link
        later(world)
        activity.keep(link, world.notice)
        assert last_activity(world) == world.now
        with pytest.raises(DoneAlready):
            activity.keep(token(world), world.notice)

    def test_of_an_earlier_series_does_nothing(self, world: World, link: str) -> None:
        again = Warned(NOW + DAY, NOW + 800 * DAY, NOW + 830 * DAY, Period(days=30))
        world.now = again.at
        warned(world, replace(UNUSED, last_activity_at=again.since), again)
        with pytest.raises(DoneAlready):
            activity.keep(link, world.notice)
        assert last_activity(world) == again.since

    @pytest.mark.parametrize("life", [Life.ERASING, None])
    def test_says_in_words_that_the_account_is_gone(
        self, world: World, link: str, life: Life | None
    ) -> None:
        if life is None:
            pk, sk = standing_place(SUBJECT)
            del world.tables.items[False, pk, sk]
        else:
            world.tables.put(standing_item(replace(UNUSED, life=life)))
        with pytest.raises(AccountGone) as gone:
            activity.keep(link, world.notice)
        assert gone.value.type == "account-gone"

    @pytest.mark.parametrize("given", ["", "x", f"{SUBJECT}.{'A' * 43}", f"{'v' * 26}"])
    def test_of_no_link_of_ours_is_refused(self, world: World, link: str, given: str) -> None:
        del link
        with pytest.raises(Unprocessable) as refused:
            activity.keep(given, world.notice)
        assert refused.value.type == "link-not-valid"
        assert last_activity(world) == UNUSED.last_activity_at

    def test_leaves_a_stopped_account_stopped(self, world: World, link: str) -> None:
        world.tables.put(standing_item(replace(UNUSED, life=Life.DEACTIVATED, warned=WARNED)))
        activity.keep(link, world.notice)
        found = world.tables.one(StandingItem, *standing_place(SUBJECT))
        assert (found.state, found.last_activity_at) == ("deactivated", world.now)

    def test_does_nothing_for_a_disowned_account(self, world: World, link: str) -> None:
        disowned = replace(UNUSED, limits=Limits(disowned=True), warned=WARNED)
        world.tables.put(standing_item(disowned))
        with pytest.raises(Unprocessable):
            activity.keep(link, world.notice)

    def test_at_the_moment_of_the_erasure_finds_the_account_gone(
        self, world: World, link: str
    ) -> None:
        begun = standing_item(replace(UNUSED, life=Life.ERASING))
        world.steps.meanwhile["commit"] = [lambda: world.tables.put(begun)]
        with pytest.raises(AccountGone):
            activity.keep(link, world.notice)
        found = world.tables.one(StandingItem, *standing_place(SUBJECT))
        assert found.last_activity_at == UNUSED.last_activity_at


class TestTheStanding:
    """One write decides: what was read is what is written on, or nothing is."""

    def item(self, world: World, **changes: Any) -> StandingItem:
        item = standing_item(replace(UNUSED, **changes))
        item.schedule("rule", NOW, "last_activity", UNUSED.last_activity_at)
        world.tables.put(item)
        return item

    def test_is_warned_once(self, world: World) -> None:
        item = self.item(world)
        for number in range(2):
            write: Transaction = world.tables.transaction(world.notice)  # type: ignore[assignment]
            lifecycle.warn(write, item, WARNED, WARNED.ends_at, "it")
            if number == 0:
                write.commit()
            else:
                with pytest.raises(ConditionFailed) as failed:
                    write.commit()
                assert failed.value.labels == {"it"}
        found = world.tables.one(StandingItem, item.pk, item.sk)
        assert found.due_at == WARNED.ends_at

    @pytest.mark.parametrize(
        "changes",
        [
            {"last_activity_at": NOW},
            {"life": Life.DEACTIVATED},
            {"limits": Limits(held=1)},
            {"limits": Limits(restricted=1)},
            {"warned": WARNED},
        ],
    )
    def test_that_changed_is_left_alone(self, world: World, changes: dict[str, Any]) -> None:
        item = self.item(world)
        self.item(world, **changes)
        write: Transaction = world.tables.transaction(world.notice)  # type: ignore[assignment]
        lifecycle.warn(write, item, SECOND, SECOND.ends_at, "it")
        with pytest.raises(ConditionFailed):
            write.commit()

    def test_is_packed_and_read_again(self, world: World) -> None:
        item = self.item(world, warned=WARNED)
        found = world.tables.one(StandingItem, item.pk, item.sk)
        assert standing_of(found).warned == WARNED
