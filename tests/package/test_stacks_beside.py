"""The stacks of log groups and of alarms fit the app stack, before which and after which they are.

Neither can refer to a resource of the app stack: one is there before it, the other looks at it by
its outputs.
"""

from __future__ import annotations

import json
import re
from typing import Any

from infra.functions import Function

Json = dict[str, Any]


def test_every_function_and_the_api_have_a_log_group_that_ends(
    log_groups: Json, functions: tuple[Function, ...]
) -> None:
    groups = {
        name: one["Properties"]
        for name, one in log_groups["Resources"].items()
        if one["Type"] == "AWS::Logs::LogGroup"
    }
    assert set(groups) == {f"{one.logical_id}Logs" for one in functions} | {"ApiLogs"}
    names = {one["LogGroupName"]["Fn::Sub"] for one in groups.values()}
    assert names == {f"/riserbo/${{Stage}}/{one.name}" for one in functions} | {
        "/riserbo/${Stage}/api"
    }
    assert {json.dumps(one["RetentionInDays"]) for one in groups.values()} == {'{"Ref": "LogDays"}'}


def test_the_log_groups_are_there_before_anything_else(log_groups: Json) -> None:
    lacking = [name for name, one in log_groups["Parameters"].items() if "Default" not in one]
    assert lacking == ["Stage"]


def test_no_line_is_written_where_no_log_group_is(template: Json, log_groups: Json) -> None:
    """No function may make a group, which would keep its lines for ever."""
    named = set(re.findall(r"/riserbo/\$\{Stage\}/\w+", json.dumps(template)))
    there = set(re.findall(r"/riserbo/\$\{Stage\}/\w+", json.dumps(log_groups)))
    assert named == there
    assert "logs:CreateLogGroup" not in json.dumps(template)


def test_alarms_are_given_what_they_ask_for(template: Json, watching: Json) -> None:
    asked = {name for name, one in watching["Parameters"].items() if "Default" not in one}
    assert asked <= {*template["Outputs"], "Stage"}


def test_the_dashboard_shows_how_fast_each_capability_answers(
    watching: Json, functions: tuple[Function, ...]
) -> None:
    text = watching["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    shown = {one["properties"]["title"]: one["properties"] for one in json.loads(text)["widgets"]}
    widget = shown["Answer time of each capability (95 %)"]
    assert widget["stat"] == "p95"
    assert [metric[-1] for metric in widget["metrics"]] == [
        f"${{{one.logical_id}Function}}" for one in functions if one.kind == "http"
    ]


def test_alarms_name_functions_and_queues_by_the_outputs_that_are_theirs(
    template: Json, watching: Json, functions: tuple[Function, ...]
) -> None:
    """An alarm that looks at another queue than it says would keep quiet about its own."""
    outputs = template["Outputs"]
    for function in functions:
        name = function.logical_id
        assert outputs[f"{name}Function"] == {"Value": {"Ref": name}}
        if function.kind == "schedules":
            for kind in ("Errors", "NotRun"):
                (seen,) = watching["Resources"][f"{name}{kind}"]["Properties"]["Dimensions"]
                assert seen == {"Name": "FunctionName", "Value": {"Ref": f"{name}Function"}}
        if function.kind == "queues":
            for alarm, queue in (("QueueAge", "Queue"), ("DeadLettersFound", "DeadLetters")):
                one = watching["Resources"][f"{function.queue}{alarm}"]["Properties"]
                named = f"{function.queue}{queue}"
                assert one["Dimensions"] == [
                    {"Name": "QueueName", "Value": {"Ref": f"{named}Name"}}
                ]
                assert outputs[f"{named}Name"]["Value"] == {"Fn::GetAtt": [named, "QueueName"]}
