"""Every door with every standing: each combination of life and limits, read or met at the commit.

A door is tried twice. The standing is so before somebody comes to the door, and what is read
decides; or it becomes so between the last read and the first commit, and the condition of the
transaction decides. A visitor, whose life is that of an account in use, comes to the doors that
take the id of any subject.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pytest

from chalicelib.accounts import roster_store
from chalicelib.accounts.service import (
    address,
    credentials,
    deactivation,
    disavowal,
    enrolment,
    letters,
    mails,
    operator,
    profile,
    references,
    roles,
    signin,
    signout,
    verification,
)
from chalicelib.accounts.service.signin import Origin
from chalicelib.api_keys import model as key_model
from chalicelib.api_keys.store import ApiKeyItem, key_place
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.service import account_join, capture
from chalicelib.consents.service.capture import Caller, Preferences, visitor_subject
from chalicelib.consents.store import EntryItem
from chalicelib.copies import service as copies
from chalicelib.copies.model import Written
from chalicelib.decisions.notifications import ACCOUNT_SECURITY, NOTICE_CHANGES, may_notify
from chalicelib.decisions.permission import Question, permission
from chalicelib.disclosures import service as disclosures
from chalicelib.disclosures.model import Disclosure
from chalicelib.errors import Problem
from chalicelib.feedback import service as feedback
from chalicelib.feedback.service import Changed
from chalicelib.jobs.model import Task
from chalicelib.notices import service as notices
from chalicelib.requests.grounds import Right
from chalicelib.requests.model import FULFIL_COPY, Asked
from chalicelib.requests.service import fulfilment, intake
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import Opened
from chalicelib.sessions.role_store import role_item
from chalicelib.storage import contention, partition
from chalicelib.storage.item import Stored
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects.model import BOUNCE, Decided, Decision, Life, Limits, Standing
from chalicelib.subjects.store import StandingItem, standing_item, standing_of, standing_place
from chalicelib.unsubscribe.model import Kind, Scope, new_link, token
from chalicelib.unsubscribe.service import links, opt_out
from chalicelib.vault import service as vault
from functions.kinds import registry
from tests.mailed_request import opened_by_mail
from tests.unit.accounts.test_proving import BOB, CHOSEN, Registered
from tests.unit.accounts.world import ADDRESS, NETWORK, PASSWORD, World, mac
from tests.unit.core.samples import EVERY_STANDING, NOW, SUBJECT, shipped, standing
from tests.unit.feedback.samples import bounce

NOTICE = shipped()
BROWSER = "b" * 43
VISITOR = visitor_subject(BROWSER)
OTHER = "ada@example.org"
SURVEYS, OFFERS, ADS = "surveys", "offers_email", "advertising_cookies"
CONTRACT, DUTY = "run_account", "rights_and_proof"
GIVEN = Disclosure(SUBJECT, "aws", "identity", CONTRACT, (), NOW)
DENY = {SURVEYS: Choice.DENIED}
SHOWN = Shown(NOTICE.version, NOTICE.digest, "it", "preference_centre")

PENDING = frozenset({Life.PENDING})
ACTIVE = frozenset({Life.ACTIVE})
STOPPED = frozenset({Life.DEACTIVATED})
USABLE = ACTIVE | STOPPED
KNOWN = PENDING | USABLE
NONE = frozenset[Life]()

Step = Callable[[], object]


class Pauses:
    """A second goes by with each pause between two attempts, and none is waited for."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def sleep(self, _: float) -> None:
        """A pause."""
        self.seconds += 1

    def monotonic(self) -> float:
        """The seconds that went by."""
        return self.seconds


