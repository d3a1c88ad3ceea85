"""Who received data is told what became of it: by the deployed functions, on a real socket."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator

import pytest
from standardwebhooks import Webhook

from tests.functions import desk, people, sinks, tables
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.commands import run
from tests.functions.people import Person
from tests.functions.recipients import (
    DEAD,
    LISTS,
    MEASURERS,
    NAME,
    PARTNERS,
    QUEUE,
    SPONSORS,
    becomes,
    correct,
    disclosed,
    redriven,
    say_where,
    seen,
    somebody,
    told_there,
    waited,
)
from tests.functions.stack import DeployedStack
from tests.functions.strangers import disavow
from tests.functions.waiting import until
from tests.functions.workers import worker_away
from tests.receiver import Receiver, receiving


@pytest.fixture(scope="module", autouse=True)
def began() -> int:
    """When these tests began: nothing that they look for was sent before."""
    return sinks.now()


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def staff(api: Api) -> Person:
    return desk.officer(api)[0]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest.fixture(autouse=True)
def impatient(stack: DeployedStack) -> Iterator[None]:
    """The queue hands a failed message out again after a second, and dead letters are one's own."""
    client, url = stack.client("sqs"), stack.outputs[QUEUE]
    client.purge_queue(QueueUrl=stack.outputs[DEAD])
    client.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    try:
        yield
    finally:
        client.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "180"})
        client.purge_queue(QueueUrl=stack.outputs[DEAD])


@pytest.fixture
def secret(stack: DeployedStack, receiver: Receiver) -> Iterator[str]:
    """Sponsors are told at the receiver; with which secret."""
    with told_there(stack, SPONSORS, receiver.url) as shown:
        yield shown


class TestTold:
    def test_of_a_correction_signed_with_the_secret_that_was_shown(
        self, api: Api, staff: Person, receiver: Receiver, secret: str
    ) -> None:
        person = somebody(api, SPONSORS)
        correct(api, person)
        (received,) = waited(receiver, person.subject)
        message = Webhook(secret).verify(received.body, received.headers)
        assert message == {
            "type": "subject.rectified",
            "timestamp": message["timestamp"],
            "data": {
                "subject": person.subject,
                "recipient": SPONSORS,
                "purposes": [],
                "entry_id": None,
                "notice_version": api.notice_version(),
            },
        }
        shown = becomes(api, staff, person.subject, "delivered")
        assert shown["id"] == received.id
        assert (shown["recipient"], shown["type"]) == (SPONSORS, "subject.rectified")
        assert (shown["attempts"], shown["error"]) == (1, None)
        assert shown["delivered_at"]
        assert not tables.of_kind(tables.partition(api.stack, person.subject), "job")

    def test_of_a_withdrawal_with_its_entry_and_nobody_else_is(
        self, api: Api, receiver: Receiver, secret: str
    ) -> None:
        person = somebody(api, SPONSORS, MEASURERS, decisions={LISTS: "granted"})
        body = {
            "notice_version": api.notice_version(),
            "decisions": {LISTS: "denied"},
            "source": "preference_centre",
        }
        made = ok(api.post("/v1/consents", headers=person.headers, json=body), 201)
        (received,) = waited(receiver, person.subject)
        message = Webhook(secret).verify(received.body, received.headers)
        assert message["type"] == "consent.withdrawn"
        assert message["data"]["entry_id"] == made["entry_id"]
        assert message["data"]["purposes"] == [LISTS]
        of_others = tables.in_partition(api.stack, f"R#{MEASURERS}")
        assert person.subject not in json.dumps(of_others, default=str)

    def test_that_an_account_is_disowned_and_of_the_erasure_that_follows(
        self, api: Api, staff: Person, receiver: Receiver, secret: str
    ) -> None:
        email = people.new_address()
        people.register(api, email)
        (mail,) = people.mails(api.stack, email)
        token = people.disavowal_token(mail)
        subject = token.partition(".")[0]
        disclosed(api.stack, subject, SPONSORS)
        ok(disavow(api, token))
        waited(receiver, subject)
        api.stack.sweep()
        first, second = waited(receiver, subject, 2)
        assert [first.message["type"], second.message["type"]] == [
            "subject.disowned",
            "subject.erased",
        ]
        Webhook(secret).verify(second.body, second.headers)
        assert tables.partition(api.stack, subject) == []
        # The proof outlives the person's own records.
        found = until(lambda: len(seen(api, staff, subject, status="delivered")) == 2)
        assert found
        api.stack.sweep()
        time.sleep(1)
        assert len(receiver.of(subject)) == 2

    def test_a_new_secret_and_the_former_one_both_verify(
        self, api: Api, receiver: Receiver, secret: str
    ) -> None:
        another = say_where(api.stack, SPONSORS, receiver.url)
        assert another != secret
        person = somebody(api, SPONSORS)
        correct(api, person)
        (received,) = waited(receiver, person.subject)
        for one in (secret, another):
            Webhook(one).verify(received.body, received.headers)
        listed = run(api.stack, "infra.callbacks", "list").stdout
        assert receiver.url in listed
        assert "whsec" not in listed


