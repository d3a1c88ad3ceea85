"""The template stays below what CloudFormation and API Gateway take, with room for growth.

A template may have 500 resources, counted after the transform of AWS::Serverless, and an API 300
resources by default (AWS CloudFormation quotas; Amazon API Gateway quotas).
"""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from infra.functions import Function, read_functions
from infra.routes import served_by
from infra.template import build_template

PROJECT = Path(__file__).parent.parent.parent.parent
MOST: Final = 480
MOST_PATHS: Final = 280

ADDED: Final = {"SQS": 1, "Schedule": 2}
"""Resources that the transform makes of an event: a mapping; a rule, and its right to invoke."""

EVENTS: Final[dict[str, Any]] = {
    "queues": {"Type": "SQS", "Properties": {"BatchSize": 1}},
    "schedules": {"Type": "Schedule", "Properties": {"Schedule": "rate(5 minutes)"}},
}


def packaged(functions: tuple[Function, ...]) -> dict[str, Any]:
    """What `chalice package` says of the functions, as far as the template reads it."""
    found: dict[str, Any] = {"APIHandler": {"Properties": {"Runtime": "python3.13"}}}
    for one in functions:
        if one.kind != "http":
            events = {"Source": deepcopy(EVENTS[one.kind])} if one.kind in EVENTS else {}
            found[one.logical_id] = {"Properties": {"Handler": one.handler, "Events": events}}
    return {"Resources": found}


def test_the_template_has_room() -> None:
    functions = read_functions(PROJECT)
    template = build_template(packaged(functions), functions, served_by(), "api", "code.zip")
    resources = template["Resources"].values()
    events = [
        event["Type"]
        for one in resources
        for event in one.get("Properties", {}).get("Events", {}).values()
    ]
    kinds = Counter(one["Type"] for one in resources)
    total = kinds.total() + sum(ADDED[event] for event in events)
    assert total <= MOST, f"{total} resources: {kinds.most_common()}"
    assert kinds["AWS::ApiGateway::Resource"] <= MOST_PATHS