class House(World):
    """An account and a browser, with whatever a door needs of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.subject = SUBJECT
        agreed = {
            one: Decided(Decision.GRANTED, 1, NOW, NOTICE.version) for one in DENY | {OFFERS: 0}
        }
        refused = {ADS: Decided(Decision.DENIED, 1, NOW, NOTICE.version)}
        self.put(
            standing_item(replace(self.standing(), decisions=agreed, seq=1)),
            standing_item(replace(standing(VISITOR), decisions=refused, seq=1)),
            *(vault.new_visitor_key(one, EntryItem.CLASS, NOW)[1] for one in (SUBJECT, VISITOR)),
        )
        self.key = key_model.new_credential()
        pk, sk = key_place(self.key.id)
        scopes = " ".join(sorted(key_model.SCOPES))
        key = ApiKeyItem(pk=pk, sk=sk, kind="api_key", name="site", scopes=scopes, created_at=NOW)
        key.fingerprint = self.key.fingerprint
        self.put(key)
        for name, module in list(sys.modules.items()):
            if name.startswith("chalicelib.") and vars(module).get("Transaction") is Transaction:
                monkeypatch.setattr(module, "Transaction", self.transaction)
        monkeypatch.setattr(contention, "time", Pauses())
        monkeypatch.setattr(notices, "current", shipped)
        monkeypatch.setattr(roster_store, "members", lambda: (SUBJECT,))
        monkeypatch.setattr(partition, "read", lambda *_: ())
        monkeypatch.setattr(copies, "write", lambda *_: Written("key", 0, "0" * 64, 0))
        monkeypatch.setattr(copies, "remove", lambda _: None)
        monkeypatch.setattr(copies, "written", lambda *_: ())

    def put(self, *items: Stored) -> None:
        """Lays items there, whatever lay there."""
        for item in items:
            self.memory.items[False, item.pk, item.sk] = item.serialize()
            if item.KIND == "data_key":
                self.memory.items[True, item.pk, item.sk] = self.memory.items.pop(
                    (False, item.pk, item.sk)
                )

    def stands(self, subject: str | None = None) -> Standing:
        """The standing of whoever is at the door."""
        place = standing_place(subject or self.subject)
        (item,) = self.memory.batch([(StandingItem, *place)])
        return standing_of(item)

    def become(self, life: Life, limits: Limits) -> None:
        """Whoever is at the door has that standing from now on, by another's hand."""
        changed = standing_item(replace(self.stands(), life=life, limits=limits)).serialize()
        raw = self.memory.items[False, *standing_place(self.subject)]
        kept = {name: raw[name] for name in raw if name not in ("state", "disowned")}
        limited = {name: changed[name] for name in ("state", "disowned") if name in changed}
        self.memory.items[False, *standing_place(self.subject)] = kept | limited

    def register(self) -> Registered:
        """Another registers, who is at the door from now on."""
        waiting = Registered(self)
        self.subject = waiting.subject
        return waiting

    def unsubscribe(self, scope: Scope, subject: str = SUBJECT) -> Step:
        """Uses a link that ends mails."""
        link = new_link(subject, scope, NOW)
        text = token(link, links._mac(link))
        return lambda: opt_out.end(text, "it", NOTICE)

    def refused(self, subject: str | None = None, purpose: str = SURVEYS) -> bool:
        """Whether a purpose stands refused."""
        decided = self.stands(subject).decisions.get(purpose)
        return decided is not None and decided.decision is not Decision.GRANTED

    def compose(self, action: str, target: str = "") -> object:
        """The mail of a job, as the worker composes it."""
        return letters.COMPOSERS[action](Task(self.subject, action, target), NOTICE)


def done(act: Step) -> Step:
    """A step that is made where nothing is raised, whatever it answers."""

    def step() -> bool:
        act()
        return True

    return step


Come = Callable[[House], Step]


@dataclass(frozen=True)
class Door:
    """A way to use an account, or to write about it: `come` leads up to it, and returns the step.

    It is open in `lives` to an account that nobody disowned, and in the lives `disowned` to one
    that was. `meanwhile` are the lives in which it is still open where the account came into one
    between the last read and the first commit; None for a door at which nothing is written.
    `start` is the life in which somebody comes to the door.
    """

    come: Come
    lives: frozenset[Life]
    meanwhile: frozenset[Life] | None
    start: Life = Life.ACTIVE
    disowned: frozenset[Life] = NONE


def _verify_by_link(house: House) -> Step:
    link = house.register().link
    return lambda: verification.verify(link, CHOSEN, NOTICE)


def _verify_by_code(house: House) -> Step:
    code = house.register().code
    return lambda: verification.verify_by_code(BOB, code, CHOSEN, NETWORK, NOTICE)


def _verify_without_password(house: House) -> Step:
    link = house.register().link
    return lambda: verification.verify(link, None, NOTICE)


def _verification_mail(house: House) -> Step:
    house.register()
    return lambda: house.compose(mails.VERIFY)


def _verification_mail_again(house: House) -> Step:
    house.register()
    return lambda: house.compose(mails.RESEND, mac(BOB))


def _disavow(house: House) -> Step:
    link = house.register().disavow
    return lambda: disavowal.disavow(link, NOTICE, opened_by_mail)


