"""People with accounts, made by the product's own functions in a process beside the stack.

`people` asks for a person a line, as JSON on standard input (`Wanted`), and is answered a line. The
process calls the handlers of the functions `accounts`, `mail` and `sessions` as the engine would,
on the stack's tables, and spares what the tests of registration look at through HTTP: the gateway,
the queue, and Argon2, which is slow on purpose and computed once for a password here.

    python -m tests.functions.registry
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from email import message_from_bytes
from email.policy import default
from io import StringIO
from types import SimpleNamespace
from typing import IO, TYPE_CHECKING, Any, Final, TypedDict

from infra.local.place import PROJECT

if TYPE_CHECKING:
    from chalicelib.jobs.store import JobItem
    from chalicelib.mail.model import Message, Sender
    from chalicelib.mail.service import Rendered
    from tests.functions.stack import DeployedStack

_FUNCTIONS: Final = ("mail", "sessions", "accounts")
"""The functions whose settings the process has."""

_FROM: Final = "127.0.0.1"
"""The address from which people call, as the engine's gateway sees it."""


class Wanted(TypedDict):
    """A person: the body of the registration without a version, and whether they sign in."""

    registration: Mapping[str, Any]
    signs_in: bool


class Registry:
    """The process, from the first person on until `close`."""

    def __init__(self, stack: DeployedStack) -> None:
        self._stack = stack
        self._process: subprocess.Popen[str] | None = None

    def register(self, registration: Mapping[str, Any], *, signs_in: bool) -> str | None:
        """Registers a person, proves the address, and signs in where it is asked for.

        Returns the session's token, or None without one. Raises AssertionError with what a function
        answered where it refused.
        """
        process = self._process = self._process or self._start()
        stdin, stdout = _pipes(process)
        stdin.write(json.dumps(Wanted(registration=registration, signs_in=signs_in)) + "\n")
        stdin.flush()
        answer = json.loads(stdout.readline() or '{"refused": "the process ended"}')
        assert "refused" not in answer, answer["refused"]
        token: str | None = answer["token"]
        return token

    def close(self) -> None:
        """Ends the process."""
        if self._process is not None:
            stdin, stdout = _pipes(self._process)
            stdin.close()
            self._process.wait(30)
            stdout.close()
            self._process = None

    def _start(self) -> subprocess.Popen[str]:
        local = self._stack.local
        environment = local.command_environment()
        for function in _FUNCTIONS:
            environment |= local.environment_of(function)
        return subprocess.Popen(
            [sys.executable, "-m", "tests.functions.registry"],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


class Refused(Exception):
    """A function did not answer as it has to; the text is its answer."""


class _Letters:
    """The mails of verification, which the function `mail` sends at once, without its queue."""

    def __init__(self) -> None:
        from chalicelib.jobs import service as jobs
        from chalicelib.mail import service as mail

        self._later, self._write = jobs.send, mail.rendered
        self._token = ""
        jobs.send, mail.rendered = self._send, self._read

    def token(self) -> str:
        """The token of the link in the letter that was written last."""
        token, self._token = self._token, ""
        return token

    def _send(self, job: JobItem) -> None:
        from chalicelib.jobs.service import Ticket
        from functions.queues.mail import mail

        if job.queue != "mail":
            self._later(job)
            return
        record = {
            "messageId": job.id,
            "receiptHandle": job.id,
            "body": Ticket(job.subject, job.id).body(),
        }
        failed = mail({"Records": [record]}, SimpleNamespace())["batchItemFailures"]
        if failed:
            raise Refused(f"the mail did not go: {failed}")

    def _read(self, message: Message, sender: Sender) -> Rendered:
        from tests.functions.people import TOKEN

        written = self._write(message, sender)
        body = message_from_bytes(written.data, policy=default).get_body(("plain",))
        if body is not None and (found := TOKEN.search(body.get_content())):
            self._token = found[1]
        return written


def _call(handler: Any, path: str, body: Mapping[str, Any], status: int) -> Any:
    from tests.unit.web.sample import CONTEXT, event

    sent = event("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    sent["requestContext"]["identity"]["sourceIp"] = _FROM
    answer = handler(sent, CONTEXT)
    if answer["statusCode"] != status:
        raise Refused(f"{answer['statusCode']}: {answer['body']}")
    return json.loads(answer["body"])


def _made(letters: _Letters, wanted: Wanted) -> str | None:
    from chalicelib.notices import service as notices
    from functions.http import accounts, sessions

    notices.forget_pointer()  # a test may have published
    body = {"notice_version": notices.current().version, **wanted["registration"]}
    password = body["password"]
    _call(accounts.handler, "/v1/accounts", body, 202)
    proof = {"token": letters.token(), "password": password}
    _call(accounts.handler, "/v1/accounts/verification", proof, 200)
    if not wanted["signs_in"]:
        return None
    known = {"email": body["email"], "password": password}
    token: str = _call(sessions.handler, "/v1/sessions", known, 201)["token"]
    return token


def main() -> None:
    """Answers each line until there are no more."""
    from chalicelib.accounts import passwords

    # Everybody here has the same password, and hashing it is slow on purpose.
    passwords.hash_password = functools.cache(passwords.hash_password)
    passwords.is_password = functools.cache(passwords.is_password)
    letters = _Letters()
    for line in sys.stdin:
        with redirect_stdout(StringIO()) as log:  # the functions write their log lines there
            try:
                answer = {"token": _made(letters, json.loads(line))}
            except Refused as refused:
                answer = {"refused": f"{refused}\n{log.getvalue()}"}
        print(json.dumps(answer), flush=True)  # noqa: T201 - the answer to the line


if __name__ == "__main__":
    main()
