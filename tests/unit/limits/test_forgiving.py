"""A right answer: it forgets the wrong ones, and works only while a try is left."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.limits.model import CODES, GUESSES, Limits
from chalicelib.limits.service import ADDRESS, PAIR, Attempt
from chalicelib.storage.transaction import ConditionFailed
from tests.unit.core.samples import shipped
from tests.unit.limits.test_attempts import HOME, OFFICE, attempt, counters, counts, filled, tried
from tests.unit.storage.memory import Memory


def forgiven(memory: Memory, one: Attempt, tries: int) -> None:
    write: Any = memory.transaction(shipped())
    one.forgive(write, tries)
    write.commit()


def required(memory: Memory, one: Attempt, tries: int) -> None:
    write: Any = memory.transaction(shipped())
    one.require(write, tries)
    write.commit()


def test_what_one_network_tried_is_forgotten_and_nothing_else() -> None:
    memory, one, elsewhere = Memory(), attempt(), attempt(network=OFFICE)
    tried(memory, one, 9)
    tried(memory, elsewhere, 2)
    forgiven(memory, one, 10)
    assert counts(memory, one) == [0, 11, 9]
    assert counts(memory, elsewhere) == [2, 11, 2]
    tried(memory, one, 10)
    with pytest.raises(ConditionFailed):
        tried(memory, one)


def test_who_tried_nothing_has_nothing_to_forget() -> None:
    memory = Memory()
    forgiven(memory, attempt(), 10)
    assert memory.items == {}


@pytest.mark.parametrize("act", [forgiven, required])
@pytest.mark.parametrize(
    ("limits", "pair", "tries", "holds"),
    [
        (GUESSES, 9, 10, True),
        (GUESSES, 10, 10, False),
        (GUESSES, 11, 10, False),
        (GUESSES, 0, 1, True),
        (GUESSES, 1, 1, False),
        (CODES, 4, 5, True),
        (CODES, 5, 5, False),
    ],
)
def test_a_right_answer_needs_a_try_that_is_left(
    act: Any, limits: Limits, pair: int, tries: int, holds: bool
) -> None:
    one = attempt(limits)
    memory = filled(one, pair=pair)
    if holds:
        act(memory, one, tries)
        return
    with pytest.raises(ConditionFailed) as failed:
        act(memory, one, tries)
    assert failed.value.labels == {PAIR}
    refusal = one.refusal(failed.value)
    assert refusal is not None
    assert refusal.status == 429
    assert counts(memory, one)[0] == pair


def test_a_look_uses_nothing_up_and_forgets_nothing() -> None:
    memory, one = Memory(), attempt()
    tried(memory, one, 3)
    for _ in range(20):
        required(memory, one, 10)
    assert counts(memory, one) == [3, 3, 3]


def test_where_the_limit_is_strict_the_address_needs_a_try_left_too() -> None:
    # Guesses sent at once from many networks were all read when nothing was counted yet.
    one = attempt(CODES)
    memory = filled(one, address=CODES.address.tries)
    with pytest.raises(ConditionFailed) as failed:
        forgiven(memory, one, CODES.own.tries)
    assert failed.value.labels == {ADDRESS}
    assert one.refusal(failed.value) is not None
    forgiven(filled(one, address=CODES.address.tries - 1), one, CODES.own.tries)


def test_where_it_is_not_an_owner_comes_in_however_often_others_tried() -> None:
    one = attempt(GUESSES, network=HOME)
    memory = filled(one, address=10**6)
    tries = one.refuse_exhausted(counters(memory, one))
    forgiven(memory, one, tries)
