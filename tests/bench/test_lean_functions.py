"""Functions that are called with every page need no client of botocore's, cold or warm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from infra.package import PROJECT
from tests.bench.events import api_event
from tests.bench.proof import service
from tests.bench.world import World

_CALLS = """
import json, sys
from importlib import import_module
handler = import_module(f"functions.http.{sys.argv[1]}").handler
statuses = [handler(event, None)["statusCode"] for event in json.load(sys.stdin)]
loaded = [one for one in ("boto3", "botocore.client", "botocore.session") if one in sys.modules]
sys.stderr.write(json.dumps([statuses, loaded]))
"""


def _events(world: World, function: str) -> list[dict[str, Any]]:
    """A read, and a write where the function has one, each of them twice."""
    visitor = world.visitor(("granted", 2))
    chosen = dict.fromkeys(world.choices[:2], "denied")
    body = {"notice_version": world.version, "decisions": chosen, "source": "banner"}
    question = {"subject": "a" * 26, "purpose": world.choices[0]}
    events = {
        "consents": [
            api_event("POST", "/v1/consents", headers=visitor, body=body),
            api_event("GET", "/v1/consents", headers=visitor),
        ],
        "decisions": [api_event("GET", "/v1/decisions", headers=service(world), query=question)],
        "notices": [api_event("GET", "/v1/notice"), api_event("GET", "/v1/notices")],
    }
    return 2 * events[function]


def _process(function: str, events: list[dict[str, Any]], way: str) -> tuple[list[int], list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", _CALLS, function],
        input=json.dumps(events),
        env={**os.environ, "RISERBO_TRANSPORT": way, "PYTHONPATH": str(PROJECT)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    statuses, loaded = json.loads(done.stderr)
    return statuses, loaded


@pytest.mark.parametrize("function", ["consents", "decisions", "notices"])
def test_no_client_of_botocores_is_imported(counted: World, function: str) -> None:
    statuses, loaded = _process(function, _events(counted, function), "")
    assert {status // 100 for status in statuses} == {2}
    assert loaded == []


def test_it_is_imported_where_the_transport_is_off(counted: World) -> None:
    _, loaded = _process("notices", _events(counted, "notices"), "botocore")
    assert "botocore.client" in loaded
