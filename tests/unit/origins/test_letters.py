"""The mail of an origin: once, with all that the law asks for, and nothing of the data."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.feedback import service as feedback
from chalicelib.origins import model
from chalicelib.origins.service import desk, watch
from chalicelib.origins.store import ToldItem
from chalicelib.storage import keys, shelves
from chalicelib.storage.shelves import Shelved
from chalicelib.subjects.model import BOUNCE, COMPLAINT, Life, Limits
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.origins.world import DAY, LEAD, PARTNER, SECRET, World, in_lane

IMPORTED = feedback


def words(world: World, number: int = -1) -> str:
    """The text of a mail, in one line."""
    return " ".join(world.ses.taken[number].get_content().split())


class TestTheMail:
    def test_tells_all_that_the_law_asks_for(self, world: World) -> None:
        world.stands(locale="en")
        world.keep()
        world.work_off()
        (mail,) = world.ses.taken
        text, notice = words(world), world.notice
        assert "received data about you" in str(mail["Subject"])
        assert PARTNER in text
        assert SECRET not in text
        category = notice.categories["third_parties"]
        assert notice.text(category.title, "en") in text
        used = [one for one in notice.purposes.values() if category.id in one.categories]
        assert used
        for one in used:
            assert notice.text(one.title, "en") in text
            if one.interest is not None:
                assert notice.text(one.interest, "en").rstrip(" .") in text
        given = {name for one in used for name in one.recipients}
        for name in given:
            assert notice.text(notice.recipients[name].name, "en") in text
        for right in notice.rights.values():
            assert notice.text(right.title, "en") in text
        assert "data protection authority where you live" in text
        assert notice.completed["controller"]["name"] in text
        assert "at most for the life of the account" in text
        assert "/notice?lang=en" in text
        item = world.duty()
        assert (item.sent_at, int(item.tries)) == (world.now, 1)
        assert item.lane is None
        assert world.jobs() == []
        assert in_lane(world) == []

    @pytest.mark.parametrize("locale", ["it", "en"])
    def test_is_in_the_language_of_the_person(self, world: World, locale: str) -> None:
        world.stands(locale=locale)
        world.keep(origin="others")
        world.work_off()
        title = next(
            one["title"] for one in world.notice.completed["sources"] if one["id"] == "others"
        )
        assert title[locale] in words(world)
        assert world.ses.taken[0]["Content-Language"] == locale

    def test_is_one_for_three_records(self, world: World) -> None:
        for _ in range(3):
            world.keep()
        world.sqs.bodies *= 3
        world.work_off()
        world.now += 40 * DAY
        world.run()
        world.keep()
        world.work_off()
        assert len(world.ses.taken) == 1

    def test_goes_to_somebody_who_stopped_the_account(self, world: World) -> None:
        world.keep()
        world.stands(life=Life.DEACTIVATED)
        world.work_off()
        assert len(world.ses.taken) == 1

    def test_goes_to_somebody_who_had_the_use_of_data_restricted(self, world: World) -> None:
        world.keep()
        world.stands(limits=Limits(restricted=1))
        world.work_off()
        assert len(world.ses.taken) == 1

    @pytest.mark.parametrize("life", [Life.ERASING, None])
    def test_goes_to_nobody_who_is_gone(self, world: World, life: Life | None) -> None:
        world.keep()
        if life is None:
            world.tables.items = {
                place: raw
                for place, raw in world.tables.items.items()
                if raw["kind"]["S"] != "standing"
            }
        else:
            world.stands(life=life)
        world.work_off()
        assert world.ses.taken == []
        item = world.duty()
        assert not any((item.sent_at, item.lane, item.shelf))

    def test_waits_for_ses(self, world: World) -> None:
        world.keep()
        world.ses.away = True
        for _ in range(3):
            world.deliver()
        assert int(world.duty().tries) == 0
        world.ses.away = False
        world.work_off()
        assert len(world.ses.taken) == 1


class TestKilled:
    def test_before_any_call(self, world: World) -> None:
        world.keep()
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
            item = world.duty()
            assert item.sent_at is not None
            assert item.lane is None
            assert int(item.tries) <= model.MOST_TRIES


@pytest.fixture
def shelf(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    def page(name: str, after: Shelved | None, limit: int) -> tuple[list[Shelved], Shelved | None]:
        del after, limit
        found = [one for one in world.tables.all(ToldItem) if one.shelf == name]
        return [Shelved(one.pk, one.sk, one.shelf_at) for one in found], None

    monkeypatch.setattr(shelves, "page", page)
    return world


def listed(world: World) -> list[tuple[str, str]]:
    found = desk.listed(None, 20, world.notice)
    assert found.last is None
    return [(one.subject, one.reason) for one in found.duties]


class TestUnreached:
    """What reaches nobody stands on the desk's list, and is mailed once that is possible."""

    @pytest.mark.parametrize("reason", [BOUNCE, COMPLAINT])
    def test_an_address_without_mail(self, shelf: World, reason: str) -> None:
        shelf.stands(suppressed=reason)
        shelf.keep()
        shelf.work_off()
        assert shelf.ses.taken == []
        assert listed(shelf) == [(SUBJECT, reason)]

    def test_it_is_mailed_once_the_address_works(self, shelf: World) -> None:
        shelf.stands(suppressed=BOUNCE)
        shelf.keep()
        shelf.work_off()
        shelf.now += DAY
        assert shelf.run()["told"] == 0
        assert listed(shelf) == [(SUBJECT, BOUNCE)]
        shelf.stands()
        shelf.now += DAY
        assert shelf.run()["told"] == 1
        assert listed(shelf) == []
        shelf.work_off()
        assert len(shelf.ses.taken) == 1
        assert shelf.run()["told"] == 0

    def test_one_whose_mail_comes_back(self, shelf: World) -> None:
        shelf.keep()
        shelf.work_off()
        tags = model.tags_of(keys.record_id(shelf.duty().sk))
        watch.came_back(SUBJECT, {}, shelf.notice)
        assert listed(shelf) == []
        watch.came_back(SUBJECT, tags, shelf.notice)
        watch.came_back(SUBJECT, tags, shelf.notice)
        assert listed(shelf) == [(SUBJECT, BOUNCE)]
        assert in_lane(shelf) == ["told"]
        shelf.now += DAY
        shelf.run()
        shelf.work_off()
        assert len(shelf.ses.taken) == 2, "it works again"
        assert listed(shelf) == []

    def test_a_browser_has_no_address(self, shelf: World) -> None:
        found = model.why_not(_visitor(), shelf.notice, NOW)
        assert found == model.NO_ADDRESS

    def test_one_that_ses_refuses_is_not_mailed_again(
        self, shelf: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(**_: Any) -> None:
            answer: Any = {
                "Error": {"Code": "InvalidParameterValue"},
                "ResponseMetadata": {"HTTPStatusCode": 400},
            }
            raise ClientError(answer, "SendRawEmail")

        shelf.keep()
        monkeypatch.setattr(shelf.ses, "send_raw_email", fails)
        shelf.work_off()
        assert listed(shelf) == [(SUBJECT, model.REFUSED)]
        shelf.now += DAY
        assert shelf.run()["told"] == 0

    def test_twice_after_an_unknown_outcome_the_desk_is_told(
        self, shelf: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(**_: Any) -> None:
            answer: Any = {
                "Error": {"Code": "Internal"},
                "ResponseMetadata": {"HTTPStatusCode": 500},
            }
            raise ClientError(answer, "SendRawEmail")

        shelf.keep()
        monkeypatch.setattr(shelf.ses, "send_raw_email", fails)
        shelf.work_off()
        item = shelf.duty()
        assert (int(item.tries), item.unreached) == (2, model.UNCERTAIN)
        assert listed(shelf) == [(SUBJECT, model.UNCERTAIN)]

    def test_one_who_is_being_erased_is_listed_no_more(self, shelf: World) -> None:
        shelf.stands(suppressed=BOUNCE)
        shelf.keep()
        shelf.work_off()
        shelf.stands(life=Life.ERASING)
        assert listed(shelf) == []
        shelf.now += DAY
        shelf.run()
        assert in_lane(shelf) == []
        assert shelf.duty().shelf is None

    def test_it_is_over_with_the_last_record_from_elsewhere(self, shelf: World) -> None:
        shelf.stands(suppressed=BOUNCE)
        kept = [shelf.keep(), shelf.keep()]
        shelf.work_off()
        for named in kept:
            assert listed(shelf) == [(SUBJECT, BOUNCE)]
            shelf.end(named)
            shelf.now += DAY
            shelf.run()
        assert listed(shelf) == []
        assert in_lane(shelf) == []
        assert shelf.duty().sent_at is None

    def test_after_its_month_it_is_counted_and_looked_at_by_the_week(
        self, shelf: World, capsys: pytest.CaptureFixture[str]
    ) -> None:
        shelf.stands(suppressed=BOUNCE)
        shelf.keep()
        shelf.work_off()
        for _ in range(29):
            shelf.now += DAY
            shelf.run()
        assert "origin.overdue" not in capsys.readouterr().out
        shelf.now += DAY
        shelf.run()
        assert capsys.readouterr().out.count("origin.overdue") == 1
        assert shelf.duty().due_at == shelf.now + 7 * DAY
        (one,) = desk.listed(None, 20, shelf.notice).duties
        assert one.due_at <= shelf.now


class TestTheSchedule:
    def test_a_mail_whose_job_is_lost_is_asked_for_after_a_day(self, world: World) -> None:
        world.keep()
        world.sqs.bodies.clear()
        for place, raw in list(world.tables.items.items()):
            if raw["kind"]["S"] == "job":
                del world.tables.items[place]
        world.now += DAY
        assert world.run()["told"] == 1
        world.work_off()
        assert len(world.ses.taken) == 1
        assert in_lane(world) == []

    def test_killed_before_any_call_it_goes_on_with_the_next_run(self, world: World) -> None:
        world.keep()
        world.sqs.bodies.clear()
        world.now += DAY
        start = {place: dict(raw) for place, raw in world.tables.items.items()}
        world.steps.names.clear()
        world.run()
        calls = len(world.steps.names)
        for number in range(calls):
            world.tables.items = {place: dict(raw) for place, raw in start.items()}
            world.sqs.bodies, world.ses.taken, world.now = [], [], NOW + DAY
            world.steps.kill_before(number)
            with pytest.raises(BaseException):  # noqa: B017 - the process is gone
                world.run()
            world.steps.revive()
            world.run()
            world.relay()
            world.work_off()
            assert len(world.ses.taken) == 1, number
            assert world.duty().sent_at is not None


def _visitor() -> Any:
    from dataclasses import replace

    from tests.unit.core.samples import standing

    return replace(standing(), subject="v" + "a" * 32)


assert LEAD
