"""What becomes of somebody's data reaches those who received it, once, whatever dies in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts.service import address, disavowal, mails, profile
from chalicelib.accounts.service.disavowal import Outcome
from chalicelib.accounts.service.letters import DISAVOW
from chalicelib.copies import store as bodies
from chalicelib.erasure import store as erasure_store
from chalicelib.notices.model import Notice
from chalicelib.sessions import service as sessions
from chalicelib.storage import partition
from chalicelib.storage.partition import Stored
from chalicelib.subjects.model import Life
from chalicelib.subjects.store import LANE, standing_item
from chalicelib.webhooks.model import callback_of
from tests.mailed_request import opened_by_mail
from tests.unit.accounts.world import NETWORK, PASSWORD
from tests.unit.accounts.world import World as AccountWorld
from tests.unit.core.samples import SUBJECT, shipped
from tests.unit.retention.sweeping import sweep
from tests.unit.storage.tables import Killed
from tests.unit.webhooks.world import BOTH, World, received

CORRECTED = {"profile": {"identity": {"name": "Countess"}}}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> AccountWorld:
    """An account whose data partners and sponsors received."""
    world = AccountWorld(monkeypatch)
    item = standing_item(replace(world.standing(), disclosed=received(*BOTH)))
    world.memory.items[False, item.pk, item.sk] = item.serialize()
    return world


def told(world: AccountWorld) -> list[tuple[str, str]]:
    """What was sent to the queue of callbacks: event and recipient."""
    sent = [job for job in world.sent if job.queue == "propagation"]
    return sorted((job.action, callback_of(job.target).recipient) for job in sent)


def both(kind: str) -> list[tuple[str, str]]:
    return [(kind, recipient) for recipient in sorted(BOTH)]


def correct(world: AccountWorld, body: dict[str, Any]) -> None:
    profile.correct(world.token, body, lambda _: True, shipped())


def test_a_correction_is_told(account: AccountWorld) -> None:
    correct(account, CORRECTED)
    assert told(account) == both("subject.rectified")
    stored = [key for key in account.memory.items if "#job#" in key[2]]
    assert len(stored) == 2


def test_what_stays_the_same_is_no_correction(account: AccountWorld) -> None:
    correct(account, CORRECTED)
    account.sent.clear()
    correct(account, CORRECTED)
    assert told(account) == []


def test_who_received_data_while_it_was_corrected_is_told_too(account: AccountWorld) -> None:
    def receives() -> None:
        item = standing_item(replace(account.standing(), disclosed=received(*BOTH, "advertisers")))
        account.memory.items[False, item.pk, item.sk] = item.serialize()

    account.meanwhile = [receives]
    correct(account, CORRECTED)
    assert told(account) == [
        ("subject.rectified", recipient) for recipient in sorted({*BOTH, "advertisers"})
    ]


def test_nobody_is_told_where_nobody_received_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    world = AccountWorld(monkeypatch)
    correct(world, CORRECTED)
    assert world.sent == []


def test_another_address_is_told_and_so_is_the_old_one_when_it_comes_back(
    account: AccountWorld,
) -> None:
    address.ask(account.signed_in(), "ada@example.net", PASSWORD, NETWORK, shipped())
    address.confirm(account.mailed(mails.CONFIRM_ADDRESS), shipped())
    assert told(account) == both("subject.rectified")
    link = account.mailed(mails.ADDRESS_CHANGED)
    account.sent.clear()
    address.undo(link, shipped())
    assert told(account) == both("subject.rectified")


def disown(world: AccountWorld, life: Life) -> Outcome:
    """Somebody says that the account is not theirs, by the link of its mail."""
    world.stop(life)
    token, link = sessions.new_link(SUBJECT, DISAVOW, "mac", shipped(), world.now)
    world.memory.items[False, link.pk, link.sk] = link.serialize()
    return disavowal.disavow(str(token), shipped(), opened_by_mail)


def test_it_is_told_when_an_account_is_disowned(account: AccountWorld) -> None:
    assert disown(account, Life.PENDING) is Outcome.DISOWNED
    assert told(account) == both("subject.disowned")


def test_a_request_to_look_into_it_limits_nothing_yet(account: AccountWorld) -> None:
    assert disown(account, Life.ACTIVE) is Outcome.REQUEST_OPENED
    assert told(account) == []


class Erasing:
    """The sweep, on tables in memory, with the log of erasures in a list."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, world: World) -> None:
        self.world = world
        self.logged: list[str] = []
        since = world.now - timedelta(days=30)
        item = standing_item(replace(world.stands, life=Life.PENDING, registered_at=since))
        item.schedule(LANE, world.now, "registered", since)
        world.tables.put(item)
        self.pk = item.pk
        monkeypatch.setattr(partition, "keys_of", lambda _: [])
        monkeypatch.setattr(partition, "read", self.read)
        monkeypatch.setattr(partition, "remove", self.remove)
        monkeypatch.setattr(erasure_store, "log", lambda *_: None)
        monkeypatch.setattr(bodies, "objects_of", lambda _: [])

    def read(self, pk: str, tables: object = None) -> list[Stored]:
        """What lies in a partition."""
        self.world.steps("read")
        found = [key for key in self.world.tables.items if key[1] == pk]
        return [Stored(pk, sk, sk.split("#")[1], {}, None) for _, _, sk in found]

    def remove(self, pk: str, sks: list[str], *, from_keys: bool = False) -> None:
        """Removes from it."""
        self.world.steps("remove")
        for sk in sks:
            del self.world.tables.items[False, pk, sk]

    def run(self, notice: Notice) -> None:
        """Sweeps until nothing is due: a sweep that dies is followed by another."""
        for _ in range(5):
            try:
                sweep(notice)
            except Killed:
                self.world.steps.revive()
                continue
            return


