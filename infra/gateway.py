"""The API of the app stack: one method a path, which hands every request to its capability."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from chalicelib import errors
from chalicelib.web.contract import Operation
from chalicelib.web.pages.contract import PageOperation
from chalicelib.web.security import HEADERS, SANDBOX
from infra.functions import log_group_arn
from infra.throttles import method_settings

Json = dict[str, Any]

_NOWHERE = "There is nothing at this address."
_FORBIDDEN = "This request is not allowed."
_FAILED = "The service failed. Try again."

RESPONSES: Mapping[str, tuple[HTTPStatus, str]] = {
    # By default an unknown path is answered with a 403 about a missing token, or, with a token in
    # the request, about a signature: no method here asks for one, so no path has been found.
    "MISSING_AUTHENTICATION_TOKEN": (HTTPStatus.NOT_FOUND, _NOWHERE),
    "INVALID_SIGNATURE": (HTTPStatus.NOT_FOUND, _NOWHERE),
    "EXPIRED_TOKEN": (HTTPStatus.NOT_FOUND, _NOWHERE),
    "RESOURCE_NOT_FOUND": (HTTPStatus.NOT_FOUND, _NOWHERE),
    "BAD_REQUEST_BODY": (HTTPStatus.BAD_REQUEST, "The body of the request cannot be read."),
    "BAD_REQUEST_PARAMETERS": (HTTPStatus.BAD_REQUEST, "A parameter of the request is wrong."),
    "UNAUTHORIZED": (HTTPStatus.UNAUTHORIZED, "Authentication is required."),
    "INVALID_API_KEY": (HTTPStatus.FORBIDDEN, _FORBIDDEN),
    "ACCESS_DENIED": (HTTPStatus.FORBIDDEN, _FORBIDDEN),
    "WAF_FILTERED": (HTTPStatus.FORBIDDEN, _FORBIDDEN),
    "REQUEST_TOO_LARGE": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large."),
    "UNSUPPORTED_MEDIA_TYPE": (
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "The body has a media type that is not taken here.",
    ),
    "THROTTLED": (HTTPStatus.TOO_MANY_REQUESTS, "Too many requests at once. Try again shortly."),
    "QUOTA_EXCEEDED": (HTTPStatus.TOO_MANY_REQUESTS, "Too many requests. Try again later."),
    "API_CONFIGURATION_ERROR": (HTTPStatus.INTERNAL_SERVER_ERROR, _FAILED),
    "AUTHORIZER_CONFIGURATION_ERROR": (HTTPStatus.INTERNAL_SERVER_ERROR, _FAILED),
    "AUTHORIZER_FAILURE": (HTTPStatus.INTERNAL_SERVER_ERROR, _FAILED),
    "INTEGRATION_FAILURE": (HTTPStatus.BAD_GATEWAY, "The service could not answer. Try again."),
    "INTEGRATION_TIMEOUT": (HTTPStatus.GATEWAY_TIMEOUT, "The service took too long. Try again."),
}
"""The answers of API Gateway itself, as problems (RFC 9457): every type that it has (API Gateway
Developer Guide, "Gateway response types"), so that no answer depends on the two for the rest.

None of them is a page, since none can be chosen by `Accept`: a template is plain text with simple
variables, and the headers are one set for a type of answer, so that a page and a problem cannot
each have their own Content-Type (Developer Guide, "x-amazon-apigateway-gateway-responses"). Most
that a person would meet is answered by a function instead, as a page: an unknown address by that of
`site`, a form that is too large by that of its page."""

REST: Mapping[str, str] = {
    "DEFAULT_4XX": "The request cannot be answered as it is.",
    "DEFAULT_5XX": _FAILED,
}
"""The answers of types that API Gateway may get one day. A status given here would replace that of
every other answer of its hundred (the same page), so these problems have none: the status line says
it, and RFC 9457 makes the member optional."""

#: A line of the API's access log. The resource path is the route's pattern: a real path, a query
#: string or a caller's address would be personal data, or a link that still works.
ACCESS_LOG: Mapping[str, str] = {
    "request": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "resource": "$context.resourcePath",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "function_milliseconds": "$context.integrationLatency",
    "error": "$context.error.responseType",
}

_CONVERTED: Json = {
    "BinaryMediaTypes": ["application/octet-stream"],
    # Bytes from which an answer is compressed for a caller that takes gzip.
    "MinimumCompressionSize": 1024,
}
"""How the API converts bodies on their way."""

_API = {"RestApiId": {"Ref": "RestAPI"}}


def api_resources(
    served_by: Mapping[str, str],
    stage_name: str,
    operations: Iterable[Operation] = (),
    pages: Iterable[PageOperation] = (),
) -> Json:
    """The API, its stage and its permissions to invoke, by logical id.

    Each of the `operations` and `pages` is throttled by itself. `served_by` maps each path to the
    logical id of the function that serves it. That function gets every method: it answers a CORS
    preflight for several origins, which a static answer of API Gateway cannot, and its 405 names
    the methods that it allows.

    Paths are resources of their own, not an OpenAPI body: the local engine takes neither ANY nor
    gateway responses from a body, and it would give the API another address at each change.
    """
    deployed: Json = {**_responses(), **_paths(served_by)}
    answered = [deployed, _CONVERTED]  # both belong to what a deployment serves
    digest = hashlib.sha256(json.dumps(answered, sort_keys=True).encode()).hexdigest()
    # A stage serves a snapshot: a changed API needs a deployment with another name.
    deployment = f"Deployment{digest[:10]}"
    resources: Json = {
        "RestAPI": {
            "Type": "AWS::ApiGateway::RestApi",
            "Properties": {
                "Name": {"Fn::Sub": "riserbo-${Stage}"},
                "EndpointConfiguration": {"Types": ["REGIONAL"]},
                **_CONVERTED,
                # At its own address the API could be called past the proxy in front.
                "DisableExecuteApiEndpoint": {"Fn::If": ["OnlyThroughProxy", True, False]},
            },
        },
        **deployed,
        deployment: {
            "Type": "AWS::ApiGateway::Deployment",
            "DependsOn": sorted(name for name in deployed if not name.startswith("Path")),
            "Properties": dict(_API),
        },
        "Api": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {
                **_API,
                "DeploymentId": {"Ref": deployment},
                "StageName": stage_name,
                # That the API's own address is off takes effect when a setting of a stage changes
                # (API Gateway Developer Guide, "Disable the default endpoint"): this one does.
                "Description": {"Fn::If": ["OnlyThroughProxy", "Behind a proxy", "Open to all"]},
                "AccessLogSetting": {
                    "DestinationArn": {"Fn::Sub": log_group_arn("api")},
                    "Format": json.dumps(ACCESS_LOG),
                },
                "MethodSettings": method_settings(operations, pages),
            },
        },
    }
    for logical_id in sorted(set(served_by.values())):
        resources[f"{logical_id}InvokePermission"] = _permission(logical_id)
    return resources


def _responses() -> Json:
    problems = {kind: _problem(kind, *told) for kind, told in RESPONSES.items()}
    problems |= {kind: _problem(kind, None, detail) for kind, detail in REST.items()}
    return {
        "Answer" + kind.title().replace("_", ""): {
            "Type": "AWS::ApiGateway::GatewayResponse",
            "Properties": {**_API, "ResponseType": kind, **problem},
        }
        for kind, problem in problems.items()
    }


_REFERENCE: Json = {"instance": "urn:riserbo:request:$context.requestId"}
"""The reference of an answer, by which its line in the access log is found; nothing of a person.

