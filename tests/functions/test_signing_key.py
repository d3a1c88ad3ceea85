"""Another key signs receipts: those of the key before verify, and those of the new one, at once."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import jwt
import pytest
from jwt import PyJWK

from infra.package import PROJECT
from tests.functions import people
from tests.functions.api import Api, ok
from tests.functions.people import Person
from tests.functions.stack import DeployedStack

KEYS = "/.well-known/jwks.json"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def receipt_of(api: Api, person: Person, decision: str) -> str:
    """The receipt of a new decision."""
    decided = {"notice_version": api.notice_version(), "decisions": {"surveys": decision}}
    body = {**decided, "source": "preference_centre", "locale": "en"}
    entry = ok(api.post("/v1/consents", headers=person.headers, json=body), 201)["entry_id"]
    found: str = ok(api.get(f"/v1/receipts/{entry}", headers=person.headers))["receipt"]
    return found


def verdict(api: Api, receipt: str) -> dict[str, Any]:
    found: dict[str, Any] = ok(api.post("/v1/receipts/verify", json={"receipt": receipt}))
    return found


def replaced(stack: DeployedStack) -> str:
    """Runs the command; the ARN of the new key."""
    environment = {**os.environ, "RISERBO_LOCAL": str(stack.local.place.folder)}
    command = [sys.executable, "-m", "infra.signing_key", "--stage", "local"]
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()[-1].split()[0]


def test_both_verify_in_a_process_that_knew_only_the_one_before(
    api: Api, stack: DeployedStack
) -> None:
    person = people.signed_in(api)
    old = receipt_of(api, person, "granted")
    (before,) = ok(api.get(KEYS))["keys"]
    assert verdict(api, old)["valid"]  # the process knows this key
    arn = replaced(stack)
    new = receipt_of(api, person, "denied")
    for receipt in (new, old, new):
        assert verdict(api, receipt) == {**verdict(api, receipt), "valid": True, "reason": None}
    published = ok(api.get(KEYS))["keys"]
    assert published[0] == before
    assert [jwt.get_unverified_header(one)["kid"] for one in (old, new)] == [
        one["kid"] for one in published
    ]
    for receipt, key in zip((old, new), published, strict=True):
        assert jwt.decode(receipt, PyJWK(key), algorithms=["ES256"], options={"verify_iat": False})
    # Deploying again, and returning to the last release, keep the key.
    assert stack.local.environment_of("receipts")["RISERBO_RECEIPT_KEY"] == arn
    assert stack.local.environment_of("wellknown")["RISERBO_RECEIPT_KEY"] == arn
