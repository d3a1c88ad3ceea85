"""The functions in this process, on the local engines, with people who use them."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import math
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from typing import Any

from chalicelib import ids, settings
from chalicelib.accounts import passwords
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notice
from chalicelib.publications.service import concerned, publication
from chalicelib.storage import clients, connection, keys
from tests.bench.crowd import Crowd
from tests.bench.engines import Services, create_tables, due_projection
from tests.bench.events import Context, api_event, handler_of, queue_event, schedule_event
from tests.bench.recording import Recorder
from tests.product import PRODUCT

PASSWORD = "correct horse battery staple"
_TOKEN = re.compile(r"token=([a-z2-7]{26}\.[A-Za-z0-9_-]{43})\b")

Json = dict[str, Any]
Run = Callable[[], Any]
"""One invocation, made ready; its answer."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in."""

    email: str
    subject: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What their requests carry."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class World:
    """Engines, a watch on all calls, and the steps of the main journey."""

    services: Services
    recorder: Recorder
    hashing: float = 0.0
    hashing_wall: float = 0.0
    """Seconds of CPU and of time that password hashing took."""

    crowds: dict[int, Crowd] = field(default_factory=dict)
    """People who were written directly, by the shard of the due index where they lie."""

    service_key: str = ""
    """An API key of one of the controller's own systems, once somebody needed it."""

    _ahead: int = 0
    _people: dict[str, Person] = field(default_factory=dict)
    _browsers: set[str] = field(default_factory=set)
    """Tokens under which something was captured: a browser's next act is not its first."""

    @property
    def version(self) -> str:
        """The version of the notice that is in force."""
        return notices.current().version

    @property
    def choices(self) -> tuple[str, ...]:
        """The purposes that rest on consent."""
        return tuple(notices.current().choices)

    def move_clock(self, by: timedelta) -> None:
        """Put the functions' clock ahead by so much more."""
        self._people.clear()  # their sessions may be over by then
        self._ahead += math.ceil(by.total_seconds())
        self.services.place.move_clock(self._ahead)
        os.environ["RISERBO_CLOCK_FILE"] = str(self.services.place.clock)

    def renew(self, document: Json) -> None:
        """Empties the tables, sets the clock right, and puts the only notice there is in force."""
        self._people.clear()
        self._browsers.clear()
        self._ahead = 0
        self.services.place.clock.unlink(missing_ok=True)
        for table in _tables(self.services.outputs):
            _empty(self.recorder.tables, table)
        forget()
        publish(document)

    def http(self, function: str, method: str, path: str, **request: Any) -> Run:
        """An HTTP request to one function. `path` is the route; `at` fills its parameters."""
        event = api_event(method, path, **request)
        handler = handler_of("http", function)
        return lambda: handler(event, None)

    def queue(self, name: str, ticket: str) -> Run:
        """A message for one queue's function."""
        event = queue_event(name, ticket)
        handler = handler_of("queues", name)
        return lambda: handler(event, Context())

    def schedule(self, name: str) -> Run:
        """A run of one schedule."""
        event = schedule_event()
        handler = handler_of("schedules", name)
        return lambda: handler(event, Context())

    def ticket(self) -> str:
        """The message that was sent last."""
        return str(self.recorder.last("sqs", "SendMessage").parameters["MessageBody"])

    def registration(self, email: str) -> Run:
        """A registration with the address alone, as the shortest form asks."""
        body = {
            "email": email,
            "password": PASSWORD,
            "locale": "it",
            "notice_version": self.version,
            "decisions": {self.choices[0]: "granted"},
        }
        return self.http("accounts", "POST", "/v1/accounts", body=body)

    def registered(self, email: str) -> str:
        """Somebody registered: the ticket of the mail that is due."""
        done(self.registration(email)(), 202)
        return self.ticket()

    def link(self, ticket: str) -> str:
        """Sends the mail of a ticket: the token in it."""
        done(self.queue("mail", ticket)())
        raw = self.recorder.last("ses", "SendRawEmail").parameters["RawMessage"]["Data"]
        text = message_from_bytes(raw).get_payload(decode=True)
        found = _TOKEN.search(text.decode() if isinstance(text, bytes) else "")
        assert found, "no link in the mail"
        return found[1]

    def verified(self, email: str) -> str:
        """Somebody whose address is proven: the subject."""
        token = self.link(self.registered(email))
        body = {"token": token, "password": PASSWORD}
        done(self.http("accounts", "POST", "/v1/accounts/verification", body=body)(), 200)
        return token.partition(".")[0]

    def signing_in(
        self,
        email: str,
        password: str = PASSWORD,
        headers: Mapping[str, str] | None = None,
        **members: str,
    ) -> Run:
        """A sign-in, with the token of a browser in the headers if it had one."""
        body = {"email": email, "password": password, **members}
        return self.http("sessions", "POST", "/v1/sessions", body=body, headers=headers)

    def opened(self, email: str, **code: str) -> Person:
        """Somebody who signs in."""
        run = self.signing_in(email, PASSWORD, None, **code)
        token = json.loads(done(run(), 201)["body"])["token"]
        return Person(email, token.partition(".")[0], token)

    def signed_in(self) -> Person:
        """Somebody new who signs in."""
        email = new_address()
        self.verified(email)
        return self.opened(email)

    def person(self, name: str = "somebody", make: Callable[[], Person] | None = None) -> Person:
        """Somebody signed in: the same for the same name, until the clock moves."""
        if name not in self._people:
            self._people[name] = make() if make else self.signed_in()
        return self._people[name]

    def capture(self, headers: Mapping[str, str], choice: str, count: int) -> Run:
        """A capture of `count` decisions, all of them `choice`, as the banner sends it."""
        decisions = dict.fromkeys(self.choices[:count], choice)
        body: Json = {
            "notice_version": self.version,
            "decisions": decisions,
            "source": "banner",
        }
        token = headers.get("Riserbo-Visitor")
        if token is not None and token not in self._browsers:
            self._browsers.add(token)
            body["first"] = True
        return self.http("consents", "POST", "/v1/consents", body=body, headers=headers)

    def visitor(self, *captures: tuple[str, int]) -> dict[str, str]:
        """Headers of a new browser after those captures (choice, decisions)."""
        headers = {"Riserbo-Visitor": secrets.token_urlsafe(24)}
        for choice, count in captures:
            done(self.capture(headers, choice, count)(), 201)
        return headers


