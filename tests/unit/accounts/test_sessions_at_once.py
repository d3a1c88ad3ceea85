"""Sessions end unused; those of the desk sooner; twenty at once, of which the oldest goes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chalicelib.accounts.service import credentials, signin, signout
from chalicelib.accounts.service.signin import Origin
from chalicelib.errors import Unauthenticated
from chalicelib.limits import store as limits_store
from chalicelib.sessions import role_store
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import DESK_IDLE, DESK_LONGEST, IDLE, MOST, PARTS
from tests.unit.accounts.world import ADDRESS, NETWORK, PASSWORD, World
from tests.unit.core.samples import SUBJECT, shipped

NOTICE = shipped()
MS = timedelta(milliseconds=1)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def sign_in(world: World) -> str:
    world.now += timedelta(seconds=1)
    return signin.sign_in(ADDRESS, PASSWORD, None, Origin(NETWORK), NOTICE).token


def alive(token: str) -> bool:
    try:
        sessions.authenticate_and_read(token, lambda _: (), with_role=True)
    except Unauthenticated:
        return False
    return True


def at_the_desk(world: World) -> None:
    item = role_store.role_item(SUBJECT, "desk")
    world.memory.items[False, item.pk, item.sk] = item.serialize()


class TestUnused:
    def test_it_ends(self, world: World) -> None:
        token = sign_in(world)
        world.now += IDLE
        assert not alive(token)

    def test_until_then_it_works(self, world: World) -> None:
        token = sign_in(world)
        world.now += IDLE - MS
        assert alive(token)

    def test_what_the_notice_says_is_what_it_is(self) -> None:
        assert NOTICE.span("session", "last_used", shipped().effective_at) == IDLE

    def test_used_it_lasts_until_its_term(self, world: World) -> None:
        token = sign_in(world)
        for _ in range(13):
            world.now += timedelta(days=1)
            assert alive(token)
        world.now += timedelta(days=1)
        assert not alive(token)

    def test_most_uses_cost_no_write(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        token, noted = sign_in(world), list[str]()

        def put_use(found_by: str, used_at: datetime, expires_at: datetime, _: bool | None) -> None:
            noted.append(found_by)
            world._put_use(found_by, used_at, expires_at)

        monkeypatch.setattr(limits_store, "put_use", put_use)
        for _ in range(60):
            world.now += IDLE / PARTS / 20
            assert alive(token)
        assert 2 <= len(noted) <= 3


class TestDesk:
    def test_a_session_ends_after_half_an_hour_unused(self, world: World) -> None:
        token = sign_in(world)
        at_the_desk(world)
        world.now += DESK_IDLE - MS
        assert alive(token)
        world.now += DESK_IDLE - MS
        assert alive(token)
        world.now += DESK_IDLE
        assert not alive(token)

    def test_a_session_ends_after_half_a_day_in_any_case(self, world: World) -> None:
        token = sign_in(world)
        at_the_desk(world)
        began = world.now
        while world.now + timedelta(minutes=20) < began + DESK_LONGEST:
            world.now += timedelta(minutes=20)
            assert alive(token)
        world.now = began + DESK_LONGEST
        assert not alive(token)

    def test_the_list_has_none_that_is_over(self, world: World) -> None:
        old = sign_in(world)
        at_the_desk(world)
        world.now += DESK_IDLE
        new = sign_in(world)
        assert alive(new)
        assert not alive(old)


class TestAtOnce:
    def test_the_oldest_makes_room(self, world: World) -> None:
        tokens = [sign_in(world) for _ in range(MOST + 2)]
        assert [alive(one) for one in tokens] == [False] * 2 + [True] * MOST

    def test_two_that_begin_at_the_same_moment_are_counted(self, world: World) -> None:
        tokens = [sign_in(world) for _ in range(MOST - 1)]
        also: list[str] = []
        world.meanwhile = [lambda: also.append(sign_in(world))]
        tokens.append(sign_in(world))
        assert sum(map(alive, [*tokens, *also])) == MOST

    def test_who_signs_out_leaves_room(self, world: World) -> None:
        first = sign_in(world)
        for _ in range(MOST * 2):
            signout.sign_out(sign_in(world), "current", NOTICE)
        assert alive(first)

    def test_another_session_that_is_ended_leaves_room(self, world: World) -> None:
        first = sign_in(world)
        others = [sign_in(world) for _ in range(MOST - 1)]
        for other in others:
            public = sessions.authenticate(other).session.id
            assert not signout.sign_out(first, public, NOTICE)
            assert not signout.sign_out(first, public, NOTICE)
            assert not alive(other)
        for _ in range(MOST - 1):
            sign_in(world)
        assert alive(first)

    def test_a_new_password_counts_the_session_that_goes_on_alone(self, world: World) -> None:
        token = sign_in(world)
        for _ in range(MOST - 1):
            sign_in(world)
        new = "una barca verde attraversa il lago"
        credentials.change(sessions.authenticate(token), PASSWORD, new, NETWORK, NOTICE)
        for _ in range(MOST - 1):
            world.now += timedelta(seconds=1)
            signin.sign_in(ADDRESS, new, None, Origin(NETWORK), NOTICE)
        assert alive(token)

    def test_the_claim_stays_small(self, world: World) -> None:
        for _ in range(MOST + 1):
            sign_in(world)
        claim = world.claim(ADDRESS)
        assert claim is not None
        assert claim.sessions is not None
        assert len(claim.sessions) == MOST
        assert sum(map(len, claim.sessions)) == 24 * MOST, "within one write unit of 1 KiB"
