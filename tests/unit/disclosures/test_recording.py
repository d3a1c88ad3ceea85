"""What is recorded of data that is passed on, on tables in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.consents.model import Choice
from chalicelib.disclosures import model, service
from chalicelib.disclosures.model import Disclosure
from chalicelib.disclosures.store import DisclosureItem
from chalicelib.errors import Conflict, Forbidden
from tests.unit.consents.lives import ACCOUNTS, VISITORS, Lives
from tests.unit.consents.versions import CONTRACT, PARTNERS
from tests.unit.core.samples import NOW, shipped

ADA = ACCOUNTS[0]
GIVEN = Disclosure(ADA, "sponsors", "identity", PARTNERS, ("name",), NOW)


@pytest.fixture
def lives() -> Iterator[Lives]:
    """Ada agreed that partners get data, and proved her address."""
    living = Lives()
    living.register(ADA, {PARTNERS: Choice.GRANTED})
    living.verify(ADA)
    living.sign_in(ADA, None)
    yield living
    living.close()


def record(lives: Lives, **changes: Any) -> str:
    return service.record(lives.key, replace(GIVEN, **changes), shipped())


def refusal(lives: Lives, **changes: Any) -> Conflict:
    before = dict(lives.tables.items)
    with pytest.raises(Conflict) as refused:
        record(lives, **changes)
    assert lives.tables.items == before
    assert refused.value.type == "not-permitted"
    return refused.value


def withdraw(lives: Lives) -> Callable[[], None]:
    caller = lives.caller(ADA)
    return lambda: lives.capture(caller, {PARTNERS: Choice.DENIED}, "preference_centre")


def disclosed(lives: Lives) -> frozenset[str]:
    standing = lives.stands(ADA)
    assert standing is not None
    return frozenset(one.partition(":")[0] for one in standing.disclosed)


def test_costs_one_read_and_one_transaction(lives: Lives) -> None:
    lives.tables.steps.names.clear()
    record(lives)
    assert lives.tables.steps.names == ["batch", "commit"]


def test_says_what_and_why_and_is_remembered(lives: Lives) -> None:
    made = record(lives)
    (item,) = lives.tables.all(DisclosureItem)
    assert item.sk == f"evidence#disclosure#{made}"
    assert (item.recipient, item.category, item.purpose) == ("sponsors", "identity", PARTNERS)
    assert (item.fields_given, item.disclosed_at, item.entry) == ("name", NOW, f"{ADA}.1")
    assert disclosed(lives) == {"sponsors"}
    record(lives)
    record(lives, recipient="advertisers")
    assert disclosed(lives) == {"advertisers", "sponsors"}
    assert len(lives.tables.all(DisclosureItem)) == 3


@pytest.mark.parametrize("known", [True, False])
def test_a_withdrawal_right_before_the_commit_wins(lives: Lives, known: bool) -> None:
    if known:
        record(lives)
    before = len(lives.tables.all(DisclosureItem))
    lives.tables.steps.meanwhile["commit"] = [withdraw(lives)]
    with pytest.raises(Conflict) as refused:
        record(lives)
    assert refused.value.members == {"reasons": ["withdrawn"]}
    assert len(lives.tables.all(DisclosureItem)) == before


def test_two_recipients_at_once_are_both_remembered(lives: Lives) -> None:
    lives.tables.steps.meanwhile["commit"] = [lambda: record(lives, recipient="advertisers")]
    record(lives)
    assert disclosed(lives) == {"advertisers", "sponsors"}


def test_nothing_is_recorded_of_who_is_not_known(lives: Lives) -> None:
    for nobody in ("z" * 26, VISITORS[0]):
        for purpose in (PARTNERS, CONTRACT):
            refused = refusal(lives, subject=nobody, purpose=purpose, recipient="aws")
            asked = ["not_asked"] if purpose == PARTNERS else []
            assert refused.members == {"reasons": ["erased", *asked]}


def test_fields_are_those_that_the_recipient_may_have(lives: Lives) -> None:
    refused = refusal(lives, fields=("phone", "name", "fax"))
    assert refused.members == {"reasons": ["undeclared"]}
    assert [one.pointer for one in refused.findings] == ["/fields/0", "/fields/2"]
    record(lives, fields=())
    (item,) = lives.tables.all(DisclosureItem)
    assert item.fields_given == "address email name"


def test_a_clock_that_is_ahead_records_nothing_in_the_future(lives: Lives) -> None:
    record(lives, disclosed_at=NOW + timedelta(minutes=4))
    (item,) = lives.tables.all(DisclosureItem)
    assert item.disclosed_at == NOW


def test_a_key_for_something_else_records_nothing(lives: Lives) -> None:
    from chalicelib.api_keys import service as api_keys

    _, other = api_keys.create("other", ["decisions"])
    with pytest.raises(Forbidden):
        service.record(other, GIVEN, shipped())
    assert lives.tables.all(DisclosureItem) == []


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (None, []),
        ([], []),
        ({}, []),
        ({"category": 7, "fields": ["x"]}, []),
        ({"category": "nothing", "fields": ["x"]}, []),
        ({"category": "identity", "fields": "name"}, []),
        ({"category": "identity", "fields": ["name", 7, "x", None]}, ["/fields/2"]),
        ({"disclosed_at": "soon"}, []),
        ({"disclosed_at": "2026-11-22T16:00:00"}, []),
        ({"disclosed_at": "2026-11-22t16:05:00z"}, []),
        ({"disclosed_at": "2026-11-22T16:05:01Z"}, ["/disclosed_at"]),
        ({"disclosed_at": "2026-11-22T18:05:00+02:00"}, []),
        ({"disclosed_at": "2021-11-22T00:00:00Z"}, []),
        ({"disclosed_at": "2021-11-19T00:00:00Z"}, ["/disclosed_at"]),
        ({"disclosed_at": "0001-01-01T00:00:00+14:00"}, ["/disclosed_at"]),
        ({"disclosed_at": "9999-12-31T23:59:59-14:00"}, ["/disclosed_at"]),
    ],
)
def test_what_a_schema_cannot_say_is_found_in_any_body(body: Any, wrong: list[str]) -> None:
    found = model.findings(body, shipped(), NOW)
    assert [one.pointer for one in found] == wrong
