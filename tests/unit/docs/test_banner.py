"""docs/banner.md: a page to copy that is one, and no name that the script does not know."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

from chalicelib.notices.banner import sdk
from chalicelib.notices.compiler.choice_storage import NAME
from chalicelib.notices.cookies import cookie_catalogue
from tests.unit.core.samples import shipped

DOCUMENT: Final = Path(__file__).parents[3] / "docs" / "banner.md"
TEXT: Final = DOCUMENT.read_text("utf-8")
SCRIPT: Final = sdk.source().decode()
BASE: Final = "https://privacy.example.org"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


class Page(HTMLParser):
    """The elements of a page with their attributes, and those that nobody closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, Any]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page() -> Page:
    return Page(blocks("html")[0])


def test_the_page_to_copy_is_a_whole_page() -> None:
    found = page()
    assert found.open == []
    assert [tag for tag, _ in found.elements if tag in ("html", "head", "body")] == [
        "html",
        "head",
        "body",
    ]
    assert dict(found.elements)["html"]["lang"] == "en"


def test_it_loads_the_banner_and_nothing_else_by_itself() -> None:
    loaded = [
        value["src"] for tag, value in page().elements if "src" in value and "data-src" not in value
    ]
    assert loaded == [f"{BASE}/v1/{sdk.NAME}"]
    assert not any("style" in value for _, value in page().elements)


def test_what_waits_names_classes_that_the_notice_may_have() -> None:
    known = {one["id"] for one in cookie_catalogue(shipped())["classes"]}
    named = {value["data-riserbo"] for _, value in page().elements if "data-riserbo" in value}
    assert named == {"measurement", "functionality"}
    assert named <= known
    assert set(re.findall(r'data-riserbo="(\w+)"', TEXT)) <= known


def test_a_script_that_waits_cannot_run_without_the_banner() -> None:
    waiting = [
        value
        for tag, value in page().elements
        if tag in ("script", "iframe") and "data-riserbo" in value
    ]
    assert waiting
    assert all("src" not in value for value in waiting)
    assert all(value.get("type", "text/plain") == "text/plain" for value in waiting)


def test_the_page_leads_to_the_choices() -> None:
    links = [value for tag, value in page().elements if tag == "a"]
    assert [(one["href"], "data-riserbo-settings" in one) for one in links] == [
        ("#riserbo-settings", True)
    ]


def test_every_attribute_property_and_name_is_one_of_the_script() -> None:
    options = {
        "data-lang": "dataset.lang",
        "data-position": "dataset.position",
        "data-no-button": '"noButton" in',
    }
    for attribute, read in options.items():
        assert f"`{attribute}" in TEXT
        assert read in SCRIPT
    properties = set(re.findall(r"--riserbo-[a-z]+", TEXT))
    assert properties == set(re.findall(r"--riserbo-[a-z]+", SCRIPT))
    assert len(properties) == 5
    for position in ("bottom-left", "bottom-right"):
        assert f"`{position}`" in TEXT
        assert f".{position}" in SCRIPT
    for name in ("#riserbo-settings", "riserbo:change", "data-riserbo-settings"):
        assert name in TEXT
        assert name in SCRIPT
    assert f"one key, `{NAME}`" in TEXT
    for member in ("ready", "allowed", "settings", "version"):
        assert f"riserbo.{member}" in TEXT
        assert re.search(rf"\n    {member}\b", SCRIPT)


def test_the_tag_that_pins_the_script_is_that_of_the_command() -> None:
    (pinned,) = [one for one in blocks("html") if "integrity" in one]
    tag = Page(sdk.tag(BASE)).elements
    told = Page(pinned).elements
    assert [(one, sorted(value)) for one, value in told] == [(one, sorted(v)) for one, v in tag]
    src = str(tag[0][1]["src"])
    assert src == f"{BASE}/v1/{sdk.source_name()}"
    assert tag[0][1]["integrity"] == sdk.integrity()
    assert tag[0][1]["crossorigin"] == "anonymous"


def test_the_policy_needs_nothing_that_is_unsafe() -> None:
    (policy,) = blocks("text")
    assert "unsafe" not in policy
    assert policy.split("; ") == [
        f"script-src {BASE}",
        f"connect-src {BASE}",
        "style-src 'self'\n",
    ]
    assert not re.search(r"\binnerHTML\b|\beval\(|\.style\b|setAttribute\(\"style\"", SCRIPT)