def _disavow_when_proven(house: House) -> Step:
    waiting = house.register()
    verification.verify(waiting.link, CHOSEN, NOTICE)
    return lambda: disavowal.disavow(waiting.disavow, NOTICE, opened_by_mail)


def _bounce_of_a_registration(house: House) -> Step:
    house.register()
    return lambda: _reported(house, BOB)


def _reported(house: House, email: str) -> bool:
    try:
        feedback.take(bounce(email, reported=(email,)))
    except Changed:  # the queue brings it once more
        feedback.take(bounce(email, reported=(email,)))
    return house.stands().suppressed == BOUNCE


def _sign_in(house: House) -> Step:
    return lambda: signin.sign_in(ADDRESS, PASSWORD, None, Origin(NETWORK), NOTICE)


def _desk(house: House) -> Step:
    bearer, session = sessions.new_session(SUBJECT, Opened(second_factor=True), 0, NOTICE, NOW)
    house.put(session, role_item(SUBJECT, roles.DESK))
    return lambda: roles.staff(str(bearer))


def _member_of_the_desk(house: House) -> Step:
    roles.give(ADDRESS, roles.DESK)
    house.put(role_item(SUBJECT, roles.DESK))
    return lambda: roles.members()


def _correct(house: House) -> Step:
    body = {"profile": {"identity": {"name": "Ada Lovelace"}}}
    return lambda: profile.correct(house.token, body, lambda _: True, NOTICE)


def _reactivate(house: House) -> Step:
    deactivation.deactivate(house.signed_in(), "it", NOTICE)
    return done(lambda: deactivation.reactivate(house.signed_in(), NOTICE))


def _another_password(house: House) -> Step:
    return done(lambda: credentials.change(house.signed_in(), PASSWORD, CHOSEN, NETWORK, NOTICE))


def _reset(house: House) -> Step:
    credentials.ask_reset(ADDRESS, NETWORK, NOTICE)
    link = house.mailed(mails.RESET)
    return done(lambda: credentials.reset(link, CHOSEN, NOTICE))


def _ask_for_another_address(house: House) -> Step:
    return done(lambda: address.ask(house.signed_in(), OTHER, PASSWORD, NETWORK, NOTICE))


def _another_address(house: House) -> str:
    address.ask(house.signed_in(), OTHER, PASSWORD, NETWORK, NOTICE)
    return next(one.target for one in house.sent if one.action == mails.CONFIRM_ADDRESS)


def _mail_to_another_address(house: House) -> Step:
    target = _another_address(house)
    return lambda: house.compose(mails.CONFIRM_ADDRESS, target)


def _confirm_another_address(house: House) -> Step:
    _another_address(house)
    link = house.mailed(mails.CONFIRM_ADDRESS)
    return done(lambda: address.confirm(link, NOTICE))


def _come_back_to_the_address(house: House) -> Step:
    _confirm_another_address(house)()
    link = house.mailed(mails.ADDRESS_CHANGED)
    return done(lambda: address.undo(link, NOTICE))


def _decision(purpose: str) -> Come:
    def come(house: House) -> Step:
        question = Question(SUBJECT, purpose)
        return lambda: permission(question, house.stands(), NOTICE, NOW).allowed

    return come


def _notification(name: str, *, asked_for: bool) -> Come:
    def come(house: House) -> Step:
        return lambda: may_notify(house.stands(), name, NOTICE, NOW, asked_for=asked_for)

    return come


def _capture(house: House) -> Step:
    return lambda: capture.capture(Caller(bearer=house.token), DENY, SHOWN, None, NOTICE)


def _prefer(house: House) -> Step:
    muted = Preferences(muted=frozenset({"new_sign_in"}))
    return lambda: capture.prefer(house.token, muted, DENY, SHOWN, NOTICE)


def _refuse_for_them(house: House) -> Step:
    return lambda: capture.capture(Caller(subject=SUBJECT), DENY, SHOWN, None, NOTICE)


def _join(house: House) -> Step:
    def step() -> bool:
        account_join.join(SUBJECT, BROWSER, NOTICE)
        return house.refused(SUBJECT, ADS)

    return step


def _unsubscribe(house: House) -> Step:
    step = house.unsubscribe(Scope(Kind.PURPOSE, OFFERS))
    return lambda: step() is None and house.refused(purpose=OFFERS)


def _mute(house: House) -> Step:
    step = house.unsubscribe(Scope(Kind.NOTIFICATION, "new_sign_in"))
    return lambda: step() is None and bool(house.stands().muted)


