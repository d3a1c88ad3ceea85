"""The moves of a request: every cell of the table, and what no sequence of moves brings about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.requests.history import read, written
from chalicelib.requests.machine import (
    CLOSED,
    OPEN,
    TABLE,
    Action,
    Actor,
    Entry,
    Move,
    MoveNotAllowed,
    Status,
    Told,
    advanced,
    disputed,
    move,
    since_dispute,
)
from tests.unit.requests.moves import MOVES

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ACTORS = {"p": Actor.PERSON, "d": Actor.DESK, "s": Actor.SYSTEM}
P, D, S = Actor.PERSON, Actor.DESK, Actor.SYSTEM


def expected(status: Status | None, action: Action, actor: Actor) -> Move | None:
    cell = MOVES[status or ""].get(action)
    if cell is None:
        return None
    by, to, told = cell.split()
    if actor not in {ACTORS[letter] for letter in by}:
        return None
    target = {"=": status, "gone": None}[to] if to in {"=", "gone"} else Status(to)
    return Move(target, None if told == "-" else Told(told))


def at(status: Status | None) -> tuple[Entry, ...]:
    """A history that says nothing but where the request stands, as old ones do."""
    return () if status is None else (Entry(NOW, status),)


def after(*steps: tuple[Action, Actor]) -> tuple[Entry, ...]:
    history: tuple[Entry, ...] = ()
    for action, actor in steps:
        history = advanced(history, action, actor, NOW)
    return history


def test_the_table_by_hand_names_nothing_that_there_is_not() -> None:
    assert set(MOVES) == {"", *Status}
    assert {action for row in MOVES.values() for action in row} == set(Action)


@pytest.mark.parametrize("status", [None, *Status])
def test_every_cell_is_as_written_by_hand(status: Status | None) -> None:
    cells = 0
    for action, actor in product(Action, Actor):
        known = expected(status, action, actor)
        assert TABLE.get((status, action, actor)) == known, (action, actor)
        if known is None:
            with pytest.raises(MoveNotAllowed) as refused:
                move(at(status), action, actor)
            assert (refused.value.status, refused.value.action) == (status, action)
            assert refused.value.actor is actor
        else:
            assert move(at(status), action, actor) == known
        cells += 1
    assert cells == 24 * 3


def test_a_status_is_open_or_closed() -> None:
    assert set(Status) == OPEN | CLOSED
    assert not OPEN & CLOSED


def test_the_statuses_of_earlier_requests_are_among_them() -> None:
    assert {"received", "in_progress", "completed"} <= {str(status) for status in Status}


def test_a_refused_move_says_which_without_a_value_of_anybody() -> None:
    with pytest.raises(MoveNotAllowed, match=r"^no approve by the desk from completed$"):
        move(at(Status.COMPLETED), Action.APPROVE, D)
    with pytest.raises(MoveNotAllowed, match=r"^no note by the desk from nothing$"):
        move((), Action.NOTE, D)


SUBMIT, EXTEND, APPROVE = (Action.SUBMIT, P), (Action.EXTEND, D), (Action.APPROVE, D)
CARRY_OUT, COMPLETE, REFUSE = (Action.CARRY_OUT, S), (Action.COMPLETE, S), (Action.REFUSE, D)
CANCEL, DISPUTE, PAUSE = (Action.CANCEL, P), (Action.DISPUTE, P), (Action.PAUSE, D)
DELAY, ANSWER = (Action.DELAY, S), (Action.ANSWER, P)


@pytest.mark.parametrize(
    ("before", "step"),
    [
        ([SUBMIT, EXTEND], EXTEND),
        ([SUBMIT, EXTEND, REFUSE, DISPUTE], EXTEND),
        ([SUBMIT, APPROVE], APPROVE),
        ([SUBMIT, APPROVE], REFUSE),
        ([SUBMIT, APPROVE], PAUSE),
        ([SUBMIT, CARRY_OUT], CANCEL),
        ([SUBMIT, CARRY_OUT], APPROVE),
        ([SUBMIT, CARRY_OUT], REFUSE),
        ([SUBMIT, CARRY_OUT], PAUSE),
        ([SUBMIT, APPROVE, CARRY_OUT], CARRY_OUT),
        ([SUBMIT, DELAY], DELAY),
        ([SUBMIT, REFUSE, DISPUTE, REFUSE], DISPUTE),
        ([SUBMIT, REFUSE, DISPUTE], CANCEL),
        ([SUBMIT, COMPLETE, DISPUTE], CANCEL),
        ([SUBMIT, REFUSE, DISPUTE, (Action.COMPLETE, D)], DISPUTE),
        ([(Action.SUBMIT_BY_ADDRESS, P), (Action.REMIND, S)], (Action.REMIND, S)),
    ],
)
def test_what_was_done_before_rules_it_out(
    before: list[tuple[Action, Actor]], step: tuple[Action, Actor]
) -> None:
    history = after(*before)
    assert (history[-1].status, *step) in TABLE
    with pytest.raises(MoveNotAllowed):
        advanced(history, *step, NOW)


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ([SUBMIT, APPROVE, CANCEL], Status.CANCELLED),
        ([SUBMIT, APPROVE, EXTEND, CARRY_OUT, COMPLETE], Status.COMPLETED),
        ([SUBMIT, APPROVE, (Action.COMPLETE, D)], Status.COMPLETED),
        ([SUBMIT, COMPLETE], Status.COMPLETED),
        ([SUBMIT, PAUSE, EXTEND, ANSWER, PAUSE, REFUSE], Status.REFUSED),
        ([SUBMIT, APPROVE, CARRY_OUT, COMPLETE, DISPUTE, APPROVE], Status.IN_PROGRESS),
        ([SUBMIT, APPROVE, CARRY_OUT, COMPLETE, DISPUTE, PAUSE], Status.PAUSED),
        ([SUBMIT, DELAY, REFUSE, DISPUTE, DELAY, REFUSE], Status.REFUSED),
        ([(Action.SUBMIT_BY_ADDRESS, P), (Action.REMIND, S), (Action.PROVE, P)], Status.RECEIVED),
    ],
)
def test_these_courses_can_be_taken(steps: list[tuple[Action, Actor]], status: Status) -> None:
    history = after(*steps)
    assert [(entry.event, entry.by) for entry in history] == steps
    assert history[-1].status is status


def test_an_unproven_request_that_expires_is_gone() -> None:
    assert after((Action.SUBMIT_BY_ADDRESS, P), (Action.EXPIRE, S)) == ()


def test_a_request_is_disputed_from_its_dispute_on() -> None:
    refused = after(SUBMIT, REFUSE)
    assert not disputed(refused)
    assert since_dispute(refused) == refused
    again = advanced(refused, *DISPUTE, NOW)
    answered = advanced(again, *REFUSE, NOW, "claims")
    assert disputed(again)
    assert disputed(answered)
    assert since_dispute(answered) == answered[2:]
    assert answered[-1] == Entry(NOW, Status.REFUSED, Action.REFUSE, D, "claims")


@given(st.lists(st.tuples(st.sampled_from(Action), st.sampled_from(Actor)), max_size=60))
def test_no_sequence_leaves_an_answer_but_by_a_dispute(
    tries: list[tuple[Action, Actor]],
) -> None:
    history = after(SUBMIT)
    for number, (action, actor) in enumerate(tries):
        moment = NOW + timedelta(minutes=number)
        try:
            longer = advanced(history, action, actor, moment, "code")
        except MoveNotAllowed:
            continue
        assert longer[:-1] == history
        before, entry = history[-1].status, longer[-1]
        assert entry == Entry(moment, entry.status, action, actor, "code")
        if before in CLOSED and entry.status is not before:
            assert action is Action.DISPUTE
            assert before is not Status.CANCELLED
        history = longer
    events = [entry.event for entry in history]
    assert events.count(Action.EXTEND) <= 1
    assert events.count(Action.DISPUTE) <= 1
    begun = False
    for entry in history:
        assert not (begun and entry.event in {Action.CANCEL, Action.REFUSE, Action.PAUSE})
        begun = (begun or entry.event is Action.CARRY_OUT) and entry.event is not Action.DISPUTE
    assert tuple(read(written(entry)) for entry in history) == history
