"""Two notices to render, as unlike as they come, and one that means harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.compiler import compile_notice, load_published
from chalicelib.notices.model import Notice
from chalicelib.pages.languages import languages
from tests.product import product_document
from tests.unit.core.samples import shipped_in

_ASSOCIATION = Path(__file__).parent.parent / "notices" / "association.json"

HOSTILE = (
    "1. <script>alert(1)</script> | a | b\n\n# heading\n- item [go](javascript:alert(1)) "
    "![x](https://evil.example/x.png) `code` ***bold*** <img src=x onerror=alert(1)> "
    '" onmouseover="alert(1) &lt;b&gt; {{ 7*7 }} {% raw %} $x$ ~~no~~ \\'
)
"""What an author, or somebody in the author's place, could write into a text."""


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


def _shipped() -> Notice:
    return compile_notice(product_document(), STORED)


def association() -> Notice:
    """A small association's notice: one language, nothing to confirm, no banner."""
    return compile_notice(_read(_ASSOCIATION), STORED)


FOREIGN = tuple(language for language in languages() if language not in ("it", "en"))
"""Languages of the software that the shipped notice is not written in."""


def _foreign() -> Notice:
    return shipped_in(*FOREIGN)


NOTICES: dict[str, Callable[[], Notice]] = {
    "shipped": _shipped,
    "association": association,
    "foreign": _foreign,
}
PAGES = [
    ("shipped", "it"),
    ("shipped", "en"),
    ("association", "en"),
    *(("foreign", language) for language in FOREIGN),
]


@pytest.fixture(scope="session", params=PAGES, ids=["-".join(page) for page in PAGES])
def rendered(request: pytest.FixtureRequest) -> tuple[Notice, str]:
    """A notice and one of its languages."""
    name, locale = request.param
    return NOTICES[name](), locale


@pytest.fixture(scope="session")
def shipped() -> Notice:
    return _shipped()


def poisoned(value: Any) -> Any:
    """A document in which every text for people, and every link, is hostile."""
    if isinstance(value, dict):
        if value and value.keys() <= {"it", "en"}:
            return dict.fromkeys(value, HOSTILE)
        return {
            name: "javascript:alert(1)" if name in ("url", "website") else poisoned(inner)
            for name, inner in value.items()
        }
    return [poisoned(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture(scope="session")
def hostile() -> Notice:
    """The shipped notice, poisoned. Loaded as published, since it would not compile."""
    document = poisoned(product_document())
    document["site"]["name"] = document["controller"]["name"] = HOSTILE
    document["controller"]["address"] = HOSTILE
    document["controller"]["website"] = "javascript:alert(1)"
    document["controller"]["email"] = "a@b.example?subject=x)](javascript:alert(1)"
    document["records"][0]["fields"]["technical"] = [HOSTILE]
    return load_published(document)
