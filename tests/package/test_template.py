"""The app stack's template: one function and role a capability, and each path at its function."""

from __future__ import annotations

import copy
import importlib
import json
import re
from typing import Any

import botocore.session
import pytest
import yaml

from chalicelib.mail import rate
from chalicelib.web.security import HEADERS
from infra import gateway
from infra.functions import Function, logical_id
from infra.gateway import RESPONSES, REST
from infra.stacks import OPERATIONS
from infra.template import set_workers

Json = dict[str, Any]


def _of_type(template: Json, kind: str) -> Json:
    return {name: found for name, found in template["Resources"].items() if found["Type"] == kind}


def _function(template: Json, function: Function) -> Json:
    properties: Json = template["Resources"][function.logical_id]["Properties"]
    return properties


def _name_of_logs(log_groups: Json, function: str) -> Json:
    name: Json = log_groups["Resources"][f"{function}Logs"]["Properties"]["LogGroupName"]
    return name


def test_every_function_has_a_role_and_logs_of_its_own(
    template: Json, log_groups: Json, functions: tuple[Function, ...]
) -> None:
    deployed = _of_type(template, "AWS::Serverless::Function")
    assert set(deployed) == {function.logical_id for function in functions}
    for function in functions:
        name = function.logical_id
        properties = _function(template, function)
        assert properties["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}
        assert properties["LoggingConfig"] == {"LogGroup": _name_of_logs(log_groups, name)}
        assert properties["Handler"] == function.handler
        assert properties["Architectures"] == ["x86_64"]
    assert len(_of_type(template, "AWS::IAM::Role")) == len(functions)


def test_a_function_that_invokes_itself_through_its_queue_is_allowed_to(template: Json) -> None:
    # Read from the template alone: its event sources, its roles and their policies.
    functions = _of_type(template, "AWS::Serverless::Function")
    allowed = {
        name for name, one in functions.items() if one["Properties"].get("RecursiveLoop") == "Allow"
    }
    invokes = {
        json.dumps(source["Queue"]): name
        for name, one in functions.items()
        for event in one["Properties"].get("Events", {}).values()
        for source in [event["Properties"]]
        if event["Type"] == "SQS"
    }
    led = {name: _led_to(template, name, invokes) for name in functions}
    # Lambda follows a message through other functions, too, back to one that it invoked before.
    for _ in functions:
        led = {name: found.union(*(led[one] for one in found)) for name, found in led.items()}
    looping = {name for name, found in led.items() if name in found}
    assert allowed == looping == {"Announcements", "Erasure", "Fulfilment"}


def _led_to(template: Json, function: str, invokes: dict[str, str]) -> set[str]:
    """The functions that a function's messages invoke."""
    sends = [
        json.dumps(statement["Resource"])
        for policy in template["Resources"][f"{function}Role"]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if "sqs:SendMessage" in statement["Action"]
    ]
    return {name for queue, name in invokes.items() if any(queue in text for text in sends)}


def test_chalice_s_one_function_for_all_routes_is_gone(template: Json) -> None:
    assert "APIHandler" not in json.dumps(template)
    assert "replaced-by-infra-template" not in json.dumps(template)


def test_every_path_is_served_by_its_capability(template: Json) -> None:
    routes = importlib.import_module("app").app.routes
    served = {}
    for method in _of_type(template, "AWS::ApiGateway::Method").values():
        properties = method["Properties"]
        assert properties["HttpMethod"] == "ANY"
        assert properties["Integration"]["Type"] == "AWS_PROXY"
        uri = properties["Integration"]["Uri"]["Fn::Sub"]
        served[_path(template, properties["ResourceId"]) or "/"] = uri.split("${")[-1].split(
            ".Arn"
        )[0]
    expected = {
        path: logical_id(next(iter(methods.values())).view_function.__module__.rpartition(".")[2])
        for path, methods in routes.items()
    }
    assert served == expected


def _path(template: Json, resource: Json) -> str:
    if "Fn::GetAtt" in resource:
        return ""
    properties = template["Resources"][resource["Ref"]]["Properties"]
    return f"{_path(template, properties['ParentId'])}/{properties['PathPart']}"


def test_a_path_may_have_dots(template: Json) -> None:
    parts = {
        found["Properties"]["PathPart"]
        for found in _of_type(template, "AWS::ApiGateway::Resource").values()
    }
    assert {".well-known", "security.txt", "change-password"} <= parts
    # What API Gateway allows in a part of a path; `+` takes all that is left of it.
    assert not [part for part in parts if not re.fullmatch(r"[\w.:-]+|\{\w+\+?\}", part)]


def test_path_parameters_are_required(template: Json) -> None:
    for method in _of_type(template, "AWS::ApiGateway::Method").values():
        path = _path(template, method["Properties"]["ResourceId"])
        names = [part.strip("{+}") for part in path.split("/") if part.startswith("{")]
        assert method["Properties"]["RequestParameters"] == {
            f"method.request.path.{name}": True for name in names
        }


def test_each_http_function_may_be_invoked_by_this_api_alone(
    template: Json, functions: tuple[Function, ...]
) -> None:
    permissions = _of_type(template, "AWS::Lambda::Permission").values()
    assert {found["Properties"]["FunctionName"]["Ref"] for found in permissions} == {
        function.logical_id for function in functions if function.kind == "http"
    }
    for found in permissions:
        assert "${RestAPI}" in found["Properties"]["SourceArn"]["Fn::Sub"]


def test_the_api_is_regional_and_logs_no_bodies(template: Json) -> None:
    api = template["Resources"]["RestAPI"]["Properties"]
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    settings = template["Resources"]["Api"]["Properties"]["MethodSettings"]
    assert {found["DataTraceEnabled"] for found in settings} == {False}


def _answer(template: Json, kind: str) -> tuple[Json, Json]:
    """What the template says of an answer of API Gateway, and the problem in it."""
    (found,) = [
        answer["Properties"]
        for answer in _of_type(template, "AWS::ApiGateway::GatewayResponse").values()
        if answer["Properties"]["ResponseType"] == kind
    ]
    return found, json.loads(found["ResponseTemplates"]["application/json"])


def test_api_gateway_has_no_answer_that_is_not_ours(template: Json) -> None:
    answers = _of_type(template, "AWS::ApiGateway::GatewayResponse").values()
    declared = {one["Properties"]["ResponseType"] for one in answers}
    api = botocore.session.get_session().get_service_model("apigateway")
    assert declared == set(api.shape_for("GatewayResponseType").metadata["enum"])


@pytest.mark.parametrize("kind", REST)
def test_an_answer_for_the_rest_leaves_each_its_status(template: Json, kind: str) -> None:
    found, problem = _answer(template, kind)
    assert "StatusCode" not in found
    assert "status" not in problem


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("MISSING_AUTHENTICATION_TOKEN", 404),  # an unknown path
        ("INVALID_SIGNATURE", 404),  # an unknown path with a token
        ("EXPIRED_TOKEN", 404),
        ("UNAUTHORIZED", 401),
        ("INTEGRATION_FAILURE", 502),
        ("INTEGRATION_TIMEOUT", 504),
        ("API_CONFIGURATION_ERROR", 500),
    ],
)
def test_an_answer_of_api_gateway_has_its_own_status(
    template: Json, kind: str, status: int
) -> None:
    assert _answer(template, kind)[0]["StatusCode"] == str(status)


