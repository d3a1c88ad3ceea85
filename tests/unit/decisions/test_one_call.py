"""What the decision point asks of the table: one strongly consistent call, and nothing else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.api_keys import model, store
from chalicelib.api_keys.model import ApiKey, Credential
from chalicelib.api_keys.store import ApiKeyItem
from chalicelib.consents.model import Choice
from chalicelib.decisions import service
from chalicelib.decisions.permission import Question
from chalicelib.errors import Forbidden, Unauthenticated
from chalicelib.subjects.store import standing_item
from tests.unit.consents.chains import decided
from tests.unit.core.samples import NOW, SUBJECT, shipped, standing
from tests.unit.storage.engine import Engine

PURPOSE = "surveys"
CREDENTIAL = model.new_credential()


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def key_item(credential: Credential = CREDENTIAL, scopes: str = "decisions") -> dict[str, Any]:
    key = ApiKey(credential.id, "site", frozenset(scopes.split()), NOW)
    item = ApiKeyItem(
        *store.key_place(key.id),
        kind=store.KIND,
        fingerprint=credential.fingerprint,
        name=key.name,
        scopes=scopes,
        created_at=NOW,
    )
    found: dict[str, Any] = item.serialize()
    return found


def standing_of(subject: str, choice: Choice) -> dict[str, Any]:
    after, _ = decided(standing(subject), {PURPOSE: choice})
    found: dict[str, Any] = standing_item(after).serialize()
    return found


def answers(engine: Engine, *items: dict[str, Any]) -> None:
    """The engine's next answer, as it goes over the wire."""
    found: dict[str, list[dict[str, Any]]] = {"records": [], "access": []}
    for item in items:
        found["access" if "fingerprint" in item else "records"].append(_wired(item))
    engine.answers.append((200, {"Responses": found}))


def _wired(item: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {kind: b64encode(held).decode() if kind == "B" else held}
        for name, value in item.items()
        for kind, held in value.items()
    }


def ask(subjects: Sequence[str], bearer: str | None = str(CREDENTIAL)) -> list[bool]:
    questions = [Question(subject, PURPOSE) for subject in subjects]
    decision = service.decide(bearer, questions, shipped())
    assert decision.as_of == NOW
    return [answer.allowed for answer in decision.answers]


def places(request: dict[str, Any]) -> list[str]:
    wanted = request["RequestItems"]
    assert all(one["ConsistentRead"] is True for one in wanted.values())
    return [key["pk"]["S"] for table in sorted(wanted) for key in wanted[table]["Keys"]]


def test_a_question_is_one_strongly_consistent_call_of_two_items(engine: Engine) -> None:
    answers(engine, key_item(), standing_of(SUBJECT, Choice.GRANTED))
    assert ask([SUBJECT]) == [True]
    ((operation, request),) = engine.requests
    assert operation == "BatchGetItem"
    assert places(request) == [f"K#{CREDENTIAL.id}", f"S#{SUBJECT}"]


def test_nothing_is_remembered_from_one_question_to_the_next(engine: Engine) -> None:
    for choice, allowed in ((Choice.GRANTED, True), (Choice.DENIED, False)):
        answers(engine, key_item(), standing_of(SUBJECT, choice))
        assert ask([SUBJECT]) == [allowed]
    assert len(engine.requests) == 2


def test_many_questions_about_one_person_read_them_once(engine: Engine) -> None:
    answers(engine, key_item(), standing_of(SUBJECT, Choice.GRANTED))
    assert ask([SUBJECT] * 100) == [True] * 100
    ((_, request),) = engine.requests
    assert len(places(request)) == 2


@pytest.mark.parametrize(("count", "calls"), [(99, 1), (100, 2)])
def test_many_people_are_answered_in_order_with_as_few_calls_as_it_takes(
    engine: Engine, count: int, calls: int
) -> None:
    crowd = [f"{number:026d}".replace("0", "a").replace("1", "b") for number in range(count)]
    said = [Choice.GRANTED if number % 3 else Choice.DENIED for number in range(count)]
    found = [standing_of(one, choice) for one, choice in zip(crowd, said, strict=True)]
    answers(engine, *found[98::-1], key_item())
    answers(engine, *found[99:])
    assert ask(crowd) == [choice is Choice.GRANTED for choice in said]
    assert [len(places(request)) for _, request in engine.requests] == [100, 1][:calls]


@pytest.mark.parametrize("bearer", [None, "", "rsk_", f"{'a' * 26}.{'b' * 43}"])
def test_who_cannot_have_a_key_costs_no_call(engine: Engine, bearer: str | None) -> None:
    with pytest.raises(Unauthenticated):
        ask([SUBJECT], bearer)
    assert engine.requests == []


def test_who_has_no_right_learns_nothing_and_costs_one_call(engine: Engine) -> None:
    crowd = [f"{number:026d}" for number in range(100)]
    for item, refusal in (
        ((), Unauthenticated),
        ((key_item(Credential(CREDENTIAL.id, "x" * 43)),), Unauthenticated),
        ((key_item(scopes="introspection disclosures"),), Forbidden),
    ):
        engine.requests.clear()
        answers(engine, *item, standing_of(SUBJECT, Choice.GRANTED))
        with pytest.raises(refusal):
            ask(crowd)
        assert len(engine.requests) == 1
