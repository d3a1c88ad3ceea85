"""The script of the banner at its two addresses, and at others below them."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import secrets
from base64 import b64encode
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices import presentation, service
from chalicelib.notices.banner import sdk
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.service import evidence
from functions.http import notices
from tests.product import product_document
from tests.unit.notices import reader
from tests.unit.notices.reader import World
from tests.unit.web.sample import CONTEXT, Sent, event


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = reader.world(monkeypatch)
    monkeypatch.setattr(service, "current", lambda: made.notice)
    return made


def fetched(name: str, method: str = "GET", **headers: str) -> Sent:
    handler: Any = notices.handler
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return Sent(handler(event(method, "/v1/{script}", None, sent, None, {"script": name}), CONTEXT))


def catalogue_in(script: str) -> dict[str, Any]:
    """What stands in the place of the catalogue."""
    before, after = sdk.source().decode().split(sdk.PLACE)
    assert script.startswith(before)
    assert script.endswith(after)
    found: dict[str, Any] = json.loads(script[len(before) : len(script) - len(after)])
    return found


def test_the_source_has_one_place_for_the_catalogue_and_one_for_the_version() -> None:
    written = sdk.SOURCE.read_text("utf-8")
    assert (written.count(sdk.PLACE), written.count(sdk.VERSION)) == (1, 1)
    version = hashlib.sha256(written.encode()).hexdigest()[:12]
    top = sdk.source().decode()[:300]
    assert "Apache License 2.0" in top
    assert f"/* Version {version}. */" in top


def test_the_script_holds_the_catalogue_and_the_evidence_of_every_language(world: World) -> None:
    sent = fetched("sdk.js")
    assert sent.status == 200
    assert sent.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert sent.headers["Cache-Control"] == "public, max-age=300"
    assert sent.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert sent.headers["Access-Control-Allow-Origin"] == "*"
    held = catalogue_in(sent.text)
    proofs = held.pop("evidence")
    assert held == json.loads(presentation.cookies(world.notice))
    assert proofs == {one: evidence.made(world.notice, one) for one in world.notice.locales}


def test_a_browser_that_has_it_gets_nothing_again(world: World) -> None:
    tag = fetched("sdk.js").headers["ETag"]
    again = fetched("sdk.js", If_None_Match=tag)
    assert (again.status, again.text) == (304, "")
    assert again.headers["ETag"] == tag


def test_another_hour_has_other_evidence_and_another_tag(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = fetched("sdk.js").headers["ETag"]
    monkeypatch.setattr(evidence, "made", lambda notice, locale: f"later {locale}")
    assert fetched("sdk.js", If_None_Match=tag).status == 200


def test_the_script_alone_stands_under_its_digest_for_good(world: World) -> None:
    digest = hashlib.sha256(sdk.source()).hexdigest()[:32]
    assert sdk.source_name() == f"sdk-{digest}.js"
    sent = fetched(sdk.source_name())
    assert sent.status == 200
    assert sent.text.encode() == sdk.source()
    assert sent.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert sent.headers["Access-Control-Allow-Origin"] == "*"
    expected = b64encode(hashlib.sha384(sent.text.encode()).digest()).decode()
    assert sdk.integrity() == f"sha384-{expected}"


@pytest.mark.parametrize(
    "name", ["sdk", "sdk.js.map", "SDK.JS", f"sdk-{'0' * 32}.js", "sdk-.js", "nowhere"]
)
def test_another_name_is_not_found(world: World, name: str) -> None:
    sent = fetched(name)
    assert sent.status == 404
    assert sent.headers["Content-Type"] == "application/problem+json"
    assert sent.headers["Cache-Control"] == "no-store"
    page = fetched(name, Accept="text/html")
    assert (page.status, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_head_answers_without_a_body_and_other_methods_are_not_allowed(world: World) -> None:
    headed = fetched("sdk.js", "HEAD")
    assert (headed.status, headed.text) == (200, "")
    assert headed.headers["ETag"] == fetched("sdk.js").headers["ETag"]
    refused = fetched("sdk.js", "POST")
    assert refused.status == 405
    assert refused.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "a\u2028b\u2029c", "<!--"])
def test_no_text_of_the_notice_leaves_its_place(text: str) -> None:
    made = sdk.with_catalogue(json.dumps({"words": text}).encode(), {"en": "proof"}).decode()
    place = made.removeprefix(sdk.source().decode().split(sdk.PLACE)[0])
    assert not re.search("[<\u2028\u2029]", place.partition("proof")[0])
    assert catalogue_in(made) == {"words": text, "evidence": {"en": "proof"}}


def test_a_text_that_looks_like_the_place_stays_a_text() -> None:
    made = sdk.with_catalogue(json.dumps({"words": sdk.PLACE}).encode(), {}).decode()
    assert catalogue_in(made) == {"words": sdk.PLACE, "evidence": {}}


def test_a_page_loads_little_with_thirty_cookies_in_two_languages() -> None:
    document = product_document()
    cookies = document["cookies"]["cookies"]
    asked = [one for one in cookies if one["class"] != "technical"]
    for number in range(30 - len(cookies)):
        like = asked[number % len(asked)]
        cookies.append({**like, "name": f"{like['name'].rstrip('*_')}_{number}"})
    notice = compile_notice(document, STORED)
    proofs = tuple(
        (locale, f"1.{notice.version}.{locale}.2026-12-01T12." + secrets.token_hex(32))
        for locale in notice.locales
    )
    made = presentation.banner_script(notice, proofs)
    held = catalogue_in(made.decode())
    assert (len(held["cookies"]), len(held["locales"])) == (30, 2)
    assert len(gzip.compress(made, 6)) <= 20 * 1024


def test_its_own_code_is_small() -> None:
    """9 KiB zipped without comments (decision 102)."""
    written = sdk.SOURCE.read_text("utf-8")
    code = re.sub(r"^ *//.*\n|(?<=[;,]) // .*", "", written, flags=re.MULTILINE)
    assert len(code) < len(written)
    assert len(gzip.compress(code.encode())) <= 9 * 1024
