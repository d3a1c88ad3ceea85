"""What breaks first at which rate: counts of the cost book against the quotas of AWS.

Every row divides a quota (`infra/quotas.json`) by what one operation takes of it. Time is reckoned
as in `tests.bench.prices`: CPU stretched to the share of a processor that the function's memory
buys, and an assumed wait for each call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.jobs.service import AT_ONCE, ENOUGH, RUN
from chalicelib.mail import rate
from chalicelib.publications.service.announcement import PAGE
from chalicelib.storage.keys import LANES
from infra.quotas import as_of, lever, quota
from infra.throttles import DESK, SIGN_IN
from tests.bench.prices import MEMORY_OF_ONE_CPU, WAIT_MS, memory_of

TITLE = "What breaks first"

MILLION = 1_000_000

PAGE_OF_RELAY = 100
"""Jobs of a page of the relay: one Query and one BatchGetItem."""

RELAY_SECONDS = 240
"""The longest run of the relay (.chalice/config.json)."""

CALLBACKS_AT_ONCE = 25
"""Workers of `propagation` (functions/queues/propagation.py)."""

ANSWER_SECONDS = 0.2
"""The time in which a recipient is assumed to answer a callback."""

HEAD = ["mechanism", "what meets it", "takes of it", "quota", "breaks at", "lever"]


@dataclass(frozen=True, slots=True)
class Counted:
    """One operation of the cost book: calls by service, write units and CPU milliseconds of one."""

    calls: Mapping[str, float]
    writes: float
    cpu_ms: float

    def seconds(self, function: str) -> float:
        """Seconds that one takes in a function, as Lambda is reckoned to bill them."""
        share = min(1.0, memory_of(function) / MEMORY_OF_ONE_CPU)
        return (self.cpu_ms / share + sum(WAIT_MS[one] * n for one, n in self.calls.items())) / 1000


Find = Callable[[str], Counted]
"""Finds an operation of the cost book by its name."""


def words() -> str:
    """The words above the table."""
    return (
        f"Reckoned from the rows of the cost book and the quotas of {as_of()} in "
        "`infra/quotas.json`, with the same assumptions as the dollars: not measured on AWS. A "
        "second's requests that pass a quota are refused or wait, as the lever's document says; "
        "nothing is lost. Quotas are an account's defaults in Milan: those of an account in use "
        "may be higher."
    )


def table(find: Find) -> Sequence[Sequence[str]]:
    """The table: mechanism, what meets it, what one takes, quota, the rate, the lever."""
    return [HEAD, *_rows(find)]


def _rows(find: Find) -> Iterator[list[str]]:
    yield from _doors(find)
    yield from _tables(find)
    yield from _keys(find)
    yield from _mails(find)
    yield from _queues(find)
    yield from _heads(find)


def _row(mechanism: str, what: str, takes: float, unit: str, name: str) -> list[str]:
    most = quota(name)
    broken = f"{_number(most / takes)} a second"
    return [mechanism, what, f"{takes:.3g} {unit}", f"{most:,.0f}", broken, lever(name)]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _doors(find: Find) -> Iterator[list[str]]:
    name = "API Gateway: requests a second in Milan"
    yield _row("API Gateway", "all operations together", 1, "request", name)
    name = "Lambda: executions at once"
    capture, sign_in = find("capture, visitor, first, 1"), find("sign in")
    for what, one, function in (
        ("captures", capture, "consents"),
        ("sign-ins", sign_in, "sessions"),
    ):
        yield _row("Lambda, executions at once", what, one.seconds(function), "s", name)
    yield [
        "throttle of a class",
        "sign-ins",
        "1 request",
        f"{SIGN_IN.a_second}",
        f"{SIGN_IN.a_second} a second",
        f"`{SIGN_IN.parameter}`",
    ]


def _tables(find: Find) -> Iterator[list[str]]:
    capture, again = find("capture, visitor, first, 1"), find("capture, visitor, repeated, 1")
    register = find("register")
    for name, mechanism in (
        ("DynamoDB: write units a second of a new table", "DynamoDB, a new table"),
        ("DynamoDB: write units a second of a table", "DynamoDB, a table"),
    ):
        yield _row(mechanism, "captures of new browsers", capture.writes, "W", name)
        yield _row(mechanism, "registrations", register.writes, "W", name)
    name = "DynamoDB: write units a second on one partition"
    yield _row("DynamoDB, one partition", "captures of one person", again.writes, "W", name)
    yield _row("DynamoDB, one shard of the index", "jobs of one shard", 1, "W", name)


def _keys(find: Find) -> Iterator[list[str]]:
    name = "KMS: symmetric and HMAC calls a second in Milan"
    register, told = find("register"), find(f"announce, {PAGE} people told")
    yield _row("KMS, symmetric", "registrations", register.calls["kms"], "calls", name)
    yield _row("KMS, symmetric", "people told", told.calls["kms"] / PAGE, "call", name)
    name = "KMS: elliptic-curve signatures a second"
    yield _row("KMS, signatures", "receipts", 1, "signature", name)


def _mails(find: Find) -> Iterator[list[str]]:
    name = "SES: mails a second out of the sandbox"
    yield _row("SES", "mails", 1, "mail", name)
    each = told_seconds(find)
    at_once = rate.tellers(200)
    yield [
        "workers of `announcements`",
        f"people told, {at_once} workers ({LANES} shards)",
        f"{each:.3g} s",
        f"{at_once}",
        f"{_number(at_once / each)} a second",
        "memory of the function; above it, several mails at once in a worker",
    ]
    hours = MILLION / told_a_second(find, 200) / 3600
    yield [
        "a million people told",
        "announcing at 200 mails a second",
        f"{told_a_second(find, 200):.0f} people a second",
        "200",
        f"{hours:.2f} hours",
        "a higher quota of SES, up to what the workers get done",
    ]


def _queues(find: Find) -> Iterator[list[str]]:
    """The relay by what it does with a job, and callbacks by what they wait for."""
    each = relayed_seconds(find)
    share = (RELAY_SECONDS - ENOUGH.total_seconds()) / RUN.total_seconds()
    yield [
        "run time of `relay`",
        "jobs sent again",
        f"{each:.3g} s",
        f"{share:.0%} of the time",
        f"{_number(share / each)} a second",
        "memory of the function; shards in parallel",
    ]
    waits = (2 * WAIT_MS["dynamodb"] + WAIT_MS["kms"]) / 1000 + ANSWER_SECONDS
    yield [
        "workers of `propagation`",
        f"callbacks to recipients that answer in {ANSWER_SECONDS:g} s",
        f"{waits:.3g} s",
        f"{CALLBACKS_AT_ONCE}",
        f"{_number(CALLBACKS_AT_ONCE / waits)} a second",
        "`maximum_concurrency` in functions/queues/propagation.py",
    ]


def relayed_seconds(find: Find) -> float:
    """Seconds that the relay takes for a job: its share of calls, each with a call's CPU."""
    idle = find("relay, nothing due")
    by_call = idle.cpu_ms / idle.calls["dynamodb"]
    calls = {"dynamodb": 1 + 2 / PAGE_OF_RELAY, "sqs": 1 / AT_ONCE}
    return Counted(calls, 0, by_call * sum(calls.values())).seconds("relay")


def _heads(find: Find) -> Iterator[list[str]]:
    capture = find("capture, visitor, repeated, 1")
    seconds = capture.calls["dynamodb"] * WAIT_MS["dynamodb"] / 1000
    yield [
        "one chain head",
        "decisions of one person",
        f"{seconds:.3g} s",
        "1 at a time",
        f"{_number(1 / seconds)} a second",
        "none: the limit `capture.person` ends it long before",
    ]
    listed = find("desk: list of 50 requests")
    yield [
        "one desk list",
        "pages of the desk's list",
        f"{listed.seconds('desk_requests'):.3g} s",
        f"{DESK.a_second}",
        f"{DESK.a_second} a second",
        f"`{DESK.parameter}`",
    ]


def told_seconds(find: Find) -> float:
    """Seconds that one person takes who is told of a version, pages shared out."""
    return find(f"announce, {PAGE} people told").seconds("announcements") / PAGE


def told_a_second(find: Find, mails: float) -> float:
    """People told a second at a quota of mails a second: the share, or what workers get done."""
    return min(mails * rate.SHARE, rate.tellers(mails) / told_seconds(find))
