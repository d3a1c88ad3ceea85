"""The second factor through the deployed stack: switched on, asked for, used up, switched off."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import pyotp
import pytest
import requests

from tests.functions import people, sinks
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.commands import run
from tests.functions.people import PASSWORD, Person
from tests.functions.second_factor import (
    PATH,
    WRONG,
    Device,
    alive,
    go_on,
    item,
    now,
    offered,
    opens,
    post,
    refused,
    sign_in,
    switched_on,
    wait_for_mail,
)
from tests.functions.stack import DeployedStack
from tests.functions.together import at_once


@pytest.fixture(scope="module", autouse=True)
def began() -> int:
    """When these tests began: nothing that they look for was sent before."""
    return sinks.now()


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def person(api: Api) -> Person:
    """Somebody without a second factor, of whom nothing is changed."""
    return people.signed_in(api)


@pytest.fixture
def ada(api: Api) -> Device:
    """Somebody new whose second factor is on."""
    return switched_on(api, people.signed_in(api))


class TestOffer:
    def test_changes_nothing_until_it_is_confirmed(self, api: Api) -> None:
        person = people.signed_in(api)
        answer = post(api, person, "", password=PASSWORD)
        assert answer.headers["Cache-Control"] == "no-store"
        body = ok(answer, 201)
        read = pyotp.parse_uri(body["uri"])
        assert isinstance(read, pyotp.TOTP)
        assert (read.secret, read.name) == (body["secret"], person.email)
        assert opens(api, person, None)
        stored = item(api, person)
        assert stored is not None
        assert stored["status"] == {"S": "offered"}
        assert int(stored["expires"]["N"]) > time.time()

    def test_takes_the_password(self, api: Api) -> None:
        person = people.signed_in(api)
        refused(post(api, person, "", password="not this one"), 403, "wrong-password")
        assert item(api, person) is None

    def test_makes_an_earlier_offer_void(self, api: Api) -> None:
        person = people.signed_in(api)
        first, second = offered(api, person), offered(api, person)
        refused(post(api, person, "/confirmation", code=first.code()), 403, "wrong-code")
        ok(post(api, person, "/confirmation", code=second.code()))

    def test_is_void_after_an_hour(self, api: Api) -> None:
        device = offered(api, people.signed_in(api))
        go_on(api.stack, 3600)
        answer = post(api, device.person, "/confirmation", code=device.code())
        refused(answer, 409, "second-factor-not-offered")

    def test_of_many_confirmations_at_once_one_gets_codes_that_work(self, api: Api) -> None:
        device = offered(api, people.signed_in(api))
        code = device.code()
        answers = at_once(
            [
                partial(post, Api(api.stack), device.person, "/confirmation", code=code)
                for _ in range(4)
            ]
        )
        (first,) = [answer for answer in answers if answer.status_code == 200]
        assert {answer.status_code for answer in answers} <= {200, 401, 409, 503}
        assert opens(api, device.person, ok(first)["recovery_codes"][0])


class TestSignIn:
    def test_takes_a_code_once_the_password_is_right(self, api: Api, ada: Device) -> None:
        email = ada.person.email
        refused(sign_in(api, email, None), 401, "second-factor-needed")
        refused(sign_in(api, email, WRONG), 401, "second-factor-wrong")
        refused(sign_in(api, email, ada.code(), "not this one"), 401, "not-signed-in")
        code = ada.code()
        ok(sign_in(api, email, f" {code[:3]} {code[3:]} "), 201)
        refused(sign_in(api, email, code), 401, "second-factor-wrong")

    def test_takes_the_code_that_confirmed_it_no_more(self, api: Api, ada: Device) -> None:
        refused(sign_in(api, ada.person.email, ada.last), 401, "second-factor-wrong")

    def test_takes_each_recovery_code_once_and_tells_its_person(
        self, api: Api, ada: Device
    ) -> None:
        assert len(ada.recovery) == 10
        assert opens(api, ada.person, ada.recovery[0].lower().replace("-", " "))
        assert "9" in wait_for_mail(api, ada.person, "codice di recupero")
        refused(sign_in(api, ada.person.email, ada.recovery[0]), 401, "second-factor-wrong")
        assert opens(api, ada.person, ada.recovery[1])

    @pytest.mark.parametrize("kind", ["app", "recovery"])
    def test_of_many_uses_of_one_code_at_once_one_opens_a_session(
        self, api: Api, ada: Device, kind: str
    ) -> None:
        code = ada.code() if kind == "app" else ada.recovery[0]
        email = ada.person.email
        answers = at_once([partial(sign_in, Api(api.stack), email, code) for _ in range(5)])
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses.count(201) == 1, statuses
        assert set(statuses) <= {201, 401, 503}

    def test_guessing_is_slowed_down_and_the_right_code_does_not_help(
        self, api: Api, ada: Device
    ) -> None:
        go_on(api.stack, 900 - now(api.stack) % 900)  # a window of the limits begins
        answers = [sign_in(api, ada.person.email, WRONG) for _ in range(11)]
        assert [answer.status_code for answer in answers] == [401] * 10 + [429]
        assert int(answers[-1].headers["Retry-After"]) > 0
        refused(sign_in(api, ada.person.email, ada.recovery[0]), 429, "too-many-requests")

    def test_says_nothing_of_a_second_factor_to_who_lacks_the_password(
        self, api: Api, ada: Device
    ) -> None:
        known = problem(sign_in(api, ada.person.email, None, "not this one"), 401)
        unknown = problem(sign_in(api, people.new_address(), None, "not this one"), 401)
        assert known["type"] == unknown["type"]
        assert known["detail"] == unknown["detail"]


class TestSwitching:
    def test_on_ends_other_sessions_and_tells_its_person(self, api: Api) -> None:
        person = people.signed_in(api)
        other = opens(api, person, None)
        device = switched_on(api, person)
        assert alive(api, person)
        assert not alive(api, other)
        assert wait_for_mail(api, person, "La verifica in due passaggi è attiva")
        refused(post(api, person, "", password=PASSWORD), 409, "second-factor-on")
        answer = post(api, person, "/confirmation", code=device.code())
        refused(answer, 409, "second-factor-on")

    def test_off_ends_other_sessions_and_asks_for_no_code_again(
        self, api: Api, ada: Device
    ) -> None:
        other = opens(api, ada.person, ada.code())
        proof = {"password": PASSWORD, "code": ada.code()}
        assert post(api, ada.person, "/removal", **proof).status_code == 204
        assert alive(api, ada.person)
        assert not alive(api, other)
        assert item(api, ada.person) is None
        assert wait_for_mail(api, ada.person, "non è più attiva")
        assert opens(api, ada.person, None)
        assert post(api, ada.person, "/removal", **proof).status_code == 204

    def test_removing_and_renewing_take_password_and_code(self, api: Api, ada: Device) -> None:
        for path in ("/removal", "/recovery-codes"):
            answer = post(api, ada.person, path, password="not this one", code=ada.code())
            refused(answer, 403, "wrong-password")
            answer = post(api, ada.person, path, password=PASSWORD, code=WRONG)
            refused(answer, 403, "wrong-code")
        assert opens(api, ada.person, ada.code())

    def test_new_recovery_codes_replace_the_old(self, api: Api, ada: Device) -> None:
        proof = {"password": PASSWORD, "code": ada.recovery[9]}
        new = ok(post(api, ada.person, "/recovery-codes", **proof))["recovery_codes"]
        assert not set(new) & set(ada.recovery)
        assert wait_for_mail(api, ada.person, "Nuovi codici")
        refused(post(api, ada.person, "/recovery-codes", **proof), 403, "wrong-code")
        refused(sign_in(api, ada.person.email, ada.recovery[0]), 401, "second-factor-wrong")
        assert opens(api, ada.person, new[0])

    def test_off_while_others_sign_in_leaves_no_session_behind(self, api: Api, ada: Device) -> None:
        def act(code: str | None) -> requests.Response:
            own = Api(api.stack)
            if code is not None:
                return sign_in(own, ada.person.email, code)
            return post(own, ada.person, "/removal", password=PASSWORD, code=ada.recovery[0])

        answers = at_once([partial(act, code) for code in (None, *ada.recovery[1:4])])
        if answers[0].status_code == 503:  # too many at once: to be tried again
            answers[0] = act(None)
        assert answers[0].status_code == 204, answers[0].text
        for answer in answers[1:]:
            if answer.status_code == 201:
                assert not alive(api, Person("", answer.json()["token"], ada.person.subject))

    def test_who_works_at_the_desk_keeps_it(self, api: Api, ada: Device) -> None:
        done = run(api.stack, "infra.role", ada.person.email, "desk")
        assert done.returncode == 0, done.stderr
        proof = {"password": PASSWORD, "code": ada.code()}
        refused(post(api, ada.person, "/removal", **proof), 409, "role-needs-second-factor")
        assert item(api, ada.person) is not None
        run(api.stack, "infra.role", ada.person.email, "none")
        assert post(api, ada.person, "/removal", **proof).status_code == 204

    def test_without_one_there_are_no_recovery_codes(self, api: Api, person: Person) -> None:
        answer = post(api, person, "/recovery-codes", password=PASSWORD, code="123456")
        refused(answer, 409, "second-factor-off")


def test_no_secret_lies_anywhere(api: Api, ada: Device, began: int) -> None:
    assert opens(api, ada.person, ada.recovery[3])
    compact = [code.replace("-", "") for code in ada.recovery]
    seeds = [ada.secret, *ada.recovery, *compact]
    assert not sinks.found_in(sinks.everywhere(api.stack, began), seeds)


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("", {}, ["/password"]),
        ("", {"password": ""}, ["/password"]),
        ("", {"password": PASSWORD, "code": "123456"}, ["/code"]),
        ("/confirmation", {"code": "12345"}, ["/code"]),
        ("/confirmation", {"code": "1" * 41}, ["/code"]),
        ("/confirmation", {"code": "12345\u0000"}, ["/code"]),
        ("/confirmation", {"code": "١٢٣٤٥٦"}, ["/code"]),
        ("/confirmation", {"code": 123456}, ["/code"]),
        ("/confirmation", {"code": None, "password": "x"}, ["/code", "/password"]),
        ("/recovery-codes", {"code": "123456"}, ["/password"]),
        ("/recovery-codes", {"password": ["x"], "code": {}}, ["/code", "/password"]),
        ("/removal", {"password": "x" * 257, "code": "<b>"}, ["/code", "/password"]),
    ],
)
def test_what_does_not_fit_is_refused_with_all_its_defects(
    api: Api, person: Person, path: str, body: dict[str, Any], where: list[str]
) -> None:
    assert sorted(set(pointers(problem(post(api, person, path, **body), 400)))) == where


@pytest.mark.parametrize("path", ["", "/confirmation", "/recovery-codes", "/removal"])
def test_nobody_but_a_person_signed_in_may_ask(api: Api, path: str) -> None:
    problem(api.post(PATH + path, json={"password": PASSWORD, "code": "123456"}), 401)
    stale = Person("", f"{'a' * 26}.{'b' * 43}", "a" * 26)
    bodies: dict[str, dict[str, str]] = {
        "": {"password": PASSWORD},
        "/confirmation": {"code": "123456"},
    }
    body = bodies.get(path, {"password": PASSWORD, "code": "123456"})
    problem(post(api, stale, path, **body), 401)
