"""The marker `browser`, and what many tests here share: browser, shop, officer, judge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import Browsers, chromium
from tests.browser.demo.shop import HOST, Shop, served
from tests.browser.visits import ELSEWHERE, SHOP, Shopping
from tests.functions import desk
from tests.functions.api import Api
from tests.functions.people import Person
from tests.functions.second_factor import Device
from tests.functions.stack import DeployedStack

HERE = "tests/browser/"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def served_shop() -> Iterator[tuple[Shop, int]]:
    """The shop, which knows no product yet, and the port at which it stands."""
    shop = Shop()
    with served(shop) as port:
        yield shop, port


@pytest.fixture(scope="session")
def browsers(served_shop: tuple[Shop, int]) -> Iterator[Browsers]:
    """The browser; for it the shop stands at its addresses, whatever the port is."""
    at = f"{HOST}:{served_shop[1]}"
    rules = ", ".join(f"MAP {name} {at}" for name in (SHOP, f"*.{ELSEWHERE}:80"))
    with chromium(f"--host-resolver-rules={rules}") as running:
        yield Browsers(running)


@pytest.fixture(scope="module")
def shopping(browsers: Browsers, served_shop: tuple[Shop, int], stack: DeployedStack) -> Shopping:
    """People who visit the shop, whose banner is that of the stack."""
    served_shop[0].base = stack.base_url
    return Shopping(browsers.browser, served_shop[0], stack)


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def clerk(api: Api) -> tuple[Person, Device]:
    """An officer of the desk, signed in, with the device that gives their codes."""
    return desk.officer(api)


@pytest.fixture(scope="module")
def staff(clerk: tuple[Person, Device]) -> Device:
    """The device of an officer, with which they sign in."""
    return clerk[1]


@pytest.fixture(scope="module")
def judge(browsers: Browsers) -> Iterator[Page]:
    """A page without a network, in which HTML is judged."""
    context = browsers.browser.new_context()
    context.route("**/*", lambda route: route.abort())
    yield context.new_page()
    context.close()