def _copy(house: House) -> Step:
    made = intake.make(house.token, Asked(Right.COPY), None, NOTICE)
    task = Task(SUBJECT, FULFIL_COPY, made.request.request.id)
    return lambda: fulfilment.fulfil_copy(task, NOTICE, registry())


DOORS: Mapping[str, Door] = {
    "verify by link": Door(_verify_by_link, PENDING, PENDING, Life.PENDING),
    "verify by code": Door(_verify_by_code, PENDING, PENDING, Life.PENDING),
    "verify without a password": Door(_verify_without_password, PENDING, PENDING, Life.PENDING),
    "mail that verifies": Door(_verification_mail, PENDING, PENDING, Life.PENDING),
    "the same once more": Door(_verification_mail_again, PENDING, PENDING, Life.PENDING),
    "disavow": Door(_disavow, KNOWN, PENDING, Life.PENDING),
    "disavow what is proven": Door(_disavow_when_proven, KNOWN, USABLE),
    "bounce of a registration": Door(_bounce_of_a_registration, PENDING, PENDING, Life.PENDING),
    "bounce": Door(lambda house: lambda: _reported(house, ADDRESS), KNOWN, KNOWN, disowned=KNOWN),
    "sign in": Door(_sign_in, USABLE, USABLE),
    "session": Door(lambda house: house.signed_in, USABLE, None),
    "role in a session": Door(_desk, ACTIVE, None),
    "introspection": Door(lambda house: lambda: references.introspect(house.token), ACTIVE, None),
    "reference": Door(
        lambda _: done(lambda: references.refer(SUBJECT, "customer-1", NOTICE)), USABLE, USABLE
    ),
    "account": Door(lambda house: lambda: profile.account(house.token, NOTICE), USABLE, None),
    "correct": Door(_correct, USABLE, USABLE),
    "deactivate": Door(
        lambda house: lambda: deactivation.deactivate(house.signed_in(), "it", NOTICE),
        USABLE,
        ACTIVE,
    ),
    "reactivate": Door(_reactivate, USABLE, STOPPED, Life.DEACTIVATED),
    "sign out everywhere": Door(
        lambda house: done(lambda: signout.sign_out_everywhere(house.signed_in(), NOTICE)),
        USABLE,
        USABLE,
    ),
    "another password": Door(_another_password, USABLE, USABLE),
    "mail that resets": Door(
        lambda house: lambda: house.compose(mails.RESET, mac(ADDRESS)), USABLE, USABLE
    ),
    "reset": Door(_reset, USABLE, USABLE),
    "mail about the account": Door(
        lambda house: lambda: house.compose(mails.PASSWORD_CHANGED), USABLE, None
    ),
    "ask for another address": Door(_ask_for_another_address, USABLE, USABLE),
    "mail to another address": Door(_mail_to_another_address, USABLE, USABLE),
    "another address": Door(_confirm_another_address, USABLE, USABLE),
    "back to the address": Door(_come_back_to_the_address, USABLE, USABLE),
    "offer a second factor": Door(
        lambda house: lambda: enrolment.offer(house.signed_in(), PASSWORD, NETWORK, NOTICE),
        USABLE,
        USABLE,
    ),
    "role": Door(lambda _: lambda: roles.give(ADDRESS, roles.DESK), ACTIVE, ACTIVE),
    "member of the desk": Door(_member_of_the_desk, ACTIVE, None),
    "sessions ended by an operator": Door(
        lambda _: lambda: operator.end_sessions(ADDRESS), USABLE, USABLE
    ),
    "decision on a contract": Door(_decision(CONTRACT), ACTIVE, None),
    "decision on a consent": Door(_decision(SURVEYS), ACTIVE, None),
    "decision on a duty": Door(_decision(DUTY), KNOWN, None),
    "disclosure": Door(
        lambda house: lambda: disclosures.record(str(house.key), GIVEN, NOTICE), ACTIVE, ACTIVE
    ),
    "notification": Door(_notification(ACCOUNT_SECURITY, asked_for=False), USABLE, None),
    "notification that is due": Door(_notification(NOTICE_CHANGES, asked_for=False), KNOWN, None),
    "notification asked for": Door(_notification(ACCOUNT_SECURITY, asked_for=True), KNOWN, None),
    "capture": Door(_capture, USABLE, USABLE),
    "preferences": Door(_prefer, USABLE, USABLE),
    "refusal at the desk": Door(_refuse_for_them, KNOWN, KNOWN, disowned=KNOWN),
    "join": Door(_join, USABLE, USABLE),
    "link that ends mails": Door(
        lambda house: lambda: opt_out.issue(str(house.key), SUBJECT, OFFERS, None, NOTICE),
        ACTIVE,
        None,
    ),
    "unsubscribe": Door(_unsubscribe, KNOWN, KNOWN, disowned=KNOWN),
    "turn a notification off": Door(_mute, KNOWN, KNOWN, disowned=KNOWN),
    "ask for a copy": Door(
        lambda house: lambda: intake.make(house.token, Asked(Right.COPY), None, NOTICE),
        USABLE,
        USABLE,
    ),
    "copy": Door(_copy, USABLE, USABLE),
}
"""Refusals, and what keeps mail away, are open to a disowned account; nothing else is."""


