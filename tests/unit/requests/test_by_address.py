"""Requests with an address alone: proven, joined with the open one of the address, and followed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts import store as accounts
from chalicelib.accounts.store import ClaimItem
from chalicelib.errors import DoneAlready, Unauthenticated
from chalicelib.requests import store
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import Action, Actor, Status
from chalicelib.requests.model import DETAILS_MAX, Asked
from chalicelib.requests.service import (
    access,
    deadlines,
    letters,
    messages,
    proof,
    unproven,
    view,
)
from chalicelib.requests.service.access import TOKENS_MAX
from chalicelib.requests.service.closure import close
from chalicelib.requests.service.proof import Proven
from chalicelib.requests.store import (
    ContactItem,
    MessageItem,
    OpenRequestItem,
    RegisterItem,
    RequestItem,
)
from chalicelib.storage import keys, partition
from chalicelib.storage.item import Expiring, Item
from chalicelib.storage.partition import Stored
from chalicelib.storage.transaction import Transaction
from chalicelib.vault import service as vault
from chalicelib.vault.store import DataKeyItem
from tests.unit.accounts.world import mac
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.requests.world import ADDRESS, World
from tests.unit.storage.tables import Killed

IMPORTED = (letters, view)
"""Imported before tables take DynamoDB's place."""

BEA, NETWORK = "bea@example.com", "192.0.2.0/24"
LINK = re.compile(r"/requests/(\w+)/confirm\?token=([^\s&]+)")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(vault, "address_mac", mac)
    monkeypatch.setattr(vault, "new_key", vault.new_visitor_key)
    monkeypatch.setenv("RISERBO_LIMITS", "mail.address=20")
    return World(monkeypatch)


def asked(world: World, right: str = "erase", email: str = BEA, **members: Any) -> str:
    """The id of a request that waits for the proof of its address."""
    return unproven.make(Asked(Right(right), **members), email, "en", NETWORK, world.notice)


def link(world: World, request: str) -> str:
    """The token of the link in the newest mail about a request."""
    world.work_off()
    for mail in reversed(world.ses.taken):
        found = LINK.search(mail.get_content())
        if found and found[1] == request:
            return found[2]
    raise AssertionError(world.subjects())


def proven(world: World, request: str) -> Proven:
    return proof.by_link(request, link(world, request), world.notice)


def made(world: World, right: str = "erase", **members: Any) -> Proven:
    return proven(world, asked(world, right, **members))


def found(world: World, request: str) -> RequestItem:
    item: RequestItem = world.tables.one(RequestItem, *store.request_place(request, request))
    return item


def said(world: World, item: RequestItem, subject: str) -> dict[str, Any]:
    return vault.open_item(item, vault.load_key(subject, RequestItem.CLASS))


def account(world: World) -> None:
    """The person of the account has proven the address."""
    place = accounts.claim_place(mac(ADDRESS))
    claim = ClaimItem(*place, kind="claim", subject=SUBJECT, password_hash="x", verified_at=NOW)
    world.tables.put(claim)


