"""Which sessions are alive: those of the account's generation, of an account that can be used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.errors import Unauthenticated
from chalicelib.notices.model import UndeclaredField
from chalicelib.sessions import service, store
from chalicelib.sessions.model import Opened, SignedIn
from chalicelib.sessions.role_store import role_item
from chalicelib.sessions.store import SessionItem
from chalicelib.storage import pages
from chalicelib.storage import reads as reading
from chalicelib.storage.item import Stored
from chalicelib.storage.pages import Page
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import ConditionFailed
from chalicelib.subjects.model import Life, Limits, Standing
from chalicelib.subjects.store import StandingItem, standing_item
from tests.unit.core.samples import EVERY_STANDING, NOW, SUBJECT, shipped, standing
from tests.unit.storage.memory import Memory

PLAIN = Opened()


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def signed_in(
    stands: Standing | None = None, generation: int = 0, opened: Opened = PLAIN
) -> SignedIn:
    """What a session of that generation is recognised as."""
    _, item = service.new_session(SUBJECT, opened, generation, shipped(), NOW)
    return service.recognise(item, standing_item(stands or standing()), NOW)


@pytest.mark.parametrize(("session", "account"), [(0, 1), (1, 0), (7, 8), (2**40, 2**40 + 1)])
def test_a_session_of_another_generation_is_dead(session: int, account: int) -> None:
    with pytest.raises(Unauthenticated) as refused:
        signed_in(replace(standing(), generation=account), session)
    assert refused.value.detail == service.NO_SESSION
    assert signed_in(replace(standing(), generation=account), account)


ALIVE = {Life.ACTIVE, Life.DEACTIVATED}


@pytest.mark.parametrize(
    ("life", "limits"),
    [(life, limits) for life, limits in EVERY_STANDING if limits.disowned or life not in ALIVE],
)
def test_nobody_is_signed_in_to_an_account_that_cannot_be_used(life: Life, limits: Limits) -> None:
    with pytest.raises(Unauthenticated) as refused:
        signed_in(standing(life=life, limits=limits))
    assert refused.value.detail == service.NO_SESSION


@pytest.mark.parametrize("life", sorted(ALIVE))
def test_who_stopped_an_account_can_still_come_back(life: Life) -> None:
    assert signed_in(standing(life=life)).standing.life is life


def test_a_session_from_before_there_were_generations_is_of_the_first() -> None:
    _, item = service.new_session(SUBJECT, Opened(), 0, shipped(), NOW)
    raw_session, raw_standing = item.serialize(), standing_item(standing()).serialize()
    for name in ("generation", "second_factor"):
        del raw_session[name]
    for name in ("generation", "revision"):
        del raw_standing[name]
    old = service.recognise(
        SessionItem.from_raw_data(raw_session), StandingItem.from_raw_data(raw_standing), NOW
    )
    assert (old.session.generation, old.session.opened.second_factor) == (0, False)


@pytest.mark.parametrize("role", ["desk", None])
@pytest.mark.parametrize("second_factor", [True, False])
def test_a_role_works_only_where_a_second_factor_was_given(
    role: str | None, second_factor: bool
) -> None:
    found = replace(signed_in(standing(), opened=Opened(second_factor)), given=role)
    assert found.role == (role if second_factor else None)


def test_a_role_is_known_only_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    token, item = service.new_session(SUBJECT, Opened(True), 0, shipped(), NOW)
    reads = Reads(monkeypatch, item, standing_item(standing()), role_item(SUBJECT, "desk"))
    assert service.authenticate(str(token)).role is None
    assert service.authenticate(str(token), with_role=True).role == "desk"
    other = (SessionItem, *store.session_place(SUBJECT, "x" * 32))
    found, others = service.authenticate_and_read(str(token), lambda _: [other], with_role=True)
    assert (found.role, others) == ("desk", [None])
    assert reads.calls == [("batch", 3), ("batch", 4), ("batch", 5)]


def test_a_role_of_a_notice_that_keeps_none_is_not_stored() -> None:
    class Silent:
        """A notice that declares nothing."""

        def refuse_undeclared(self, kind: str, fields: Iterable[str]) -> None:
            raise UndeclaredField(kind, fields)

    with pytest.raises(UndeclaredField, match=r"role"):
        role_item(SUBJECT, "desk").refuse_undeclared(Silent())
    role_item(SUBJECT, "desk").refuse_undeclared(shipped())


class Reads:
    """Answers reads from memory, and remembers how they were made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *items: Stored) -> None:
        self.memory = Memory(*items)
        self.calls: list[tuple[str, int]] = []
        for name in ("batch", "together"):
            monkeypatch.setattr(reading, name, self._reader(name))

    def _reader(self, name: str) -> Any:
        def read(wanted: Sequence[Place]) -> list[Any]:
            self.calls.append((name, len(wanted)))
            return self.memory.batch(wanted)

        return read


