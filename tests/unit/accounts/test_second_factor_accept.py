"""A code of the second factor at sign-in: what is accepted, and what it uses up."""

from __future__ import annotations

import pytest

from chalicelib.accounts import second_factor as rules
from chalicelib.accounts import second_factor_store as store
from chalicelib.accounts.second_factor_store import SecondFactorItem
from chalicelib.accounts.service import second_factor
from chalicelib.jobs.store import JobItem
from chalicelib.limits.store import LimitItem
from chalicelib.vault.store import DataKeyItem
from tests.unit.accounts.second_factor_table import (
    CODES,
    RIGHT,
    SECRET,
    STEP,
    WRONG,
    Table,
    Write,
    play,
)
from tests.unit.core.samples import NOW, SUBJECT, shipped


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    return play(monkeypatch)


def accept(code: str) -> tuple[tuple[JobItem, ...] | None, Write]:
    write = Write(shipped())
    given = second_factor.give(SUBJECT, code, NOW)
    return second_factor.accept(write, given, NOW), write  # type: ignore[arg-type]


def test_a_time_based_code_is_used_up(table: Table) -> None:
    table.confirmed()
    accepted, write = accept(RIGHT)
    assert accepted == ()
    assert write.kinds() == [("check", "limit"), ("update", "second_factor")]
    assert write.actions(SecondFactorItem) == [f"last_step = {{'N': '{STEP}'}}"]
    assert table.reads == [[SecondFactorItem, DataKeyItem, LimitItem]]


def test_a_recovery_code_is_removed_and_its_person_told(table: Table) -> None:
    table.confirmed(codes=CODES[:3])
    accepted, write = accept(CODES[1].lower())
    assert write.kinds() == [("check", "limit"), ("put", "job"), ("update", "second_factor")]
    (action,) = write.actions(SecondFactorItem)
    assert rules.fingerprint(SECRET, CODES[1]) in action
    assert write.job() == ("recovery_code_used", "2")
    assert accepted is not None
    assert [job.target for job in accepted] == ["2"]


@pytest.mark.parametrize("code", [WRONG, "AAAA-BBBB-CCCC-DDDD", "------"])
def test_a_wrong_code_writes_nothing(table: Table, code: str) -> None:
    table.confirmed()
    accepted, write = accept(code)
    assert accepted is None
    assert not write.written


def test_a_code_of_a_step_that_was_used_is_wrong(table: Table) -> None:
    table.confirmed(last_step=STEP)
    assert accept(RIGHT)[0] is None


def test_a_secret_that_is_only_offered_opens_nothing(table: Table) -> None:
    table.offered()
    assert accept(RIGHT)[0] is None


def test_nothing_opens_what_is_gone_or_whose_key_was_erased(table: Table) -> None:
    assert accept(RIGHT)[0] is None
    table.confirmed()
    table.items[DataKeyItem] = None
    assert accept(RIGHT)[0] is None


def test_both_refusals_are_told_apart_by_their_types() -> None:
    types = [second_factor.needed().type, second_factor.refused().type]
    assert types == ["second-factor-needed", "second-factor-wrong"]
    assert {second_factor.needed().status, second_factor.refused().status} == {401}


def test_a_code_is_used_up_only_if_nobody_used_it_meanwhile(table: Table) -> None:
    """DynamoDB decides between two who use one code at once: by these conditions."""
    item = table.confirmed(last_step=7)
    same = "sealed = "
    by_step = str(store.unused(item, rules.StepUsed(8)))
    assert same in by_step
    assert "last_step = {'N': '7'}" in by_step
    by_code = str(store.unused(item, rules.RecoveryCodeUsed("fingerprint", 9)))
    assert same in by_code
    assert "contains (recovery, {'S': 'fingerprint'})" in by_code
    offer = str(store.still_offered(table.offered()))
    assert same in offer
    assert "status = {'S': 'offered'}" in offer
    assert "status = {'S': 'offered'}" in str(store.not_confirmed())
