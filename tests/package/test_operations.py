"""What watches the product: every alarm, and what is logged of callers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import yaml

from chalicelib import traces
from chalicelib.requests.service import deadlines
from chalicelib.retention import sweep
from chalicelib.storage import due
from chalicelib.storage.turns import LONGEST_PAUSE
from chalicelib.vault import service as vault
from infra.alarms import seconds_between
from infra.functions import Function
from infra.gateway import ACCESS_LOG
from infra.package import PROJECT
from infra.stacks import OPERATIONS
from tests.unit.core.samples import shipped
from tests.unit.docs.markdown import DOCS, code, rows

Json = dict[str, Any]
ACCOUNT = OPERATIONS.with_name("account.yaml")


ALONE = {
    "ApiFailures",
    "ApiThrottled",
    "DeadlinesBehind",
    "FunctionsFail",
    "FunctionsThrottled",
    "LimitsReached",
    "MailsBounce",
    "MailsComplainedOf",
    "OriginsUntold",
    "RetentionBehind",
    "RetentionStuck",
    "RoundsGivenUp",
    "RulesUnconfirmed",
    "SignInsRefused",
}
"""The alarms on single metrics that belong to no queue and to no schedule."""


def test_every_queue_and_every_schedule_has_its_alarms(
    alarms: Json, functions: tuple[Function, ...]
) -> None:
    expected = set(ALONE)
    for function in functions:
        if function.kind == "schedules":
            expected |= {f"{function.logical_id}{kind}" for kind in ("Errors", "NotRun")}
        if function.kind == "queues":
            expected |= {f"{function.queue}QueueAge", f"{function.queue}DeadLettersFound"}
    assert set(alarms) == expected


def _all(alarms: Json, operations: Json) -> Json:
    """The alarms of both stacks, by name."""
    kinds = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    above = {
        name: found["Properties"]
        for name, found in operations["Resources"].items()
        if found["Type"] in kinds
    }
    return {**alarms, **above}


def test_every_alarm_is_named_after_itself_and_told_of(alarms: Json, operations: Json) -> None:
    told = [code(row[0]) for row in rows(DOCS / "operations.md", "Alarms") if len(row) == 3]
    found = _all(alarms, operations)
    assert sorted(name for cell in told for name in cell) == sorted(found)
    for name, alarm in found.items():
        assert alarm["AlarmName"] == {"Fn::Sub": f"riserbo-${{Stage}}-{name}"}


def test_every_alarm_leads_to_its_cause_its_check_and_its_cure(
    alarms: Json, operations: Json
) -> None:
    runbook = (DOCS / "runbook.md").read_text("utf-8")
    sections = {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-"): text
        for title, text in re.findall(r"^### ([^\n]+)\n(.*?)(?=^##|\Z)", runbook, re.M | re.S)
    }
    rung = set()
    for name, alarm in _all(alarms, operations).items():
        led = re.fullmatch(r".+ What to do: docs/runbook\.md#([\w-]+)\.", alarm["AlarmDescription"])
        assert led is not None, name
        text = sections[led[1]]
        assert f"`{name}`" in text, name
        for word in ("- Cause: ", "- Check: ", "- Cure: "):
            assert word in text, (name, word)
        rung.add(led[1])
    assert rung == sections.keys(), "sections that no alarm leads to"


def test_one_alarm_looks_at_every_function(alarms: Json) -> None:
    """Lambda's metrics without dimensions are the sums over all functions of the region."""
    for name, metric in (("FunctionsFail", "Errors"), ("FunctionsThrottled", "Throttles")):
        alarm = alarms[name]
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", metric)
        assert alarm["Dimensions"] == []


def test_throttled_requests_are_counted_from_the_access_log(log_groups: Json, alarms: Json) -> None:
    counted = log_groups["Resources"]["ApiThrottledLines"]["Properties"]
    (metric,) = counted["MetricTransformations"]
    alarm = alarms["ApiThrottled"]
    assert counted["LogGroupName"] == {"Ref": "ApiLogs"}
    field = re.fullmatch(r'\{ \$\.(\w+) = "THROTTLED" \}', counted["FilterPattern"])
    assert field is not None
    assert ACCESS_LOG[field[1]] == "$context.error.responseType"
    assert (metric["MetricNamespace"], metric["MetricName"]) == (
        alarm["Namespace"],
        alarm["MetricName"],
    )
    assert alarm["Dimensions"] == []


