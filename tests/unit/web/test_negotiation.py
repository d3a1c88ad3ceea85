from __future__ import annotations

import time

import pytest

from chalicelib.web.contract import FORM
from chalicelib.web.negotiation import language, media_type
from tests.unit.web.sample import TOKEN, post_json, send

OFFERED = ("application/json", "text/html", "text/markdown")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html", "text/html"),
        ("TEXT/HTML", "text/html"),
        ("text/*", "text/html"),
        ("text/*;q=0.5, text/markdown", "text/markdown"),
        ("application/json;q=0.1, text/html;q=0.2", "text/html"),
        ("text/html;q=0, */*", "application/json"),
        ("application/json;q=0, */*;q=0.1", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("text/html;charset=utf-8;q=1.000", "text/html"),
        ("image/png", None),
        ("*/*;q=0", None),
        ("text/html;q=2", "application/json"),
        ("text/html;q=-1", "application/json"),
        ("\x00\x01;;;,,,", "application/json"),
        ("text/html," * 100_000, "application/json"),
    ],
)
def test_media_types(accept: str | None, expected: str | None) -> None:
    assert media_type(accept, OFFERED) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "it"),
        ("", "it"),
        ("*", "it"),
        ("en", "en"),
        ("EN-gb", "en"),
        ("de", "it"),
        ("de-CH, en;q=0.3", "en"),
        ("it;q=0.2, en;q=0.9", "en"),
        ("it;q=0, *", "en"),
        ("it;q=0, en;q=0", "it"),
        ("en;q=0", "it"),
        ("en;q=zzz", "it"),
        ("zh-Hant-TW-x-private, en", "en"),
        ("en_US", "en"),
        ("en_US.UTF-8, it;q=0.5", "en"),
        ("-" * 2_000, "it"),
        ("\ud800", "it"),
    ],
)
def test_languages(header: str | None, expected: str) -> None:
    assert language(header, ("it", "en")) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("sr-RS", "sr-Latn"),
        ("sr", "sr-Latn"),
        ("pt-PT, en;q=0.5", "pt-BR"),
        ("pt-PT, en;q=0.9, pt-BR;q=0", "en"),
        ("fil", "fil"),
        ("fi", "en"),
    ],
)
def test_a_language_finds_its_script_or_another_region(header: str, expected: str) -> None:
    assert language(header, ("en", "sr-Latn", "pt-BR", "fil")) == expected


@pytest.mark.parametrize("unit", ["a;", "a,", "-a", "q=0.", " ", ";q=1", "a-b-c-d-e,"])
def test_hostile_headers_cost_little(unit: str) -> None:
    started = time.process_time()
    media_type(unit * 5_000, OFFERED)
    language(unit * 5_000, ("it", "en"))
    assert time.process_time() - started < 0.2


@pytest.mark.parametrize(
    ("query", "header", "expected"),
    [
        (None, None, "it"),
        (None, "en", "en"),
        ("it", "en", "it"),
        ("en-GB", "it", "en"),
        ("de", "en", "en"),
        ("de", None, "it"),
        ("en_GB", "it", "en"),
        ("EN_gb.UTF-8@euro", "it", "en"),
        (" en ", "it", "en"),
        ("en.", "it", "en"),
        ("", "en", "en"),
        ("*", "en", "en"),
        ("C", "en", "en"),
        ("_", "en", "en"),
        ("<script>", "en", "en"),
        ("x" * 5_000, "en", "en"),
        ("\ud800", "en", "en"),
    ],
)
def test_the_locale_of_a_call(query: str | None, header: str | None, expected: str) -> None:
    sent = send(
        "GET",
        "/v1/notice",
        headers={"Accept-Language": header} if header else None,
        query={"lang": [query]} if query else None,
    )
    assert sent.json == {"locale": expected}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["it", "en"], "it"),
        (["de", "en"], "en"),
        (["", "en_US"], "en"),
        (["", ""], "it"),
    ],
)
def test_of_several_languages_the_first_on_offer_is_taken(given: list[str], expected: str) -> None:
    assert send("GET", "/v1/notice", query={"lang": given}).json == {"locale": expected}


@pytest.mark.parametrize("path", ["/v1/items", "/v1/link"])
def test_a_language_never_refuses_a_program_either(path: str) -> None:
    method, body = ("GET", None) if path == "/v1/items" else ("POST", "token=x")
    for given in (["<script>"], [""], ["it", "en"], ["de"]):
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": FORM}
        assert send(method, path, body, headers, query={"lang": given}).status == 200


def test_the_chosen_type_is_the_answers() -> None:
    sent = send("GET", "/v1/notice", headers={"Accept": "text/markdown"})
    assert sent.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert sent.text == "<p>è</p>"


def test_nothing_acceptable() -> None:
    sent = send("GET", "/v1/notice", headers={"Accept": "image/png"})
    assert sent.status == 406
    assert sent.headers["Content-Type"] == "application/problem+json"


def test_an_operation_without_a_choice_gives_what_it_has() -> None:
    assert post_json({"email": "a@b"}, {"Accept": "image/png"}).status == 201
