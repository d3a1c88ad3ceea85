"""The table of faults: each operation of the copy and the erasure under each fault of a service.

The services of this project run in this process with the real SDK, against the local engine, with a
proxy in between. In the first try a service goes wrong from its first call on, in the next from its
third on, and so on, so that an operation breaks off at one call after the other and is taken up
again. The queue keeps what is not done: a worker comes once its lease is over.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any, Final
from unittest.mock import patch

import pytest

from chalicelib import clock, ids
from chalicelib.accounts.service import addresses
from chalicelib.accounts.store import ClaimItem, ProfileItem, claim_place, profile_place
from chalicelib.api_keys import service as api_keys
from chalicelib.erasure.service import replay
from chalicelib.holds.model import Asked as HoldAsked
from chalicelib.holds.model import Ground, Named
from chalicelib.holds.service import desk as holds
from chalicelib.jobs.consumer import consume
from chalicelib.jobs.model import LEASE
from chalicelib.jobs.service import Ticket
from chalicelib.notices import service as notices
from chalicelib.notices.model import LegalBasis, Notice
from chalicelib.requests.casework import Act
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import Action
from chalicelib.requests.model import Asked
from chalicelib.requests.service import answers, casework, intake
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import Opened
from chalicelib.storage import clients, connection
from chalicelib.storage.transaction import Transaction
from chalicelib.subjects.store import standing_item
from chalicelib.systems.model import Answer, Status
from chalicelib.vault import service as vault
from functions.kinds import registry
from functions.queues import erasure, fulfilment, mail
from tests.functions import people, tables
from tests.functions.commands import operating
from tests.functions.faults import READ_TIMEOUT, Fault, Mode, Proxy, proxied
from tests.functions.stack import DeployedStack, deployed
from tests.unit.copies.samples import unpacked
from tests.unit.core.samples import shipped, standing
from tests.unit.requests.world import Message
from tests.unit.systems.world import ARCHIVE, PARTNER, RECORD, asking

OFFICER: Final = "o" * 26
STEP: Final = 5
"""Calls that go right between a try and the next before the fault begins."""
MOST: Final = 30
"""Most tries of an operation."""

DUPLICATE: Final = "duplicate"
FAULTS: Final[Mapping[str, Fault | None]] = {
    "throttle": Fault(Mode.THROTTLE, "dynamodb"),
    "500": Fault(Mode.ERROR, "dynamodb"),
    "time-out": Fault(Mode.TIMEOUT, "dynamodb"),
    "lost answer": Fault(Mode.LOST),
    DUPLICATE: None,
    "SES away": Fault(Mode.AWAY, "ses"),
    "S3 away": Fault(Mode.AWAY, "s3"),
    "SQS away": Fault(Mode.AWAY, "sqs"),
    "KMS away": Fault(Mode.AWAY, "kms"),
}

_WORK: Final[Mapping[str, Callable[[Any], Any]]] = {
    "fulfilment": fulfilment._fulfil,
    "mail": mail.send,
    "retention": erasure.erase,
}
"""Queue -> what its function does."""


def optional(notice: Notice) -> Notice:
    """The notice, in which no contract needs the company."""
    purposes = {
        name: replace(one, categories=tuple(x for x in one.categories if x != "company"))
        if one.basis is LegalBasis.CONTRACT
        else one
        for name, one in notice.purposes.items()
    }
    return replace(notice, purposes=purposes)


@dataclass
class Person:
    """Somebody with an account, as the tables have them, and the engine without a proxy."""

    stack: DeployedStack
    notice: Notice
    subject: str = field(default_factory=ids.new_id)
    email: str = field(default_factory=people.new_address)
    token: str = ""

    def open(self) -> None:
        """Stores the account."""
        now, write = clock.now(), Transaction(self.notice)
        mac = addresses.keyed(self.email)
        data_keys = {
            name: vault.new_key(self.subject, name, now) for name in ("account", "evidence")
        }
        for _, item in data_keys.values():
            write.put(item, label="key")
        for category, fields in (
            ("identity", {"email": self.email, "name": "Ada"}),
            ("company", {"name": "Engines"}),
        ):
            pk, sk = profile_place(self.subject, category)
            profile = ProfileItem(pk=pk, sk=sk, kind="profile")
            vault.seal_item(profile, data_keys["account"][0], fields)
            write.put(profile)
        token, session = sessions.new_session(self.subject, Opened(), 0, self.notice, now)
        stands = replace(standing(self.subject), registered_at=now, last_activity_at=now, claim=mac)
        pk, sk = claim_place(mac)
        write.put(ClaimItem(pk=pk, sk=sk, kind="claim", subject=self.subject, verified_at=now))
        write.put(session)
        write.put(standing_item(stands))
        write.commit()
        self.token = str(token)

    def ask(self, right: Right, **members: Any) -> str:
        """The person asks for a right; the id of the request."""
        made = intake.make(self.token, Asked(right, **members), "en", self.notice)
        return made.request.request.id

    def approved(self, **members: Any) -> str:
        """An erasure that the desk approved."""
        request = self.ask(Right.ERASE, **members)
        casework.act(OFFICER, request, Act(Action.APPROVE), self.notice)
        return request

    def items(self, kind: str) -> list[tables.Item]:
        """The person's items of a kind, as they lie in the engine."""
        return tables.of_kind(tables.partition(self.stack, self.subject), kind)

    def waiting(self) -> list[tuple[str, str]]:
        """Queue and ticket of the jobs that wait."""
        return [
            (one["queue"]["S"], Ticket(self.subject, one["sk"]["S"].rpartition("#")[2]).body())
            for one in tables.partition(self.stack, self.subject, "RecordsTable")
            if one["kind"]["S"] == "job" and one["queue"]["S"] in _WORK
        ]

    def request(self, request: str) -> tables.Item:
        """A request, as it lies there."""
        return next(one for one in self.items("request") if one["sk"]["S"].endswith(request))

    def events(self, request: str, event: str) -> int:
        """How often an event is in a request's history."""
        return sum(event in one["S"].split() for one in self.request(request)["history"]["L"])

    def kinds(self) -> set[str]:
        """The kinds of all that is left, but for jobs."""
        left = tables.partition(self.stack, self.subject)
        return {one["kind"]["S"] for one in left} - {"job"}

    def classes(self) -> set[str]:
        """The classes whose key is left."""
        return {one["sk"]["S"] for one in tables.partition(self.stack, self.subject, "KeysTable")}

    def bodies(self) -> dict[str, bytes]:
        """The bodies of copies."""
        s3, bucket = self.stack.client("s3"), self.stack.outputs["ExportsBucket"]
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"exports/{self.subject}/")
        return {
            one["Key"]: s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
            for one in listed.get("Contents", [])
        }


