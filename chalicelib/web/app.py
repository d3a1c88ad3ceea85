"""The Lambda entry point of a capability's blueprint, which answers every refusal as a problem."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from chalice.app import Blueprint, Chalice

from chalicelib import logs
from chalicelib.errors import BadRequest, MethodNotAllowed, NotFound, Problem
from chalicelib.web import proxy, request
from chalicelib.web.respond import response
from chalicelib.web.view import bind, register_routes

Event: TypeAlias = dict[str, Any]
LambdaHandler: TypeAlias = Callable[[Event, Any], Event]

_OPTIONAL = (
    "body",
    "headers",
    "multiValueHeaders",
    "multiValueQueryStringParameters",
    "pathParameters",
    "queryStringParameters",
    "stageVariables",
)


def lambda_handler(blueprints: Blueprint | Sequence[Blueprint], name: str) -> LambdaHandler:
    """Returns the entry point of the function `name`, for API Gateway's REST proxy events.

    It serves a capability's operations, and its pages where these have a blueprint of their own. It
    must be called below the last handler of the module, since it serves what is registered by then.
    The entry point never raises: 404, 405 and foreign events are answered with problems, or with
    pages for browsers, which Chalice's own answers to them are not.
    """
    # Its own environment: Chalice would add itself to AWS_EXECUTION_ENV for every app.
    app = Chalice(name, configure_logs=False, env={})
    app.api.binary_types.clear()  # Every answer is text, so none has to be tried for a type.
    app.register_middleware(bind, "http")
    for bp in (blueprints,) if isinstance(blueprints, Blueprint) else blueprints:
        register_routes(bp, app)

    def handler(event: Event, context: Any) -> Event:
        request_id = ""
        try:
            checked = _proxy_event(event)
            request_id = request.request_id(checked, context)
            proxy.refuse_past_it(request.headers_of(checked))
            _check_route(app, checked)
            return app(checked, context)
        except Problem as problem:
            logs.log(
                "http.refused",
                function=name,
                request_id=request_id,
                problem=problem.type,
                status=problem.status,
            )
            return _refused(problem, event, request_id)
        except Exception as error:  # noqa: BLE001 - the edge: Lambda would not answer a problem
            logs.failure("http.failed", error, function=name, request_id=request_id)
            return _refused(Problem(), event, request_id)

    return handler


def _proxy_event(event: object) -> Event:
    """Returns the event with every member that Chalice reads, and its headers as read.

    Raises BadRequest for foreign events.
    """
    where = event.get("requestContext") if isinstance(event, dict) else None
    if (
        not isinstance(event, dict)
        or not isinstance(where, dict)
        or not isinstance(where.get("resourcePath"), str)
        or not isinstance(where.get("httpMethod"), str)
    ):
        raise BadRequest("This function answers HTTP requests from API Gateway only.")
    complete = {name: event.get(name) for name in _OPTIONAL}
    for name in _OPTIONAL[1:]:
        if not isinstance(complete[name], dict | None):
            raise BadRequest("This function answers HTTP requests from API Gateway only.")
    headers = {name: v for name, v in (complete["headers"] or {}).items() if isinstance(v, str)}
    return request.with_headers({**event, **complete, "headers": headers})


def _check_route(app: Chalice, event: Event) -> None:
    where: Mapping[str, str] = event["requestContext"]
    routes = app.routes.get(where["resourcePath"])
    if not routes:
        raise NotFound()
    if where["httpMethod"] not in routes:
        raise MethodNotAllowed(headers={"Allow": ", ".join(sorted(routes))})
    parameters = event["pathParameters"] or {}
    if any(name not in parameters for name in routes[where["httpMethod"]].view_args):
        raise NotFound()


def _refused(problem: Problem, event: object, request_id: str) -> Event:
    from chalicelib.web.pages.refusals import refused_at_the_edge  # most functions have no pages

    known = event if isinstance(event, dict) else {}
    answer = refused_at_the_edge(problem, known, request_id)
    written: Event = response(answer, known, request_id).to_dict()
    return written
