"""What gets lost on the way loses nothing: answers, messages, a whole queue."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib.consents import model
from tests.functions import ledger, letters, owners, people, second_factor, tables
from tests.functions.api import JSON, Api, ok, problem
from tests.functions.moves import CONFIRMATION, asked, confirmed, moved, undo_token, undone
from tests.functions.owners import OTHER_PASSWORD, account, can_sign_in, change_password, correct
from tests.functions.people import PASSWORD, Person
from tests.functions.stack import DeployedStack
from tests.functions.waiting import until
from tests.functions.workers import worker_away

QUEUE = "MailQueueUrl"
AFTER_THE_FIRST_CHECK = 11 * 60
"""Seconds after which the relay sends a job again that nobody began."""


@pytest.fixture(scope="module")
def api(stack: Any) -> Api:
    return Api(stack)


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api, profile={"identity": {"name": "Ada", "phone": "+390612345678"}})


def hang_up(api: Api, method: str, path: str, body: Any, headers: dict[str, str]) -> None:
    """Sends a request and goes away without waiting for its answer."""
    address = urlsplit(api.base_url)
    content = json.dumps(body).encode()
    lines = [
        f"{method} {address.path}{path} HTTP/1.1",
        f"Host: {address.netloc}",
        f"Content-Length: {len(content)}",
        *(f"{name}: {value}" for name, value in {"Content-Type": JSON, **headers}.items()),
    ]
    assert address.hostname
    with socket.create_connection((address.hostname, address.port or 80), timeout=10) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode() + content)


class TestAnAnswerThatGotLost:
    """The client hangs up, and later asks again: it comes to the same."""

    def test_of_a_correction(self, api: Api, ada: Person) -> None:
        body = {"profile": {"identity": {"name": "Ada King", "phone": None}}}
        hang_up(api, "PATCH", "/v1/account", body, ada.headers)
        assert until(lambda: account(api, ada)["profile"]["identity"]["name"] == "Ada King")
        before = account(api, ada)
        assert ok(correct(api, ada, body["profile"])) == before == account(api, ada)

    def test_of_a_correction_on_condition(self, api: Api, ada: Person) -> None:
        tag = api.get("/v1/account", headers=ada.headers).headers["ETag"]
        change = {"identity": {"name": "Ada King"}}
        hang_up(api, "PATCH", "/v1/account", {"profile": change}, {**ada.headers, "If-Match": tag})
        assert until(lambda: account(api, ada)["profile"]["identity"]["name"] == "Ada King")
        # The client learns from the refusal to read again, and finds what it wanted.
        problem(correct(api, ada, change, tag), 412)
        assert account(api, ada)["profile"]["identity"]["name"] == "Ada King"

    def test_of_preferences(self, api: Api, ada: Person) -> None:
        body = {
            "locale": "en",
            "notifications": {"new_sign_in": False},
            "decisions": {"surveys": "granted"},
            "notice_version": api.notice_version(),
        }
        hang_up(api, "PUT", "/v1/account/preferences", body, ada.headers)
        assert until(lambda: account(api, ada)["locale"] == "en")
        before = account(api, ada)
        said = ok(owners.prefer(api, ada, **body))
        assert said["decisions"] == {"surveys": "granted"}
        assert account(api, ada) == before
        chain = ledger.entries(api.stack, ada.subject)
        assert model.verify(chain, ledger.standing(api.stack, ada.subject).head)

    def test_of_a_new_password(self, api: Api, ada: Person) -> None:
        body = {"current_password": PASSWORD, "password": OTHER_PASSWORD}
        hang_up(api, "PUT", "/v1/account/password", body, ada.headers)
        letters.wait(api.stack, ada.email, letters.PASSWORD_CHANGED)
        refused = problem(change_password(api, ada, OTHER_PASSWORD), 403)
        assert refused["type"].endswith(":wrong-password")  # by now the current one is the new
        assert owners.is_alive(api, ada)
        assert can_sign_in(api, ada.email, OTHER_PASSWORD)

    def test_of_a_wish_to_move(self, api: Api, ada: Person) -> None:
        target = people.new_address()
        body = {"email": target, "password": PASSWORD}
        hang_up(api, "PUT", "/v1/account/email", body, ada.headers)
        letters.wait(api.stack, target, letters.CONFIRM_ADDRESS)
        asked(api, ada, target)
        letters.all_sent(api.stack, ada.subject)
        mails = letters.about(api.stack, target, letters.CONFIRM_ADDRESS)
        said = [confirmed(api, letters.token(mail)).status_code for mail in mails]
        assert sorted(said) == [200, 422]
        assert can_sign_in(api, target, PASSWORD)

    def test_of_a_move(self, api: Api, ada: Person) -> None:
        target, token = asked(api, ada)
        hang_up(api, "POST", CONFIRMATION, {"token": token}, {})
        assert until(lambda: can_sign_in(api, target, PASSWORD))
        before = account(api, ada)
        problem(confirmed(api, token), 422)
        assert account(api, ada) == before
        assert before["profile"]["identity"]["email"] == target

    def test_of_an_undo(self, api: Api, ada: Person) -> None:
        moved(api, ada)
        token = undo_token(api, ada.email)
        hang_up(api, "POST", "/v1/account/email/undo", {"token": token}, {})
        letters.wait(api.stack, ada.email, letters.ADDRESS_RESTORED)
        problem(undone(api, token), 422)
        assert len(letters.about(api.stack, ada.email, letters.ADDRESS_RESTORED)) == 1

    def test_of_stopping_and_coming_back(self, api: Api, ada: Person) -> None:
        for method, state in (("POST", "deactivated"), ("DELETE", "active")):
            path = "/v1/account/deactivation"
            hang_up(api, method, path, None, ada.headers)
            assert until(lambda state=state: account(api, ada)["state"] == state)  # type: ignore[misc]
            assert ok(api.call(method, path, headers=ada.headers))["status"] == state
        letters.all_sent(api.stack, ada.subject)
        for about in (letters.DEACTIVATED, letters.REACTIVATED):
            assert len(letters.about(api.stack, ada.email, about)) == 1

    def test_of_signing_out_everywhere(self, api: Api, ada: Person) -> None:
        hang_up(api, "DELETE", "/v1/sessions", None, ada.headers)
        assert until(lambda: set(owners.answers(api, ada).values()) == {401})
        problem(api.delete("/v1/sessions", headers=ada.headers), 401)


def password(api: Api, person: Person) -> str:
    """Chooses another password; the address that is told."""
    assert change_password(api, person, OTHER_PASSWORD).status_code == 204
    return person.email


def wish(api: Api, person: Person) -> str:
    """Asks to move; the address that has to confirm."""
    target = people.new_address()
    ok(owners.move(api, person, target), 202)
    return target


def stop(api: Api, person: Person) -> str:
    """Stops the account; the address that is told."""
    ok(owners.deactivate(api, person))
    return person.email


def travel(api: Api, person: Person) -> str:
    """Signs in from another country; the address that is told."""
    body = {"email": person.email, "password": PASSWORD}
    for country in ("IT", "FR"):
        headers = {"CloudFront-Viewer-Country": country}
        ok(api.post("/v1/sessions", headers=headers, json=body), 201)
    return person.email


TOLD: list[tuple[Callable[[Api, Person], str], str, str]] = [
    (password, "credentials", letters.PASSWORD_CHANGED),
    (wish, "profile", letters.CONFIRM_ADDRESS),
    (stop, "profile", letters.DEACTIVATED),
    (travel, "sessions", letters.NEW_SIGN_IN),
]
"""What is done, by which function, and the mail that follows."""


@pytest.mark.parametrize(("act", "about"), [(act, about) for act, _, about in TOLD])
def test_a_message_that_got_lost_is_sent_again(
    right_clock: DeployedStack,
    api: Api,
    ada: Person,
    act: Callable[[Api, Person], str],
    about: str,
) -> None:
    with worker_away(right_clock, "mail"):
        email = act(api, ada)
        right_clock.client("sqs").purge_queue(QueueUrl=right_clock.outputs[QUEUE])
    assert letters.about(right_clock, email, about) == []
    second_factor.go_on(right_clock, AFTER_THE_FIRST_CHECK)
    assert right_clock.run_schedule("relay")["sent"] >= 1
    letters.wait(right_clock, email, about)
    letters.all_sent(right_clock, ada.subject)
    assert len(letters.about(right_clock, email, about)) == 1


@contextmanager
def without_queue(stack: DeployedStack, function: str) -> Iterator[None]:
    """While a function's messages are refused."""
    iam, role, name = stack.client("iam"), stack.role_name(function), "no-messages"
    statement = {"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName=name)


@pytest.mark.parametrize(("act", "function", "about"), TOLD)
def test_a_queue_that_refuses_does_not_undo_what_was_done(
    right_clock: DeployedStack,
    api: Api,
    ada: Person,
    act: Callable[[Api, Person], str],
    function: str,
    about: str,
) -> None:
    with without_queue(right_clock, function):
        email = act(api, ada)
    assert tables.of_kind(tables.partition(right_clock, ada.subject), "job")
    assert letters.about(right_clock, email, about) == []
    second_factor.go_on(right_clock, AFTER_THE_FIRST_CHECK)
    right_clock.run_schedule("relay")
    letters.wait(right_clock, email, about)


def test_a_message_that_comes_too_late_tells_nothing_untrue(
    right_clock: DeployedStack, api: Api, ada: Person
) -> None:
    with worker_away(right_clock, "mail"):
        first, second = people.new_address(), people.new_address()
        for target in (first, second):
            ok(owners.move(api, ada, target), 202)
    letters.wait(right_clock, second, letters.CONFIRM_ADDRESS)
    letters.all_sent(right_clock, ada.subject)
    assert right_clock.mails_to(first) == []