@dataclass
class Bench:
    """The services in this process, with the proxy between them and the engine."""

    stack: DeployedStack
    proxy: Proxy
    late: timedelta = timedelta(0)

    def person(self, notice: Notice) -> Person:
        """Somebody with an account, under a notice."""
        self.notice = notice
        found = Person(self.stack, notice)
        found.open()
        self.proxy.mails = 0
        return found

    def require_mails(self, fault: Fault | None, least: int = 2) -> None:
        """No mail is lost; one is repeated only where SES took it and that was not recorded.

        There are two: of the receipt of the request, and of its end.
        """
        unheard = fault is not None and fault.service in ("", "dynamodb")
        assert least <= self.proxy.mails
        assert self.proxy.mails <= 2 or unheard

    def survive(self, fault: Fault | None, done: Callable[[], bool]) -> int:
        """Tries until it is done, and returns how often; the fault begins later each time."""
        if fault is None:
            assert done()
            assert done()
            return 2
        late = fault.mode is Mode.TIMEOUT
        with _fresh(READ_TIMEOUT) if late else nullcontext():
            for number in range(MOST):
                if self._survived(fault, number * STEP, done):
                    return number + 1
        raise AssertionError("it is never done")

    def _survived(self, fault: Fault, after: int, done: Callable[[], bool]) -> bool:
        """One try; tells whether it was the last."""
        self.proxy.begin(fault, after)
        try:
            return done()
        except Exception:  # noqa: BLE001 - whatever a service's fault becomes
            return False
        finally:
            self.proxy.end()
            self.late += LEASE

    def work(self, person: Person, *, twice: bool = False) -> Callable[[], bool]:
        """The workers of what waits for a person, each message of which may come twice."""

        def once() -> bool:
            for _ in range(4):  # what one job asks for is done by the next
                for queue, body in person.waiting():
                    for _ in range(1 + twice):
                        consume([Message(body)], _WORK[queue])
                if not person.waiting():
                    return True
            return False

        return once


