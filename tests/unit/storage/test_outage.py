"""Which errors of AWS pass by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)
from pynamodb.exceptions import (
    CancellationReason,
    DeleteError,
    TransactWriteError,
    VerboseClientError,
)

from chalicelib.storage.outage import is_passing

URL = "https://dynamodb.example"


def refused(code: str) -> ClientError:
    answer: Any = {"Error": {"Code": code}}
    return ClientError(answer, "TransactWriteItems")


def cancelled(*codes: str) -> TransactWriteError:
    answer: Any = {"Error": {"Code": "TransactionCanceledException"}}
    reasons = [CancellationReason(code, "") for code in codes]
    cause = VerboseClientError(answer, "TransactWriteItems", cancellation_reasons=reasons)
    return TransactWriteError("no", cause)


PASSING = (
    refused("ThrottlingException"),
    refused("ProvisionedThroughputExceededException"),
    refused("InternalServerError"),
    refused("SlowDown"),
    EndpointConnectionError(endpoint_url=URL),
    ReadTimeoutError(endpoint_url=URL),
    ConnectTimeoutError(endpoint_url=URL),
    DeleteError(cause=refused("ThrottlingException")),
    TransactWriteError("no", ReadTimeoutError(endpoint_url=URL)),
    cancelled("None", "ThrottlingError"),
)
LASTING = (
    refused("ValidationException"),
    refused("AccessDenied"),
    ParamValidationError(report="x"),
    DeleteError(cause=refused("ConditionalCheckFailedException")),
    TransactWriteError("no"),
    cancelled("None", "ConditionalCheckFailed"),
    OSError(),
    KeyError("x"),
)


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_a_service_that_is_busy_or_does_not_answer_passes(error: Exception) -> None:
    assert is_passing(error)


@pytest.mark.parametrize("error", LASTING, ids=repr)
def test_what_is_wrong_stays_wrong(error: Exception) -> None:
    assert not is_passing(error)
