"""A proof of an address starts only what its person chose: whose password was shown says which."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts.second_factor_store import SecondFactorItem
from chalicelib.accounts.service import credentials, disavowal, mails, registration, signin
from chalicelib.accounts.service import verification as proving
from chalicelib.accounts.service.contents import read_profile
from chalicelib.accounts.service.disavowal import Outcome
from chalicelib.accounts.service.proof import MOST_OTHERS, Next
from chalicelib.accounts.service.shown import WrongPassword
from chalicelib.accounts.service.signin import Origin
from chalicelib.errors import TooManyRequests, Unauthenticated, Unprocessable
from chalicelib.mail.model import Message
from chalicelib.sessions import tries
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import NO_LIMITS, Decision, Life, Limits, Standing
from tests.mailed_request import opened_by_mail
from tests.unit.accounts.world import NETWORK, World, mac
from tests.unit.core.samples import DISOWNED, shipped

EMAIL = "bob@example.net"
OWN, THEIRS = "il gatto nero dorme ancora", "la volpe rossa salta sempre"
NEW = "una barca verde attraversa il lago"
NOTICE = shipped()
STRANGER = "Mallory Buy-at-evil.example"
Way = Callable[[World, str, "str | None"], Next]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def register(world: World, password: str, choice: str = "granted", email: str = EMAIL) -> str:
    """Somebody registers the address, with every choice the same: the subject."""
    body: dict[str, Any] = {
        "email": email,
        "password": password,
        "locale": "en",
        "notice_version": NOTICE.version,
        "decisions": dict.fromkeys(NOTICE.choices, choice),
        "profile": {"identity": {"name": STRANGER if password == THEIRS else "Bob"}},
    }
    registration.register(body, NETWORK, NOTICE)
    return world.sent[-1].subject


def mailed(world: World, action: str) -> Message:
    message = world.mail(action)
    assert message is not None
    return message


def token(message: Message, name: str = "link") -> str:
    return str(message.words[name]).rpartition("=")[2]


def by_link(world: World, action: str, password: str | None) -> Next:
    return proving.verify(token(mailed(world, action)), password, NOTICE)


def by_code(world: World, action: str, password: str | None) -> Next:
    code = mailed(world, action).words["code"]
    return proving.verify_by_code(EMAIL, code, password, NETWORK, NOTICE)


WAYS = pytest.mark.parametrize("way", [by_link, by_code])


def again(world: World) -> str:
    """The mail is asked for once more."""
    proving.ask_again(EMAIL, NETWORK, NOTICE)
    return mails.RESEND


def opens(password: str) -> bool:
    try:
        signin.sign_in(EMAIL, password, None, Origin(NETWORK), NOTICE)
    except Unauthenticated:
        return False
    return True


def holder(world: World) -> Standing:
    claim = world.claim(EMAIL)
    assert claim is not None
    standing = subjects.account_standing(claim.subject)
    assert standing is not None
    return standing


def stands(subject: str) -> tuple[Life, Limits]:
    standing = subjects.account_standing(subject)
    assert standing is not None
    return standing.life, standing.limits


@WAYS
def test_with_its_password_a_registration_starts_whole(world: World, way: Way) -> None:
    own = register(world, OWN)
    assert way(world, mails.VERIFY, OWN) is Next.SIGN_IN
    standing = holder(world)
    assert (standing.subject, standing.life) == (own, Life.ACTIVE)
    assert {one.decision for one in standing.decisions.values()} == {Decision.GRANTED}
    assert read_profile(own)["identity"] == {"name": "Bob", "email": EMAIL}
    assert opens(OWN)


@WAYS
@pytest.mark.parametrize("resent", [False, True])
def test_without_a_password_nothing_of_it_starts(world: World, way: Way, resent: bool) -> None:
    theirs = register(world, THEIRS)
    action = again(world) if resent else mails.VERIFY
    assert way(world, action, None) is Next.CHOOSE_PASSWORD
    standing = holder(world)
    assert standing.subject != theirs
    assert (standing.life, standing.decisions) == (Life.ACTIVE, {})
    assert standing.claim == mac(EMAIL)
    assert read_profile(standing.subject) == {"identity": {"email": EMAIL}}
    assert stands(theirs) == (Life.PENDING, DISOWNED)
    assert not opens(THEIRS)
    entries = [key for key in world.memory.items if "#entry#" in key[2]]
    assert len([key for key in entries if key[1] == f"S#{standing.subject}"]) == 1
    kinds = {key[2].split("#")[1] for key in world.memory.items if key[1] == f"A#{mac(EMAIL)}"}
    assert "pending" not in kinds


@WAYS
def test_then_its_person_chooses_a_password_by_the_mail(world: World, way: Way) -> None:
    register(world, THEIRS)
    way(world, mails.VERIFY, None)
    message = mailed(world, mails.CHOOSE_PASSWORD)
    assert (message.template, message.address) == ("choose_password", EMAIL)
    credentials.reset(token(message), NEW, NOTICE)
    assert opens(NEW)
    assert not opens(THEIRS)
    assert holder(world).decisions == {}


@WAYS
def test_a_resent_mail_starts_the_registration_whose_password_is_shown(
    world: World, way: Way
) -> None:
    own, theirs = register(world, OWN, "denied"), register(world, THEIRS)
    way(world, again(world), OWN)
    standing = holder(world)
    assert standing.subject == own
    assert {one.decision for one in standing.decisions.values()} == {Decision.DENIED}
    assert opens(OWN)
    assert not opens(THEIRS)
    assert stands(theirs) == (Life.PENDING, NO_LIMITS)


@WAYS
def test_a_wrong_password_starts_and_spends_nothing(world: World, way: Way) -> None:
    own = register(world, OWN)
    message = mailed(world, mails.VERIFY)
    code, link = message.words["code"], token(message)

    def use(password: str) -> Next:
        if way is by_link:
            return proving.verify(link, password, NOTICE)
        return proving.verify_by_code(EMAIL, code, password, NETWORK, NOTICE)

    for wrong in (THEIRS, "", f"{OWN} "):
        with pytest.raises(WrongPassword) as refused:
            use(wrong)
        assert [one.pointer for one in refused.value.findings] == ["/password"]
        assert (refused.value.status, refused.value.type) == (403, "wrong-password")
    assert world.claim(EMAIL) is None
    assert stands(own) == (Life.PENDING, NO_LIMITS)
    use(OWN)
    assert opens(OWN)


def test_a_link_takes_few_wrong_passwords_an_hour(world: World) -> None:
    register(world, OWN)
    link = token(mailed(world, mails.VERIFY))
    for _ in range(tries.TRIES):
        with pytest.raises(WrongPassword):
            proving.verify(link, THEIRS, NOTICE)
    with pytest.raises(TooManyRequests) as refused:
        proving.verify(link, OWN, NOTICE)
    assert 0 < refused.value.retry_after <= 3601
    world.now += tries.WINDOW
    with pytest.raises(WrongPassword):
        proving.verify(link, THEIRS, NOTICE)
    proving.verify(link, OWN, NOTICE)


def test_whose_tries_are_used_up_can_prove_the_address_alone(world: World) -> None:
    register(world, THEIRS)
    link = token(mailed(world, mails.VERIFY))
    for _ in range(tries.TRIES):
        with pytest.raises(WrongPassword):
            proving.verify(link, OWN, NOTICE)
    assert proving.verify(link, None, NOTICE) is Next.CHOOSE_PASSWORD


def test_guessing_in_parallel_gains_nothing(world: World) -> None:
    register(world, OWN)
    link = token(mailed(world, mails.VERIFY))

    def other() -> None:
        with pytest.raises(WrongPassword):
            proving.verify(link, THEIRS, NOTICE)

    for password in (OWN, THEIRS):
        world.meanwhile = [other]
        with pytest.raises((TooManyRequests, Unprocessable)):
            proving.verify(link, password, NOTICE)
    assert world.claim(EMAIL) is None
    proving.verify(link, OWN, NOTICE)


def test_of_many_registrations_the_newest_are_compared_and_each_link_its_own(
    world: World,
) -> None:
    register(world, OWN)
    first = token(mailed(world, mails.VERIFY))
    for number in range(MOST_OTHERS + 1):
        world.now += timedelta(hours=12)
        register(world, f"{THEIRS} {number}")
    with pytest.raises(WrongPassword):
        by_link(world, again(world), OWN)
    proving.verify(first, OWN, NOTICE)
    assert opens(OWN)


@WAYS
def test_a_proof_happens_once(world: World, way: Way) -> None:
    register(world, THEIRS)
    message = mailed(world, mails.VERIFY)
    way(world, mails.VERIFY, None)
    for password in (None, THEIRS):
        with pytest.raises(Unprocessable):
            proving.verify(token(message), password, NOTICE)
        with pytest.raises(Unprocessable):
            proving.verify_by_code(EMAIL, message.words["code"], password, NETWORK, NOTICE)


def test_of_two_proofs_at_once_one_wins(world: World) -> None:
    register(world, OWN)
    link = token(mailed(world, mails.VERIFY))
    world.meanwhile = [lambda: proving.verify(link, OWN, NOTICE)]
    with pytest.raises(Unprocessable):
        proving.verify(link, None, NOTICE)
    assert {one.decision for one in holder(world).decisions.values()} == {Decision.GRANTED}


def test_who_disowned_it_after_proving_the_address_reaches_the_account(world: World) -> None:
    register(world, THEIRS)
    disavow = token(mailed(world, mails.VERIFY), "disavow")
    by_link(world, mails.VERIFY, None)
    assert disavowal.disavow(disavow, NOTICE, opened_by_mail) is Outcome.REQUEST_OPENED
    account = holder(world).subject
    assert [key for key in world.memory.items if "#request#" in key[2] and account in key[1]]


def test_a_registration_that_is_being_erased_leads_to_no_account(world: World) -> None:
    theirs = register(world, THEIRS)
    disavow = token(mailed(world, mails.VERIFY), "disavow")
    by_link(world, mails.VERIFY, None)
    raw = world.memory.items[False, f"S#{theirs}", "core#standing#"]
    raw["state"] = {"S": str(Life.ERASING)}
    with pytest.raises(Unprocessable):
        disavowal.disavow(disavow, NOTICE, opened_by_mail)
    assert not [key for key in world.memory.items if "#request#" in key[2]]


def test_the_mail_says_in_the_notices_words_what_it_would_start(world: World) -> None:
    register(world, OWN, "denied")
    world.now += timedelta(minutes=1)
    register(world, THEIRS)
    first = mailed(world, mails.VERIFY)
    titles = [NOTICE.text(one.title, "en") for one in NOTICE.choices.values()]
    assert (first.words["granted"], first.words["denied"]) == (titles, [])
    assert first.words["others"] == 1
    resent = mailed(world, again(world))
    assert (resent.words["granted"], resent.words["others"]) == (titles, 1)
    assert STRANGER not in repr((first.words, resent.words))


def test_alone_it_says_that_no_other_waits(world: World) -> None:
    register(world, OWN, "denied")
    words = mailed(world, mails.VERIFY).words
    assert (words["granted"], words["others"]) == ([], 0)
    assert len(words["denied"]) == len(NOTICE.choices)


def test_nobodys_second_factor_comes_with_a_proof(world: World) -> None:
    register(world, THEIRS)
    by_link(world, mails.VERIFY, None)
    assert not [key for key in world.memory.items if SecondFactorItem.KIND in key[2]]