def erased(world: World) -> list[tuple[str, str]]:
    """Who is to be told of an erasure, and that they are told from elsewhere."""
    for job in world.jobs():
        assert job.subject != SUBJECT
        assert callback_of(job.target).subject == SUBJECT
    return sorted((job.action, callback_of(job.target).recipient) for job in world.jobs())


def test_an_erasure_is_told_though_nothing_is_left_that_says_to_whom(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    erasing = Erasing(monkeypatch, world)
    erasing.run(world.notice)
    assert world.standing() is None
    assert not [key for key in world.tables.items if key[1] == erasing.pk]
    assert erased(world) == both("subject.erased")
    assert len(world.sqs.bodies) == 2


def test_who_gave_data_to_nobody_is_erased_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch)
    Erasing(monkeypatch, world).run(world.notice)
    assert world.standing() is None
    assert world.jobs() == []


def test_wherever_the_sweep_dies_an_erasure_is_told_once() -> None:
    with pytest.MonkeyPatch.context() as patch:
        world = World(patch, *BOTH)
        erasing = Erasing(patch, world)
        world.steps.names.clear()
        erasing.run(world.notice)
        calls = list(world.steps.names)
    written = [name for name in calls if name in {"commit", "sqs.send", "remove"}]
    asked, erased_last = ["commit", "sqs.send", "sqs.send"], ["commit"]
    assert written == asked + erased_last, "they are asked to be told before anything goes"
    for number in range(len(calls)):
        with pytest.MonkeyPatch.context() as patch:
            world = World(patch, *BOTH)
            erasing = Erasing(patch, world)
            world.steps.kill_before(number)
            erasing.run(world.notice)
            assert world.standing() is None, calls[number]
            assert erased(world) == both("subject.erased"), calls[number]


def test_who_received_data_while_the_erasure_began_is_told_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    erasing = Erasing(monkeypatch, world)

    def receives() -> None:
        stands = world.standing()
        assert stands is not None
        item = standing_item(replace(stands, disclosed=received(*BOTH, "advertisers")))
        item.schedule(LANE, world.now, "registered", stands.registered_at)
        world.tables.put(item)

    world.steps.meanwhile["commit"] = [receives]
    swept = sweep(world.notice)
    assert (swept.erased, swept.failed) == (1, 0)
    erasing.run(world.notice)
    assert {recipient for _, recipient in erased(world)} == {*BOTH, "advertisers"}
