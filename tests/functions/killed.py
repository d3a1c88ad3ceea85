"""A worker of announcements that is killed at a chosen moment: no clean-up, no last words.

`python -m tests.functions.killed <moment> <how often it comes first>` runs with the settings of a
stage in the environment. It does the pages that wait, one after the other, as the function does,
until it is killed; without a moment, until there is none left.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from infra.package import PROJECT
from tests.functions.stack import DeployedStack

KILLED = -signal.SIGKILL
QUEUE = "announcements"
MOMENTS = ("obliged", "tried", "accepted", "recorded", "paged")
"""After the obligations of a page; after a try was counted; after SES took a mail; after that was
recorded; after the page was committed, before its job is forgotten."""


def work_until_killed(stack: DeployedStack, moment: str = "", count: int = 0) -> int:
    """The worker's exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.functions.killed", moment, str(count)],
        cwd=PROJECT,
        env=stack.local.command_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, KILLED), done.stderr
    return done.returncode


@dataclass(frozen=True)
class _Message:
    """What SQS hands over, as far as the worker reads it."""

    body: str

    def to_dict(self) -> dict[str, str]:
        return {"messageId": "killed"}


def _work() -> None:
    from chalicelib.jobs.consumer import consume
    from chalicelib.publications.service.work import work

    for body in _waiting():
        consume([_Message(body)], work)


def _waiting() -> Iterator[str]:
    """Tickets of the jobs that wait, until there is none; each once."""
    import boto3

    from chalicelib import settings
    from chalicelib.jobs.service import Ticket
    from chalicelib.storage import keys

    table: Any = boto3.resource("dynamodb").Table(settings.records_table())
    known: set[str] = set()
    while True:
        jobs = [item for item in table.scan()["Items"] if item.get("queue") == QUEUE]
        fresh = [item for item in jobs if item["sk"] not in known]
        if not fresh:
            return
        for item in fresh:
            known.add(item["sk"])
            yield Ticket(keys.subject_of(item["pk"]), keys.record_id(item["sk"])).body()


def _dies(at: Callable[..., Any], count: int, *, before: bool = False) -> Callable[..., Any]:
    calls = 0

    def run(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        answer = None if before and calls == count else at(*arguments, **named)
        if calls == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return run


def _arm(moment: str, count: int) -> None:
    from chalicelib.jobs import service as jobs
    from chalicelib.mail import service as mail
    from chalicelib.publications import store
    from chalicelib.publications.service import announcement

    module, name = {
        "obliged": (announcement, "oblige"),
        "tried": (store, "begin_try"),
        "accepted": (mail, "send_once"),
        "recorded": (store, "mark_sent"),
        "paged": (jobs, "finish"),
    }[moment]
    setattr(module, name, _dies(getattr(module, name), count, before=moment == "paged"))


if __name__ == "__main__":
    if sys.argv[1]:
        _arm(sys.argv[1], int(sys.argv[2]))
    _work()
