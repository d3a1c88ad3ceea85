"""Conditional writes, and whether their condition held."""

from collections.abc import Callable

from pynamodb.exceptions import PynamoDBException

_FAILED = "ConditionalCheckFailedException"


class ConditionFailed(Exception):
    """A condition of a transaction did not hold, so nothing of it was written.

    `labels` names the operations that failed, as given when they were added.
    """

    def __init__(self, labels: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(labels)))
        self.labels = labels


def code(error: PynamoDBException) -> str | None:
    """Returns DynamoDB's code of a refusal; None where no answer came at all.

    PynamoDB's own `cause_response_code` fails where the connection broke off: the cause of such an
    error has a response, which is None.
    """
    response = getattr(error.cause, "response", None) or {}
    found: str | None = response.get("Error", {}).get("Code")
    return found


def held(write: Callable[[], object]) -> bool:
    """Makes one conditional write; returns False where its condition did not hold.

    Nothing is written then. Every other refusal of DynamoDB is raised as it is.
    """
    try:
        write()
    except PynamoDBException as refused:
        if code(refused) == _FAILED:
            return False
        raise
    return True
