"""Sends the calls that are made with nearly every request: lean, and otherwise as botocore does.

A call through botocore's clients runs some 4,600 Python calls. DynamoDB's operations that PynamoDB
makes here, and a few of KMS and SQS, need a small part of that: JSON, a signature, a kept
connection, and botocore's rules for a second attempt. Each operation here is sent byte for byte as
botocore sends it, apart from the `User-Agent`, and answers and errors have botocore's form; every
other operation is botocore's own. `RISERBO_TRANSPORT=botocore` leaves all to botocore.
"""

from __future__ import annotations

import base64
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from urllib.parse import quote

from chalicelib import clock, ids, settings
from chalicelib.storage.transport import answers
from chalicelib.storage.transport.events import Events
from chalicelib.storage.transport.place import Place, credentials, place
from chalicelib.storage.transport.retries import Outcome, Retries
from chalicelib.storage.transport.signature import Signer
from chalicelib.storage.transport.wire import Answer, Wire

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Service:
    """A service and its operations that the transport sends, as AWS's models describe them.

    `operations` names each operation's members that are bytes in its answer. `scale` is the longest
    first pause in seconds. DynamoDB's values are bytes wherever they are tagged so, and its answers
    have a checksum.
    """

    service_name: str
    target: str
    version: str
    operations: Mapping[str, tuple[str, ...]]
    headers: Mapping[str, str] = field(default_factory=dict)
    scale: float = 0.05

    @property
    def is_of_items(self) -> bool:
        """Whether it is DynamoDB."""
        return self.service_name == "dynamodb"


DYNAMODB: Final = Service(
    "dynamodb",
    "DynamoDB_20120810",
    "1.0",
    dict.fromkeys(
        (
            "BatchGetItem",
            "BatchWriteItem",
            "DeleteItem",
            "GetItem",
            "PutItem",
            "Query",
            "TransactGetItems",
            "TransactWriteItems",
            "UpdateItem",
        ),
        (),
    ),
    scale=0.025,
)
KMS: Final = Service(
    "kms",
    "TrentService",
    "1.1",
    {
        "Decrypt": ("Plaintext", "CiphertextForRecipient"),
        "GenerateMac": ("Mac",),
        "Sign": ("Signature",),
    },
)
SQS: Final = Service("sqs", "AmazonSQS", "1.0", {"SendMessage": ()}, {"x-amzn-query-mode": "true"})
_TOKEN: Final = {"TransactWriteItems": "ClientRequestToken"}
"""Members that name a request, so that it is done once however often it is sent."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation, for those that watch: with the names that botocore's models have."""

    name: str
    service_model: Service