def done(answer: Any, status: int | None = None) -> Json:
    """The answer, which has to be a success (of that status)."""
    assert answer is not None, "no answer"
    if status is not None:
        assert answer["statusCode"] == status, answer
    assert not answer.get("batchItemFailures"), answer
    found: Json = answer
    return found


def new_address() -> str:
    """An address that nobody used before."""
    return f"{secrets.token_hex(8)}@example.com"


def forget() -> None:
    """What a fresh process does not know: clients, and versions of the notice."""
    connection.connection.cache_clear()
    connection.table.cache_clear()
    clients._client.cache_clear()
    notices._memory = notices._Memory()
    concerned.version.cache_clear()


@contextmanager
def world(
    services: Services,
    dynamodb: str | None = None,
    *,
    fresh: bool = True,
    hashing: bool = True,
) -> Iterator[World]:
    """A world on those engines; with `fresh`, its tables are made and the notice is published.

    The environment of this process is the functions' until the end. A fresh one leaves the
    product's notice in force, whatever was published in it. Without `hashing` a password is
    hashed once, and one that comes again costs nothing: who counts calls need not wait for it.
    """
    before = dict(os.environ)
    endpoint = dynamodb or services.url
    tables = services.client("dynamodb", endpoint)
    if dynamodb and fresh:
        create_tables(tables, services.outputs)
    for name in [name for name in os.environ if name.startswith(("AWS_", "RISERBO_"))]:
        del os.environ[name]
    os.environ.update(services.environment(dynamodb))
    os.environ["RISERBO_TRANSPORT"] = before.get("RISERBO_TRANSPORT", "")
    services.place.clock.unlink(missing_ok=True)
    forget()
    made = World(services, Recorder(tables, due_projection()))
    try:
        if fresh:
            _publish_product()
        watch(made)
        with _hashing_apart(made) if hashing else _hashing_once(), _spared():
            yield made
        if fresh:
            _forget_versions(tables)
            forget()
            _publish_product()
    finally:
        services.place.clock.unlink(missing_ok=True)
        forget()
        os.environ.clear()
        os.environ.update(before)


