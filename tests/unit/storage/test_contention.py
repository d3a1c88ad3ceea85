"""A transaction, or a read at one instant, that meets another on the same items."""

from __future__ import annotations

import heapq
import random
import time
from typing import Any

import pytest
from pynamodb.exceptions import DeleteError, TransactGetError, TransactWriteError

from chalicelib.errors import Unavailable
from chalicelib.sessions.model import Opened, Token
from chalicelib.sessions.store import (
    SessionItem,
    delete_session,
    session_item,
    session_place,
)
from chalicelib.storage import contention, reads
from chalicelib.storage.contention import ATTEMPTS, LONGEST_PAUSE, Contended
from chalicelib.storage.transaction import ConditionFailed, Transaction
from tests.unit.core.samples import NOW, SUBJECT, shipped
from tests.unit.storage.engine import Engine

OK, FAILED, CONFLICT = "None", "ConditionalCheckFailed", "TransactionConflict"


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, each time; nobody waits."""
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    return waited


def transaction() -> Transaction:
    """Two sessions to be put."""
    write = Transaction(shipped())
    for letter in "st":
        write.put(session_item(Token(SUBJECT, letter * 43), Opened(), 0, NOW, NOW), label=letter)
    return write


@pytest.mark.parametrize("codes", [(CONFLICT, OK), (OK, CONFLICT), (CONFLICT, CONFLICT)])
@pytest.mark.parametrize("times", range(1, ATTEMPTS))
def test_it_is_sent_again_as_it_was(engine: Engine, times: int, codes: tuple[str, str]) -> None:
    for _ in range(times):
        engine.cancel(*codes)
    transaction().commit()
    assert len(engine.requests) == times + 1
    writes = [sent["TransactItems"] for _, sent in engine.requests]
    assert all(one == writes[0] for one in writes)


def test_each_time_it_is_another_transaction(engine: Engine) -> None:
    # DynamoDB answers a token that it knows from the first time, without doing anything.
    engine.cancel(CONFLICT, OK)
    transaction().commit()
    tokens = [sent["ClientRequestToken"] for _, sent in engine.requests]
    assert len(set(tokens)) == 2


def test_it_is_not_sent_for_ever(engine: Engine) -> None:
    for _ in range(ATTEMPTS + 1):
        engine.cancel(CONFLICT, OK)
    with pytest.raises(Contended):
        transaction().commit()
    assert len(engine.requests) == ATTEMPTS


def test_who_gives_up_says_that_it_is_a_matter_of_the_moment() -> None:
    assert issubclass(Contended, Unavailable)
    assert Contended().status == 503


def test_others_get_ever_more_time_and_nobody_the_same(engine: Engine, pauses: list[float]) -> None:
    for _ in range(ATTEMPTS - 1):
        engine.cancel(CONFLICT, OK)
    transaction().commit()
    assert len(pauses) == ATTEMPTS - 1
    assert len(set(pauses)) == len(pauses)
    most = [min(LONGEST_PAUSE, 0.01 * 2**number) for number in range(1, ATTEMPTS)]
    assert all(0 <= pause <= limit for pause, limit in zip(pauses, most, strict=True))


def crowd(pauses: list[float], people: int, seconds: float) -> int:
    """How many of some who write one item at once give up; a transaction locks it so long."""
    left, free, gave_up = list[tuple[float, int]](), 0.0, 0
    tries = [contention.attempts() for _ in range(people)]
    for one in range(people):
        next(tries[one])
        heapq.heappush(left, (random.uniform(0, 0.02), one))
    while left:
        now, one = heapq.heappop(left)
        if now >= free:
            free = now + seconds
        elif next(tries[one], None) is None:
            gave_up += 1
        else:
            heapq.heappush(left, (now + 0.004 + pauses[-1], one))
    return gave_up


def test_sixty_who_fail_to_sign_in_at_once_on_one_network_get_their_turn(
    pauses: list[float],
) -> None:
    """Reckoned with a transaction of 10 ms, by a fixed source of pauses, twenty times over."""
    random.seed(19)
    assert sum(crowd(pauses, 60, 0.01) for _ in range(20)) == 0
    assert crowd(pauses, 2000, 0.01) > 0, "the reckoning sees nobody who gives up"


def test_without_another_nobody_waits(engine: Engine, pauses: list[float]) -> None:
    transaction().commit()
    assert pauses == []


def test_who_gives_up_does_not_wait_before_saying_so(engine: Engine, pauses: list[float]) -> None:
    for _ in range(ATTEMPTS):
        engine.cancel(CONFLICT, OK)
    with pytest.raises(Contended):
        transaction().commit()
    assert len(pauses) == ATTEMPTS - 1


@pytest.mark.parametrize("codes", [(FAILED, OK), (FAILED, CONFLICT), (CONFLICT, FAILED)])
def test_what_is_no_longer_true_is_not_tried_again(
    engine: Engine, pauses: list[float], codes: tuple[str, str]
) -> None:
    engine.cancel(CONFLICT, OK)
    engine.cancel(*codes)
    with pytest.raises(ConditionFailed) as failed:
        transaction().commit()
    assert failed.value.labels == {"st"[codes.index(FAILED)]}
    assert (len(engine.requests), len(pauses)) == (2, 1)


def test_any_other_reason_ends_it_too(engine: Engine) -> None:
    engine.cancel(CONFLICT, OK)
    engine.cancel("ValidationError", OK)
    with pytest.raises(TransactWriteError):
        transaction().commit()
    assert len(engine.requests) == 2


PLACES: list[reads.Place] = [(SessionItem, *session_place(SUBJECT, letter * 32)) for letter in "st"]
NEITHER: tuple[int, dict[str, Any]] = (200, {"Responses": [{}, {}]})


@pytest.mark.parametrize("codes", [(CONFLICT, OK), (OK, CONFLICT)])
def test_a_read_at_one_instant_is_sent_again(engine: Engine, codes: tuple[str, str]) -> None:
    engine.cancel(*codes)
    engine.answers.append(NEITHER)
    assert reads.together(PLACES) == [None, None]
    operations = [operation for operation, _ in engine.requests]
    assert operations == ["TransactGetItems", "TransactGetItems"]


def test_a_read_at_one_instant_is_not_sent_for_ever(engine: Engine, pauses: list[float]) -> None:
    for _ in range(ATTEMPTS + 1):
        engine.cancel(CONFLICT, OK)
    with pytest.raises(Contended):
        reads.together(PLACES)
    assert (len(engine.requests), len(pauses)) == (ATTEMPTS, ATTEMPTS - 1)


def test_any_other_reason_ends_a_read_too(engine: Engine) -> None:
    engine.cancel("ValidationError", OK)
    with pytest.raises(TransactGetError):
        reads.together(PLACES)
    assert len(engine.requests) == 1


BUSY = {"__type": "x#TransactionConflictException", "Message": "Transaction is ongoing"}


@pytest.mark.parametrize("times", [0, 1, ATTEMPTS - 1])
def test_a_session_is_ended_although_it_is_being_written(engine: Engine, times: int) -> None:
    engine.answers += [(400, BUSY)] * times
    delete_session(SUBJECT, "s" * 32)
    assert [operation for operation, _ in engine.requests] == ["DeleteItem"] * (times + 1)


def test_ending_a_session_is_not_tried_for_ever(engine: Engine) -> None:
    engine.answers += [(400, BUSY)] * (ATTEMPTS + 1)
    with pytest.raises(Contended):
        delete_session(SUBJECT, "s" * 32)
    assert len(engine.requests) == ATTEMPTS


def test_a_session_that_cannot_be_ended_is_a_failure(engine: Engine) -> None:
    engine.answers.append((400, {"__type": "x#AccessDeniedException", "Message": "no"}))
    with pytest.raises(DeleteError):
        delete_session(SUBJECT, "s" * 32)
    assert len(engine.requests) == 1