def test_every_alarm_reaches_the_one_topic_and_says_when_it_is_over(alarms: Json) -> None:
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmsTopic"}]
        assert alarm["Period"] * alarm["EvaluationPeriods"] <= 86_400


@pytest.mark.parametrize(
    ("name", "parameter"),
    [("SignInsRefused", "RefusedSignIns"), ("LimitsReached", "ReachedLimits")],
)
def test_an_attack_raises_an_alarm_on_what_the_lines_count(
    watching: Json, alarms: Json, name: str, parameter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The alarm looks at the very metric that a line carries, and at its one dimension."""
    write = {
        "SignInsRefused": lambda: traces.refused("wrong_password", traces.PASSWORD, "unknown"),
        "LimitsReached": lambda: traces.limited("guess.pair", None),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISERBO_STAGE", "dev")
        patch.setattr(vault, "address_mac", lambda _: "ab" * 32)
        write[name]()
    line = json.loads(capsys.readouterr().out)
    (counted,) = line["_aws"]["CloudWatchMetrics"]
    alarm = alarms[name]
    assert (alarm["Namespace"], alarm["MetricName"]) == (counted["Namespace"], name)
    assert counted["Metrics"] == [{"Name": name, "Unit": "Count"}]
    assert counted["Dimensions"] == [[one["Name"] for one in alarm["Dimensions"]]] == [["Stage"]]
    assert alarm["Dimensions"] == [{"Name": "Stage", "Value": {"Ref": "Stage"}}]
    assert alarm["Threshold"] == {"Ref": parameter}
    assert watching["Parameters"][parameter]["Type"] == "Number"


@pytest.mark.parametrize(
    ("name", "waits", "run"),
    [
        (
            "RetentionBehind",
            2,
            lambda left: sweep.sweep(left, lambda _: None),
        ),
        (
            "DeadlinesBehind",
            6,
            lambda left: deadlines.watch(shipped(), left),
        ),
    ],
)
def test_what_is_due_and_stays_raises_an_alarm(
    alarms: Json,
    capsys: pytest.CaptureFixture[str],
    name: str,
    waits: int,
    run: Callable[[Callable[[], timedelta]], object],
) -> None:
    """The alarm looks at the metric of the run's line, over more than the longest rest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISERBO_STAGE", "dev")
        patch.setattr(due, "page", lambda *_: ([], None))
        run(lambda: timedelta(minutes=5))
    line, *_ = map(json.loads, capsys.readouterr().out.splitlines())
    (counted,) = line["_aws"]["CloudWatchMetrics"]
    alarm = alarms[name]
    assert (alarm["Namespace"], alarm["MetricName"]) == (
        counted["Namespace"],
        counted["Metrics"][0]["Name"],
    )
    assert line[alarm["MetricName"]] == 0
    assert counted["Metrics"][0]["Unit"] == "Seconds"
    assert counted["Dimensions"] == [[one["Name"] for one in alarm["Dimensions"]]] == [["Stage"]]
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Maximum", waits * 3600)
    watched = alarm["Period"] * alarm["EvaluationPeriods"]
    assert watched > (LONGEST_PAUSE + timedelta(hours=1)).total_seconds()
    assert alarm["DatapointsToAlarm"] == 1


def test_only_a_schedule_that_does_not_run_is_alarmed_by_silence(alarms: Json) -> None:
    for name, alarm in alarms.items():
        silent = alarm["TreatMissingData"] == "breaching"
        assert silent is name.endswith("NotRun"), name
    assert alarms["RetentionNotRun"]["ComparisonOperator"] == "LessThanThreshold"
    assert alarms["RetentionNotRun"]["Period"] == 3 * 3600
    assert alarms["RelayNotRun"]["Period"] == 3 * 300


@pytest.mark.parametrize(
    ("expression", "seconds"), [("rate(1 hour)", 3600), ("rate(5 minutes)", 300)]
)
def test_the_time_between_runs_is_read(expression: str, seconds: int) -> None:
    assert seconds_between(expression) == seconds


def test_a_schedule_that_no_alarm_can_be_derived_from_is_refused() -> None:
    with pytest.raises(ValueError, match="cron"):
        seconds_between("cron(0 3 * * ? *)")


def test_both_topics_are_encrypted_by_one_key_that_their_senders_may_use(template: Json) -> None:
    resources = template["Resources"]
    topics = _of_type(template, "AWS::SNS::Topic")
    assert set(topics) == {"AlarmsTopic", "FeedbackTopic"}
    for name in topics:
        key = resources[name]["Properties"]["KmsMasterKeyId"]
        assert key == {"Fn::GetAtt": ["TopicKey", "Arn"]}
    assert _of_type(template, "AWS::KMS::Key") == ["TopicKey"]
    key = resources["TopicKey"]["Properties"]
    assert key["EnableKeyRotation"] is False
    senders = {"cloudwatch.amazonaws.com", "events.amazonaws.com", "ses.amazonaws.com"}
    found = [one for one in key["KeyPolicy"]["Statement"] if "Service" in one["Principal"]]
    assert {one["Principal"]["Service"] for one in found} == senders
    for one in found:
        assert set(one["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}


def test_a_key_in_danger_and_a_broken_glass_are_told_of(operations: Json, template: Json) -> None:
    rules = {
        name: found["Properties"]
        for name, found in operations["Resources"].items()
        if found["Type"] == "AWS::Events::Rule"
    }
    assert set(rules) == {"KeysInDanger", "GlassBroken"}
    text = (PROJECT / "docs" / "operations.md").read_text("utf-8")
    for name, rule in rules.items():
        assert rule["Targets"] == [{"Id": "alarms", "Arn": {"Ref": "AlarmsTopic"}}]
        assert f"`{name}`" in text
    danger = rules["KeysInDanger"]["EventPattern"]["detail"]["eventName"]
    assert {"DisableKey", "ScheduleKeyDeletion"} <= set(danger)
    policy = template["Resources"]["AlarmsTopicPolicy"]["Properties"]["PolicyDocument"]
    told = {one["Principal"]["Service"] for one in policy["Statement"]}
    assert told == {"cloudwatch.amazonaws.com", "events.amazonaws.com"}


def test_the_access_log_knows_no_path_no_query_and_no_caller(
    template: Json, log_groups: Json
) -> None:
    stage = template["Resources"]["Api"]["Properties"]
    line = json.loads(stage["AccessLogSetting"]["Format"])
    assert line["resource"] == "$context.resourcePath"
    said = json.dumps(line)
    for variable in ("$context.path", "querystring", "identity", "authorizer", "requestOverride"):
        assert variable not in said
    written = stage["AccessLogSetting"]["DestinationArn"]["Fn::Sub"]
    name = log_groups["Resources"]["ApiLogs"]["Properties"]["LogGroupName"]["Fn::Sub"]
    assert written.endswith(f":log-group:{name}")


def test_the_api_is_throttled(template: Json) -> None:
    everything, *_ = template["Resources"]["Api"]["Properties"]["MethodSettings"]
    assert (everything["ResourcePath"], everything["HttpMethod"]) == ("/*", "*")
    assert everything["ThrottlingRateLimit"] == {"Ref": "ApiRate"}
    assert everything["ThrottlingBurstLimit"] == {"Ref": "ApiBurst"}


def test_a_domain_is_optional_regional_and_serves_the_api_at_its_root(template: Json) -> None:
    domain, root = template["Resources"]["Domain"], template["Resources"]["DomainRoot"]
    assert domain["Condition"] == root["Condition"] == "HasDomain"
    assert domain["Properties"]["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert "BasePath" not in root["Properties"]
    assert template["Parameters"]["DomainName"]["Default"] == ""


def test_concurrency_has_no_limit_unless_one_is_given(
    template: Json, functions: tuple[Function, ...]
) -> None:
    for function in functions:
        assert template["Parameters"][function.concurrency]["Default"] == ""
        limit = template["Resources"][function.logical_id]["Properties"]
        assert limit["ReservedConcurrentExecutions"]["Fn::If"] == [
            f"Limits{function.logical_id}",
            {"Ref": function.concurrency},
            {"Ref": "AWS::NoValue"},
        ]


def test_the_pipeline_s_role_is_only_for_its_own_environment() -> None:
    document: Json = yaml.safe_load(ACCOUNT.read_text("utf-8"))
    role = document["Resources"]["DeployRole"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    said = trust["Condition"]["StringEquals"]
    assert said["token.actions.githubusercontent.com:sub"] == {
        "Fn::Sub": "repo:${Repository}:environment:${Stage}"
    }
    assert said["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"


def _of_type(stack: Json, kind: str) -> list[str]:
    return [name for name, found in stack["Resources"].items() if found["Type"] == kind]
