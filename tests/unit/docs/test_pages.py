"""docs/pages.md names every page and no other, and each is opened by a test in a browser."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from chalicelib.web.pages.contract import Session
from chalicelib.web.pages.former import former
from chalicelib.web.pages.view import operations
from functions.http.site import OPERATIONS
from functions.pages import modules, page_operations
from tests.unit.docs.markdown import DOCS, PROJECT, code, rows

DOCUMENT = DOCS / "pages.md"
SESSIONS = {Session.NONE: "none", Session.OPTIONAL: "read", Session.REQUIRED: "needed"}
BROWSER = PROJECT / "tests" / "browser"

Page = tuple[str, str, str]
"""Address, function, session."""

MODULES = modules()


def served() -> set[Page]:
    found: dict[tuple[str, str], set[Session]] = defaultdict(set)
    for function, module in MODULES.items():
        for one in operations(module.bp):
            found[one.path, function].add(one.session)
    order = list(Session)
    return {(*page, SESSIONS[max(used, key=order.index)]) for page, used in found.items()}


def paths() -> list[str]:
    return sorted({one.path for one in page_operations()})


def test_every_page_is_in_the_document_and_no_other() -> None:
    told = [(code(row[0])[0], row[1], row[2]) for row in rows(DOCUMENT, "Table")]
    assert set(told) == served()
    assert len(told) == len(set(told))


def test_the_operations_are_there() -> None:
    known = {one.id for one in OPERATIONS}
    assert {name for row in rows(DOCUMENT, "Table") for name in code(row[3])} <= known


def test_every_former_address_is_in_the_document() -> None:
    told = {code(row[0])[0]: code(row[1])[0] for row in rows(DOCUMENT, "Former addresses")}
    assert told == {old: new for one in MODULES.values() for old, new in former(one.bp).items()}
    assert set(told.values()) <= set(paths())


@pytest.mark.parametrize("path", paths())
def test_a_test_in_a_browser_opens_the_page(path: str) -> None:
    text = "\n".join(one.read_text("utf-8") for one in sorted(BROWSER.glob("*.py")))
    # A test names the address as a text, with what stands for the parameters.
    steps = "".join(
        r"[^/\"?\s]+" if step.startswith("{") else re.escape(step)
        for step in re.split(r"(\{[^}]+\})", path)
    )
    assert re.search(rf"[\"'}}]{steps}[\"'?#]", text), f"no test in tests/browser opens {path}"