def passes(step: Step) -> bool:
    """Whether somebody gets through a door."""
    try:
        return bool(step())
    except Problem:
        return False


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    return House(monkeypatch)


@pytest.mark.parametrize(("life", "limits"), EVERY_STANDING, ids=str)
@pytest.mark.parametrize("name", DOORS)
def test_a_door_is_open_to_these_and_to_no_other(
    house: House, name: str, life: Life, limits: Limits
) -> None:
    door = DOORS[name]
    step = door.come(house)
    house.become(life, limits)
    before = house.stands()
    opened = passes(step)
    assert opened is (life in (door.disowned if limits.disowned else door.lives))
    if not opened:
        assert house.stands() == before


@pytest.mark.parametrize(("life", "limits"), EVERY_STANDING, ids=str)
@pytest.mark.parametrize("name", [name for name, door in DOORS.items() if door.meanwhile])
def test_it_closes_on_who_becomes_another_meanwhile(
    house: House, name: str, life: Life, limits: Limits
) -> None:
    door = DOORS[name]
    step = door.come(house)
    assert (house.stands().life, house.stands().disowned) == (door.start, False)
    came = list[Standing]()

    def become() -> None:
        house.become(life, limits)
        came.append(house.stands())

    house.meanwhile = [become]
    opened = passes(step)
    assert came, "nothing was to be written"
    meanwhile = door.meanwhile or NONE
    assert opened is (life in (door.disowned & meanwhile if limits.disowned else meanwhile))
    if not opened:
        assert house.stands() == came[0]


def test_each_door_is_open_to_somebody_and_closed_to_others() -> None:
    for door in DOORS.values():
        assert door.start in door.lives
        assert Life.ERASING not in door.lives | door.disowned


VISITORS: Mapping[str, tuple[Callable[[House], object], frozenset[Life]]] = {
    "capture": (
        lambda _: capture.capture(Caller(visitor=BROWSER), DENY, SHOWN, None, NOTICE),
        ACTIVE,
    ),
    "refusal at the desk": (
        lambda _: capture.capture(Caller(subject=VISITOR), DENY, SHOWN, None, NOTICE),
        ACTIVE,
    ),
    "unsubscribe": (
        lambda house: (
            house.unsubscribe(Scope(Kind.PURPOSE, OFFERS), VISITOR)() is None
            and house.refused(VISITOR, OFFERS)
        ),
        ACTIVE,
    ),
    "decision on a contract": (
        lambda house: (
            permission(Question(VISITOR, CONTRACT), house.stands(VISITOR), NOTICE, NOW).allowed
        ),
        NONE,
    ),
    "decision on a duty": (
        lambda house: (
            permission(Question(VISITOR, DUTY), house.stands(VISITOR), NOTICE, NOW).allowed
        ),
        ACTIVE,
    ),
    "reference": (lambda _: done(lambda: references.refer(VISITOR, "customer-1", NOTICE))(), NONE),
    "no reference": (lambda _: done(lambda: references.refer(VISITOR, None, NOTICE))(), NONE),
    "mail about the account": (
        lambda _: letters.letter(VISITOR, mails.PASSWORD_CHANGED, {}, NOTICE),
        NONE,
    ),
    "join": (
        lambda house: _join(house)(),
        ACTIVE,
    ),
}


@pytest.mark.parametrize("life", [Life.ACTIVE, Life.ERASING])
@pytest.mark.parametrize("name", VISITORS)
def test_a_visitor_is_no_account_though_it_is_active(house: House, name: str, life: Life) -> None:
    act, lives = VISITORS[name]
    house.subject = VISITOR
    house.become(life, house.stands().limits)
    assert passes(lambda: act(house)) is (life in lives)
