"""The description of the API is served, complete, and readable by people."""

from __future__ import annotations

import pytest

from tests.functions.api import HTML, Api, ok
from tests.functions.stack import DeployedStack


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def served() -> set[tuple[str, str]]:
    """Method and path of every route of the app but pages.

    Preflights are apart, and HEAD, which is as GET.
    """
    from app import app

    return {
        (method, path)
        for path, methods in app.routes.items()
        for method, entry in methods.items()
        if method not in ("OPTIONS", "HEAD")
        and not entry.view_function.__module__.startswith("functions.pages.")
    }


def test_what_is_served_is_what_is_described(api: Api) -> None:
    document = ok(api.get("/openapi.json"))
    described = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    assert described == served()
    assert document["openapi"].startswith("3.1")
    assert document["servers"][0]["url"] == api.base_url


def test_every_operation_says_how_it_refuses(api: Api) -> None:
    for path, methods in ok(api.get("/openapi.json"))["paths"].items():
        for method, operation in methods.items():
            refusals = [status for status in operation["responses"] if status.startswith("4")]
            assert refusals, f"{method} {path}"


@pytest.mark.parametrize("locale", ["it", "en"])
def test_the_page_for_people_names_every_operation(api: Api, locale: str) -> None:
    page = api.get("/docs", headers={"Accept": HTML, "Accept-Language": locale})
    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    text = page.content.decode()
    assert f'lang="{locale}"' in text
    assert [path for _, path in served() if path not in text] == []


def test_health_names_the_notice_in_force(api: Api) -> None:
    health = ok(api.get("/v1/health"))
    assert health == {"status": "ok", "notice": ok(api.get("/v1/notice"))["version"]}
