"""The alarms on single metrics, which a stack of their own holds (infra/watching.py).

Every alarm is on a metric of CloudWatch, so that nothing has to run for it, and its description
names the section of docs/runbook.md that says its cause, what to check and the cure. Alarms that
the local engine does not support (composite alarms, metric math) are in operations.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib import logs, traces
from chalicelib.jobs.rounds import service as rounds
from chalicelib.origins.service import watch as origins
from chalicelib.requests import agenda as deadlines
from chalicelib.retention import model as retention
from chalicelib.retention.amendments import model as amendments
from chalicelib.storage import turns
from infra.functions import Function

Json = dict[str, Any]

_FIVE_MINUTES = 300
_HOUR = 3600
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
#: AWS reviews an account at 5 % of bounces and 0.1 % of complaints (SES Developer Guide,
#: "Sender review process"); the alarms ring at four fifths of that.
_BOUNCES, _COMPLAINTS = 0.04, 0.0008

API_THROTTLED = "ApiThrottled"
"""The metric of requests that API Gateway answered 429: infra/logs.yaml counts them in its log."""


def alarm_resources(
    functions: Sequence[Function], rates: Mapping[str, str], api_stage: str
) -> Json:
    """Every alarm on a single metric, by logical id; they refer to outputs of the app stack.

    `rates` are the expressions of the schedules by function name, `api_stage` is API Gateway's
    stage. Raises ValueError for a schedule that is no `rate(...)`.
    """
    resources: Json = {
        "ApiFailures": _api_failures(api_stage),
        "ApiThrottled": _api_throttled(),
        "FunctionsFail": _of_all_functions("A function fails.", "Errors", "functions-fail"),
        "FunctionsThrottled": _of_all_functions(
            "A function is throttled.", "Throttles", "functions-are-throttled"
        ),
    }
    for function in functions:
        name = function.logical_id
        if function.kind == "queues":
            resources[f"{function.queue}QueueAge"] = _queue_age(function)
            resources[f"{function.queue}DeadLettersFound"] = _dead_letters(function)
        if function.kind == "schedules":
            resources[f"{name}Errors"] = _schedule_fails(function)
            resources[f"{name}NotRun"] = _not_run(function, seconds_between(rates[function.name]))
    resources |= {**_of_attacks(), **_of_duties(), **_of_mail()}
    for logical_id, alarm in resources.items():
        alarm["Properties"]["AlarmName"] = {"Fn::Sub": f"riserbo-${{Stage}}-{logical_id}"}
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
    section: str,
    **rest: Any,
) -> Json:
    """Returns an alarm whose description leads to a section of docs/runbook.md by its anchor."""
    properties: Json = {
        "AlarmDescription": f"{text} What to do: docs/runbook.md#{section}.",
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


def _of_all_functions(text: str, metric: str, section: str) -> Json:
    """Returns an alarm on the sum over all functions of the account's region.

    Lambda publishes each metric without dimensions too, which is that sum: the account is the
    stage's alone. An alarm with metric math could add up ten functions at most.
    """
    return _alarm(text, "AWS/Lambda", metric, {}, section)


def _schedule_fails(function: Function) -> Json:
    return _alarm(
        f"A run of the schedule {function.name} failed.",
        "AWS/Lambda",
        "Errors",
        {"FunctionName": {"Ref": f"{function.logical_id}Function"}},
        "a-schedule-fails",
    )


def _not_run(function: Function, seconds: int) -> Json:
    return _alarm(
        f"The schedule {function.name} did not run {_MISSED_RUNS} times in a row.",
        "AWS/Lambda",
        "Invocations",
        {"FunctionName": {"Ref": f"{function.logical_id}Function"}},
        "a-schedule-does-not-run",
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
        {"QueueName": {"Ref": f"{function.queue}QueueName"}},
        "a-queue-waits",
        Statistic="Maximum",
        Threshold=_TIMEOUTS_WAITED * function.timeout,
    )


def _dead_letters(function: Function) -> Json:
    return _alarm(
        f"The queue {function.name} gave a message up.",
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        {"QueueName": {"Ref": f"{function.queue}DeadLettersName"}},
        "dead-letters",
        Statistic="Maximum",
    )


def _api_failures(api_stage: str) -> Json:
    dimensions = {"ApiName": {"Fn::Sub": "riserbo-${Stage}"}, "Stage": api_stage}
    return _alarm(
        "Callers get answers of 500 and above.",
        "AWS/ApiGateway",
        "5XXError",
        dimensions,
        "answers-fail",
        Threshold=_API_FAILURES,
    )


def _api_throttled() -> Json:
    """Returns the alarm on requests that API Gateway refused for their number.

    Its log is what counts them: API Gateway has no metric of its own for them.
    """
    return _alarm(
        "API Gateway answers 429: more requests come than ApiRate or ApiBurst takes.",
        logs.NAMESPACE,
        API_THROTTLED,
        {},
        "the-api-is-throttled",
        Threshold=10,
    )


def _of_attacks() -> Json:
    """Returns the alarms on the traces of attacks in the log (`chalicelib/traces.py`)."""
    found = {
        "SignInsRefused": (
            "Many proofs of who somebody is were refused.",
            traces.REFUSED,
            "RefusedSignIns",
        ),
        "LimitsReached": ("Limits are reached often.", traces.LIMITS, "ReachedLimits"),
    }
    return {
        name: _of_lines(text, metric, "proofs-refused-or-limits-reached", Threshold={"Ref": at})
        for name, (text, metric, at) in found.items()
    }


def _of_duties() -> Json:
    """Returns the alarms on what the notice and the law promise to people."""
    return {
        "RetentionBehind": _behind(
            "Something is due for erasure, and still there.",
            retention.OLDEST_DUE,
            "retention-is-behind",
            _RECORD_WAITS,
        ),
        # The metric has the kind of record and the rule as dimensions too, which say where to look.
        "RetentionStuck": _of_lines(
            "Records could not be erased in five tries and were set aside.",
            retention.STUCK,
            "retention-is-behind",
            Period=_HOUR,
            EvaluationPeriods=_STUCK_HOURS,
            DatapointsToAlarm=1,
        ),
        "RulesUnconfirmed": _of_lines(
            "A changed retention rule would erase very many records at once, and waits for a yes.",
            amendments.UNCONFIRMED,
            "a-rule-waits-for-a-yes",
            Period=_HOUR,
        ),
        "DeadlinesBehind": _behind(
            "Something is due about a request, and was not done.",
            deadlines.OLDEST_DUE,
            "deadlines-are-behind",
            _DUE_WAITS,
        ),
        # Each duty that is open after its month is counted at every look, at least once a week.
        "OriginsUntold": _of_lines(
            "Somebody was not told within a month that others gave data about them.",
            origins.OVERDUE,
            "somebody-is-not-told-of-an-origin",
            Period=_HOUR,
        ),
        "RoundsGivenUp": _of_lines(
            "A round over all subjects ended with some of them left out.",
            rounds.GIVEN_UP,
            "a-round-is-given-up",
            Period=_HOUR,
        ),
    }


def _of_mail() -> Json:
    """Returns the alarms on SES's opinion of the account, ."""
    found = {
        "MailsBounce": ("Mails come back", "Reputation.BounceRate", _BOUNCES),
        "MailsComplainedOf": (
            "Mails are reported as spam",
            "Reputation.ComplaintRate",
            _COMPLAINTS,
        ),
    }
    return {
        name: _alarm(
            f"{text} so often that AWS may soon stop the account's mail.",
            "AWS/SES",
            metric,
            {},
            "mail-loses-its-reputation",
            Statistic="Maximum",
            Period=_HOUR,
            Threshold=at,
            # SES publishes it now and then only: between two figures the last one holds.
            TreatMissingData="ignore",
        )
        for name, (text, metric, at) in found.items()
    }


def _of_lines(text: str, metric: str, section: str, **rest: Any) -> Json:
    """Returns an alarm on a metric in the lines of the functions' logs (`chalicelib/logs.py`)."""
    return _alarm(text, logs.NAMESPACE, metric, {"Stage": {"Ref": "Stage"}}, section, **rest)


def _behind(text: str, metric: str, section: str, waits: int) -> Json:
    """Returns the alarm on the oldest item that an hourly schedule leaves behind.

    An item that cannot be handled waits between two tries: the alarm looks back over the longest
    wait, so that it does not end while an item is only waiting.
    """
    hours = int(turns.LONGEST_PAUSE.total_seconds()) // 3600 + 2
    return _of_lines(
        text,
        metric,
        section,
        Statistic="Maximum",
        Period=_HOUR,
        EvaluationPeriods=hours,
        DatapointsToAlarm=1,
        Threshold=waits,
    )
