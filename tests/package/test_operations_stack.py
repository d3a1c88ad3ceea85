"""The operations stack: alarms with metric math, saved queries, firewall and trail."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from chalicelib import logs
from infra.functions import Function, goes_on
from infra.stacks import DATA
from tests.unit.docs.markdown import DOCS, code, rows

Json = dict[str, Any]


def _watched(operations: Json, name: str) -> list[Json]:
    """The metrics of an alarm with metric math."""
    found = operations["Resources"][name]["Properties"]["Metrics"]
    return [one["MetricStat"]["Metric"] for one in found if "MetricStat" in one]


def test_an_alarm_with_metric_math_has_ten_metrics_at_most(operations: Json) -> None:
    """CloudWatch User Guide, "Alarm data queries"."""
    for name, found in operations["Resources"].items():
        if "Metrics" in found["Properties"]:
            assert 1 <= len(_watched(operations, name)) <= 10, name
            (watched,) = [one for one in found["Properties"]["Metrics"] if one["ReturnData"]]
            assert "Expression" in watched


def test_recursion_is_watched_where_it_is_not_allowed(
    operations: Json, functions: tuple[Function, ...]
) -> None:
    watched = [one["Dimensions"] for one in _watched(operations, "RecursionDropped")]
    assert watched == [
        [{"Name": "FunctionName", "Value": {"Ref": f"{one.logical_id}Function"}}]
        for one in functions
        if one.kind == "queues" and not goes_on(one)
    ]


def test_slow_answers_of_what_people_wait_for_are_watched(operations: Json) -> None:
    found = operations["Resources"]["AnswersSlow"]["Properties"]
    stats = [one["MetricStat"] for one in found["Metrics"] if "MetricStat" in one]
    assert {(one["Stat"], one["Metric"]["MetricName"]) for one in stats} == {("p95", "Duration")}
    watched = {one["Dimensions"][0]["Value"]["Ref"] for one in _watched(operations, "AnswersSlow")}
    people = ("Accounts", "Consents", "Decisions", "Notices", "Requests", "Sessions")
    assert watched == {f"{name}Function" for name in people}
    (shown,) = [one for one in found["Metrics"] if one["ReturnData"]]
    assert shown["Expression"].startswith("MAX(")


def test_throttles_of_every_table_are_watched(operations: Json) -> None:
    data: Json = yaml.safe_load(DATA.read_text("utf-8"))
    tables = {f"{name}Table" for name in _of_type(data, "AWS::DynamoDB::Table")}
    watched = _watched(operations, "TablesThrottled")
    writes = [one for one in watched if one["MetricName"] == "WriteThrottleEvents"]
    assert {one["Dimensions"][0]["Value"]["Ref"] for one in writes} == tables


def test_the_operations_stack_is_given_what_it_asks_for(
    template: Json, operations: Json, functions: tuple[Function, ...]
) -> None:
    data: Json = yaml.safe_load(DATA.read_text("utf-8"))
    given = {*template["Outputs"], *data["Outputs"], "LogGroups", "Stage"}
    asked = {name for name, one in operations["Parameters"].items() if "Default" not in one}
    assert asked <= given


def test_composite_alarms_name_alarms_that_exist(operations: Json, alarms: Json) -> None:
    for name in ("ServiceFails", "PromiseBroken"):
        rule = operations["Resources"][name]["Properties"]["AlarmRule"]["Fn::Sub"]
        below = set(re.findall(r"ALARM\(\"riserbo-\$\{Stage\}-(\w+)\"\)", rule))
        beside = set(re.findall(r"ALARM\(\"\$\{(\w+)\}\"\)", rule))
        assert len(below) + len(beside) == rule.count("ALARM(")
        assert below <= set(alarms)
        assert beside <= set(operations["Resources"])


@pytest.mark.parametrize("kind", ["QueueAge", "DeadLettersFound", "Errors", "NotRun"])
def test_a_promise_is_broken_by_every_queue_and_every_schedule(
    operations: Json, alarms: Json, kind: str
) -> None:
    rule = operations["Resources"]["PromiseBroken"]["Properties"]["AlarmRule"]["Fn::Sub"]
    for name in alarms:
        if name.endswith(kind):
            assert f'ALARM("riserbo-${{Stage}}-{name}")' in rule


def test_saved_queries_name_fields_that_lines_have(operations: Json) -> None:
    queries = {
        name: found["Properties"]
        for name, found in operations["Resources"].items()
        if found["Type"] == "AWS::Logs::QueryDefinition"
    }
    told = {
        name
        for row in rows(DOCS / "operations.md", "Alarms")
        if len(row) == 2
        for name in code(row[0])
    }
    assert {f"riserbo-${{Stage}}/{name}" for name in told} == {
        one["Name"]["Fn::Sub"] for one in queries.values()
    }
    known = {*logs.Fields.__annotations__, "level", "event"}
    made = {
        "as",
        "by",
        "in",
        "and",
        "sort",
        "stats",
        "filter",
        "count",
        "max",
        "pct",
        "asc",
        "desc",
    }
    made |= {"lines", "last", "answers", "half", "most", "slowest", "tries", "log", "timestamp"}
    for one in queries.values():
        assert one["LogGroupNames"] == {"Ref": "LogGroups"}
        text = re.sub(r'"[^"]*"', "", one["QueryString"])
        assert set(re.findall(r"[a-z_]+", text)) - made <= known
        events = set(re.findall(r'"([a-z]+\.[a-z_]+)"', one["QueryString"]))
        runbook = (DOCS / "runbook.md").read_text("utf-8")
        assert all(f"`{event}`" in runbook for event in events)


def _data() -> Json:
    document: Json = yaml.safe_load(DATA.read_text("utf-8"))
    return document


def _of_type(stack: Json, kind: str) -> Json:
    return {
        name: found["Properties"]
        for name, found in stack["Resources"].items()
        if found["Type"] == kind
    }


def _holds(asked: Json, conditions: Json, named: dict[str, str]) -> bool:
    """Whether a condition of CloudFormation holds for these parameters."""
    match asked:
        case {"Fn::Or": parts}:
            return any(_holds(part, conditions, named) for part in parts)
        case {"Fn::And": parts}:
            return all(_holds(part, conditions, named) for part in parts)
        case {"Condition": name}:
            return _holds(conditions[name], conditions, named)
        case {"Fn::Equals": [{"Ref": name}, wanted]}:
            return bool(named[name] == wanted)
    raise AssertionError(asked)


@pytest.mark.parametrize("switch", ["Firewall", "Trail"])
def test_production_has_it_unless_it_is_switched_off(operations: Json, switch: str) -> None:
    assert operations["Parameters"][switch]["Default"] == ""
    assert operations["Parameters"][switch]["AllowedValues"] == ["", "on", "off"]
    conditions = operations["Conditions"]
    found = {
        stage: [
            _holds(conditions[f"Has{switch}"], conditions, {"Stage": stage, switch: value})
            for value in ("", "on", "off")
        ]
        for stage in ("production", "dev")
    }
    assert found == {"production": [True, True, False], "dev": [False, True, False]}
    assert [
        one for one in operations["Resources"].values() if one.get("Condition") == f"Has{switch}"
    ]


def test_the_firewall_counts_by_the_address_that_the_cdn_says(
    template: Json, operations: Json
) -> None:
    (wall,) = _of_type(operations, "AWS::WAFv2::WebACL").values()
    (rule,) = wall["Rules"]
    rate = rule["Statement"]["RateBasedStatement"]
    assert wall["DefaultAction"] == {"Allow": {}}
    assert rule["Action"] == {"Block": {}}
    assert rate["AggregateKeyType"] == {"Fn::If": ["BehindProxy", "FORWARDED_IP", "IP"]}
    assert rate["ForwardedIPConfig"]["Fn::If"][1] == {
        "HeaderName": {"Ref": "AddressHeader"},
        "FallbackBehavior": "NO_MATCH",
    }
    assert "AddressHeader" in template["Parameters"]
    for seen in (wall["VisibilityConfig"], rule["VisibilityConfig"]):
        assert seen["SampledRequestsEnabled"] is False
    # One address may not take more than a part of what everybody together may.
    whole = template["Parameters"]["ApiRate"]["Default"] * rate["EvaluationWindowSec"]
    assert operations["Parameters"]["FirewallRate"]["Default"] <= whole / 5
    (association,) = _of_type(operations, "AWS::WAFv2::WebACLAssociation").values()
    stage = template["Resources"]["Api"]["Properties"]["StageName"]
    assert association["ResourceArn"]["Fn::Sub"].endswith(f"/restapis/${{ApiId}}/stages/{stage}")


def test_the_trail_sees_people_at_every_table_and_no_function(
    template: Json, operations: Json
) -> None:
    (trail,) = _of_type(operations, "AWS::CloudTrail::Trail").values()
    changes, tables, bodies = (
        {one["Field"]: one for one in found["FieldSelectors"]}
        for found in trail["AdvancedEventSelectors"]
    )
    assert changes["eventCategory"]["Equals"] == ["Management"]
    assert changes["readOnly"]["Equals"] == ["false"]
    seen = {one["Ref"] for one in tables["resources.ARN"]["StartsWith"]}
    assert seen == {f"{name}TableArn" for name in _of_type(_data(), "AWS::DynamoDB::Table")}
    buckets = {one["Fn::Sub"] for one in bodies["resources.ARN"]["StartsWith"]}
    assert buckets == {"${ExportsBucketArn}/", "${ErasuresBucketArn}/"}
    # CloudFormation begins a role's name with its stack's, which is riserbo-<stage>.
    roles = "arn:${AWS::Partition}:sts::${AWS::AccountId}:assumed-role/riserbo-${Stage}-"
    for selector in (tables, bodies):
        assert selector["eventCategory"]["Equals"] == ["Data"]
        assert "readOnly" not in selector
        assert selector["userIdentity.arn"]["NotStartsWith"] == [{"Fn::Sub": roles}]
    for role in _of_type(template, "AWS::IAM::Role").values():
        assert "RoleName" not in role


def test_nobody_removes_or_reads_the_trail_by_mistake(operations: Json) -> None:
    (bucket,) = _of_type(operations, "AWS::S3::Bucket").values()
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    locked = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert locked == {"Mode": "GOVERNANCE", "Days": 90}
    assert bucket["ObjectLockEnabled"] is True
    assert operations["Parameters"]["TrailDays"]["MinValue"] > locked["Days"]
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == {"Ref": "TrailDays"}
    (policy,) = _of_type(operations, "AWS::S3::BucketPolicy").values()
    trail = "${AWS::Partition}:cloudtrail:${AWS::Region}:${AWS::AccountId}:trail/riserbo-${Stage}"
    for statement in policy["PolicyDocument"]["Statement"]:
        if statement["Effect"] == "Allow":
            assert statement["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
            source = statement["Condition"]["StringEquals"]["aws:SourceArn"]
            assert source == {"Fn::Sub": f"arn:{trail}"}


def test_traces_are_of_functions_alone_and_only_where_a_stage_wants_them(
    template: Json, functions: tuple[Function, ...]
) -> None:
    assert template["Parameters"]["Tracing"]["Default"] == ""
    traced = template["Globals"]["Function"]["Tracing"]
    assert traced == {"Fn::If": ["IsTraced", "Active", "PassThrough"]}
    assert "TracingEnabled" not in template["Resources"]["Api"]["Properties"]
    policy = template["Resources"]["TracingPolicy"]
    assert policy["Condition"] == "IsTraced"
    roles = {one["Ref"] for one in policy["Properties"]["Roles"]}
    assert roles == {f"{function.logical_id}Role" for function in functions}
