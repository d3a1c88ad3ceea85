"""DynamoDB's side of the wire: takes what a real client would send, and answers as told.

Nothing of the client is replaced: requests are built, signed and serialised, then caught before
they leave.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders


class Raw:
    """A body as the client reads it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self._body


def _bytes(body: object) -> bytes:
    assert isinstance(body, bytes)
    return body


class Engine:
    """Keeps requests by operation, and gives the answers that were set; `{}` otherwise."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[tuple[int, dict[str, Any]]] = []

    def __call__(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        target = request.headers["X-Amz-Target"]
        name = (target.decode() if isinstance(target, bytes) else target).rsplit(".", 1)[1]
        self.requests.append((name, json.loads(_bytes(request.body))))
        status, body = self.answers.pop(0) if self.answers else (200, {})
        return AWSResponse(request.url, status, HTTPHeaders(), Raw(json.dumps(body).encode()))

    def cancel(self, *codes: str) -> None:
        """Cancels the next transaction, with a reason for each of its writes."""
        body = {
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": f"Transaction cancelled [{', '.join(codes)}]",
            "CancellationReasons": [{"Code": code, "Message": ""} for code in codes],
        }
        self.answers.append((400, body))