def _queues(stack: DeployedStack) -> dict[str, str]:
    """The settings of queues, each of which is one that nobody works on."""
    url = stack.client("sqs").create_queue(QueueName="faults")["QueueUrl"]
    return {name: url for name in stack.environment() if name.endswith("_QUEUE_URL")}


def _bucket(stack: DeployedStack) -> str:
    """A bucket for a log of erasures of its own."""
    s3, name = stack.client("s3"), f"faults-{ids.new_id()}"
    place = {"LocationConstraint": s3.meta.region_name}
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
    return name


@contextmanager
def _fresh(timeout: float = 5.0) -> Iterator[None]:
    """Clients that were not made yet, and take the first answer: each fault is an error."""
    made = clients._client.__wrapped__
    with (
        patch.object(clients, "_client", cache(lambda service, **_: made(service, attempts=1))),
        patch.object(clients, "READ_TIMEOUT_SECONDS", timeout),
        patch.object(connection, "connection", cache(connection.connection.__wrapped__)),
        patch.object(connection, "table", cache(connection.table.__wrapped__)),
        patch.object(connection, "RETRIES", 0),
        patch.object(connection, "READ_TIMEOUT_SECONDS", timeout),
    ):
        yield


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedStack]:
    """A stack of their own: the clock of these tests runs ahead, and what they leave with it."""
    with deployed(tmp_path_factory.mktemp("faults")) as found:
        yield found


@pytest.fixture(scope="module")
def bench(stack: DeployedStack) -> Iterator[Bench]:
    """The services of this project in this process, behind the proxy, with impatient clients."""
    with proxied(stack.local.engine.url) as proxy, operating(stack):
        found = Bench(stack, proxy)
        settings = {
            **_queues(stack),
            "AWS_ENDPOINT_URL": proxy.url,
            "RISERBO_ERASURES_BUCKET": _bucket(stack),
        }
        with (
            patch.dict(os.environ, settings),
            _fresh(),
            patch.object(clock, "_offset", lambda: found.late),
            patch.object(notices, "current", lambda: found.notice),
            patch.object(notices, "version", lambda _: found.notice),
        ):
            yield found


TRIES: Final[dict[tuple[str, str], int]] = {}
"""Operation and fault -> the number of tries, as the cells ran."""


def copy(bench: Bench, fault: Fault | None) -> int:
    """A copy is made, recorded with its body, and told once."""
    person = bench.person(shipped())
    request = person.ask(Right.COPY)
    tries = bench.survive(fault, bench.work(person, twice=fault is None))
    assert person.request(request)["status"]["S"] == "completed"
    assert person.events(request, "complete") == 1
    (export,) = person.items("export")
    assert person.bodies().keys() == {export["object"]["S"]}
    (body,) = person.bodies().values()
    assert hashlib.sha256(body).hexdigest() == export["sha256"]["S"]
    bench.require_mails(fault)
    return tries


def erase(bench: Bench, fault: Fault | None) -> int:
    """Everything goes but what the notice lets stay; one request, one end, one receipt."""
    person = bench.person(shipped())
    request = person.approved()
    tries = bench.survive(fault, bench.work(person, twice=fault is None))
    assert person.request(request)["status"]["S"] == "completed"
    assert person.events(request, "complete") == person.events(request, "carry_out") == 1
    assert person.request(request)["receipt"]["S"].count(".") == 2
    assert person.kinds() == {"tombstone", "request"}
    assert person.classes() == {"evidence"}
    # An erasure cancels the word that its request was received, where that is still to be sent.
    bench.require_mails(fault, least=1)
    return tries


def partial(bench: Bench, fault: Fault | None) -> int:
    """One category goes, and the account stays."""
    person = bench.person(optional(shipped()))
    request = person.approved(categories=("company",))
    tries = bench.survive(fault, bench.work(person, twice=fault is None))
    assert person.request(request)["status"]["S"] == "completed"
    assert person.events(request, "complete") == person.events(request, "carry_out") == 1
    left = [one["sk"]["S"].rpartition("#")[2] for one in person.items("profile")]
    assert left == ["identity"]
    assert {"standing", "session", "request"} <= person.kinds()
    assert person.classes() == {"account", "evidence"}
    bench.require_mails(fault)
    return tries


