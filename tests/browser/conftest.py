"""The marker `browser` for every test here, and one browser and shop for a process of tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Browsers, chromium
from tests.browser.demo.shop import HOST, Shop, served
from tests.browser.visits import ELSEWHERE, SHOP, Shopping
from tests.functions.stack import DeployedStack

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
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


@pytest.fixture(scope="session")
def shopping(browsers: Browsers, served_shop: tuple[Shop, int], stack: DeployedStack) -> Shopping:
    """People who visit the shop, whose banner is that of the stack."""
    served_shop[0].base = stack.base_url
    return Shopping(browsers.browser, served_shop[0], stack)
