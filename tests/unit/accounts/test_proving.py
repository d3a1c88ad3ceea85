"""Proving an address by link or code, and saying that one did not open the account."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts.service import disavowal, mails, registration, verification
from chalicelib.accounts.service.disavowal import Outcome
from chalicelib.errors import TooManyRequests, Unprocessable
from chalicelib.instants import instant
from chalicelib.limits import service as limits
from chalicelib.limits.model import CODES
from chalicelib.limits.store import LimitItem
from chalicelib.notices import service as notices
from chalicelib.notices.store import PointerItem
from chalicelib.requests.model import timed
from chalicelib.requests.store import RequestItem, request_of
from chalicelib.storage import keys
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Life, Standing
from tests.mailed_request import opened_by_mail
from tests.unit.accounts.world import NETWORK, World, mac
from tests.unit.core.samples import NOW, shipped

BOB, CAROL = "bob@example.net", "carol@example.net"
NOTICE = shipped()
CHOSEN = "il gatto nero dorme ancora"
OFFICE = "198.51.100.0/24"


class Registered:
    """A registration that waits: its subject, and what its mail says."""

    def __init__(self, world: World, email: str = BOB) -> None:
        body: dict[str, Any] = {
            "email": email,
            "password": CHOSEN,
            "locale": "it",
            "notice_version": NOTICE.version,
            "decisions": {},
            "profile": {},
        }
        registration.register(body, NETWORK, NOTICE)
        self.subject = world.sent[-1].subject
        message = world.mail(mails.VERIFY)
        assert message is not None
        self.link, self.disavow = (
            str(message.words[name]).rpartition("=")[2] for name in ("link", "disavow")
        )
        self.code: str = message.words["code"]
        self.wrong = "00000000" if self.code != "00000000" else "00000001"

    def stands(self) -> Standing:
        """What stands about it by now."""
        standing = subjects.account_standing(self.subject)
        assert standing is not None
        return standing

    def life(self) -> Life:
        """The life of one that nobody disowned."""
        assert not self.stands().disowned
        return self.stands().life


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def prove(code: str, email: str = BOB, network: str = NETWORK) -> None:
    verification.verify_by_code(email, code, CHOSEN, network, NOTICE)


def leftovers(world: World, email: str) -> list[str]:
    """Kinds of what lies with an address, its claim apart."""
    return [
        sk.split("#")[1]
        for _, pk, sk in world.memory.items
        if pk == f"A#{mac(email)}" and "#claim#" not in sk
    ]


def test_the_code_of_the_mail_proves_the_address_once(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    bob = Registered(world)
    assert "Registrations" not in capsys.readouterr().out
    prove(bob.code)
    (line,) = [one for one in capsys.readouterr().out.splitlines() if "account.opened" in one]
    assert json.loads(line)["Registrations"] == 1
    assert bob.life() is Life.ACTIVE
    claim = world.claim(BOB)
    assert claim is not None
    assert claim.subject == bob.subject
    assert leftovers(world, BOB) == []
    with pytest.raises(Unprocessable):
        prove(bob.code)
    with pytest.raises(Unprocessable):
        verification.verify(bob.link, CHOSEN, NOTICE)
    assert "account.opened" not in capsys.readouterr().out


def test_the_link_proves_it_too_and_the_code_is_void_then(world: World) -> None:
    bob = Registered(world)
    verification.verify(bob.link, CHOSEN, NOTICE)
    assert bob.life() is Life.ACTIVE
    with pytest.raises(Unprocessable) as refused:
        prove(bob.code)
    assert refused.value.type == "code-not-valid"


def test_a_code_is_good_for_its_own_address(world: World) -> None:
    bob, carol = Registered(world), Registered(world, CAROL)
    for code, email in ((bob.code, CAROL), (carol.code, BOB), (bob.code, "nobody@example.net")):
        with pytest.raises(Unprocessable):
            prove(code, email)
    prove(bob.code, "BOB@example.net")
    assert (bob.life(), carol.life()) == (Life.ACTIVE, Life.PENDING)


def test_a_code_is_good_for_an_hour_although_it_lies_there_longer(world: World) -> None:
    bob = Registered(world)
    world.now += timedelta(hours=1)
    with pytest.raises(Unprocessable):
        prove(bob.code)
    world.now -= timedelta(milliseconds=1)
    prove(bob.code)


def test_of_two_registrations_the_first_that_is_proven_holds_the_address(world: World) -> None:
    first, second = Registered(world), Registered(world)
    prove(second.code)
    with pytest.raises(Unprocessable):
        prove(first.code)
    assert (first.life(), second.life()) == (Life.PENDING, Life.ACTIVE)


def test_wrong_codes_are_counted_until_the_right_one_is_not_looked_at(world: World) -> None:
    bob = Registered(world)
    for _ in range(CODES.own.tries):
        with pytest.raises(Unprocessable):
            prove(bob.wrong)
    with pytest.raises(TooManyRequests):
        prove(bob.code)
    prove(bob.code, network=OFFICE)


def test_codes_guessed_from_everywhere_at_once_gain_nothing(world: World) -> None:
    bob = Registered(world)

    def others() -> None:
        _, pk, sk = limits.code(mac(BOB), NETWORK, world.now).places()[1]
        full = LimitItem(pk, sk, kind="limit", tries=CODES.address.tries, expires_at=world.now)
        world.memory.items[False, pk, sk] = full.serialize()

    world.meanwhile = [others]
    with pytest.raises(TooManyRequests):
        prove(bob.code, network=OFFICE)
    assert bob.life() is Life.PENDING


def test_who_did_not_open_the_account_ends_it(world: World) -> None:
    bob = Registered(world)
    assert disavowal.disavow(bob.disavow, NOTICE, opened_by_mail) is Outcome.DISOWNED
    assert bob.stands().disowned
    assert "pending" not in leftovers(world, BOB)
    with pytest.raises(Unprocessable):
        verification.verify(bob.link, CHOSEN, NOTICE)
    with pytest.raises(Unprocessable):
        prove(bob.code)
    with pytest.raises(Unprocessable):
        disavowal.disavow(bob.disavow, NOTICE, opened_by_mail)
    assert world.claim(BOB) is None
    assert world.mail(mails.VERIFY) is None


def test_a_link_in_wrong_hands_does_not_end_an_account_that_is_proven(world: World) -> None:
    bob = Registered(world)
    prove(bob.code)
    assert disavowal.disavow(bob.disavow, NOTICE, opened_by_mail) is Outcome.REQUEST_OPENED
    assert bob.life() is Life.ACTIVE
    (key,) = [key for key in world.memory.items if key[2].startswith("evidence#request#")]
    (request,) = world.memory.batch([(RequestItem, key[1], key[2])])
    assert (request.right, request.status, request.channel) == ("restrict", "received", "email")
    assert request.answer_due_at == timed(request_of(request), NOTICE, world.now).deadline.due_at
    assert request.history == [f"{instant(world.now)} received submit person"]
    with pytest.raises(Unprocessable):
        disavowal.disavow(bob.disavow, NOTICE, opened_by_mail)


def test_of_proof_and_disavowal_at_once_one_wins(world: World) -> None:
    bob = Registered(world)
    world.meanwhile = [lambda: prove(bob.code)]
    with pytest.raises(Unprocessable):
        disavowal.disavow(bob.disavow, NOTICE, opened_by_mail)
    assert bob.life() is Life.ACTIVE
    carol = Registered(world, CAROL)
    world.meanwhile = [lambda: disavowal.disavow(carol.disavow, NOTICE, opened_by_mail)]
    with pytest.raises(Unprocessable):
        verification.verify(carol.link, CHOSEN, NOTICE)
    assert carol.stands().disowned
    assert world.claim(CAROL) is None


def test_nothing_is_asked_about_an_account_whose_erasure_begins_meanwhile(world: World) -> None:
    bob = Registered(world)
    prove(bob.code)
    pk, sk = f"S#{bob.subject}", "core#standing#"

    def erasure() -> None:
        raw = world.memory.items[False, pk, sk]
        world.memory.items[False, pk, sk] = {**raw, "state": {"S": "erasing"}}

    world.meanwhile = [erasure]
    with pytest.raises(Unprocessable):
        disavowal.disavow(bob.disavow, NOTICE, opened_by_mail)
    assert not [key for key in world.memory.items if key[2].startswith("evidence#request#")]


def wait(world: World, version: str) -> None:
    """Another version waits to take effect."""
    item = PointerItem(keys.NOTICES, keys.POINTER, kind="notice", current=NOTICE.version)
    item.next, item.next_at = version, NOW + timedelta(days=20)
    world.memory.items[False, item.pk, item.sk] = item.serialize()
    notices.forget_pointer()


def test_who_proves_it_while_a_version_waits_is_told_of_it(world: World) -> None:
    bob = Registered(world)
    wait(world, "2099-01-01")
    prove(bob.code)
    told = world.sent[-1]
    assert (told.subject, told.queue, told.action) == (bob.subject, "announcements", "tell")
    assert told.target == f"{NOTICE.version} 2099-01-01"
    assert (False, told.pk, told.sk) in world.memory.items


def test_what_is_not_proven_asks_for_nothing(world: World) -> None:
    bob = Registered(world)
    wait(world, "2099-01-01")
    with pytest.raises(Unprocessable):
        prove(bob.wrong)
    assert "tell" not in {job.action for job in world.sent}
