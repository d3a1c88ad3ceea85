"""Strangers: where they come from, how they ask and guess, and what they get to see."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import requests

from tests.functions import tables
from tests.functions.api import Api, problem
from tests.functions.people import PASSWORD
from tests.functions.stack import DeployedStack
from tests.functions.waiting import until

T = TypeVar("T")

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
"""What a browser sends with an HTML form."""

NOBODYS = f"{'a' * 26}.{'b' * 43}"
"""A token that nobody ever made."""

OF_ITS_OWN = {"riserbo-request-id", "date", "x-amzn-requestid", "x-amz-request-id"}
"""Headers that differ between any two answers."""

_numbers = itertools.count(1)


def somewhere() -> dict[str, str]:
    """The header of a network (48 bits of IPv6) from which nobody asked before in this run."""
    return {"X-Forwarded-For": f"2001:db8:{next(_numbers):x}::1"}


def seen(answer: requests.Response) -> tuple[int, bytes, dict[str, str]]:
    """All that a client sees of an answer, apart from ids and times."""
    headers = {
        name.lower(): value
        for name, value in answer.headers.items()
        if name.lower() not in OF_ITS_OWN
    }
    return answer.status_code, answer.content, headers


def statuses(answers: Sequence[requests.Response]) -> list[int]:
    """The statuses of answers, in order."""
    return [answer.status_code for answer in answers]


def retry_after(answer: requests.Response) -> int:
    """After how many seconds the next try may be made, as a 429 says."""
    assert problem(answer, 429)["type"].endswith(":too-many-requests")
    return int(answer.headers["Retry-After"])


def sign_in(
    api: Api, email: str, password: str, headers: dict[str, str] | None = None
) -> requests.Response:
    """Tries to sign in."""
    return api.post("/v1/sessions", headers=headers, json={"email": email, "password": password})


def resend(api: Api, email: str, headers: dict[str, str] | None = None) -> requests.Response:
    """Asks for the verification mail once more."""
    body = {"email": email}
    return api.post("/v1/accounts/verification/resend", headers=headers, json=body)


def ask_reset(api: Api, email: str, headers: dict[str, str] | None = None) -> requests.Response:
    """Asks for a mail with which to choose a new password."""
    return api.post("/v1/password-resets", headers=headers, json={"email": email})


def verify(api: Api, headers: dict[str, str] | None = None, **body: Any) -> requests.Response:
    """Proves an address: by `token`, or by `email` and `code`, with the password of everybody."""
    body = {"password": PASSWORD, **body}
    return api.post("/v1/accounts/verification", headers=headers, json=body)


def disavow(api: Api, token: str) -> requests.Response:
    """Says that one did not open the account."""
    return api.post("/v1/accounts/disavowal", json={"token": token})


def move_on(stack: DeployedStack, seconds: int) -> None:
    """Lets the stack's clock go on."""
    stack.move_clock(stack.local.place.ahead + seconds)


def begin_hour(stack: DeployedStack) -> None:
    """Puts the clock to the next full hour: every window of a limit begins, none ends soon."""
    move_on(stack, 3600 - int(time.time() + stack.local.place.ahead) % 3600)


def all_mail_is_out(stack: DeployedStack) -> None:
    """Waits until no mail is due any more: from then on, what was not sent is never sent.

    An answer is given after the message is in the queue, where it stays until it is done.
    """
    assert until(lambda: tables.waiting(stack, "MailQueueUrl") == 0, seconds=60)


def as_often(stack: DeployedStack, act: Callable[[], T], times: int) -> T:
    """What an act answers that is counted as if it had been done so often, by all that count it."""
    before = {_place(item): int(item["tries"]["N"]) for item in _counters(stack)}
    answer = act()
    for item in _counters(stack):
        tries = int(item["tries"]["N"])
        if tries != before.get(_place(item), 0):
            tables.put(stack, {**item, "tries": {"N": str(tries + times - 1)}})
    return answer


def _counters(stack: DeployedStack) -> list[tables.Item]:
    return [item for item in tables.all_of(stack, "limit") if "tries" in item]


def _place(item: tables.Item) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


@contextmanager
def from_a_full_hour(stack: DeployedStack) -> Iterator[DeployedStack]:
    """The stack at the beginning of an hour, until all that was asked for there is done.

    Work that is due in the future would wait for it when the clock is set right again.
    """
    begin_hour(stack)
    yield stack
    all_mail_is_out(stack)
