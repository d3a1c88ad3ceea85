"""Structured logs that cannot hold personal data.

A line is one JSON object of an event's name and of fields from a closed list, each of which is an
id, a count or a fixed name; a text with any other character than those of ids is masked. No message
of an exception is logged, since messages quote values: only its class and its traceback's places.
"""

from __future__ import annotations

import json
import re
import sys
import traceback
from typing import Literal, TypedDict, Unpack

from chalicelib import clock, settings

_SAFE = re.compile(r"[A-Za-z0-9_.:/{}#\-]{0,200}\Z")
_FRAMES = 20


class Fields(TypedDict, total=False):
    """The fields that a line may have. Ids are random or hashes, never an address or a name."""

    function: str
    request_id: str
    operation: str
    method: str
    path: str  # the route's pattern, without the values of its parameters
    status: int
    milliseconds: int
    problem: str  # the slug of a problem
    findings: int
    error: str  # class of an exception
    trace: list[str]
    subject: str
    job: str
    request: str
    entry: str
    queue: str
    message: str  # id of a queue's message
    rule: str
    kind: str
    lane: str
    notice_version: str
    missing: str  # what the notice in force lacks, by its names in the document
    recipient: str  # the notice's id of a recipient of data
    attempt: int
    count: int
    erased: int
    failed: int
    remaining: int
    lag_seconds: int
    reason: str  # a fixed word
    factor: str  # password, second factor or mailed code
    limit: str  # the name of a figure that was reached
    network: str  # a keyed hash (chalicelib/traces.py)


_ALLOWED = frozenset(Fields.__annotations__)

NAMESPACE = "Riserbo"
"""CloudWatch's namespace of the metrics in lines."""


def log(event: str, /, **fields: Unpack[Fields]) -> None:
    """Writes one line. Unknown fields are left out, texts that cannot be ids are masked."""
    _write("INFO", event, dict(fields))


def measure(
    event: str,
    metric: str,
    value: int = 1,
    unit: str = "Count",
    /,
    by: tuple[Literal["kind", "rule"], ...] = (),
    **fields: Unpack[Fields],
) -> None:
    """Writes one line that CloudWatch also counts, by its embedded metric format.

    The metric's dimension is the stage, so that no personal value becomes one; it is counted once
    more by the fields in `by`, whose values have to be few. `unit` is one of CloudWatch's, such as
    Seconds.
    """
    now = clock.now()
    counted = {
        "_aws": {
            "Timestamp": int(now.timestamp() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [["Stage"], ["Stage", *by]] if by else [["Stage"]],
                    "Metrics": [{"Name": metric, "Unit": unit}],
                }
            ],
        },
        "Stage": settings.stage(),
        metric: value,
    }
    _write("INFO", event, dict(fields), counted)


def failure(event: str, raised: BaseException, /, **fields: Unpack[Fields]) -> None:
    """Writes one line about an exception: its class and the places it passed, innermost last."""
    name = f"{type(raised).__module__}.{type(raised).__qualname__}"
    about = {"error": name, "trace": _places(raised)}
    _write("ERROR", event, {**fields, **about})


def _write(
    level: str, event: str, fields: dict[str, object], counted: dict[str, object] | None = None
) -> None:
    line: dict[str, object] = {"level": level, "event": _clean(event)}
    line |= {name: _clean(value) for name, value in fields.items() if name in _ALLOWED}
    line |= counted or {}
    # Each line goes out by itself: Lambda's runtime makes a log event of it.
    sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def _clean(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value[:_FRAMES]]
    if isinstance(value, str) and _SAFE.match(value):
        return value
    return "masked"


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno}:{_named(frame.name)}" for frame in frames]


def _short(filename: str) -> str:
    return "/".join(filename.rsplit("/", 3)[-3:])


def _named(function: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.]", "", function)
