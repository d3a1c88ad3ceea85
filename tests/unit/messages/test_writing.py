"""A message is kept with its key and its date, or nothing of it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import ids
from chalicelib.consents.model import Choice
from chalicelib.errors import Conflict, TooManyRequests, Unauthenticated
from chalicelib.limits import sample
from chalicelib.messages.model import Written
from chalicelib.messages.service import own_messages, submission
from chalicelib.storage import keys
from chalicelib.storage.transaction import ConditionFailed
from chalicelib.subjects import lifecycle
from chalicelib.subjects.model import Life
from chalicelib.subjects.restriction import Restriction
from tests.unit.consents.versions import SURVEYS
from tests.unit.messages.conftest import ADA, NETWORK, NOW, Writer
from tests.unit.storage.tables import Killed

SECRET = "My neighbour has a loud parrot"


def refused(writer: Writer, kind: str = "support", **fields: str) -> list[str]:
    """The reasons for which a message is refused, and nothing is written."""
    before = dict(writer.tables.items)
    with pytest.raises(Conflict) as found:
        writer.write(kind, **fields)
    assert writer.tables.items == before
    assert found.value.type == "not-permitted"
    reasons: list[str] = found.value.members["reasons"]
    return reasons


def test_costs_one_read_and_one_transaction(writer: Writer) -> None:
    writer.tables.steps.names.clear()
    writer.write()
    assert writer.tables.steps.names == ["batch", "kms", "commit"]
    writer.tables.steps.names.clear()
    writer.write()
    assert writer.tables.steps.names == ["batch", "commit"]


def test_is_sealed_dated_and_shown_to_its_person_alone(writer: Writer) -> None:
    made = writer.write("feedback", SECRET, topic="Noise", rating="7")
    (item,) = writer.stored()
    assert item.sk == f"support#message#{made}"
    assert (item.form, item.written_at, item.due_event) == ("feedback", NOW, "created")
    assert item.due_since == NOW
    assert item.due_at == writer.notice.rule("message", "created").ends(NOW)
    assert item.lane == keys.lane("rule", keys.subject(ADA))
    assert SECRET not in str(writer.tables.items)
    assert "Noise" not in str(writer.tables.items)
    (own,) = writer.own()
    assert (own.id, own.text, own.fields) == (made, SECRET, {"topic": "Noise", "rating": "7"})
    assert (own.ends_from, own.ends_at, own.reviewed_at) == ("closed", None, item.due_at)


def test_text_is_kept_as_it_is(writer: Writer) -> None:
    writer.write(text="<script>alert(1)</script>\r\n{{ 7 * 7 }}")
    assert writer.own()[0].text == "<script>alert(1)</script>\n{{ 7 * 7 }}"


def test_is_an_activity(writer: Writer) -> None:
    writer.now = NOW + timedelta(days=3)
    writer.write()
    standing = writer.stands(ADA)
    assert standing is not None
    assert standing.last_activity_at == writer.now


def test_nobody_sees_anothers(writer: Writer) -> None:
    writer.write()
    with pytest.raises(Unauthenticated):
        own_messages.own(None, None, 20, writer.notice)
    with pytest.raises(Unauthenticated):
        submission.write("a" * 26 + "." + "A" * 43, Written("support", "x", {}), "n", writer.notice)


def test_of_ten_first_ones_at_once_one_makes_the_key(writer: Writer) -> None:
    others: list[Callable[[], object]] = []

    def another() -> None:
        writer.tables.steps.meanwhile["commit"] = others[:1]
        del others[:1]
        writer.write()

    others.extend([another] * 9)
    another()
    assert len(writer.stored()) == 10
    assert writer.data_key() is not None
    assert len(writer.own()) == 10  # one key opens them all


def test_a_survey_needs_the_yes_that_stands_now(writer: Writer) -> None:
    assert refused(writer, "contest") == ["not_asked"]
    writer.write("survey", rating="9")
    withdraw = {SURVEYS: Choice.DENIED}
    writer.capture(writer.caller(ADA), withdraw, "preference_centre")
    assert refused(writer, "survey", rating="9") == ["withdrawn"]


def test_a_withdrawal_right_before_the_commit_wins(writer: Writer) -> None:
    caller = writer.caller(ADA)

    def withdraw() -> None:
        writer.capture(caller, {SURVEYS: Choice.DENIED}, "preference_centre")

    writer.tables.steps.meanwhile["commit"] = [withdraw]
    with pytest.raises(Conflict) as found:
        writer.write("survey", rating="9")
    assert found.value.members["reasons"] == ["withdrawn"]
    assert writer.stored() == []
    assert writer.data_key() is None


def test_an_account_that_is_stopped_or_goes_gets_none(writer: Writer) -> None:
    writer.change_life(ADA, Life.DEACTIVATED)
    assert refused(writer) == ["deactivated"]
    writer.change_life(ADA, Life.ACTIVE)
    writer.write()


def test_what_is_restricted_is_not_added_to(writer: Writer) -> None:
    standing = writer.stands(ADA)
    assert standing is not None
    write = writer._write()
    everything = (Restriction("r" * 26, None, NOW, everything=True),)
    known = replace(standing, restrictions=())
    after = lifecycle.restrict(write, known, everything, NOW)
    lifecycle.change_restriction(write, known, after)
    write.commit()
    assert refused(writer) == ["restricted"]


def test_killed_before_any_call_there_is_all_of_it_or_nothing(writer: Writer) -> None:
    writer.tables.steps.names.clear()
    writer.write()
    calls = len(writer.tables.steps.names)
    writer.close()
    for number in range(calls + 1):
        fresh = Writer()
        fresh.tables.steps.kill_before(number)
        with suppress(Killed):
            fresh.write()
        fresh.tables.steps.revive()
        stored = fresh.stored()
        assert len(stored) == int(number == calls)
        assert (fresh.data_key() is not None) == bool(stored)
        assert all(one.due_at is not None for one in stored)
        fresh.write()
        assert len(fresh.own()) == len(stored) + 1
        fresh.close()


def test_a_person_who_writes_without_end_has_to_wait(writer: Writer) -> None:
    writer.patch.setattr(ids, "new_draw", lambda: 0.0)
    sample.forget()
    most = 200 // 4  # each sample stands for four
    for _ in range(most):
        writer.write()
    with pytest.raises(TooManyRequests) as found:
        writer.write()
    assert int(found.value.headers["Retry-After"]) > 0
    assert len(writer.stored()) == most
    writer.now = NOW + timedelta(hours=1)
    writer.write()
    sample.forget()


def test_lasting_contention_is_told(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object) -> str:
        raise ConditionFailed(frozenset({"standing"}))

    monkeypatch.setattr(submission, "_write_once", lost)
    with pytest.raises(Conflict):
        submission.write(writer.bearers[ADA], Written("support", "x", {}), NETWORK, writer.notice)
