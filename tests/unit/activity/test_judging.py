"""Which events are kept, in which record, and which have the wrong form."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.activity import model
from chalicelib.activity.model import Judged
from chalicelib.catalogue import STORED
from chalicelib.consents.model import Choice
from chalicelib.decisions.permission import Reason
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.subjects.model import Decided, Decision, Standing
from tests.unit.activity.world import BROWSER, PROMOTION, SITE, World, event
from tests.unit.core.samples import NOW, SHIPPED, shipped

CARD = "4111 1111 1111 1111"


def judge(*told: dict[str, Any], standing: Standing | None, notice: Notice | None = None) -> Judged:
    notice = notice or shipped()
    batch = model.events({"events": list(told)}, notice, NOW)
    return model.judged(batch, BROWSER, standing, notice, NOW)


def faults(*told: Any, now: datetime = NOW, notice: Notice | None = None) -> list[tuple[str, str]]:
    found = model.findings({"events": list(told)}, notice or shipped(), now)
    return [(one.pointer, one.detail) for one in found]


def _with(name: str, value: object) -> dict[str, Any]:
    return {**event(), "fields": {name: value}}


def reasons(found: Judged) -> list[tuple[int, str]]:
    return [(one.index, str(one.reason)) for one in found.dropped]


@pytest.fixture
def standing(world: World) -> Standing:
    found = world.stands(BROWSER)
    assert found is not None
    return found


def test_each_event_is_judged_alone(standing: Standing) -> None:
    found = judge(
        event(),
        event(purpose=PROMOTION),
        event(purpose="no_such_purpose"),
        event(clicks="a", shoe_size="44"),
        event(purpose="support"),
        event(clicks="b"),
        standing=standing,
    )
    assert reasons(found) == [
        (1, "not_asked"),
        (2, "undeclared"),
        (3, "undeclared"),
        (4, "undeclared"),  # the purpose uses another category
    ]
    assert found.accepted == 2
    assert [one.index for day in found.days for one in day.events] == [0, 5]


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        (Decision.DENIED, Reason.DENIED),
        (Decision.WITHDRAWN, Reason.WITHDRAWN),
        (Decision.OBJECTED, Reason.OBJECTED),
    ],
)
def test_a_no_has_its_own_reason(standing: Standing, decision: Decision, reason: Reason) -> None:
    stands = standing.decisions[SITE]
    said: Decided = replace(stands, decision=decision)
    found = judge(event(), standing=replace(standing, decisions={SITE: said}))
    assert reasons(found) == [(0, str(reason))]


def test_who_was_never_asked_was_not_asked() -> None:
    found = judge(event(), event(shoe_size="44"), standing=None)
    assert reasons(found) == [(0, "not_asked"), (1, "undeclared")]
    assert found.days == ()


def test_events_over_midnight_are_of_two_days_of_the_notices_zone(standing: Standing) -> None:
    midnight = datetime(2026, 11, 20, 23, tzinfo=UTC)  # in Rome
    notice = shipped()
    assert midnight.astimezone(notice.zone).hour == 0
    told = [event(midnight + timedelta(minutes=minute)) for minute in range(-12, 13)]
    batch = model.events({"events": told}, notice, midnight + timedelta(hours=1))
    found = model.judged(batch, BROWSER, standing, notice, midnight + timedelta(hours=1))
    assert [len(day.events) for day in found.days] == [12, 13]
    assert [str(day.day) for day in found.days] == ["2026-11-20", "2026-11-21"]
    rule = notice.rule("activity", "created")
    for day in found.days:
        assert all(rule.ends(day.began_at) <= rule.ends(one.at) for one in day.events)


def test_each_purpose_has_a_record_of_its_own(world: World) -> None:
    world.decide(BROWSER, Choice.GRANTED, PROMOTION)
    found = judge(event(), event(purpose=PROMOTION), event(), standing=world.stands(BROWSER))
    assert [(day.purpose, len(day.events)) for day in found.days] == [(PROMOTION, 1), (SITE, 2)]


def test_the_number_of_a_card_is_declared_nowhere(standing: Standing) -> None:
    found = judge(
        event(search_terms=f"pay {CARD}"),
        event(attachment_size=4111111111111111),
        {**event(), "type": "a4111111111111111"},
        event(n4111111111111111="x"),
        event(search_terms="order 4111"),
        standing=standing,
    )
    assert reasons(found) == [(number, "undeclared") for number in range(4)]
    assert "4111111111111111" not in repr(found).replace(" ", "")


@pytest.mark.parametrize(
    ("ago", "fault"),
    [
        (timedelta(minutes=-5), None),
        (timedelta(minutes=-5, seconds=-1), "must not be in the future"),
        (timedelta(days=30), None),
        (timedelta(days=30, seconds=1), "must not be longer ago than 30 days"),
        (timedelta(days=9000), "must not be longer ago than 30 days"),
    ],
)
def test_an_event_is_of_the_last_thirty_days(ago: timedelta, fault: str | None) -> None:
    assert faults(event(NOW - ago)) == ([] if fault is None else [("/events/0/at", fault)])


def test_a_clock_that_is_ahead_tells_of_now(standing: Standing) -> None:
    (day,) = judge(event(NOW + timedelta(minutes=3)), standing=standing).days
    assert day.began_at == NOW


def test_what_is_over_already_is_refused() -> None:
    document = json.loads(SHIPPED.read_text("utf-8"))
    rule = next(one for one in document["retention"] if one["id"] == "activity_kept")
    rule["period"] = {"days": 7}
    short = compile_notice(document, STORED)
    told = event(NOW - timedelta(days=7)), event(NOW - timedelta(days=6))
    detail = "is longer ago than such events are kept"
    assert faults(*told, notice=short) == [("/events/0/at", detail)]


@pytest.mark.parametrize(
    ("name", "value", "detail"),
    [
        ("search_terms", 7, "must be a text"),
        ("search_terms", True, "must be a text"),
        ("search_terms", "x" * 201, "must have at most 200 characters"),
        ("search_terms", " ", "must not be blank"),
        ("attachment_size", "7", "must be a number"),
    ],
)
def test_a_value_has_the_form_of_its_field(name: str, value: object, detail: str) -> None:
    assert faults(event(), _with(name, value)) == [(f"/events/1/fields/{name}", detail)]


def test_what_is_not_declared_is_dropped_whatever_its_value() -> None:
    assert faults(event(shoe_size=True)) == []


@pytest.mark.parametrize(
    "body",
    [
        *(None, [], "x", {}, {"events": None}, {"events": "x"}),
        {"events": [None, 7, "x", [], {}]},
        {"events": [{"at": 7, "fields": [], "purpose": {}, "type": None}]},
        {"events": [{"at": "x", "fields": {}, "purpose": SITE}]},
        {"events": [{"at": "0001-01-01T00:00:00+14:00", "fields": {}, "purpose": SITE}]},
        {"events": [{"at": "9999-12-31T23:59:59-14:00", "fields": {}, "purpose": SITE}]},
    ],
)
def test_anything_can_be_looked_at(body: object) -> None:
    for finding in model.findings(body, shipped(), NOW):
        assert finding.pointer.startswith("/events/0/at")


def test_a_batch_of_very_many_days_and_purposes_is_refused(world: World) -> None:
    using = [one.id for one in shipped().purposes.values() if "interaction" in one.categories]
    told = [event(NOW - timedelta(days=day), purpose) for purpose in using[:4] for day in range(25)]
    assert faults(*told) == [
        ("/events", "are of more than 80 days and purposes; send fewer at once")
    ]
    assert faults(*told[:80]) == []


def test_another_notice_says_which_category_holds_activity(standing: Standing) -> None:
    document = json.loads(SHIPPED.read_text("utf-8"))
    record = next(one for one in document["records"] if one["kind"] == "activity")
    record["fields"] = {"device": ["browser_type", "ip_address"], "interaction": ["clicks"]}
    other = compile_notice(document, STORED)
    found = judge(
        event(browser_type="Firefox"),
        event(ip_address="192.0.2.77"),
        event(clicks="x"),
        event(search_terms="x"),
        event(clicks="x", browser_type="Firefox"),
        standing=standing,
        notice=other,
    )
    assert [day.category for day in found.days] == ["device", "interaction"]
    assert found.days[0].events[1].fields == {"ip_address": "192.0.2.0/24"}
    assert reasons(found) == [(3, "undeclared"), (4, "undeclared")]


def test_a_notice_without_activity_takes_none_in(standing: Standing) -> None:
    document = json.loads(SHIPPED.read_text("utf-8"))
    document["records"] = [one for one in document["records"] if one["kind"] != "activity"]
    without = compile_notice(document, STORED)
    assert model.holders(without) == {}
    found = judge(event(), standing=standing, notice=without)
    assert reasons(found) == [(0, "undeclared")]


def test_an_item_named_like_what_every_event_says_is_no_field() -> None:
    assert not model.holders(shipped())["interaction"] & STORED["activity"].fields
