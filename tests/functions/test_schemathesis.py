"""Requests made up from the API's own description: what it promises, it keeps."""

from __future__ import annotations

import json
from dataclasses import dataclass
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

from chalicelib.web.contract import Auth, Operation
from functions.http.site import OPERATIONS
from tests.examples import examples
from tests.functions import desk, people
from tests.functions.api import Api
from tests.functions.commands import make_key
from tests.functions.people import PASSWORD, Person
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
    max_examples=examples(15),
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
NEVER_RIGHT = {
    "verifyAccount",
    "verifyRequest",
    "verifyMessage",
    "disavowAccount",
    "keepAccount",
    "resetPassword",
    "confirmPasswordReset",
    "confirmSecondFactor",
    "renewRecoveryCodes",
    "confirmAddress",
    "undoAddress",
    "unsubscribe",
    "issueUnsubscribeLink",
    "getReceipt",
    "recordDecisions",
    "enterRequest",
    "getDeskRequest",
    "listDeskMessages",
    "actOnRequest",
    "placeHold",
    "liftHold",
    "decideReview",
    "getRequest",
    "cancelRequest",
    "sendMessage",
    "disputeRequest",
    "getExport",
    "getClosingReceipt",
    "issueExport",
    "getNoticeVersion",
    "getNoticeChanges",
    "acknowledgeNotice",
    "publishNotice",
    "withdrawNotice",
    "confirmRule",
    "getNoticeDraft",
    "getNoticeAnnouncement",
    "getDecision",
    "recordDisclosure",
    "handOverRecord",
    "moveRecord",
    "endRecord",
    "answerRequest",
    "writeMessage",
    "tellActivity",
}
"""Operations that need an id, a secret or a browser, which cannot be made up, or a right form.

A message needs the fields of its own form, and a purpose that its writer allows, which made-up
decisions may have ended. An event is of the last thirty days.
"""
A_NO = {"captureConsent", "setPreferences", "recordDecisions"}
"""Operations through which a no may come, which counts whatever else is wrong."""
REFUSALS = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "429"]


@dataclass(frozen=True, slots=True)
class Callers:
    """Who calls. Made-up requests may spoil what they are about, so each sort has its own."""

    honest: Person
    hostile: Person
    leaving: Person
    staff: Person
    key: str

    def headers(self, operation: Operation, mode: GenerationMode) -> dict[str, str]:
        """The credentials for an operation."""
        if operation.auth is Auth.SERVICE:
            return people.bearer(self.key)
        if operation.auth is Auth.STAFF:
            return self.staff.headers
        if operation.id == "endSessions":
            return self.leaving.headers
        right = mode is GenerationMode.POSITIVE and operation.id not in NEVER_RIGHT
        return (self.honest if right else self.hostile).headers


@pytest.fixture(scope="module")
def callers(stack: DeployedStack) -> Callers:
    scopes = "introspection,accounts,decisions,disclosures,records,answers"
    key = make_key(stack, "schemathesis", scopes, recipient="aws")[1]
    honest, hostile, leaving = (people.signed_in(Api(stack)) for _ in range(3))
    return Callers(honest, hostile, leaving, desk.officer(Api(stack))[0], key)


@pytest.fixture(scope="module")
def described(stack: DeployedStack) -> Any:
    """The description, as the stack serves it."""
    document = json.loads(Api(stack).get("/openapi.json").content)
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=stack.base_url)
    schema.config.checks.negative_data_rejection.expected_statuses = REFUSALS
    return schema


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("id", [operation.id for operation in OPERATIONS])
def test_keeps_its_promises(
    stack: DeployedStack, described: Any, callers: Callers, id: str, mode: GenerationMode
) -> None:
    (named,) = [operation for operation in OPERATIONS if operation.id == id]
    operation = described[named.path][named.method]

    statuses: set[int] = set()
    known = told(Api(stack), id, callers.honest)

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def keeps(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:
            tell(case, known)
        headers = callers.headers(named, mode)
        checks = [one for one in CHECKS if id not in A_NO or one is not negative_data_rejection]
        answer = case.call_and_validate(headers=headers, checks=checks, timeout=60)
        statuses.add(answer.status_code)

    keeps()
    if mode is GenerationMode.POSITIVE and id not in NEVER_RIGHT:
        assert statuses & named.answers.keys(), statuses


def told(api: Api, id: str, person: Person) -> dict[str, str]:
    """What cannot be made up and is told to who makes up requests: members, and the path's id."""
    known = {"notice_version": api.notice_version(), "token": person.token, "id": person.subject}
    known |= {"script": "sdk.js"}
    if id in WITH_PASSWORD:
        known |= {"password": PASSWORD, "current_password": PASSWORD}
    if id == "signIn":
        known["email"] = person.email
    if id == "changeAddress":
        known["email"] = people.new_address()
    return known


WITH_PASSWORD = {
    "signIn",
    "changeOwnPassword",
    "changeAddress",
    "offerSecondFactor",
    "removeSecondFactor",
}
"""Operations that ask for the password of somebody who has one."""


def tell(case: Any, known: dict[str, str]) -> None:
    """Puts what is known in the place of what was made up."""
    for made_up in (case.body, case.path_parameters):
        if isinstance(made_up, dict):
            made_up.update({name: known[name] for name in known.keys() & made_up.keys()})
