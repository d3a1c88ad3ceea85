"""Calls a schedule function of a local stack as EventBridge does."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

from botocore.config import Config

from infra.local.engine import REGION
from infra.local.stack import LocalStack


class FunctionFailed(Exception):
    """There is no such function, or it raised; the text is its output."""


def run_schedule(stack: LocalStack, name: str) -> str:
    """Returns the JSON answer of the schedule `name`. Raises FunctionFailed.

    `name` is as in `functions/schedules`. The call waits for the function's whole timeout and is
    never retried.
    """
    function = stack.outputs.get(f"{name.title()}Function")
    if function is None:
        raise FunctionFailed(f"There is no schedule {name!r}: NAME=retention, for example.")
    patient = Config(read_timeout=900, retries={"max_attempts": 0})
    client = stack.session().client("lambda", endpoint_url=stack.engine.url, config=patient)
    answer = client.invoke(FunctionName=function, Payload=json.dumps(scheduled()).encode())
    said = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise FunctionFailed(f"{name} failed: {said}")
    return said


def scheduled() -> dict[str, object]:
    """Returns an event such as EventBridge invokes a schedule with."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [],
        "detail": {},
    }
