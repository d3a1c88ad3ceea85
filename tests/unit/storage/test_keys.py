from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import ids
from chalicelib.storage import keys

IDS = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=1, max_size=26)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)


def test_partitions_of_different_things_never_meet() -> None:
    makers = [keys.subject, keys.claim, keys.idempotency, keys.notice, keys.limit, keys.api_key]
    for name in ("", "x", "N", "S#x", "A#x", "K"):
        made = [make(name) for make in makers] + [keys.NOTICES, keys.API_KEYS]
        assert len(set(made)) == len(made)
        for one, other in combinations([make("") for make in makers], 2):
            assert not one.startswith(other)
            assert not other.startswith(one)


@given(IDS, IDS)
def test_different_ids_have_different_places(one: str, other: str) -> None:
    for make in (
        keys.subject,
        keys.claim,
        keys.idempotency,
        keys.limit,
        keys.api_key,
        keys.listed_key,
        keys.notice,
        keys.notice_version,
    ):
        assert (make(one) == make(other)) == (one == other)


@given(st.tuples(NAMES, NAMES, IDS), st.tuples(NAMES, NAMES, IDS))
def test_different_records_have_different_sort_keys(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert (keys.record(*one) == keys.record(*other)) == (one == other)


@given(NAMES, NAMES, NAMES, IDS)
def test_the_prefix_of_a_kind_finds_that_kind_alone(
    retention_class: str, kind: str, other: str, record_id: str
) -> None:
    prefix = keys.record(retention_class, kind)
    assert keys.record(retention_class, kind, record_id).startswith(prefix)
    found = keys.record(retention_class, other, record_id).startswith(prefix)
    assert found == (kind == other)


@given(IDS)
def test_what_was_built_can_be_read(name: str) -> None:
    assert keys.subject_of(keys.subject(name)) == name
    assert keys.api_key_of(keys.api_key(name)) == name
    assert keys.record_id(keys.listed_key(name)) == name
    assert keys.record_id(keys.record("core", "session", name)) == name


@given(st.integers(0, 10**12 - 1), st.integers(0, 10**12 - 1))
def test_numbers_sort_as_texts(one: int, other: int) -> None:
    assert (keys.sequence(one) < keys.sequence(other)) == (one < other)
    assert len(keys.sequence(one)) == 12


def test_the_shard_of_a_partition_never_changes() -> None:
    # Items that stand in the table were put there by these numbers: a release must not move them.
    # The first byte of SHA-256("S#abc") is 0x16, by sha256sum; modulo 16 that is 6.
    assert keys.lane("rule", "S#abc") == "rule#06"
    assert keys.lane("job", "S#abc") == "job#06"


def test_lanes_are_spread_evenly_and_all_are_swept() -> None:
    count = Counter(keys.lane("rule", keys.subject(ids.new_id())) for _ in range(16_000))
    shards = keys.shards("rule")
    assert len(shards) == len(set(shards)) == keys.LANES == 16
    assert set(count) == set(shards)
    # 1,000 expected in each; 6 standard deviations are 184.
    assert all(800 < number < 1_200 for number in count.values())


@pytest.mark.parametrize("lane", ["rule", "job", "deadline"])
def test_lanes_do_not_share_shards(lane: str) -> None:
    others = {"rule", "job", "deadline"} - {lane}
    assert not set(keys.shards(lane)) & {one for name in others for one in keys.shards(name)}


def test_versions_of_one_day_sort_by_their_number() -> None:
    names = ["2026-11-22", "2026-11-22.2", "2026-11-22.10", "2026-11-23"]
    made = [keys.sortable(name) for name in names]
    assert made == sorted(made)
    assert [keys.sortable(one) for one in made] == made


@given(st.text(max_size=40))
def test_whatever_is_asked_for_as_a_version_is_a_key(text: str) -> None:
    assert keys.sortable(keys.sortable(text)) == keys.sortable(text)


@pytest.mark.parametrize("text", ["", ".", "..", "a.b", "1.²", "1.٣", "1.1.1", "1." + "9" * 5_000])
def test_what_is_no_version_stays_as_it_is(text: str) -> None:
    assert keys.sortable(text) == text
