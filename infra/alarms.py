"""The alarms and the dashboard of the app stack.

Every alarm is on a metric of CloudWatch, so that nothing has to run for it. Alarms that the local
engine does not support (composite alarms, metric math) are in operations.yaml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib import logs, traces
from chalicelib.requests import agenda as deadlines
from chalicelib.retention import model as retention
from chalicelib.retention.amendments import model as amendments
from chalicelib.storage import turns
from infra.functions import Function

Json = dict[str, Any]

_FIVE_MINUTES = 300
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
#: So many runs of a schedule may be missing before the alarm: EventBridge is not a clock.
_MISSED_RUNS = 3
#: A queue's oldest message may wait twice its visibility timeout, which is 6 function timeouts.
_TIMEOUTS_WAITED = 12
_API_FAILURES = 5
#: So long may something about a request be overdue: the next runs may make up for one that failed.
_DUE_WAITS = 6 * 3600
#: So long may a record that is due for erasure be left by a run, or fail.
_RECORD_WAITS = 2 * 3600
#: A record that was set aside is tried and counted once a day; an alarm looks at one day at most.
_STUCK_HOURS = 24


def alarm_resources(
    functions: Sequence[Function], rates: Mapping[str, str], api_stage: str
) -> Json:
    """Every alarm and the dashboard, by logical id.

    `rates` are the expressions of the schedules by function name, `api_stage` is API Gateway's
    stage. Raises ValueError for a schedule that is no `rate(...)`.
    """
    resources: Json = {"ApiFailures": _api_failures(api_stage)}
    for function in functions:
        name = function.logical_id
        resources[f"{name}Errors"] = _of_function(function, "Errors", "fails")
        resources[f"{name}Throttles"] = _of_function(function, "Throttles", "is throttled")
        if function.kind == "queues":
            resources[f"{function.queue}QueueAge"] = _queue_age(function)
            resources[f"{function.queue}DeadLettersFound"] = _dead_letters(function)
        if function.kind == "schedules":
            resources[f"{name}NotRun"] = _not_run(function, seconds_between(rates[function.name]))
    resources["SignInsRefused"] = _of_traces(
        traces.REFUSED, "Many proofs of who somebody is were refused.", "RefusedSignIns"
    )
    resources["LimitsReached"] = _of_traces(
        traces.LIMITS, "Limits are reached often.", "ReachedLimits"
    )
    resources["RetentionBehind"] = _behind(
        "Something is due for erasure, and still there.",
        retention.OLDEST_DUE,
        "what-is-due-stays",
        _RECORD_WAITS,
    )
    resources["RetentionStuck"] = _stuck()
    resources["RulesUnconfirmed"] = _unconfirmed()
    resources["DeadlinesBehind"] = _behind(
        "Something is due about a request, and was not done.",
        deadlines.OLDEST_DUE,
        "what-is-due-about-requests-waits",
        _DUE_WAITS,
    )
    for logical_id, alarm in resources.items():
        alarm["Properties"]["AlarmName"] = {"Fn::Sub": f"riserbo-${{Stage}}-{logical_id}"}
    resources["Dashboard"] = _dashboard(functions, api_stage)
    return resources


def seconds_between(expression: str) -> int:
    """Seconds between two runs of a schedule. Raises ValueError if it is no `rate(...)`."""
    found = _RATE.fullmatch(expression)
    if found is None:
        raise ValueError(f"no alarm can be derived from the schedule {expression!r}")
    return int(found[1]) * _SECONDS[found[2]]


def _alarm(
    text: str,
    namespace: str,
    metric: str,
    dimensions: Mapping[str, Any],
    where: str = "docs/operations.md",
    **rest: Any,
) -> Json:
    properties: Json = {
        "AlarmDescription": f"{text} What to do: {where}.",
        "Namespace": namespace,
        "MetricName": metric,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
        "Statistic": "Sum",
        "Period": _FIVE_MINUTES,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [{"Ref": "AlarmsTopic"}],
        "OKActions": [{"Ref": "AlarmsTopic"}],
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {**properties, **rest}}


def _of_function(function: Function, metric: str, does: str) -> Json:
    dimensions = {"FunctionName": {"Ref": function.logical_id}}
    return _alarm(f"The function {function.name} {does}.", "AWS/Lambda", metric, dimensions)


def _not_run(function: Function, seconds: int) -> Json:
    return _alarm(
        f"The schedule {function.name} did not run {_MISSED_RUNS} times in a row.",
        "AWS/Lambda",
        "Invocations",
        {"FunctionName": {"Ref": function.logical_id}},
        Period=_MISSED_RUNS * seconds,
        ComparisonOperator="LessThanThreshold",
        # A function that is never invoked has no metric at all: its absence is the alarm.
        TreatMissingData="breaching",
    )


def _queue_age(function: Function) -> Json:
    return _alarm(
        f"Messages wait too long in the queue {function.name}.",
        "AWS/SQS",
        "ApproximateAgeOfOldestMessage",
        {"QueueName": {"Fn::GetAtt": [f"{function.queue}Queue", "QueueName"]}},
        Statistic="Maximum",
        Threshold=_TIMEOUTS_WAITED * function.timeout,
    )


def _dead_letters(function: Function) -> Json:
    return _alarm(
        f"The queue {function.name} gave a message up.",
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        {"QueueName": {"Fn::GetAtt": [f"{function.queue}DeadLetters", "QueueName"]}},
        Statistic="Maximum",
    )


def _api_failures(api_stage: str) -> Json:
    dimensions = {"ApiName": {"Fn::Sub": "riserbo-${Stage}"}, "Stage": api_stage}
    return _alarm(
        "Callers get answers of 500 and above.",
        "AWS/ApiGateway",
        "5XXError",
        dimensions,
        Threshold=_API_FAILURES,
    )


def _of_traces(metric: str, text: str, parameter: str) -> Json:
    """Returns an alarm on a metric in the lines of the log (`chalicelib/traces.py`)."""
    dimensions = {"Stage": {"Ref": "Stage"}}
    where = "docs/runbook.md#somebody-guesses"
    return _alarm(text, logs.NAMESPACE, metric, dimensions, where, Threshold={"Ref": parameter})


def _unconfirmed() -> Json:
    """Returns the alarm on a changed rule that would erase very many records at once, and waits."""
    return _alarm(
        "A changed retention rule would erase very many records at once, and waits for a yes.",
        logs.NAMESPACE,
        amendments.UNCONFIRMED,
        {"Stage": {"Ref": "Stage"}},
        "docs/runbook.md#a-version-that-changes-retention-rules",
        Period=3600,
    )


def _stuck() -> Json:
    """Returns the alarm on records that could not be handled in five tries.

    The metric has the kind of record and the rule as dimensions too, which say where to look.
    """
    return _alarm(
        "Records could not be erased in five tries and were set aside.",
        logs.NAMESPACE,
        retention.STUCK,
        {"Stage": {"Ref": "Stage"}},
        "docs/runbook.md#what-is-due-stays",
        Period=3600,
        EvaluationPeriods=_STUCK_HOURS,
        DatapointsToAlarm=1,
    )


def _behind(text: str, metric: str, section: str, waits: int) -> Json:
    """Returns the alarm on the oldest item that an hourly schedule leaves behind.

    An item that cannot be handled waits between two tries: the alarm looks back over the longest
    wait, so that it does not end while an item is only waiting.
    """
    hours = int(turns.LONGEST_PAUSE.total_seconds()) // 3600 + 2
    return _alarm(
        text,
        logs.NAMESPACE,
        metric,
        {"Stage": {"Ref": "Stage"}},
        f"docs/runbook.md#{section}",
        Statistic="Maximum",
        Period=3600,
        EvaluationPeriods=hours,
        DatapointsToAlarm=1,
        Threshold=waits,
    )


def _dashboard(functions: Sequence[Function], api_stage: str) -> Json:
    api = ["ApiName", "riserbo-${Stage}", "Stage", api_stage]
    queues = [function.queue for function in functions if function.kind == "queues"]
    names = [function.logical_id for function in functions]
    widgets = [
        _widget(
            "Requests and refusals",
            [["AWS/ApiGateway", metric, *api] for metric in ("Count", "4XXError", "5XXError")],
        ),
        _widget(
            "Sign-ins, refused proofs, limits reached",
            [
                [logs.NAMESPACE, metric, "Stage", "${Stage}"]
                for metric in (traces.SIGN_INS, traces.REFUSED, traces.LIMITS)
            ],
        ),
        _widget(
            "Oldest item that retention left (seconds)",
            [[logs.NAMESPACE, retention.OLDEST_DUE, "Stage", "${Stage}"]],
            "Maximum",
        ),
        _widget(
            "Items that retention left, and set aside",
            [
                [logs.NAMESPACE, metric, "Stage", "${Stage}"]
                for metric in (retention.LEFT, retention.STUCK)
            ],
        ),
        _widget("Answer time (95 %)", [["AWS/ApiGateway", "Latency", *api]], "p95"),
        _widget("Errors", [["AWS/Lambda", "Errors", "FunctionName", f"${{{n}}}"] for n in names]),
        _widget(
            "Throttles", [["AWS/Lambda", "Throttles", "FunctionName", f"${{{n}}}"] for n in names]
        ),
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
    body = json.dumps({"widgets": [_placed(widget, i) for i, widget in enumerate(widgets)]})
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": {"Fn::Sub": "riserbo-${Stage}"},
            "DashboardBody": {"Fn::Sub": body},
        },
    }


def _queue_metric(metric: str, queue: str) -> list[str]:
    return ["AWS/SQS", metric, "QueueName", f"${{{queue}.QueueName}}"]


def _widget(title: str, metrics: list[list[str]], statistic: str = "Sum") -> Json:
    return {
        "title": title,
        "region": "${AWS::Region}",
        "view": "timeSeries",
        "stat": statistic,
        "period": _FIVE_MINUTES,
        "metrics": metrics,
    }


def _placed(properties: Json, number: int) -> Json:
    place = {"x": 12 * (number % 2), "y": 6 * (number // 2), "width": 12, "height": 6}
    return {"type": "metric", **place, "properties": properties}
