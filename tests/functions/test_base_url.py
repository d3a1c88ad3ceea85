"""The address without a path: the home page in a browser, and nothing for programs."""

from __future__ import annotations

import re

import pytest
import requests

from chalicelib.web.contract import HTML
from tests.functions.api import JSON, Api, problem
from tests.functions.stack import DeployedStack

BROWSER = f"{HTML},application/xhtml+xml,*/*;q=0.8"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def browse(api: Api, url: str, locale: str, method: str = "GET") -> requests.Response:
    """Opens an address in a browser."""
    headers = {"Accept": BROWSER, "Accept-Language": locale}
    return api.call(method, url.removeprefix(api.base_url), headers=headers)


@pytest.mark.parametrize("end", ["", "/", "?utm_source=x", "/?utm_source=x&lang=it_IT.UTF-8"])
def test_the_base_url_is_a_page_in_a_browser_and_nothing_for_programs(api: Api, end: str) -> None:
    page = browse(api, end, "it")
    assert page.status_code == 200
    # The controller's address is a link too, which no page of ours answers.
    links = re.findall(r'<a href="((?!mailto:)[^"]+)">', page.text)
    assert len(links) > 4
    for link in links:
        address = link.replace("&amp;", "&").partition("#")[0]
        assert address.startswith(f"{api.base_url}/")
        assert browse(api, address, "it", "HEAD").status_code == 200
    for accept in (JSON, "*/*"):
        assert problem(api.get(end, headers={"Accept": accept}), 404)["type"].endswith("not-found")
    assert browse(api, end, "it", "HEAD").status_code == 200