def publish(document: Json) -> Notice:
    """Publishes a version as an operator does, and says what it logs to nobody."""
    with contextlib.redirect_stdout(io.StringIO()):
        return publication.publish(document, again=True)


def _publish_product() -> None:
    publish(json.loads(PRODUCT.read_text("utf-8")))


def _tables(outputs: Mapping[str, str]) -> list[str]:
    return [table for name, table in outputs.items() if name.endswith("Table")]


def _empty(tables: Any, table: str) -> None:
    """Removes every item of a table, whose key is `pk` and `sk`."""
    found = tables.scan(TableName=table, ProjectionExpression="pk, sk", ConsistentRead=True)
    while items := found["Items"]:
        for start in range(0, len(items), 25):
            deletes = [{"DeleteRequest": {"Key": key}} for key in items[start : start + 25]]
            tables.batch_write_item(RequestItems={table: deletes})
        found = tables.scan(TableName=table, ProjectionExpression="pk, sk", ConsistentRead=True)


def _forget_versions(tables: Any) -> None:
    """Removes every version of the notice and what lies with it."""
    listed = _partition(tables, keys.NOTICES)
    names = {keys.record_id(item["sk"]["S"]) for item in listed if "digest" in item}
    beside = [item for name in names for item in _partition(tables, keys.notice(name))]
    for item in [*listed, *beside]:
        place = {"pk": item["pk"], "sk": item["sk"]}
        tables.delete_item(TableName=settings.records_table(), Key=place)


def _partition(tables: Any, pk: str) -> list[Json]:
    found: list[Json] = tables.query(
        TableName=settings.records_table(),
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": pk}},
        ConsistentRead=True,
    )["Items"]
    return found


def watch(made: World) -> None:
    """Watch every client of this process."""
    made.recorder.watch(connection.connection().client)
    for service in (clients.kms, clients.sqs, clients.ses, clients.ses_once, clients.s3):
        made.recorder.watch(service())


@contextmanager
def _spared() -> Iterator[None]:
    """The lot falls on nobody whose acts are counted by samples, and one person may do much.

    Else a row would now and then cost what one in sixty costs: report.py says how much that is.
    """
    kept, os.environ["RISERBO_LIMITS"] = ids.new_draw, "capture.person=10000"
    ids.new_draw = lambda: 1 - 2**-53
    try:
        yield
    finally:
        ids.new_draw = kept


@contextmanager
def _hashing_apart(made: World) -> Iterator[None]:
    kept = passwords.hash_password, passwords.is_password

    def timed(function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            began, started = time.perf_counter(), time.process_time()
            try:
                return function(*arguments)
            finally:
                made.hashing += time.process_time() - started
                made.hashing_wall += time.perf_counter() - began

        return run

    passwords.hash_password, passwords.is_password = timed(kept[0]), timed(kept[1])
    try:
        yield
    finally:
        passwords.hash_password, passwords.is_password = kept


@contextmanager
def _hashing_once() -> Iterator[None]:
    """Hashing is slow on purpose, and everybody here has the same password."""
    kept = passwords.hash_password, passwords.is_password
    passwords.hash_password = functools.cache(passwords.hash_password)
    passwords.is_password = functools.cache(passwords.is_password)
    try:
        yield
    finally:
        passwords.hash_password, passwords.is_password = kept


def asking_copy(world: World, person: Person) -> Run:
    """Somebody asks for a copy of their data."""
    body = {"right": "copy"}
    return world.http("requests", "POST", "/v1/requests", body=body, headers=person.headers)


def asked_copy(world: World) -> tuple[Person, str, str]:
    """Somebody new with a request for a copy: the person, its id and its ticket."""
    person = world.person(secrets.token_hex(4))
    made = done(asking_copy(world, person)(), 201)
    return person, json.loads(made["body"])["id"], world.ticket()