API Gateway fills it in: simple variables are all that a gateway response's template knows
(Developer Guide, "Customize a gateway response")."""

_WAIT = "1"
"""Seconds after which somebody who was throttled may try again: the rates are of a second."""

_MORE_HEADERS: Mapping[str, Mapping[str, str]] = {"THROTTLED": {"Retry-After": _WAIT}}
"""Further headers of single answers, by type."""

_SLUGS = {
    kind.status: kind.default_type
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.Problem)
}
"""The problem type of a status, as the functions name it."""


def _problem(kind: str, status: HTTPStatus | None, detail: str) -> Json:
    if status is None:
        problem: Json = {"type": "about:blank", "title": "Error", "detail": detail, "errors": []}
    else:
        slug = _SLUGS.get(int(status), "internal")
        problem = {
            "type": f"urn:riserbo:problem:{slug}",
            "title": status.phrase,
            "status": int(status),
            "detail": detail,
            "errors": [],
        }
    if kind == "DEFAULT_5XX" or (status is not None and status >= 500):
        problem |= _REFERENCE
    headers = {
        **HEADERS,
        "Content-Security-Policy": SANDBOX,
        "Content-Type": "application/problem+json",
        # These answers depend on no credential and hold no data: any site may read them.
        "Access-Control-Allow-Origin": "*",
        **_MORE_HEADERS.get(kind, {}),
    }
    return {
        **({} if status is None else {"StatusCode": str(int(status))}),
        "ResponseTemplates": {"application/json": json.dumps(problem)},
        "ResponseParameters": {
            f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()
        },
    }


def _paths(served_by: Mapping[str, str]) -> Json:
    resources: Json = {}
    for path in sorted(served_by):
        parts = [part for part in path.split("/") if part]
        parent: Json = {"Fn::GetAtt": ["RestAPI", "RootResourceId"]}
        for depth, part in enumerate(parts, start=1):
            name = "Path" + _name("/".join(parts[:depth]))
            resources[name] = {
                "Type": "AWS::ApiGateway::Resource",
                "Properties": {**_API, "ParentId": parent, "PathPart": part},
            }
            parent = {"Ref": name}
        resources["Any" + _name(path)] = _any_method(path, parent, served_by[path])
    return resources


def _name(path: str) -> str:
    # CloudFormation's names are letters and digits: `/v1/sessions/{id}` becomes V1SessionsOneId.
    spelled = path.replace("{", "One ").replace("}", "")
    return "".join(word.capitalize() for word in re.split("[^A-Za-z0-9]+", spelled))


def _any_method(path: str, resource: Json, logical_id: str) -> Json:
    # A greedy parameter is declared with a plus sign, `{proxy+}`, and named without it.
    names = [part[1:-1].rstrip("+") for part in path.split("/") if part.startswith("{")]
    uri = (
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31"
        f"/functions/${{{logical_id}.Arn}}/invocations"
    )
    return {
        "Type": "AWS::ApiGateway::Method",
        "Properties": {
            **_API,
            "ResourceId": resource,
            "HttpMethod": "ANY",
            # The functions authenticate callers: sessions, visitors and keys are their own.
            "AuthorizationType": "NONE",
            "RequestParameters": {f"method.request.path.{name}": True for name in names},
            "Integration": {
                "Type": "AWS_PROXY",
                "IntegrationHttpMethod": "POST",
                "Uri": {"Fn::Sub": uri},
            },
        },
    }


def _permission(logical_id: str) -> Json:
    # One wildcard a function: a permission for each path would pass the 20 KB of a policy.
    arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${RestAPI}/*"
    return {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": {"Ref": logical_id},
            "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": {"Fn::Sub": arn},
        },
    }