def test_session_standing_and_the_rest_are_one_read(monkeypatch: pytest.MonkeyPatch) -> None:
    token, item = service.new_session(SUBJECT, Opened(), 0, shipped(), NOW)
    reads = Reads(monkeypatch, item, standing_item(standing()))
    assert service.authenticate(str(token)).subject == SUBJECT
    other = store.session_place(SUBJECT, "x" * 32)
    found, others = service.authenticate_and_read(
        str(token), lambda subject: [(SessionItem, *other), (SessionItem, item.pk + subject, "")]
    )
    assert (found.session.id, others) == (token.fingerprint, [None, None])
    _, [] = service.authenticate_and_read(str(token), lambda _: (), at_one_instant=True)
    assert reads.calls == [("batch", 3), ("batch", 5), ("together", 3)]


def test_somebody_elses_session_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    token, item = service.new_session(SUBJECT, Opened(), 0, shipped(), NOW)
    Reads(monkeypatch, item, standing_item(standing()), standing_item(standing("b" * 26)))
    with pytest.raises(Unauthenticated):
        service.authenticate(str(replace(token, subject="b" * 26)))


def test_only_sessions_that_are_alive_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    person = signed_in(replace(standing(), generation=1), 1)
    alive, ended, earlier = (replace(person.session, id=name * 32) for name in "abc")
    ended = replace(ended, expires_at=NOW)
    earlier = replace(earlier, generation=0)
    found = Page((alive, ended, earlier), "c" * 32)
    monkeypatch.setattr(store, "sessions_of", lambda *_: found)
    monkeypatch.setattr(pages, "collect", lambda page, _: page)
    assert service.sessions(person, None, 20) == Page((alive,), "c" * 32)


class TestCarryingOver:
    @staticmethod
    def carry(memory: Memory, person: SignedIn, second_factor: bool | None = None) -> SessionItem:
        """The session after it was carried to generation 1."""
        write: Any = memory.transaction(shipped())
        service.carry_over(write, person.session, 1, second_factor)
        write.commit()
        place = store.session_place(SUBJECT, person.session.id)
        (found,) = memory.batch([(SessionItem, *place)])
        assert isinstance(found, SessionItem)
        return found

    @pytest.mark.parametrize("second_factor", [None, True, False])
    @pytest.mark.parametrize("old", [False, True], ids=["as now", "without generation"])
    def test_one_session_lives_on(self, old: bool, second_factor: bool | None) -> None:
        _, item = service.new_session(SUBJECT, Opened(True), 0, shipped(), NOW)
        memory, person = Memory(item), service.recognise(item, standing_item(standing()), NOW)
        if old:
            for raw in memory.items.values():
                del raw["generation"]
        found = self.carry(memory, person, second_factor)
        assert found.generation == 1
        assert found.second_factor is (True if second_factor is None else second_factor)
        assert found.expires_at == item.expires_at

    def test_a_session_that_was_ended_meanwhile_does_not_come_back(self) -> None:
        memory = Memory()
        with pytest.raises(ConditionFailed):
            self.carry(memory, signed_in())
        assert memory.items == {}

    def test_a_session_that_was_carried_elsewhere_stays_there(self) -> None:
        _, item = service.new_session(SUBJECT, Opened(), 3, shipped(), NOW)
        person = service.recognise(item, standing_item(replace(standing(), generation=3)), NOW)
        earlier = replace(person, session=replace(person.session, generation=0))
        with pytest.raises(ConditionFailed):
            self.carry(Memory(item), earlier)


def test_a_session_that_expires_now_is_dead_whatever_its_generation() -> None:
    _, item = service.new_session(SUBJECT, Opened(), 0, shipped(), NOW - timedelta(days=14))
    assert item.expires_at == NOW
    with pytest.raises(Unauthenticated):
        service.recognise(item, standing_item(standing()), NOW)
