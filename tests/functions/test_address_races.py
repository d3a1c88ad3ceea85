"""A move that meets something else at the same moment: one door is open, and it is the same."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.functions import letters, owners, people, second_factor, tables
from tests.functions.api import Api, ok, problem
from tests.functions.moves import asked, confirmed, moved, undo_token, undone
from tests.functions.owners import OTHER_PASSWORD, account, can_sign_in, change_password, correct
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack
from tests.functions.together import at_once


@pytest.fixture(scope="module")
def api(stack: Any) -> Api:
    return Api(stack)


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api)


def raced(api: Api, *acts: Any) -> list[int]:
    """The statuses of acts that are done at once; nobody gets a 500."""
    made = [
        answer.status_code for answer in at_once([partial(act, Api(api.stack)) for act in acts])
    ]
    assert set(made) <= {200, 202, 204, 401, 403, 409, 422, 503}, made
    return made


def address_in(api: Api, person: Person, *passwords: str) -> tuple[str, str]:
    """The one address and password that open an account; fails if there is none, or another."""
    opened = [
        (email, password)
        for email in (person.email, *_targets(api, person))
        for password in passwords
        if can_sign_in(api, email, password)
    ]
    assert len(opened) == 1, f"{len(opened)} ways in"
    return opened[0]


def _targets(api: Api, person: Person) -> list[str]:
    return [
        mail["To"][0]
        for mail in api.stack.mails()
        if letters.CONFIRM_ADDRESS in mail["Subject"]
        and letters.token(mail).startswith(person.subject)
    ]


@pytest.mark.parametrize("time", range(3))
def test_a_password_change_at_the_same_moment(api: Api, ada: Person, time: int) -> None:
    target, token = asked(api, ada)
    changed, said = raced(
        api,
        lambda own: change_password(own, ada, OTHER_PASSWORD),
        lambda own: confirmed(own, token),
    )
    email, password = address_in(api, ada, PASSWORD, OTHER_PASSWORD)
    assert email == (target if said == 200 else ada.email)
    assert password == (OTHER_PASSWORD if changed == 204 else PASSWORD)
    assert {changed, said} & {200, 204}, "neither happened"


@pytest.mark.parametrize("time", range(3))
def test_signing_out_everywhere_at_the_same_moment(api: Api, ada: Person, time: int) -> None:
    target, token = asked(api, ada)
    ended, said = raced(
        api,
        lambda own: own.delete("/v1/sessions", headers=ada.headers),
        lambda own: confirmed(own, token),
    )
    assert address_in(api, ada, PASSWORD) == (target if said == 200 else ada.email, PASSWORD)
    assert {ended, said} & {200, 204}, "neither happened"


def test_switching_a_second_factor_on_at_the_same_moment(
    right_clock: DeployedStack, api: Api, ada: Person
) -> None:
    assert right_clock is api.stack  # the device's codes move its clock
    target, token = asked(api, ada)
    device = second_factor.offered(api, ada)
    code = device.code()
    switched, said = raced(
        api,
        lambda own: second_factor.post(own, ada, "/confirmation", code=code),
        lambda own: confirmed(own, token),
    )
    email = target if said == 200 else ada.email
    assert not can_sign_in(api, ada.email if said == 200 else target, PASSWORD)
    answer = second_factor.sign_in(api, email, None)
    assert answer.status_code == (401 if switched == 200 else 201), answer.text
    if switched == 200:
        second_factor.refused(answer, 401, "second-factor-needed")
        ok(second_factor.sign_in(api, email, device.code()), 201)


def test_a_correction_of_the_profile_at_the_same_moment(api: Api, ada: Person) -> None:
    target, token = asked(api, ada)
    corrected, said = raced(
        api,
        lambda own: correct(own, ada, {"identity": {"name": "Ada King"}}),
        lambda own: confirmed(own, token),
    )
    assert (corrected, said) == (200, 200)
    assert account(api, ada)["profile"]["identity"] == {"email": target, "name": "Ada King"}


def test_of_a_registration_and_a_move_to_one_address_one_gets_it(api: Api, ada: Person) -> None:
    target, token = asked(api, ada)
    people.register(api, target)
    verification = letters.token(letters.wait(api.stack, target, letters.VERIFY))
    verified, said = raced(
        api,
        lambda own: own.post("/v1/accounts/verification", json=people.proof(verification)),
        lambda own: confirmed(own, token),
    )
    assert sorted((verified, said)) == [200, 422]
    holder = people.sign_in(api, target).subject
    assert holder == (ada.subject if said == 200 else verification.partition(".")[0])
    assert can_sign_in(api, ada.email, PASSWORD) == (said == 422)


def test_of_two_accounts_that_move_to_one_address_one_gets_it(api: Api, ada: Person) -> None:
    other = people.signed_in(api)
    target, first = asked(api, ada)
    _, second = asked(api, other, target)
    said = raced(api, lambda own: confirmed(own, first), lambda own: confirmed(own, second))
    assert sorted(said) == [200, 422]
    winner, loser = (ada, other) if said[0] == 200 else (other, ada)
    assert people.sign_in(api, target).subject == winner.subject
    assert can_sign_in(api, loser.email, PASSWORD)


def test_one_button_pressed_many_times_at_once_works_once(api: Api, ada: Person) -> None:
    _, token = asked(api, ada)
    assert sorted(raced(api, *[lambda own: confirmed(own, token)] * 4)) == [200, 422, 422, 422]
    undo = undo_token(api, ada.email)
    assert sorted(raced(api, *[lambda own: undone(own, undo)] * 4)) == [200, 422, 422, 422]


def test_an_undo_and_a_new_password_at_once_leave_the_thief_out(api: Api, ada: Person) -> None:
    target = moved(api, ada)
    token = undo_token(api, ada.email)
    changed, said = raced(
        api,
        lambda own: change_password(own, ada, OTHER_PASSWORD),
        lambda own: undone(own, token),
    )
    if said != 200:  # the password came first: the button still works
        ok(undone(api, token))
    for email in (ada.email, target):
        for password in (PASSWORD, OTHER_PASSWORD):
            assert not can_sign_in(api, email, password), changed
    problem(api.get("/v1/account", headers=ada.headers), 401)


def test_an_erasure_lets_go_of_both_addresses(
    right_clock: DeployedStack, api: Api, ada: Person
) -> None:
    target = moved(api, ada)
    letters.all_sent(api.stack, ada.subject)
    (standing,) = tables.of_kind(tables.partition(api.stack, ada.subject), "standing")
    # What the sweep does with an account whose rule is to erase: nothing else erases one yet.
    tables.put(
        api.stack,
        {**standing, "due_event": {"S": "disowned"}, "due_at": standing["registered_at"]},
    )
    right_clock.sweep()
    assert not any(tables.partition(api.stack, ada.subject, table) for table in tables.TABLES)
    claims = tables.all_of(api.stack, "claim")
    assert [one for one in claims if one["subject"]["S"] == ada.subject] == []
    for email in (ada.email, target):
        before = len(letters.about(api.stack, email, letters.VERIFY))
        people.register(api, email)
        token = letters.token(letters.wait(api.stack, email, letters.VERIFY, before + 1))
        ok(api.post("/v1/accounts/verification", json=people.proof(token)))
        assert owners.can_sign_in(api, email, PASSWORD)
