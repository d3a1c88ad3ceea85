"""Errors of AWS that pass by themselves: what was asked for is right, and may be asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pynamodb.exceptions import TransactWriteError

_CODES: Final = frozenset(
    {
        "InternalError",
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)


_REASONS: Final = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError"})
"""Reasons for which DynamoDB cancels a transaction, of which one is enough."""


def is_passing(error: BaseException) -> bool:
    """Tells whether an error is one of a service that is busy, or does not answer.

    PynamoDB's errors are judged by what caused them.
    """
    from botocore import exceptions
    from pynamodb.exceptions import PynamoDBException, TransactWriteError

    if isinstance(error, exceptions.ConnectionError | exceptions.HTTPClientError):
        return True
    if isinstance(error, exceptions.ClientError):
        return error.response.get("Error", {}).get("Code") in _CODES
    if isinstance(error, TransactWriteError) and _is_throttled(error):
        return True
    if isinstance(error, PynamoDBException):
        return error.cause is not None and is_passing(error.cause)
    return False


def _is_throttled(error: TransactWriteError) -> bool:
    return any(reason and reason.code in _REASONS for reason in error.cancellation_reasons)