class TestTrouble:
    def test_who_fails_first_and_recovers_is_told_under_one_id(
        self, api: Api, staff: Person, receiver: Receiver, secret: str
    ) -> None:
        receiver.answers = [503, 500]
        person = somebody(api, SPONSORS)
        correct(api, person)
        tries = waited(receiver, person.subject, 3)
        assert len({one.id for one in tries}) == len({one.body for one in tries}) == 1
        for one in tries:
            Webhook(secret).verify(one.body, one.headers)
        shown = becomes(api, staff, person.subject, "delivered")
        assert (shown["id"], shown["attempts"]) == (tries[0].id, 3)

    def test_who_never_answers_ends_among_the_dead_letters_and_on_the_desk(
        self, api: Api, staff: Person, receiver: Receiver, secret: str
    ) -> None:
        receiver.otherwise = 503
        person = somebody(api, SPONSORS)
        correct(api, person)
        shown = becomes(api, staff, person.subject, "failed")
        assert (shown["attempts"], shown["error"]) == (5, "http_503")
        assert shown["delivered_at"] is None
        assert until(lambda: tables.waiting(api.stack, DEAD) == 1)
        # The recipient is back, and an operator sends the dead letters again.
        receiver.otherwise = 204
        assert redriven(api.stack) == 0
        assert becomes(api, staff, person.subject, "delivered")["attempts"] == 6
        assert len({one.id for one in receiver.of(person.subject)}) == 1

    def test_a_redirect_is_not_followed(
        self, api: Api, staff: Person, receiver: Receiver, secret: str
    ) -> None:
        with receiving() as other:
            receiver.otherwise, receiver.headers = 307, {"Location": other.url}
            person = somebody(api, SPONSORS)
            correct(api, person)
            shown = becomes(api, staff, person.subject, "failed")
            assert shown["error"] == "http_307"
            assert other.received == []

    def test_a_slow_one_holds_nobody_longer_than_its_time(
        self, api: Api, staff: Person, receiver: Receiver, secret: str
    ) -> None:
        receiver.otherwise = lambda _: time.sleep(120)
        person, other = somebody(api, SPONSORS), somebody(api, PARTNERS)
        with receiving() as quick, told_there(api.stack, PARTNERS, quick.url):
            correct(api, person)
            waited(receiver, person.subject)
            began = time.monotonic()
            correct(api, other)
            waited(quick, other.subject)
        shown = becomes(api, staff, person.subject, "retrying")
        assert (shown["attempts"], shown["error"]) == (1, "timeout")
        assert time.monotonic() - began < 60  # whatever else this machine does

    def test_where_nobody_said_where_the_desk_is_to_tell_them(
        self, api: Api, staff: Person
    ) -> None:
        person = somebody(api, PARTNERS)
        correct(api, person)
        shown = becomes(api, staff, person.subject, "no_endpoint")
        assert (shown["recipient"], shown["attempts"]) == (PARTNERS, 0)
        assert tables.waiting(api.stack, DEAD) == 0

    def test_a_message_that_came_twice_tells_once(
        self, api: Api, receiver: Receiver, secret: str
    ) -> None:
        person = somebody(api, SPONSORS)
        with worker_away(api.stack, "propagation"):
            correct(api, person)
            (job,) = tables.of_kind(tables.partition(api.stack, person.subject), "job")
            ticket = {"subject": person.subject, "job": job["sk"]["S"].rpartition("#")[2]}
            for _ in range(3):
                api.stack.client("sqs").send_message(
                    QueueUrl=api.stack.outputs[QUEUE], MessageBody=json.dumps(ticket)
                )
        waited(receiver, person.subject)
        assert until(lambda: tables.waiting(api.stack, QUEUE) == 0)
        time.sleep(0.5)
        assert len(receiver.of(person.subject)) == 1


