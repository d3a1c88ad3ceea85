from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogue import NOTIFICATIONS as NOTIFICATION_IDS
from chalicelib.consents.contract.operations import CAPTURE
from chalicelib.consents.model import Choice, Shown, decide
from chalicelib.consents.store import EntryItem, entry_item, entry_of
from chalicelib.subjects.model import Decided, Decision, Life, Limits, Origin, Standing
from chalicelib.subjects.store import (
    StandingItem,
    pack_ids,
    preferences,
    standing_item,
    standing_of,
    standing_place,
)
from chalicelib.vault.envelope import DataKey
from chalicelib.vault.service import open_item, seal_item
from tests.unit.consents.chains import chain, decided, stored_size
from tests.unit.core.samples import NOW, SHOWN, SUBJECT, VISITOR, shipped, standing
from tests.unit.storage.memory import Memory

KIB = 1024
KEY = DataKey(VISITOR, "evidence", bytes(range(32)))
MILLISECOND = timedelta(milliseconds=1)
AT = datetime.fromtimestamp(int("mws0xhi3", 36) / 1000, UTC)
PURPOSES = sorted(shipped().choices, key=lambda name: (-len(name), name))
MOMENTS = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
VERSIONS = st.builds(
    lambda day, number: f"{day.isoformat()}{number}",
    st.dates(date(2020, 1, 1), date(2100, 1, 1)),
    st.sampled_from(["", ".1", ".9", ".10", ".99"]),
)
DECIDED = st.builds(
    Decided,
    decision=st.sampled_from(Decision),
    seq=st.integers(1, 10**9),
    at=MOMENTS,
    notice_version=st.just("") | VERSIONS,
    origin=st.sampled_from(Origin),
)

OPTIONAL = frozenset(name for name, optional in NOTIFICATION_IDS.items() if optional)
"""The notifications that can be turned off."""

NOTIFICATIONS = st.frozensets(st.sampled_from(sorted(NOTIFICATION_IDS)))
ACCOUNTS = st.fixed_dictionaries(
    {},
    optional={
        "generation": st.integers(0, 10**9),
        "muted": NOTIFICATIONS,
        "revision": st.integers(0, 10**9),
        "claim": st.none() | st.binary(min_size=32, max_size=32).map(bytes.hex),
        "offered": st.integers(0, 10**9),
        "limits": st.builds(
            Limits,
            disowned=st.booleans(),
            restricted=st.integers(0, 10**14),
            held=st.integers(0, 10**14),
        ),
    },
)


@given(
    decisions=st.dictionaries(st.sampled_from(PURPOSES), DECIDED),
    life=st.sampled_from(Life),
    seq=st.integers(0, 10**9),
    moment=MOMENTS,
    account=ACCOUNTS,
)
def test_a_standing_comes_back_as_it_was(
    decisions: dict[str, Decided],
    life: Life,
    seq: int,
    moment: datetime,
    account: dict[str, Any],
) -> None:
    stored = Standing(
        subject=SUBJECT,
        life=life,
        locale="it",
        notice_version="2026-11-22.1",
        seq=seq,
        head="a" * 64,
        decisions=decisions,
        events=(),
        registered_at=moment,
        last_activity_at=moment + timedelta(days=1),
        **account,
    )
    read = StandingItem.from_raw_data(standing_item(stored).serialize())
    assert standing_of(read) == stored


ACTS = st.lists(st.tuples(MOMENTS, VERSIONS), min_size=1, max_size=4)
"""Time and version of entries 1, 2, 3, 4."""


@given(ACTS, st.dictionaries(st.sampled_from(PURPOSES), st.integers(0, 3)), st.data())
def test_what_was_decided_in_one_act_comes_back(
    acts: list[tuple[datetime, str]], made: dict[str, int], data: Any
) -> None:
    decisions = {}
    for purpose, number in made.items():
        at, version = acts[number % len(acts)]
        decision = data.draw(st.sampled_from(Decision))
        decisions[purpose] = Decided(decision, number % len(acts) + 1, at, version)
    stored = replace(standing(), decisions=decisions)
    packed = standing_item(stored)
    assert standing_of(StandingItem.from_raw_data(packed.serialize())) == stored
    assert len(packed.decisions.split()) == len({one.seq for one in decisions.values()})


