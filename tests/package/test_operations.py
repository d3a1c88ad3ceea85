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
from infra.package import PROJECT
from infra.stacks import DATA, OPERATIONS
from tests.unit.core.samples import shipped

Json = dict[str, Any]
ACCOUNT = OPERATIONS.with_name("account.yaml")


@pytest.fixture(scope="module")
def alarms(template: Json) -> Json:
    return {
        name: found["Properties"]
        for name, found in template["Resources"].items()
        if found["Type"] == "AWS::CloudWatch::Alarm"
    }


@pytest.fixture(scope="module")
def operations() -> Json:
    document: Json = yaml.safe_load(OPERATIONS.read_text("utf-8"))
    return document


def test_every_function_has_its_alarms(alarms: Json, functions: tuple[Function, ...]) -> None:
    expected = {"ApiFailures", "SignInsRefused", "LimitsReached"}
    expected |= {"RetentionBehind", "RetentionStuck", "DeadlinesBehind", "RulesUnconfirmed"}
    for function in functions:
        kinds = ["NotRun"] if function.kind == "schedules" else []
        expected |= {f"{function.logical_id}{kind}" for kind in ("Errors", "Throttles", *kinds)}
        if function.kind == "queues":
            expected |= {f"{function.queue}QueueAge", f"{function.queue}DeadLettersFound"}
    assert set(alarms) == expected


def test_every_alarm_reaches_the_one_topic_and_says_when_it_is_over(alarms: Json) -> None:
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmsTopic"}]
        assert alarm["Period"] * alarm["EvaluationPeriods"] <= 86_400


@pytest.mark.parametrize(
    ("name", "parameter"),
    [("SignInsRefused", "RefusedSignIns"), ("LimitsReached", "ReachedLimits")],
)
def test_an_attack_raises_an_alarm_on_what_the_lines_count(
    template: Json, alarms: Json, name: str, parameter: str, capsys: pytest.CaptureFixture[str]
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
    assert template["Parameters"][parameter]["Type"] == "Number"
    runbook = (PROJECT / "docs" / "runbook.md").read_text("utf-8")
    section = alarm["AlarmDescription"].split("#")[1].rstrip(".")
    assert f"## {section.replace('-', ' ').capitalize()}\n" in runbook
    assert f"`{name}`" in runbook


@pytest.mark.parametrize(
    ("name", "section", "waits", "run"),
    [
        (
            "RetentionBehind",
            "What is due stays",
            2,
            lambda left: sweep.sweep(left, lambda _: None),
        ),
        (
            "DeadlinesBehind",
            "What is due about requests waits",
            6,
            lambda left: deadlines.watch(shipped(), left),
        ),
    ],
)
def test_what_is_due_and_stays_raises_an_alarm(
    alarms: Json,
    capsys: pytest.CaptureFixture[str],
    name: str,
    section: str,
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
    runbook = (PROJECT / "docs" / "runbook.md").read_text("utf-8")
    place = section.lower().replace(" ", "-")
    assert alarm["AlarmDescription"].endswith(f"docs/runbook.md#{place}.")
    assert f"## {section}\n" in runbook
    assert f"`{name}`" in runbook


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


def test_the_topic_is_encrypted_by_a_key_that_cloudwatch_may_use(template: Json) -> None:
    resources = template["Resources"]
    topic = resources["AlarmsTopic"]["Properties"]
    assert topic["KmsMasterKeyId"] == {"Fn::GetAtt": ["AlarmsKey", "Arn"]}
    statements = resources["AlarmsKey"]["Properties"]["KeyPolicy"]["Statement"]
    (watch,) = [one for one in statements if "Service" in one["Principal"]]
    assert watch["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert set(watch["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}


def test_composite_alarms_name_alarms_that_exist(operations: Json, alarms: Json) -> None:
    own = {"FailureRate", "RetentionGrows"}
    for name in ("ServiceFails", "PromiseBroken"):
        rule = operations["Resources"][name]["Properties"]["AlarmRule"]["Fn::Sub"]
        named = set(re.findall(r"riserbo-\$\{Stage\}-(\w+)", rule))
        assert named
        assert named - own <= set(alarms)


def test_the_access_log_knows_no_path_no_query_and_no_caller(template: Json) -> None:
    stage = template["Resources"]["Api"]["Properties"]
    line = json.loads(stage["AccessLogSetting"]["Format"])
    assert line["resource"] == "$context.resourcePath"
    said = json.dumps(line)
    for variable in ("$context.path", "querystring", "identity", "authorizer", "requestOverride"):
        assert variable not in said
    assert template["Resources"]["ApiLogs"]["Properties"]["RetentionInDays"] == {"Ref": "LogDays"}


def test_the_api_is_throttled(template: Json) -> None:
    (everything,) = template["Resources"]["Api"]["Properties"]["MethodSettings"]
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


def test_the_idle_cost_counts_what_is_deployed(template: Json, alarms: Json) -> None:
    text = (PROJECT / "docs" / "operations.md").read_text("utf-8")
    data: Json = yaml.safe_load(DATA.read_text("utf-8"))
    keys = [len(_of_type(stack, "AWS::KMS::Key")) for stack in (data, template)]
    assert (
        f"{keys[0]} of the data stack, {keys[1]} for alarms and what SES reports, at 1.00" in text
    )
    assert f"| {len(alarms)} at 0.10, 2 composite at 0.50" in text
    dollars = [float(row.split("|")[3]) for row in text.splitlines() if _IS_COST.search(row)]
    assert round(sum(dollars[:-1]), 2) == dollars[-1]


_IS_COST = re.compile(r"\| +\d+\.\d\d \|$")


def _of_type(stack: Json, kind: str) -> list[str]:
    return [name for name, found in stack["Resources"].items() if found["Type"] == kind]
