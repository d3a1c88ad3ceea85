"""Ten rights, with and without an account: asked for, proven, answered at the desk, told of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from chalicelib.pages import formats
from tests.functions import desk, letters, people
from tests.functions.api import Api, ok, problem
from tests.functions.commands import run
from tests.functions.every_right import (
    DESK,
    MEMBERS,
    OF_AN_ACCOUNT,
    WITHOUT_ACCOUNT,
    Followed,
    reckoned,
)
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.test_audit import listed as audited

ASKERS = ("signed in", "address alone")
EACH = [(right, asker) for asker in ASKERS for right in MEMBERS]
AUDITED = {
    "approve": "request_approved",
    "complete": "request_completed",
    "extend": "request_extended",
    "lift": "request_lifted",
    "pause": "request_paused",
    "refuse": "request_refused",
}

Answered = Mapping[tuple[str, str], Followed]


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def staff(api: Api) -> Person:
    return desk.officer(api)[0]


@pytest.fixture(scope="module")
def answered(api: Api, staff: Person) -> Answered:
    """Every request, at the end of its way; they go it side by side, so that waiting is shared."""
    found = {(one.right, ASKERS[one.headers is None]): one for one in _begun(api, staff)}
    for number in range(max(len(one.steps) for one in found.values())):
        going = [one for one in found.values() if number < len(one.steps)]
        for one in going:
            one.do(one.steps[number])
        for one in going:
            one.prove()
        for one in going:
            one.arrive(one.steps[number])
    return found


def _begun(api: Api, staff: Person) -> Iterator[Followed]:
    """One person asks for all rights but the one that stops the account, which is another's."""
    agreed = {"decisions": {"surveys": "granted", "promotion": "granted"}}
    ada, bea = people.signed_in(api, **agreed), people.signed_in(api, **agreed)
    for right, steps in OF_AN_ACCOUNT.items():
        who = bea if right == "deactivate" else ada
        yield Followed(api, staff, right, who.email, steps, who.headers, who.subject)
    for right, steps in WITHOUT_ACCOUNT.items():
        yield Followed(api, staff, right, people.new_address(), steps, None)


@pytest.mark.parametrize(("right", "asker"), EACH)
class TestEveryRight:
    def test_an_officer_answers_it(self, answered: Answered, right: str, asker: str) -> None:
        one = answered[right, asker]
        shown = one.shown()
        assert (shown["right"], shown["status"]) == (right, one.steps[-1].status)
        by_desk = [entry for entry in shown["history"] if entry["by"] == "desk"]
        acts = [step.action for step in one.steps if step.action in AUDITED]
        assert [entry["event"] for entry in by_desk] == acts != []
        problem(one.api.delete(one.path, headers=one.headers), 409)

    def test_its_dates_agree(self, answered: Answered, right: str, asker: str) -> None:
        one = answered[right, asker]
        shown, clock = one.shown(), reckoned(one.shown())
        assert shown["due_on"] == clock.due_on.isoformat()
        assert shown["extended"] == any(step.action == "extend" for step in one.steps)
        at_desk = ok(one.api.get(f"{DESK}/{one.id}", headers=one.staff.headers))
        for name in ("received_at", "received_on", "due_on", "due_at", "clock"):
            assert at_desk[name] == shown[name]
        for mail in letters.about(one.api.stack, one.email, letters.RECEIPT):
            if one.id in mail["BodyText"]:
                first = date.fromisoformat(shown["clock"]["first_due_on"])
                assert formats.day(first, "it") in letters.text(mail)

    def test_each_mail_came_once(self, answered: Answered, right: str, asker: str) -> None:
        one = answered[right, asker]
        letters.all_sent(one.api.stack, one.subject)
        assert one.told() == one.mails


def test_every_act_is_in_the_chain_which_verifies(
    api: Api, staff: Person, answered: Answered
) -> None:
    acts = [
        one for one in audited(api, staff, by=staff.subject) if one["action"] in AUDITED.values()
    ]
    for one in answered.values():
        found = [entry["action"] for entry in acts if entry["request"] == one.id]
        assert found == [AUDITED[step.action] for step in one.steps if step.action in AUDITED]
        assert {entry["subject"] for entry in acts if entry["request"] == one.id} == {one.subject}
    done = run(api.stack, "infra.audit")
    assert (done.returncode, done.stderr) == (0, "")
    assert "The audit verifies" in done.stdout


def test_it_is_what_the_notice_offers(answered: Answered) -> None:
    assert {right for right, _ in answered} == set(OF_AN_ACCOUNT) == set(MEMBERS)
    assert len(answered) == len(EACH) == 20
