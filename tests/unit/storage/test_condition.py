"""One place says whether the condition of a write held, and hides no other refusal."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from pynamodb.exceptions import DeleteError, PutError, PynamoDBException, UpdateError

from chalicelib.storage import condition

KINDS = [DeleteError, PutError, UpdateError]


def refusing(kind: type[PynamoDBException], code: str) -> None:
    error = {"Error": {"Code": code, "Message": "refused"}}
    raise kind("refused", ClientError(error, "Write"))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_a_condition_that_did_not_hold_is_no_failure(kind: type[PynamoDBException]) -> None:
    assert not condition.held(lambda: refusing(kind, "ConditionalCheckFailedException"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException", ""])
def test_any_other_refusal_is_raised(kind: type[PynamoDBException], code: str) -> None:
    with pytest.raises(kind):
        condition.held(lambda: refusing(kind, code))


@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_that_broke_off_is_raised_as_what_it_is(kind: type[PynamoDBException]) -> None:
    def broken() -> None:
        raise kind("broken", ReadTimeoutError(endpoint_url="https://dynamodb.example"))

    with pytest.raises(kind):
        condition.held(broken)


def test_what_was_written_held() -> None:
    written: list[str] = []
    assert condition.held(lambda: written.append("once"))
    assert written == ["once"]