class TestNothingOfThePerson:
    def test_neither_message_queue_record_nor_log_says_who_it_is(
        self, api: Api, staff: Person, receiver: Receiver, secret: str, began: int
    ) -> None:
        person = somebody(api, SPONSORS)
        with worker_away(api.stack, "propagation"):
            correct(api, person, NAME)
            assert until(lambda: tables.waiting(api.stack, QUEUE) == 1)
            waiting = [one for one in sinks.messages(api.stack) if one[0] == QUEUE]
            assert waiting
            assert sinks.found_in(waiting, [NAME, person.email]) == []
        (received,) = waited(receiver, person.subject)
        becomes(api, staff, person.subject, "delivered")
        sent = [("message", received.body), ("headers", json.dumps(received.headers).encode())]
        assert sinks.found_in(sent, [NAME, person.email]) == []
        assert sinks.found_in(sinks.everywhere(api.stack, began), [NAME, person.email]) == []

    def test_the_secret_lies_nowhere(self, api: Api, secret: str, began: int) -> None:
        raw = base64.b64decode(secret.removeprefix("whsec_"))
        looked_at = list(sinks.everywhere(api.stack, began))
        for where, content in looked_at:
            assert raw not in content, where
        assert sinks.found_in(looked_at, [secret]) == []


class TestDesk:
    def test_only_staff_see_it(self, api: Api) -> None:
        problem(api.get("/v1/desk/callbacks"), 401)
        person = people.signed_in(api)
        problem(api.get("/v1/desk/callbacks", headers=person.headers), 403)

    def test_what_is_asked_has_to_fit(self, api: Api, staff: Person) -> None:
        query = {"recipient": "Not An Id", "status": "lost", "limit": "0", "of": "x"}
        refused = api.get("/v1/desk/callbacks", headers=staff.headers, params=query)
        assert pointers(problem(refused, 400)) == [
            "/query/limit",
            "/query/of",
            "/query/recipient",
            "/query/status",
        ]

    def test_pages_go_on_where_they_ended_and_nowhere_else(self, api: Api, staff: Person) -> None:
        persons = [somebody(api, PARTNERS) for _ in range(2)]
        for person in persons:
            correct(api, person)
            becomes(api, staff, person.subject, "no_endpoint")
        query = {"limit": "1", "recipient": PARTNERS, "status": "no_endpoint"}
        first = ok(api.get("/v1/desk/callbacks", headers=staff.headers, params=query))
        query["cursor"] = first["next"]
        second = ok(api.get("/v1/desk/callbacks", headers=staff.headers, params=query))
        subjects = [page["items"][0]["subject"] for page in (first, second)]
        assert subjects == [person.subject for person in reversed(persons)]
        query["status"] = "failed"
        refused = api.get("/v1/desk/callbacks", headers=staff.headers, params=query)
        assert pointers(problem(refused, 400)) == ["/query/cursor"]