@dataclass(frozen=True, slots=True)
class Request:
    """A request about to be sent, for those that watch."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"


class Transport:
    """Calls one service at one place. `watched` are the handlers of those that watch.

    `attempts` is the most attempts of a call; timeouts are seconds.
    """

    def __init__(
        self,
        service: Service,
        place: Place,
        watched: Events,
        *,
        attempts: int,
        connect_timeout: float,
        read_timeout: float,
    ) -> None:
        self._service, self._watched = service, watched
        self._wire = Wire(place, connect_timeout, read_timeout)
        self._signer = Signer(service.service_name, place.region)
        self._credentials = credentials(settings.of_aws())
        self._retries = Retries(attempts, service.scale)

    def call(self, name: str, parameters: Mapping[str, Any]) -> Json:
        """Calls an operation with the parameters of botocore's client; returns its answer.

        Raises ClientError for an error that the service answers, with the answer's other members
        beside it as botocore has them, and botocore's errors of the network.
        """
        asked, watched = dict(parameters), self._watched
        operation = Operation(name, self._service)
        event = f"{self._service.service_name}.{name}"
        if watched:
            watched.emit(f"provide-client-params.{event}", params=asked, model=operation)
        if name in _TOKEN:
            asked.setdefault(_TOKEN[name], ids.new_uuid())
        body = json.dumps(asked, default=_text).encode()
        if watched:
            watched.emit(f"before-call.{event}", params=asked, model=operation)
        status, parsed = self._answered(name, event, body)
        if watched:
            watched.emit(f"after-call.{event}", parsed=parsed, model=operation)
        if status >= 300:
            from botocore.exceptions import ClientError

            raise ClientError(parsed, name)  # type: ignore[arg-type]  # more than the stubs know
        return parsed

    def _answered(self, name: str, event: str, body: bytes) -> tuple[int, Json]:
        """Returns the status and the parsed body of the last attempt's answer."""
        invocation, attempt, taken, expires = ids.new_uuid(), 1, 0, ""
        while True:
            number = f"{expires}attempt={attempt}; max={self._retries.attempts}"
            answer, error = self._sent(event, self._headers(name, body, invocation, number), body)
            parsed = {} if answer is None else self._parsed(name, answer)
            outcome = self._outcome(answer, parsed, error)
            spent = self._retries.again(attempt, outcome)
            if not spent:
                break
            taken, attempt, expires = spent, attempt + 1, self._expiry(answer)
        if answer is None:
            raise error or AssertionError("neither an answer nor an error")
        if 200 <= answer.status < 300:
            self._retries.succeeded(taken)
        parsed["ResponseMetadata"] |= self._retries.told(attempt, outcome)
        return answer.status, parsed

    def _headers(self, name: str, body: bytes, invocation: str, number: str) -> dict[str, str]:
        stamp = f"{clock.unmoved():%Y%m%dT%H%M%SZ}"
        found = self._credentials()
        service = self._service
        target, kind = f"{service.target}.{name}", f"application/x-amz-json-{service.version}"
        signed = {
            "content-type": kind,
            "host": self._wire.host,
            "x-amz-date": stamp,
            "x-amz-target": target,
            **service.headers,
        }
        headers = {"X-Amz-Target": target, "Content-Type": kind, **service.headers}
        headers["User-Agent"] = user_agent()
        variables = settings.of_aws()
        trace = variables.get("_X_AMZN_TRACE_ID")
        if trace and "AWS_LAMBDA_FUNCTION_NAME" in variables:
            headers["X-Amzn-Trace-Id"] = quote(trace, safe="-=;:+&[]{}\"',")
        headers["X-Amz-Date"] = stamp
        if found.token:
            headers["X-Amz-Security-Token"] = signed["x-amz-security-token"] = found.token
        headers["Authorization"] = self._signer.authorization(found, signed, body, stamp)
        headers["amz-sdk-invocation-id"] = invocation
        headers["amz-sdk-request"] = number
        return headers

    def _sent(
        self, event: str, headers: dict[str, str], body: bytes
    ) -> tuple[Answer | None, Exception | None]:
        """Sends one attempt: returns the answer, or the error in its place."""
        try:
            if self._watched:
                request = Request(f"{self._wire.url}/", headers, body)
                given = self._watched.emit(f"before-send.{event}", request=request)
                if given is not None:
                    lower = {key.lower(): value for key, value in given.headers.items()}
                    return Answer(given.status_code, lower, given.content), None
            return self._wire.post(headers, body), None
        except Exception as error:  # noqa: BLE001 - a rule of another module tells which are passing
            return None, error

    def _parsed(self, name: str, answer: Answer) -> Json:
        service = self._service
        return answers.parsed(answer, service.operations[name], tagged=service.is_of_items)

    def _outcome(self, answer: Answer | None, parsed: Json, error: Exception | None) -> Outcome:
        if answer is None:
            from botocore import exceptions

            passing = exceptions.ConnectionError | exceptions.HTTPClientError
            return Outcome(lost=isinstance(error, passing))
        code = parsed["Error"]["Code"] if "Error" in parsed else ""
        damaged = self._service.is_of_items and answers.is_damaged(answer)
        return Outcome(answer.status, code, answer.headers, damaged=damaged)

    def _expiry(self, answer: Answer | None) -> str:
        if answer is None:
            return ""
        found = answers.expiry(answer, clock.unmoved(), self._wire.read_timeout)
        return f"ttl={found}; " if found else ""


def place_of(service: Service) -> Place | None:
    """Returns where the transport calls a service; None where all its calls are botocore's."""
    if settings.transport() == settings.BOTOCORE:
        return None
    return place(service.service_name, settings.of_aws())


def _text(value: object) -> str:
    """Returns bytes as JSON has them; `json` asks for nothing else that is here."""
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} is no part of a request")


@cache
def user_agent() -> str:
    """Returns the name of all clients: made once, as botocore makes one anew for every request."""
    return f"Riserbo Python/{platform.python_version()}"