@pytest.mark.parametrize("kind", RESPONSES)
def test_the_api_s_own_answers_are_problems(template: Json, kind: str) -> None:
    found, problem = _answer(template, kind)
    reference = {"instance"} if problem["status"] >= 500 else set()
    assert problem.keys() == {"type", "title", "status", "detail", "errors"} | reference
    assert found["StatusCode"] == str(problem["status"])
    assert found["ResponseParameters"]["gatewayresponse.header.Content-Type"] == (
        "'application/problem+json'"
    )
    told = {
        name.removeprefix("gatewayresponse.header."): value
        for name, value in found["ResponseParameters"].items()
    }
    assert "Access-Control-Allow-Origin" in told
    assert all(re.fullmatch(r"'[^']+'", value) for value in told.values())
    assert HEADERS.keys() <= told.keys()
    for name in HEADERS.keys() - {"Content-Security-Policy"}:
        assert told[name] == f"'{HEADERS[name]}'"
    assert told["Content-Security-Policy"].startswith("'sandbox; default-src about:;")


@pytest.mark.parametrize("kind", [*RESPONSES, *REST])
def test_an_answer_of_api_gateway_is_small_and_tells_only_its_reference(
    template: Json, kind: str
) -> None:
    """Of a request it repeats nothing but its id, which is in the access log and is nobody's."""
    found, problem = _answer(template, kind)
    (text,) = found["ResponseTemplates"].values()
    assert len(text) < 400
    assert set(re.findall(r"\$[\w.]+", text)) <= {"$context.requestId"}
    assert problem.get("instance", "") in ("", "urn:riserbo:request:$context.requestId")
    waits = "gatewayresponse.header.Retry-After" in found["ResponseParameters"]
    assert waits == (kind == "THROTTLED")


def test_the_api_s_own_address_is_off_behind_a_proxy(template: Json) -> None:
    off = template["Resources"]["RestAPI"]["Properties"]["DisableExecuteApiEndpoint"]
    assert off == {"Fn::If": ["OnlyThroughProxy", True, False]}
    # Without a change of the stage API Gateway would go on answering there.
    shown = template["Resources"]["Api"]["Properties"]["Description"]["Fn::If"]
    assert shown[0] == "OnlyThroughProxy"
    assert shown[1] != shown[2]
    asked = json.dumps(template["Conditions"]["OnlyThroughProxy"])
    assert "HasDomain" in asked
    assert "ProxySecretHash" in asked


