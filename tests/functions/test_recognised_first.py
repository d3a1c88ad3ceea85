"""Who calls is asked first: nobody learns what is wrong with a body, by any operation deployed."""

from __future__ import annotations

import pytest

from chalicelib.web.contract import MAX_BODY, Auth, Operation
from functions.http.site import OPERATIONS
from tests.functions.api import JSON, Api, problem
from tests.functions.stack import DeployedStack

NOBODY = f"{'a' * 26}.{'b' * 43}"
BY_BEARER = [
    one
    for one in OPERATIONS
    if one.auth in (Auth.SESSION, Auth.REQUEST, Auth.SERVICE, Auth.STAFF) and one.body is not None
]


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.mark.parametrize("operation", BY_BEARER, ids=lambda one: one.id)
def test_who_is_nobody_gets_401_whatever_the_body(api: Api, operation: Operation) -> None:
    token = f"rsk_{NOBODY}" if operation.auth is Auth.SERVICE else NOBODY
    headers = {"Authorization": f"Bearer {token}", "Content-Type": JSON}
    path = operation.path.replace("{id}", "a" * 26).replace("{version}", "2030-01-01")
    for body in ("{", '{"x": 1}', "[" * (MAX_BODY + 1)):
        problem(api.call(operation.method, path, headers=headers, data=body.encode()), 401)
