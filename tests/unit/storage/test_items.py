from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pynamodb.exceptions import AttributeNullError
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model

import chalicelib
from chalicelib.accounts.roster_store import MemberItem
from chalicelib.accounts.store import ProfileItem
from chalicelib.api_keys.store import KIND as API_KEY
from chalicelib.audit.store import HeadItem
from chalicelib.catalogue import STORED
from chalicelib.consents.store import EntryItem, EventItem
from chalicelib.notices.model import Notice, UndeclaredField
from chalicelib.notices.store import KIND as NOTICE
from chalicelib.retention.evidence.store import HeadItem as RunsHeadItem
from chalicelib.storage import keys
from chalicelib.storage.attributes import InstantAttribute
from chalicelib.storage.item import STRUCTURE, Item, KeyItem, Stored
from chalicelib.storage.lateness import Lateness
from chalicelib.subjects.store import StandingItem, standing_item
from tests.unit.core.samples import NOW, association, shipped, standing

NOT_IN_THE_TABLES = {"erasure"}
"""Kept as objects of a bucket."""


ABOUT_NOBODY = {"", NOTICE}
"""Kinds that no notice declares: versions of it, and what is never put by a transaction's gate."""

BESIDE = {
    EventItem: {"seq", "event"},
    HeadItem: {"seq", "hash", "at", "pruned_seq", "pruned_hash"},
    RunsHeadItem: {"seq", "hash", "at", "pruned_seq", "pruned_hash"},
    MemberItem: {"role"},
}
"""Entities that keep a part of what another of their kind keeps, at a place of their own."""


def entities() -> dict[str, type[Stored]]:
    """Every entity of the product that is about a person, by its kind."""
    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        importlib.import_module(module.name)
    return {found.KIND: found for found in _about_people() if found not in BESIDE}


def _about_people() -> list[type[Stored]]:
    return [found for found in _below(Stored) if found.KIND not in ABOUT_NOBODY]


def _below(kind: type[Stored]) -> Iterator[type[Stored]]:
    for found in kind.__subclasses__():
        if found.__module__.startswith("chalicelib."):
            yield found
        yield from _below(found)


ENTITIES = entities()


def test_every_kind_of_the_catalogue_has_one_entity() -> None:
    assert set(ENTITIES) == set(STORED) - NOT_IN_THE_TABLES
    named = [found for found in _about_people() if found not in BESIDE]
    assert len(named) == len(ENTITIES), "two entities of one kind"


def test_what_lies_beside_an_entity_keeps_a_part_of_what_its_kind_declares() -> None:
    for entity, fields in BESIDE.items():
        assert entity.plain_fields() == fields
        assert fields <= STORED[entity.KIND].fields


def test_what_need_not_be_declared_is_about_nobody() -> None:
    undeclared = {found.__module__ for found in _below(Stored) if found.KIND in ABOUT_NOBODY}
    assert undeclared == {
        "chalicelib.storage.item",
        "chalicelib.notices.store",
        "chalicelib.notices.draft_store",
        "chalicelib.api_keys.store",
        "chalicelib.webhooks.store",
        "chalicelib.publications.approval_store",
        "chalicelib.publications.code_store",
        "chalicelib.receipts.store",
        "chalicelib.retention.amendments.store",
        # Of no kind itself: what kinds have in common.
        "chalicelib.records.store",
        "chalicelib.consents.store",
    }
    assert not {NOTICE, API_KEY} & STORED.keys()


@pytest.mark.parametrize("kind", sorted(ENTITIES))
def test_an_entity_stores_what_the_catalogue_says(kind: str) -> None:
    beside = [fields for one, fields in BESIDE.items() if kind == one.KIND]
    assert ENTITIES[kind].plain_fields().union(*beside) == STORED[kind].plain