@given(MOMENTS, st.dictionaries(st.sampled_from(PURPOSES), MOMENTS))
def test_signs_of_interest_and_what_they_came_too_late_for_come_back(
    interest_at: datetime, lapsed: dict[str, datetime]
) -> None:
    decisions = {
        purpose: Decided(
            Decision.GRANTED, 3, AT, "2026-11-22", interest_at=interest_at, lapsed_at=end
        )
        for purpose, end in lapsed.items()
    }
    known = replace(standing(), decisions=decisions, interest_at=interest_at)
    read = standing_of(StandingItem.from_raw_data(standing_item(known).serialize()))
    assert read.interest_at == interest_at
    assert read.lapsed == known.lapsed == {(name, 3): end for name, end in lapsed.items()}
    assert {one.interest_at for one in read.decisions.values()} <= {interest_at}


def test_a_later_yes_has_not_lapsed() -> None:
    decided = Decided(Decision.GRANTED, 3, AT, interest_at=AT, lapsed_at=AT)
    item = standing_item(replace(standing(), decisions={"surveys": decided}, interest_at=AT))
    item.decisions = item.decisions.replace("3:", "4:")
    assert standing_of(item).lapsed == {}


@pytest.mark.parametrize(
    ("packed", "decisions"),
    [
        ("", {}),
        (
            "12:mws0xhi3:20261122:gnewsletter",
            {"newsletter": Decided(Decision.GRANTED, 12, AT, "2026-11-22")},
        ),
        (
            "1:mws0xhi3:20261122.10:wnewsletter,oprofiling,dsurveys",
            {
                "surveys": Decided(Decision.DENIED, 1, AT, "2026-11-22.10"),
                "profiling": Decided(Decision.OBJECTED, 1, AT, "2026-11-22.10"),
                "newsletter": Decided(Decision.WITHDRAWN, 1, AT, "2026-11-22.10"),
            },
        ),
        (
            "1:mws0xhi3::gsurveys 2:mws0xhi4:20261122.1:dnewsletter",
            {
                "surveys": Decided(Decision.GRANTED, 1, AT),
                "newsletter": Decided(Decision.DENIED, 2, AT + MILLISECOND, "2026-11-22.1"),
            },
        ),
    ],
)
def test_items_packed_by_hand(packed: str, decisions: dict[str, Decided]) -> None:
    item = standing_item(replace(standing(), decisions=decisions))
    assert item.decisions == packed
    item.decisions = packed
    assert standing_of(item).decisions == decisions


def test_a_standing_from_before_accounts_had_more_to_say_is_read_all_the_same() -> None:
    raw = standing_item(standing()).serialize()
    for name in ("generation", "revision"):
        del raw[name]
    unset = {"role", "muted", "claim", "offered", "disowned"}
    assert not raw.keys() & unset, "nothing is stored of what is not set"
    assert standing_of(StandingItem.from_raw_data(raw)) == standing()


@given(NOTIFICATIONS, NOTIFICATIONS)
def test_what_is_muted_is_packed_the_same_whatever_its_order(
    one: frozenset[str], other: frozenset[str]
) -> None:
    assert (pack_ids(one) == pack_ids(other)) == (one == other)
    assert pack_ids(frozenset()) is None, "DynamoDB's empty text would be one notification"


class TestChangingPreferences:
    @staticmethod
    def stored(before: Standing, after: Standing) -> Standing:
        """What is read after the change was written."""
        memory = Memory(standing_item(before))
        write: Any = memory.transaction(shipped())
        write.update(standing_item(before), preferences(before, after), None)
        write.commit()
        (found,) = memory.batch([(StandingItem, *standing_place(before.subject))])
        return standing_of(found)

    @given(NOTIFICATIONS, NOTIFICATIONS)
    def test_what_was_muted_is_replaced(
        self, before: frozenset[str], after: frozenset[str]
    ) -> None:
        was = replace(standing(), muted=before)
        becomes = replace(was, muted=after, revision=1)
        assert self.stored(was, becomes) == becomes

    def test_a_decision_alone_leaves_them_as_they_are(self) -> None:
        was = replace(standing(), muted=frozenset({"new_sign_in"}), revision=7)
        after, _ = decided(was, {"surveys": Choice.GRANTED})
        assert preferences(was, after) == []


def test_events_come_back_in_their_order() -> None:
    after = standing()
    for number in range(10):
        after, _ = decided(after, {"surveys": Choice.GRANTED}, event=f"{number:020x}")
    read = standing_of(StandingItem.from_raw_data(standing_item(after).serialize()))
    assert read.events == after.events
    assert len(read.events) == 8