def hold(bench: Bench, fault: Fault | None) -> int:
    """A hold is placed once, whoever asks again, and its flag stands."""
    person = bench.person(shipped())
    until = clock.now() + timedelta(days=90)
    named = (Named("account", "profile", "identity"),)
    asked = HoldAsked(person.subject, Ground.CLAIMS, until, "A claim.", named=named)
    tries = bench.survive(fault, lambda: bool(holds.place(OFFICER, asked, bench.notice)))
    assert len(person.items("hold")) == 1
    assert [bool(one["held"]["N"]) for one in person.items("standing")] == [True]
    return tries


def restored(bench: Bench, fault: Fault | None) -> int:
    """An erasure is done again after a restore, so that the tables are as they were."""
    with patch.dict(os.environ, {"RISERBO_ERASURES_BUCKET": _bucket(bench.stack)}):
        return _restored(bench, fault)


def _restored(bench: Bench, fault: Fault | None) -> int:
    person = bench.person(shipped())
    person.approved()
    copied = tables.partition(bench.stack, person.subject)
    secret = tables.partition(bench.stack, person.subject, "KeysTable")
    assert bench.work(person)()
    erased = _lying(person)
    for one in tables.partition(bench.stack, person.subject):
        tables.remove(bench.stack, one)
    for one in copied:
        tables.put(bench.stack, one)
    for one in secret:
        bench.stack.client("dynamodb").put_item(
            TableName=bench.stack.outputs["KeysTable"], Item=one
        )
    since = (clock.now() - timedelta(days=2)).date()
    tries = bench.survive(fault, lambda: bool(replay.replay(since, registry())))
    assert _lying(person) == erased
    assert person.classes() == {"evidence"}
    return tries


def _lying(person: Person) -> list[tables.Item]:
    return [
        one for one in tables.partition(person.stack, person.subject) if one["kind"]["S"] != "job"
    ]


def answer(bench: Bench, fault: Fault | None) -> int:
    """Two systems answer once each; the copy that waited for them has what they gave."""
    person = bench.person(asking())
    names = {ARCHIVE: Answer(ARCHIVE, Status.NOTHING), PARTNER: Answer(PARTNER, Status.DATA)}
    names[PARTNER] = replace(names[PARTNER], records=(RECORD,))
    keys = {name: api_keys.create(name, {"answers"}, recipient=name)[1] for name in names}
    request = person.ask(Right.COPY)
    work = bench.work(person, twice=fault is None)

    def done() -> bool:
        for name, given in names.items():
            answers.give(keys[name], request, given, bench.notice)
        return work()

    tries = bench.survive(fault, done)
    assert person.events(request, "system_answered") == 2
    assert person.request(request)["status"]["S"] == "completed"
    (body,) = person.bodies().values()
    found = {one["system"]: one["items"] for one in unpacked(body).data["systems"]}
    assert found == {ARCHIVE: [], PARTNER: [RECORD]}
    bench.require_mails(fault)
    return tries


OPERATIONS: Final[Mapping[str, Callable[[Bench, Fault | None], int]]] = {
    "copy": copy,
    "erasure": erase,
    "erasure of a category": partial,
    "hold": hold,
    "replay": restored,
    "answer of a system": answer,
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_it_is_done_once_whatever_goes_wrong(bench: Bench, operation: str, fault: str) -> None:
    TRIES[operation, fault] = OPERATIONS[operation](bench, FAULTS[fault])


def test_the_table_of_faults_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [["operation", *FAULTS]]
    for operation in OPERATIONS:
        rows.append([operation, *(str(TRIES.get((operation, one), "")) for one in FAULTS)])
    text = "\n".join(" | ".join(row) for row in rows)
    with capsys.disabled():
        sys.stdout.write(f"\n{text}\n")
    ran = [cell for row in rows[1:] for cell in row[1:]]
    assert all(0 < int(cell) <= MOST for cell in ran if cell)