def test_the_deployment_waits_for_all_that_it_serves(template: Json) -> None:
    (deployment,) = _of_type(template, "AWS::ApiGateway::Deployment").values()
    expected = {
        *_of_type(template, "AWS::ApiGateway::Method"),
        *_of_type(template, "AWS::ApiGateway::GatewayResponse"),
    }
    assert set(deployment["DependsOn"]) == expected


def test_queues_are_encrypted_and_have_dead_letters(
    template: Json, functions: tuple[Function, ...]
) -> None:
    queues = _of_type(template, "AWS::SQS::Queue")
    for function in functions:
        if function.kind != "queues":
            continue
        queue = queues[f"{function.queue}Queue"]["Properties"]
        assert queue["VisibilityTimeout"] >= 6 * function.timeout
        assert queue["RedrivePolicy"] == {
            "deadLetterTargetArn": {"Fn::GetAtt": [f"{function.queue}DeadLetters", "Arn"]},
            "maxReceiveCount": 5,
        }
    assert all(found["Properties"]["SqsManagedSseEnabled"] is True for found in queues.values())


def test_queue_functions_report_each_failed_message(
    template: Json, functions: tuple[Function, ...]
) -> None:
    for function in functions:
        events = list(_function(template, function).get("Events", {}).values())
        if function.kind in ("http", "commands"):
            assert events == []
            continue
        (event,) = events
        if function.kind == "schedules":
            assert event["Type"] == "Schedule"
            continue
        assert event["Type"] == "SQS"
        assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert event["Properties"]["Queue"] == {"Fn::GetAtt": [f"{function.queue}Queue", "Arn"]}


@pytest.mark.parametrize(("a_second", "mail", "announcements"), [(14, 2, 2), (200, 25, 16)])
def test_as_many_send_mails_at_once_as_the_quota_has_work_for(
    template: Json, a_second: int, mail: int, announcements: int
) -> None:
    deployed = copy.deepcopy(template)
    if a_second != rate.DEFAULT:
        set_workers(deployed, a_second)
    for name, batch, workers in (("Mail", 10, mail), ("Announcements", 1, announcements)):
        source = deployed["Resources"][name]["Properties"]["Events"]["Source"]["Properties"]
        assert source["ScalingConfig"] == {"MaximumConcurrency": workers}
        assert source["BatchSize"] == batch
    assert template["Parameters"]["MailRate"]["Default"] == rate.DEFAULT


def test_that_any_function_is_throttled_wakes_somebody() -> None:
    operations: Json = yaml.safe_load(OPERATIONS.read_text("utf-8"))
    rule = operations["Resources"]["ServiceFails"]["Properties"]["AlarmRule"]["Fn::Sub"]
    assert 'ALARM("riserbo-${Stage}-FunctionsThrottled")' in rule


@pytest.mark.parametrize(
    ("parameter", "taken", "refused"),
    [
        ("CountryHeader", ["", "CloudFront-Viewer-Country"], ["X Country", "a:b", "a\n"]),
        ("AddressHeader", ["", "CloudFront-Viewer-Address"], ["X Address", "a:b", "a\n"]),
        (
            "ProxySecretHash",
            ["", "a" * 64, f"{'0' * 64},{'f' * 64}"],
            ["a" * 63, "A" * 64, "a" * 64 + ",", "the secret itself", "a" * 64 + "\n"],
        ),
        (
            "SecurityContact",
            ["", "mailto:security@example.org", "https://example.org/report", "tel:+390612345678"],
            ["security@example.org", "http://example.org", "mailto:a@b\nExpires: never", "x"],
        ),
    ],
)
def test_a_setting_that_could_do_harm_is_refused_by_the_deployment(
    template: Json, parameter: str, taken: list[str], refused: list[str]
) -> None:
    pattern = template["Parameters"][parameter]["AllowedPattern"]
    assert [value for value in taken if not re.fullmatch(pattern, value)] == []
    assert [value for value in refused if re.fullmatch(pattern, value)] == []


def test_functions_get_no_secret_in_their_environment(template: Json) -> None:
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    assert all(set(value) == {"Ref"} for value in variables.values())
    noted = [name for name, found in template["Parameters"].items() if found.get("NoEcho")]
    assert noted == []


def test_answers_are_compressed_and_no_method_has_metrics_of_its_own(template: Json) -> None:
    (api,) = _of_type(template, "AWS::ApiGateway::RestApi").values()
    assert api["Properties"]["MinimumCompressionSize"] == 1024
    (stage,) = _of_type(template, "AWS::ApiGateway::Stage").values()
    assert {one["MetricsEnabled"] for one in stage["Properties"]["MethodSettings"]} == {False}


def test_another_conversion_of_bodies_is_another_deployment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def deployment() -> str:
        resources = gateway.api_resources({"/v1/notice": "Notices"}, "api")
        (name,) = (one for one in resources if one.startswith("Deployment"))
        return name

    before = deployment()
    assert deployment() == before
    changed = {**gateway._CONVERTED, "BinaryMediaTypes": ["*/*"]}
    monkeypatch.setattr(gateway, "_CONVERTED", changed)
    assert deployment() != before