def test_an_entry_comes_back_and_still_verifies() -> None:
    (_, entry), _ = chain(2)
    item = entry_item(entry)
    seal_item(item, KEY, entry.opened)
    read = EntryItem.from_raw_data(item.serialize())
    again = entry_of(read, open_item(read, KEY))
    assert again == entry
    assert again.hash == entry.hash == read.hash


def test_entries_sort_by_their_number() -> None:
    places = [entry_item(decided(at(number), {})[1]).sk for number in (0, 1, 9, 99, 10**6)]
    assert places == sorted(places)


def at(seq: int) -> Standing:
    """A standing whose chain has that many entries."""
    stands = standing()
    return Standing(**{name: getattr(stands, name) for name in stands.__slots__} | {"seq": seq})


@pytest.mark.parametrize("order", [1, -1], ids=["longest names", "shortest names"])
def test_a_standing_with_15_purposes_stays_under_a_write_unit(order: int) -> None:
    stands = standing(VISITOR)
    choices = dict.fromkeys(PURPOSES[::order][:15], Choice.GRANTED)
    for number in range(8):
        event = f"{number:020x}"
        stands, _ = decided(stands, choices, event=event)
    item = standing_item(stands)
    item.schedule("rule", NOW, "last_decision", NOW)
    assert len(choices) == 15
    assert stored_size(item) < KIB
    # An account's, which holds an address and says all that an account can say.
    item.claim, item.generation, item.revision = bytes(32), 10**6, 10**6
    item.muted = pack_ids(OPTIONAL)
    assert stored_size(item) < KIB
    # And of somebody who has something restricted: what it covers lies in another item.
    item.restricted = 1_795_000_000_000
    assert stored_size(item) < KIB
    item.restricted, item.held = None, 1_795_000_000_000
    assert stored_size(item) < KIB


def test_a_standing_with_17_purposes_in_8_acts_is_two_write_units() -> None:
    stands = standing(VISITOR)
    for number in range(8):
        choices = dict.fromkeys(PURPOSES[:17][number::8], Choice.GRANTED)
        stands, _ = decided(stands, choices, event=f"{number:020x}")
    item = standing_item(stands)
    item.schedule("rule", NOW, "last_decision", NOW)
    item.claim, item.generation, item.revision = bytes(32), 10**6, 10**6
    item.muted, item.restricted = pack_ids(OPTIONAL), 1_795_000_000_000
    assert len(stands.decisions) == 17
    assert KIB < stored_size(item) < 1.25 * KIB


def test_an_entry_with_8_purposes_stays_under_a_write_unit() -> None:
    evidence = f"1.{SHOWN.notice_version}.it.2026-11-22T16.{'f' * 64}"
    shown = Shown(SHOWN.notice_version, "d" * 64, "it", "preference_centre", evidence)
    stands, _ = decided(standing(VISITOR), dict.fromkeys(PURPOSES, Choice.GRANTED))
    choices = dict.fromkeys(PURPOSES[:8], Choice.DENIED)  # withdrawn: the longest word
    _, entry = decide(
        stands, choices, shown, event="e" * 20, payload="b" * 12, salt="s" * 26, now=NOW
    )
    item = entry_item(entry)
    seal_item(item, KEY, entry.opened)
    assert set(entry.opened["decisions"].values()) == {"withdrawn"}
    assert stored_size(item) < KIB


def test_the_largest_evidence_that_is_taken_fits_too() -> None:
    body: Any = CAPTURE.body_schema(shipped)
    longest: int = body["properties"]["evidence"]["maxLength"]
    shown = Shown(SHOWN.notice_version, "d" * 64, "it", "preference_centre", "e" * longest)
    choices = dict.fromkeys(PURPOSES[:8], Choice.GRANTED)
    _, entry = decide(
        standing(VISITOR), choices, shown, event="e" * 20, payload="b", salt="s" * 26, now=NOW
    )
    item = entry_item(entry)
    seal_item(item, KEY, entry.opened)
    assert stored_size(item) < KIB


def test_nothing_that_was_decided_lies_in_the_clear() -> None:
    _, entry = decided(standing(), {"surveys": Choice.GRANTED})
    item = entry_item(entry)
    seal_item(item, KEY, entry.opened)
    raw = repr({name: value for name, value in item.serialize().items() if name != "sealed"})
    for hidden in ("surveys", "granted", entry.opened["salt"]):
        assert hidden not in raw
        assert hidden.encode() not in (item.sealed or b"")
