"""Who may do the desk's work: a session with the role, that was opened with a second factor."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import clock
from chalicelib.accounts.service import roles
from chalicelib.errors import Forbidden, Unauthenticated
from chalicelib.limits import store as limits_store
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import Opened
from chalicelib.sessions.role_store import role_item
from chalicelib.storage import reads
from chalicelib.subjects.model import Life
from chalicelib.subjects.store import standing_item
from tests.unit.core.samples import NOW, SUBJECT, shipped, standing
from tests.unit.storage.memory import Memory


def bearer(
    monkeypatch: pytest.MonkeyPatch,
    role: str | None,
    *,
    second_factor: bool = True,
    generation: int = 0,
    life: Life = Life.ACTIVE,
) -> str:
    """The token of a session that lies in the table, with its standing."""
    stands = replace(standing(life=life), generation=1)
    opened = Opened(second_factor=second_factor)
    token, session = sessions.new_session(SUBJECT, opened, 1 + generation, shipped(), NOW)
    memory = Memory(session, standing_item(stands))
    if role is not None:
        memory = Memory(session, standing_item(stands), role_item(SUBJECT, role))
    monkeypatch.setattr(reads, "batch", memory.batch)
    monkeypatch.setattr(limits_store, "put_use", lambda *_: None)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=1))
    return str(token)


def test_somebody_of_the_desk_with_a_second_factor_may(monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in = roles.staff(bearer(monkeypatch, roles.DESK))
    assert (signed_in.subject, signed_in.role) == (SUBJECT, roles.DESK)


@pytest.mark.parametrize(
    ("role", "second_factor"),
    [(roles.DESK, False), (None, True), (None, False), ("visitor", True), ("Desk", True)],
)
def test_nobody_else_may(
    monkeypatch: pytest.MonkeyPatch, role: str | None, second_factor: bool
) -> None:
    token = bearer(monkeypatch, role, second_factor=second_factor)
    with pytest.raises(Forbidden) as refused:
        roles.staff(token)
    assert refused.value.type == "staff-only"


def test_a_reader_reads_and_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    token = bearer(monkeypatch, roles.READER)
    assert roles.staff(token).role == roles.READER
    with pytest.raises(Forbidden) as refused:
        roles.officer(token)
    assert refused.value.type == "staff-only"
    assert roles.officer(bearer(monkeypatch, roles.DESK)).role == roles.DESK
    with pytest.raises(Forbidden):
        roles.staff(bearer(monkeypatch, roles.READER, second_factor=False))


@pytest.mark.parametrize("token", [None, "", "x", f"{SUBJECT}.{'a' * 43}"])
def test_without_a_session_one_is_asked_to_sign_in(
    monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    bearer(monkeypatch, roles.DESK)
    with pytest.raises(Unauthenticated):
        roles.staff(token)


def test_a_role_does_not_outlive_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unauthenticated):
        roles.staff(bearer(monkeypatch, roles.DESK, generation=-1))
    with pytest.raises(Unauthenticated):
        roles.staff(bearer(monkeypatch, roles.DESK, life=Life.ERASING))
