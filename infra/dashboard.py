"""The dashboard of a stage: what people did, what fails, what waits, how fast answers come.

Its metrics are those that AWS publishes for nothing, and those in the lines of the functions' logs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from chalicelib import logs, traces
from chalicelib.accounts.service import proof
from chalicelib.consents.service import act
from chalicelib.erasure.service import saga
from chalicelib.requests import agenda as deadlines
from chalicelib.requests.service import backlog
from chalicelib.retention import model as retention
from infra.functions import Function

Json = dict[str, Any]
_FIVE_MINUTES, _DAY = 300, 86_400


def dashboard_resources(functions: Sequence[Function], api_stage: str) -> Json:
    """The dashboard, by logical id, which refers to outputs of the app stack.

    `api_stage` is API Gateway's stage.
    """
    widgets = [
        *_of_business(),
        *_of_callers(functions, api_stage),
        *_of_work(functions),
        *_of_duties(),
    ]
    body = json.dumps({"widgets": [_placed(widget, i) for i, widget in enumerate(widgets)]})
    return {
        "Dashboard": {
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": {
                "DashboardName": {"Fn::Sub": "riserbo-${Stage}"},
                "DashboardBody": {"Fn::Sub": body},
            },
        }
    }


def _of_business() -> list[Json]:
    """Returns what people did, by the day; who they are is in no metric."""
    return [
        _widget(
            "Registrations and erasures, a day", _of_lines(proof.OPENED, saga.ERASED), period=_DAY
        ),
        _widget(
            "Open requests: all, due in a week, overdue",
            _of_lines(backlog.OPEN, backlog.DUE_SOON, backlog.OVERDUE),
            "Maximum",
            3600,
        ),
        _widget(
            "Consents given and withdrawn, a day", _of_lines(act.GIVEN, act.WITHDRAWN), period=_DAY
        ),
        _widget(
            "Mails sent, come back, complained about, a day",
            [["AWS/SES", metric] for metric in ("Send", "Bounce", "Complaint")],
            period=_DAY,
        ),
    ]


def _of_callers(functions: Sequence[Function], api_stage: str) -> list[Json]:
    api = ["ApiName", "riserbo-${Stage}", "Stage", api_stage]
    answering = [function.logical_id for function in functions if function.kind == "http"]
    return [
        _widget(
            "Requests and refusals",
            [["AWS/ApiGateway", metric, *api] for metric in ("Count", "4XXError", "5XXError")],
        ),
        _widget("Answer time (95 %)", [["AWS/ApiGateway", "Latency", *api]], "p95"),
        _widget(
            "Answer time of each capability (95 %)", _of_each(answering, "Duration"), "p95", 900
        ),
        _widget(
            "Sign-ins, refused proofs, limits reached",
            _of_lines(traces.SIGN_INS, traces.REFUSED, traces.LIMITS),
        ),
    ]


def _of_work(functions: Sequence[Function]) -> list[Json]:
    names = [function.logical_id for function in functions]
    queues = [function.queue for function in functions if function.kind == "queues"]
    return [
        _widget("Errors", _of_each(names, "Errors")),
        _widget("Throttles", _of_each(names, "Throttles")),
        _widget(
            "Oldest message (seconds)",
            [_queue_metric("ApproximateAgeOfOldestMessage", f"{name}Queue") for name in queues],
            "Maximum",
        ),
        _widget(
            "Dead letters",
            [
                _queue_metric("ApproximateNumberOfMessagesVisible", f"{name}DeadLetters")
                for name in queues
            ],
            "Maximum",
        ),
    ]


def _of_duties() -> list[Json]:
    return [
        _widget(
            "Oldest item that is due and was left (seconds)",
            _of_lines(retention.OLDEST_DUE, deadlines.OLDEST_DUE),
            "Maximum",
        ),
        _widget(
            "Items that retention left, and set aside", _of_lines(retention.LEFT, retention.STUCK)
        ),
    ]


def _of_each(functions: Sequence[str], metric: str) -> list[list[str]]:
    return [["AWS/Lambda", metric, "FunctionName", f"${{{name}Function}}"] for name in functions]


def _of_lines(*metrics: str) -> list[list[str]]:
    return [[logs.NAMESPACE, metric, "Stage", "${Stage}"] for metric in metrics]


def _queue_metric(metric: str, queue: str) -> list[str]:
    return ["AWS/SQS", metric, "QueueName", f"${{{queue}Name}}"]


def _widget(
    title: str, metrics: list[list[str]], statistic: str = "Sum", period: int = _FIVE_MINUTES
) -> Json:
    return {
        "title": title,
        "region": "${AWS::Region}",
        "view": "timeSeries",
        "stat": statistic,
        "period": period,
        "metrics": metrics,
    }


def _placed(properties: Json, number: int) -> Json:
    place = {"x": 12 * (number % 2), "y": 6 * (number // 2), "width": 12, "height": 6}
    return {"type": "metric", **place, "properties": properties}
