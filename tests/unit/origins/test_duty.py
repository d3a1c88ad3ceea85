"""The first record of an origin begins the duty to tell of it, once, in its own transaction."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest

from chalicelib.accounts.store import ProfileItem
from chalicelib.catalogue import STORED
from chalicelib.errors import Conflict
from chalicelib.jobs import service as jobs
from chalicelib.notices.compiler import NoticeRefused, compile_notice
from chalicelib.origins import model
from chalicelib.origins.service import duty
from chalicelib.storage import keys
from chalicelib.subjects.model import Life
from chalicelib.vault.store import DataKeyItem
from tests.unit.core.samples import NOW, SHIPPED, SUBJECT, shipped
from tests.unit.origins.world import DAY, LEAD, PARTNER, World, in_lane
from tests.unit.storage.tables import Killed

IMPORTED = (jobs, ProfileItem, timedelta)

DEVICE = replace(
    LEAD, kind="device", category="device", fields={"browser_type": "Firefox"}, origin="devices"
)


def test_the_first_record_of_an_origin_begins_it_with_its_mail(world: World) -> None:
    world.keep()
    item = world.duty()
    assert (item.category, item.began_at) == ("third_parties", NOW)
    assert item.sent_at is None
    assert world.origin(item) == PARTNER
    assert item.pk == keys.subject(SUBJECT)
    assert item.sk.startswith("evidence#told#")
    assert (str(item.lane).split("#")[0], item.due_at) == ("deadline", NOW + DAY)
    assert in_lane(world) == ["told"]
    (job,) = world.jobs()
    assert (job.action, job.target, job.id) == (duty.ACTION, keys.record_id(item.sk), job.target)
    assert len(world.sqs.bodies) == 1
    assert PARTNER not in str([item.pk, item.sk, item.category, *world.sqs.bodies])


def test_it_lies_in_the_transaction_of_the_record(world: World) -> None:
    world.steps.names.clear()
    world.keep()
    assert world.steps.names == ["batch", "commit", "sqs.send"]
    world.steps.names.clear()
    world.keep()
    assert world.steps.names == ["batch", "commit"]


def test_later_records_of_the_origin_begin_nothing(world: World) -> None:
    for _ in range(3):
        world.keep()
    world.keep(origin=PARTNER.upper())
    assert len(world.records()) == 4
    assert len(world.duties()) == len(world.sqs.bodies) == 1


def test_another_origin_is_another_duty(world: World) -> None:
    world.keep()
    world.keep(origin="others")
    assert sorted(map(world.origin, world.duties())) == [PARTNER, "others"]
    assert len(world.sqs.bodies) == 2


def test_of_first_ones_at_once_one_begins_it(world: World) -> None:
    world.steps.meanwhile["commit"] = [lambda: world.keep() for _ in range(4)]
    world.keep()
    assert len(world.records()) == 5
    assert len(world.duties()) == len(world.sqs.bodies) == 1


@pytest.mark.parametrize("origin", ["account", "support_contact"])
def test_of_what_the_person_gave_nobody_is_told(world: World, origin: str) -> None:
    world.keep(origin=origin)
    assert world.duties() == []


def test_of_what_their_device_gave_nobody_is_told(world: World) -> None:
    world.keep(DEVICE)
    assert world.duties() == []
    assert world.sqs.bodies == []


def test_of_a_record_that_is_refused_nobody_is_told(world: World) -> None:
    world.stands(life=Life.ERASING)
    with pytest.raises(Conflict):
        world.keep()
    assert world.duties() == []


def test_without_the_key_of_the_evidence_nothing_is_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.errors import Contention
    from chalicelib.storage import contention

    monkeypatch.setattr(contention, "attempts", lambda _: iter((0, 1)))
    del world.tables.items[next(place for place in world.tables.items if "evidence" in place)]
    assert not [one for one in world.tables.all(DataKeyItem) if one.sk == "evidence"]
    with pytest.raises(Contention):
        world.keep()
    assert world.records() == []


def test_killed_before_any_call_record_and_duty_are_there_or_neither(world: World) -> None:
    for number in range(3):
        world.steps.kill_before(number)
        with pytest.raises(Killed):
            world.keep()
        world.steps.revive()
        assert len(world.records()) == len(world.duties()) == len(world.jobs()) == number // 2
    world.relay()
    world.work_off()
    assert len(world.ses.taken) == 1


class TestGround:
    """Nobody is told where the notice states a ground of GDPR art. 14(5) for the source."""

    GROUND = MappingProxyType({"kind": "law", "text": {"it": "La legge.", "en": "A law."}})

    @pytest.fixture
    def world(self, world: World) -> World:
        document = json.loads(SHIPPED.read_text("utf-8"))
        for one in document["sources"]:
            if one["id"] == "others":
                one["not_told"] = dict(self.GROUND)
        world.notice = compile_notice(document, STORED)
        return world

    def test_of_that_source_nobody_is_told(self, world: World) -> None:
        world.keep(origin="others")
        assert len(world.records()) == 1
        assert world.duties() == []
        assert world.sqs.bodies == []

    def test_of_another_origin_people_are(self, world: World) -> None:
        world.keep()
        assert world.origin(world.duty()) == PARTNER
        named = model.categories(PARTNER, "third_parties", world.notice)
        assert named == ["third_parties"]

    def test_a_duty_that_began_before_is_done(self, world: World) -> None:
        notice, world.notice = world.notice, shipped()
        world.keep(origin="others")
        world.notice = notice
        world.work_off()
        assert len(world.ses.taken) == 1

    @pytest.mark.parametrize("source", ["account", "devices"])
    def test_it_is_for_what_others_give(self, source: str) -> None:
        document = json.loads(SHIPPED.read_text("utf-8"))
        places = [one["id"] for one in document["sources"]]
        document["sources"][places.index(source)]["not_told"] = dict(self.GROUND)
        with pytest.raises(NoticeRefused) as refused:
            compile_notice(document, STORED)
        pointers = [one.pointer for one in refused.value.findings]
        assert pointers == [f"/sources/{places.index(source)}/not_told"]


class TestModel:
    def test_the_id_is_another_for_each_person_and_origin(self) -> None:
        ids = {duty.id_of(one, origin) for one in ("a" * 26, "b" * 26) for origin in ("X", "Y")}
        assert len(ids) == 4
        assert {model.told_of(model.tags_of(one)) for one in ids} == ids

    @pytest.mark.parametrize("tags", [{}, {"origin": "1_2"}, {"origin": 3}, None, {"origin": "A"}])
    def test_tags_of_another_mail_name_none(self, tags: object) -> None:
        assert model.told_of(tags) is None

    def test_the_month_is_one_of_the_calendar(self, world: World) -> None:
        ends = model.latest(NOW, world.notice.zone)
        assert ends.astimezone(world.notice.zone).day == NOW.astimezone(world.notice.zone).day
        assert timedelta(days=28) <= ends - NOW <= timedelta(days=31)

    def test_it_is_looked_at_by_the_day_and_after_the_month_by_the_week(self, world: World) -> None:
        zone = world.notice.zone
        assert model.next_look(NOW, zone, NOW) == NOW + DAY
        assert model.next_look(NOW, zone, NOW + 40 * DAY) == NOW + 47 * DAY

    def test_the_categories_are_those_that_systems_hand_over_by_the_source(
        self, world: World
    ) -> None:
        assert model.categories("others", "third_parties", world.notice) == ["third_parties"]
        assert model.categories(PARTNER, "third_parties", world.notice) == ["third_parties"]
        assert "support" in model.categories(PARTNER, "support", world.notice)