@pytest.mark.parametrize("kind", sorted(set(ENTITIES) - {"data_key"}))
def test_an_entity_lies_in_the_class_that_the_catalogue_says(kind: str) -> None:
    assert STORED[kind].retention_class == ENTITIES[kind].CLASS


def test_data_keys_lie_in_their_own_table() -> None:
    assert [name for name, one in ENTITIES.items() if issubclass(one, KeyItem)] == ["data_key"]


@pytest.mark.parametrize("notice", [shipped, association], ids=["shipped", "association"])
@pytest.mark.parametrize("kind", sorted(ENTITIES))
def test_both_notices_declare_it(kind: str, notice: Callable[[], Notice]) -> None:
    item = ENTITIES[kind]()
    item.sealed_fields = STORED[kind].sealed
    if kind != "profile":
        item.sealed = b"x" if item.sealed_fields else None
    item.refuse_undeclared(notice())


class Elsewhere(Item):
    """A kind that nobody declared."""

    KIND = "newsletter_archive"
    CLASS = "marketing"


def test_an_undeclared_kind_is_refused() -> None:
    with pytest.raises(UndeclaredField, match="newsletter_archive"):
        Elsewhere(pk="S#x", sk="x").refuse_undeclared(shipped())


def test_an_undeclared_sealed_field_is_refused() -> None:
    item = ProfileItem(pk="S#x", sk="account#profile#identity", kind="profile")
    item.sealed, item.sealed_fields = b"x", frozenset({"name", "shoe_size"})
    with pytest.raises(UndeclaredField) as refused:
        item.refuse_undeclared(shipped())
    assert (refused.value.kind, refused.value.fields) == ("profile", ("shoe_size",))


def test_a_field_of_one_notice_is_not_a_field_of_another() -> None:
    item = ProfileItem(pk="S#x", sk="account#profile#identity", kind="profile")
    item.sealed, item.sealed_fields = b"x", frozenset({"occupation"})
    item.refuse_undeclared(shipped())
    with pytest.raises(UndeclaredField):
        item.refuse_undeclared(association())


@pytest.mark.parametrize("entity", [EntryItem, ProfileItem, StandingItem])
def test_what_is_sealed_must_be_named(entity: type[Stored]) -> None:
    with pytest.raises(ValueError, match="sealed without naming"):
        entity(sealed=b"x").refuse_undeclared(shipped())


@pytest.mark.parametrize("kind", sorted(ENTITIES))
def test_structure_holds_no_field_of_a_kind(kind: str) -> None:
    assert not STRUCTURE & STORED[kind].fields


def test_an_item_in_a_lane_knows_why() -> None:
    item = standing_item(standing())
    item.schedule("rule", NOW + timedelta(days=7), "registered", NOW)
    raw = item.serialize()
    assert raw["due_at"] == {"S": "2026-11-29T16:00:00.123Z"}
    assert raw["due_since"] == {"S": "2026-11-22T16:00:00.123Z"}
    assert raw["due_event"] == {"S": "registered"}
    assert raw["lane"]["S"].startswith("rule#")


def test_an_item_that_could_not_be_handled_has_ended_all_the_same() -> None:
    item = standing_item(standing())
    assert item.ends_at is None
    item.schedule("rule", NOW, "registered", NOW)
    assert item.ends_at == NOW
    later = NOW + timedelta(hours=1)
    item.due_at, item.late = later, Lateness(later, NOW, 1)
    read = type(item).from_raw_data(item.serialize())
    assert (read.ends_at, read.late) == (NOW, item.late)
    item.due_at = later + timedelta(days=30)  # somebody gave it another date meanwhile
    assert item.ends_at == item.due_at


def test_items_of_one_partition_are_spread_where_they_ask_for_it() -> None:
    lanes = set()
    for number in range(200):
        item = standing_item(standing())
        item.schedule("rule", NOW, "registered", NOW, spread=str(number))
        lanes.add(item.lane)
    assert lanes == set(keys.shards("rule"))


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(
    datetime(1000, 1, 2),  # noqa: DTZ001 - the strategy adds the zone
    datetime(9998, 12, 30),  # noqa: DTZ001
    timezones=ZONES,
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))


