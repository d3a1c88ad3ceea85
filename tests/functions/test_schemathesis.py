"""Requests made up from the API's own description: what it promises, it keeps."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from functions.http.site import OPERATIONS
from tests.functions import people
from tests.functions.api import Api
from tests.functions.people import Person
from tests.functions.stack import DeployedStack

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    ignored_auth,
    allow_header_conformance,
]
BOUNDED = settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
NEVER_RIGHT = {
    "verifyAccount",
    "signIn",
    "endSession",
    "getRequest",
    "getExport",
    "getNoticeVersion",
}
"""Operations that need an id or a secret which cannot be made up."""
_NAMED = "notice_version"


@pytest.fixture(scope="module")
def person(stack: DeployedStack) -> Person:
    return people.signed_in(Api(stack))


@pytest.fixture(scope="module")
def described(stack: DeployedStack) -> Any:
    """The description, as the stack serves it."""
    document = json.loads(Api(stack).get("/openapi.json").content)
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=stack.base_url)
    return schema


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("id", [operation.id for operation in OPERATIONS])
def test_keeps_its_promises(
    stack: DeployedStack, described: Any, person: Person, id: str, mode: GenerationMode
) -> None:
    (named,) = [operation for operation in OPERATIONS if operation.id == id]
    operation = described[named.path][named.method]

    statuses: set[int] = set()
    version = Api(stack).notice_version()

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def keeps(case: Any) -> None:
        if mode is GenerationMode.POSITIVE and isinstance(case.body, dict) and _NAMED in case.body:
            case.body[_NAMED] = version
        # Ending this person's session would have all later calls refused.
        headers = None if named.method == "DELETE" else person.headers
        answer = case.call_and_validate(headers=headers, checks=CHECKS, timeout=60)
        statuses.add(answer.status_code)

    keeps()
    if mode is GenerationMode.POSITIVE and id not in NEVER_RIGHT:
        assert statuses & named.answers.keys(), statuses