def played(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole partitions are read in memory, too."""

    def read(pk: str, tables: tuple[type[Expiring], ...]) -> list[Stored]:
        return [
            Stored(pk, sk, raw["kind"]["S"], {}, None, Item)
            for (from_keys, part, sk), raw in list(world.tables.items.items())
            if part == pk and not from_keys
        ]

    def keys_of(pk: str) -> list[str]:
        return [one.sk for one in world.tables.all(DataKeyItem) if one.pk == pk]

    monkeypatch.setattr(partition, "read", read)
    monkeypatch.setattr(partition, "keys_of", keys_of)


class TestJoining:
    def test_asking_again_answers_the_open_one(self, world: World) -> None:
        first = made(world, details="First.", categories=("identity",))
        world.now += timedelta(days=2)
        second = made(world, details="Second.", categories=("contact",))
        request = first.request.request
        assert second.request.request.id == request.id
        assert second.request.deadline.due_on == first.request.deadline.due_on
        assert second.request.request.categories == ("identity", "contact")
        assert said(world, found(world, request.id), request.id)["details"] == "First.\n\nSecond."
        assert len(world.tables.all(RequestItem)) == 1
        assert sum(one.sealed is not None for one in world.tables.all(ContactItem)) == 1
        assert [one.request for one in world.tables.all(OpenRequestItem)] == [request.id]

    def test_a_second_press_at_the_same_moment_finds_it_done(self, world: World) -> None:
        request = asked(world)
        token = link(world, request)

        def press() -> Proven:
            return proof.by_link(request, token, world.notice)

        world.steps.meanwhile["get"] = [lambda: None, press]  # once the request was read
        with pytest.raises(DoneAlready):
            press()
        assert world.steps.meanwhile["get"] == []
        assert found(world, request).status == Status.RECEIVED
        assert [one.request for one in world.tables.all(OpenRequestItem)] == [request]

    @pytest.mark.parametrize("into", ["an account", "the open one"])
    def test_nothing_is_left_where_it_was(
        self, world: World, monkeypatch: pytest.MonkeyPatch, into: str
    ) -> None:
        if into == "an account":
            account(world)
        else:
            made(world, email=ADDRESS)
        request = asked(world, email=ADDRESS, details="Words.")
        proven(world, request)
        world.work_off()
        (contact,) = [
            one for one in world.tables.all(ContactItem) if one.pk == keys.subject(request)
        ]
        assert contact.sealed is None
        played(world, monkeypatch)
        told = deadlines.watch(world.notice, lambda: timedelta(minutes=5)).told()
        assert told["failed"] == 0
        assert [place for place in world.tables.items if place[1] == keys.subject(request)] == []
        assert len(world.tables.all(RequestItem)) == 1
        assert deadlines.watch(world.notice, lambda: timedelta(minutes=5)).told()["failed"] == 0

    def test_it_joins_at_the_proof_and_never_before(self, world: World) -> None:
        first = asked(world)
        assert world.tables.all(OpenRequestItem) == []
        second = asked(world)
        assert len(world.tables.all(RequestItem)) == 2
        later, earlier = proven(world, second), proven(world, first)
        assert later.request.request.id == second
        assert earlier.request.request.id == second

    def test_another_right_and_another_address_are_requests_of_their_own(
        self, world: World
    ) -> None:
        ids = {
            made(world).request.request.id,
            made(world, "port").request.request.id,
            made(world, email="cem@example.com").request.request.id,
        }
        assert len(ids) == 3

    def test_the_token_of_each_proof_opens_it(self, world: World) -> None:
        tokens = [made(world).token for _ in range(TOKENS_MAX + 1)]
        request = world.tables.all(RequestItem)[0].sk.rpartition("#")[2]
        for token in tokens[1:]:
            assert access.owner(token, request).subject == request
        with pytest.raises(Unauthenticated):
            access.owner(tokens[0], request)

    def test_one_that_is_answered_is_joined_no_more(self, world: World) -> None:
        first = made(world)
        own = access.owner(first.token, first.request.request.id)
        view.cancel(own, own.subject, world.notice)
        assert made(world).request.request.id != own.subject

    def test_a_proof_that_meets_an_answer_begins_its_own(self, world: World) -> None:
        first = made(world)
        token = link(world, second := asked(world))
        own = access.owner(first.token, first.request.request.id)
        cancel = lambda: view.cancel(own, own.subject, world.notice)  # noqa: E731
        world.steps.meanwhile["commit"] = [cancel]
        shown = proof.by_link(second, token, world.notice)
        assert shown.request.request.id == second
        assert [one.request for one in world.tables.all(OpenRequestItem)] == [second]

    def test_ten_proofs_at_once_leave_one(self, world: World) -> None:
        requests = [asked(world) for _ in range(10)]
        tokens = {request: link(world, request) for request in requests}
        answers = list[Proven]()

        def prove(number: int) -> None:
            if number < len(requests):
                # Before this proof is written, the next one is.
                world.steps.meanwhile["commit"] = [lambda: prove(number + 1)]
                request = requests[number]
                answers.append(proof.by_link(request, tokens[request], world.notice))

        prove(0)
        assert len(answers) == 10
        assert len({one.request.request.id for one in answers}) == 1
        assert len(world.tables.all(RequestItem)) == 1
        assert len(world.tables.all(RegisterItem)) == 2
        for one in answers[-TOKENS_MAX:]:
            assert access.owner(one.token, one.request.request.id)

    def test_the_link_of_one_that_joined_is_used(self, world: World) -> None:
        made(world)
        second = asked(world)
        token = link(world, second)
        proof.by_link(second, token, world.notice)
        with pytest.raises(Exception, match="link"):
            proof.by_link(second, token, world.notice)

    @pytest.mark.parametrize("number", range(14))
    def test_a_crash_at_any_step_of_a_joining_loses_nothing(
        self, world: World, number: int
    ) -> None:
        first = made(world, details="First.")
        second = asked(world, details="Second.")
        token = link(world, second)
        world.steps.kill_before(number)
        try:
            proof.by_link(second, token, world.notice)
        except Killed:
            world.steps.revive()
            left = world.tables.one(RequestItem, *store.request_place(second, second))
            if left is not None:
                proof.by_link(second, token, world.notice)
        world.steps.revive()
        request = first.request.request.id
        assert said(world, found(world, request), request)["details"] == "First.\n\nSecond."
        assert len(world.tables.all(RequestItem)) == 1


class TestLongWords:
    """Details that would be too long together are refused to nobody who proves an address."""

    LONG = "a" * (DETAILS_MAX - 10)

    def test_without_an_account_they_stand_beside(self, world: World) -> None:
        first = made(world, details=self.LONG)
        second = made(world, details="b" * 2_000)
        request = first.request.request.id
        assert second.request.request.id == request
        assert said(world, found(world, request), request)["details"] == self.LONG
        own = access.owner(second.token, request)
        (message,) = messages.told(own.subject, view.stored(own, request, world.notice))
        assert (message.text, message.by) == ("b" * 2_000, "person")
        assert str(second.request.request.history[-1].event) == "join"

    def test_into_an_account_too(self, world: World) -> None:
        account(world)
        first = world.ask("erase", details=self.LONG)
        shown = made(world, email=ADDRESS, details="c" * 3_000)
        assert (shown.request.request.id, shown.token) == (first, None)
        assert said(world, world.item(first), SUBJECT)["details"] == self.LONG
        (message,) = messages.told(SUBJECT, world.request(first))
        assert message.text == "c" * 3_000

    def test_words_that_fit_are_details(self, world: World) -> None:
        made(world, details="a")
        made(world, details="b")
        assert world.tables.all(MessageItem) == []


class TestMarks:
    def test_one_that_waits_in_an_account_ends_without_the_mark_of_the_open_one(
        self, world: World
    ) -> None:
        first = world.ask("erase")
        item = world.item(first)
        waiting = RequestItem(**{**item.attribute_values, "sk": item.sk[:-26] + "w" * 26})
        at = item.history[0].split(" ")[0]
        waiting.history = [f"{at} awaiting_verification submit_by_address person"]
        waiting.status = "awaiting_verification"
        world.tables.put(waiting)
        write: Transaction = world.tables.transaction(world.notice)  # type: ignore[assignment]
        unchanged = RequestItem.history == list(waiting.history)
        close(write, waiting, Action.CANCEL, Actor.PERSON, world.notice, world.now, unchanged)
        write.commit()
        assert [one.request for one in world.tables.all(OpenRequestItem)] == [first]

    def test_what_is_done_at_once_is_found_by_its_address(self, world: World) -> None:
        shown = made(world, "opt_out").request.request
        assert str(shown.status) == "completed"
        assert world.tables.all(OpenRequestItem) == []
        (item,) = store.requests_of_contact(mac(BEA), 10)
        assert store.request_of(item).id == shown.id
