"""The page of a copy as its person opens it: unpacked on a disk, with the network off."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Request

from chalicelib.copies.model import Scope
from chalicelib.pages.languages import languages
from tests.browser.chromium import Browsers
from tests.unit.copies.samples import HELD, made, order
from tests.unit.copies.test_contents import ANSWERS
from tests.unit.core.samples import shipped_in


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("scope", Scope)
def test_it_opens_without_network_and_script_and_shows_every_record(
    browsers: Browsers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scope: Scope,
    language: str,
) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
    copied = made(order(scope, language, shipped_in(*languages())), HELD, ANSWERS)
    with zipfile.ZipFile(BytesIO(copied.body)) as packed:
        packed.extractall(tmp_path)
    context = browsers.browser.new_context(offline=True, java_script_enabled=False)
    try:
        page, asked, complaints = context.new_page(), list[str](), list[str]()
        page.on("console", lambda message: complaints.append(message.text))

        def ask(request: Request) -> None:
            asked.append(request.url)

        page.on("request", ask)
        address = (tmp_path / "index.html").as_uri()
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("dl.record").count() == copied.data["held"]["records"]
        titles = [one["title"] for one in copied.data["records"]]
        shown = page.locator("main section > h3").all_inner_texts()
        assert shown == titles + [one["name"] for one in copied.data["systems"]]
        for number in range(len(titles)):  # the contents lead to each of them
            link = page.locator("nav ul a").nth(number)
            link.click()
            anchor = str(link.get_attribute("href"))
            assert page.url.endswith(anchor)
            assert page.locator(f"[id='{anchor.removeprefix('#')}']").inner_text() == titles[number]
        assert {one.partition("#")[0] for one in asked} == {address}
        assert complaints == []
    finally:
        context.close()