@given(MOMENTS)
def test_an_instant_comes_back_in_utc(moment: datetime) -> None:
    stored = InstantAttribute().serialize(moment)
    read = InstantAttribute().deserialize(stored)
    assert read == moment
    assert read.utcoffset() == timedelta(0)


@given(MOMENTS, MOMENTS)
def test_instants_sort_as_texts(one: datetime, other: datetime) -> None:
    texts = [InstantAttribute().serialize(moment) for moment in (one, other)]
    assert (texts[0] < texts[1]) == (one < other)
    assert len(texts[0]) == len(texts[1])


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        InstantAttribute().serialize(datetime(2026, 11, 22))  # noqa: DTZ001 - the point
    assert InstantAttribute().serialize(datetime(2026, 11, 22, tzinfo=UTC))


TABLES = tuple(f"RISERBO_{one}_TABLE" for one in ("RECORDS", "ACCESS", "LINKS", "LIMITS", "KEYS"))

_SAMPLES: tuple[object, ...] = ("a", 1, b"a", True, NOW, ["a", {"b": 1}], {"a": ["b"]})


def _sampled(entity: type[Stored], data: st.DataObject) -> Stored:
    """An item with some of its attributes, each of the type that it has."""
    made = entity("a", "b")
    for name, attribute in entity.get_attributes().items():
        for sample in data.draw(st.permutations(_SAMPLES)):
            try:
                attribute.deserialize(attribute.serialize(sample))
            except Exception:  # noqa: BLE001 - a sample of another type
                continue
            if data.draw(st.booleans()):
                setattr(made, name, sample)
            break
    return made


@pytest.mark.parametrize("entity", sorted(_below(Stored), key=str), ids=str)
@settings(max_examples=5)
@given(data=st.data())
def test_an_item_is_written_and_read_as_pynamodb_does(
    entity: type[Stored], data: st.DataObject
) -> None:
    made = _sampled(entity, data)
    written = Model._container_serialize(made, null_check=False)
    assert made.serialize(null_check=False) == written
    lacking = [
        name
        for name, attribute in entity.get_attributes().items()
        if not attribute.null and attribute.attr_name not in written
    ]
    if lacking:
        with pytest.raises(AttributeNullError, match=lacking[0]):
            made.serialize()
    else:
        assert made.serialize() == written
        fresh: Condition = entity.pk.does_not_exist() & (entity.sk != "c")
        in_a_table = hasattr(entity, "Meta")
        with patch.dict(os.environ, dict.fromkeys(TABLES, "table")):
            for condition in (None, entity.pk.does_not_exist(), fresh) if in_a_table else ():
                assert made.get_save_kwargs_from_instance(condition) == (
                    Model.get_save_kwargs_from_instance(made, condition)
                )
    given_up = {**written, "kind": {"NULL": True}} if data.draw(st.booleans()) else written
    ours, theirs = entity.from_raw_data(given_up | {"unknown": {"S": "a"}}), entity()
    Model._container_deserialize(theirs, given_up)
    assert ours.attribute_values == theirs.attribute_values


@pytest.mark.parametrize("entity", sorted(_below(Stored), key=str), ids=str)
def test_an_item_is_made_as_pynamodb_makes_it(entity: type[Stored]) -> None:
    theirs = object.__new__(entity)
    values: dict[str, Any] = {"kind": "c"}
    if "expires" in entity.get_attributes():
        values["expires"] = NOW
    Model.__init__(theirs, "a", "b", **values)
    assert entity("a", "b", **values).attribute_values == theirs.attribute_values
    assert entity(pk="a", sk="b", **values).attribute_values == theirs.attribute_values
    with pytest.raises(ValueError, match="shoe_size"):
        entity("a", "b", shoe_size=44)
