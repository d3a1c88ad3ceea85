"""What holds cover, and for how long: the values, without a table."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.catalogue import STORED
from chalicelib.catalogue.model import Ending
from chalicelib.holds import model
from chalicelib.holds.model import NOTHING_HELD, Ground, Hold, Named

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SUBJECT = "s" * 26
LATER = NOW + timedelta(days=30)


def hold(
    id: str = "a", *records: Named, classes: tuple[str, ...] = (), until: datetime = LATER
) -> Hold:
    return Hold(
        id, SUBJECT, Ground.CLAIMS, NOW, until, "d" * 26, frozenset(classes), frozenset(records)
    )


def test_a_hold_on_a_record_covers_it_and_no_other() -> None:
    held = model.standing_at([hold("a", Named("evidence", "request", "r1"))], NOW)
    assert held
    assert held.covers("request", "evidence", "r1")
    assert not held.covers("request", "evidence", "r2")
    assert not held.covers("entry", "evidence", "r1")
    assert not held.covers("request", "account", "r1")


def test_the_words_of_a_held_request_are_part_of_it() -> None:
    held = model.standing_at([hold("a", Named("evidence", "request", "r1"))], NOW)
    assert held.covers("request_message", "evidence", "r1.0002")
    assert not held.covers("request_message", "evidence", "r2.0002")


def test_a_hold_on_a_class_covers_what_comes_later_but_no_secret_and_no_mark() -> None:
    held = model.standing_at([hold(classes=("evidence", "account"))], NOW)
    assert held.covers("entry", "evidence", "000000000099")
    assert held.covers("profile", "account", "anything")
    for kind, retention_class in (
        ("open_request", "evidence"),
        ("export", "evidence"),
        ("credential", "account"),
        ("second_factor", "account"),
        ("standing", "core"),
        ("no_such_kind", "evidence"),
    ):
        assert not held.covers(kind, retention_class, "x"), kind


def test_a_hold_covers_itself_and_no_other() -> None:
    held = model.standing_at([hold("a", classes=("account",))], NOW)
    assert held.covers("hold", "evidence", "a")
    assert not held.covers("hold", "evidence", "b")


@pytest.mark.parametrize(
    ("at", "stands"),
    [
        (LATER - timedelta(milliseconds=1), True),
        (LATER, False),
        (LATER + timedelta(milliseconds=1), False),
    ],
)
def test_a_hold_ends_at_its_date_whoever_looks(at: datetime, stands: bool) -> None:
    held = model.standing_at([hold(classes=("evidence",))], at)
    assert bool(held) is stands
    assert held.covers("entry", "evidence", "1") is stands


def test_a_record_is_held_until_the_last_hold_on_it_ends() -> None:
    longer = LATER + timedelta(days=1)
    held = model.standing_at(
        [hold("b", classes=("evidence",), until=longer), hold("a", classes=("evidence",))], NOW
    )
    assert held.until("entry", "evidence", "1") == longer
    assert held.until("profile", "account", "1") is None
    assert held.ends() == LATER
    assert [one.id for one in held.holds] == ["a", "b"]


def test_the_keys_of_what_is_held_and_of_reasons_stay() -> None:
    held = model.standing_at([hold("a", Named("account", "profile", "contact"))], NOW)
    assert held.keeps_key("account")
    assert held.keeps_key("evidence")
    assert not held.keeps_key("marketing")


def test_nothing_held_is_nothing() -> None:
    assert not NOTHING_HELD
    assert NOTHING_HELD.ends() is None
    assert not NOTHING_HELD.covers("entry", "evidence", "1")
    assert not NOTHING_HELD.keeps_key("evidence")


def test_no_hold_can_name_what_goes_by_itself_or_opens_a_door() -> None:
    nameable = set(model.kinds())
    assert {"entry", "request", "profile", "disclosure", "obligation"} <= nameable
    for name, kind in STORED.items():
        if any(rule.ending in {Ending.EXPIRY, Ending.BUCKET} for rule in kind.rules):
            assert name not in nameable, name
        if kind.machinery or kind.whole or (kind.retention_class == "core" and name != "device"):
            assert name not in nameable, name
    assert {"device", "told", "external", "call"} <= nameable
    assert nameable.isdisjoint({"session", "link", "limit", "idempotency", "claim", "standing"})
    assert set(model.classes()) == {"account", "evidence", "marketing", "support", "transaction"}
