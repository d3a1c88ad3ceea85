"""The app stack's template: `infra/app.yaml`, completed from the code.

Chalice's template puts every route in one function with one role. Here each HTTP capability is a
function of its own; routes, schedules and batch sizes are still the ones that Chalice read from the
decorators. A command has no event: an operator invokes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from chalicelib.mail import rate
from functions.http.site import OPERATIONS
from functions.pages import page_operations
from infra import throttles
from infra.functions import (
    Function,
    conditions_of,
    parameters_of,
    resources_of,
    tracing_policy,
)
from infra.gateway import api_resources

APP = Path(__file__).with_name("app.yaml")
Json = dict[str, Any]

#: How many executions of a function run at once for a quota of mails a second, by logical id.
WORKERS: Mapping[str, Callable[[float], int]] = {
    "Mail": rate.senders,
    "Announcements": rate.tellers,
}


def build_template(
    chalice_template: Mapping[str, Any],
    functions: Sequence[Function],
    served_by: Mapping[str, str],
    stage_name: str,
    code_uri: str,
) -> Json:
    """Returns the template to deploy.

    `chalice_template` is the output of `chalice package`, `served_by` maps each path to the name of
    its function, `stage_name` is API Gateway's stage, `code_uri` where the package lies. Raises
    ValueError when functions in the code, in app.py and in the configuration differ.
    """
    template: Json = yaml.safe_load(APP.read_text("utf-8"))
    packaged = chalice_template["Resources"]
    runtime = packaged["APIHandler"]["Properties"]["Runtime"]
    ids = {function.name: function.logical_id for function in functions}
    _refuse_unknown(set(served_by.values()) - set(ids))
    _refuse_unknown(_events(packaged) - set(ids.values()))
    resources = template["Resources"]
    for function in functions:
        resources.update(resources_of(function, code_uri, runtime))
        template["Parameters"].update(parameters_of(function))
        template["Conditions"].update(conditions_of(function))
        if function.kind in ("queues", "schedules"):
            event = _event(function, packaged)
            resources[function.logical_id]["Properties"]["Events"] = {"Source": event}
        if function.kind == "queues":
            template["Outputs"].update(_names_of_queues(function))
        if function.kind == "commands":
            _registered(function, packaged)
        template["Outputs"][f"{function.logical_id}Function"] = {
            "Value": {"Ref": function.logical_id}
        }
        template["Outputs"][f"{function.logical_id}Role"] = {
            "Value": {"Ref": f"{function.logical_id}Role"}
        }
    resources.update(tracing_policy(functions))
    paths = {path: ids[name] for path, name in served_by.items()}
    resources.update(api_resources(paths, stage_name, OPERATIONS, page_operations()))
    template["Parameters"].update(throttles.parameters())
    set_workers(template, rate.DEFAULT)
    return template


def set_workers(template: Json, a_second: float) -> None:
    """Sets in a template how many executions send mails at once, for a quota of mails a second.

    They are numbers in the template and no parameters: CloudFormation cannot reckon them, and the
    local engine takes a parameter's value for a text, at which its queues stop.
    """
    for name, workers in WORKERS.items():
        source = template["Resources"][name]["Properties"]["Events"]["Source"]["Properties"]
        source["ScalingConfig"] = {"MaximumConcurrency": workers(a_second)}


def rates_of(template: Mapping[str, Any], functions: Sequence[Function]) -> dict[str, str]:
    """Returns the expression of every schedule in a template, by its function's name."""
    resources = template["Resources"]
    return {
        function.name: resources[function.logical_id]["Properties"]["Events"]["Source"][
            "Properties"
        ]["Schedule"]
        for function in functions
        if function.kind == "schedules"
    }


def _names_of_queues(function: Function) -> Json:
    """Returns the outputs by which alarms name a function's queue and its dead letters."""
    return {
        f"{name}Name": {"Value": {"Fn::GetAtt": [name, "QueueName"]}}
        for name in (f"{function.queue}Queue", f"{function.queue}DeadLetters")
    }


def _refuse_unknown(names: set[str]) -> None:
    if names:
        raise ValueError(f".chalice/config.json does not name: {', '.join(sorted(names))}")


def _events(packaged: Mapping[str, Any]) -> set[str]:
    return {name for name, found in packaged.items() if found["Properties"].get("Events")}


def _registered(function: Function, packaged: Mapping[str, Any]) -> Json:
    """Returns what Chalice packaged for a function. Raises ValueError where that is another."""
    properties: Json = packaged.get(function.logical_id, {}).get("Properties", {})
    if properties.get("Handler") != function.handler:
        raise ValueError(f"{function.handler} is not registered in app.py")
    return properties


def _event(function: Function, packaged: Mapping[str, Any]) -> Json:
    properties = _registered(function, packaged)
    events = list(properties.get("Events", {}).values())
    if len(events) != 1:
        raise ValueError(f"{function.handler} is not registered in app.py as one event function")
    event: Json = events[0]
    if event["Type"] == "SQS":
        # Chalice addresses queues by name and knows no partial batches.
        event["Properties"]["Queue"] = {"Fn::GetAtt": [f"{function.queue}Queue", "Arn"]}
        event["Properties"]["FunctionResponseTypes"] = ["ReportBatchItemFailures"]
    return event
