"""The body of GET /v1/cookies."""

from __future__ import annotations

import json

from chalicelib.notices.cookies import cookie_catalogue
from chalicelib.notices.model import Notice
from tests.unit.rendering.conftest import association


def test_has_classes_cookies_and_lifetimes(shipped: Notice) -> None:
    found = cookie_catalogue(shipped)
    assert [c["id"] for c in found["classes"]] == [
        "technical",
        "functionality",
        "measurement",
        "advertising",
    ]
    assert [c["id"] for c in found["classes"] if c["exempt"]] == ["technical"]
    assert found["cookies"]
    assert all(c["lifetime"] and c["title"].keys() == {"it", "en"} for c in found["cookies"])


def test_names_the_purposes_that_decisions_are_about(shipped: Notice) -> None:
    found = cookie_catalogue(shipped)
    named = {value["purpose"] for value in (*found["classes"], *found["cookies"])}
    assert found["purposes"].keys() == named
    asked = {c["purpose"] for c in found["classes"] if not c["exempt"]}
    assert asked <= shipped.choices.keys()
    assert all(found["purposes"][name]["needs_consent"] for name in asked)


def test_banner_has_words_in_all_languages_and_settings(shipped: Notice) -> None:
    banner = cookie_catalogue(shipped)["banner"]
    assert banner["ask_again"] == {"months": 6}
    assert banner["words"].keys() >= {"title", "text", "accept_all", "refuse_all", "choose", "save"}
    assert all(words.keys() == {"it", "en"} for words in banner["words"].values())


def test_says_which_notice_it_comes_from(shipped: Notice) -> None:
    found = cookie_catalogue(shipped)
    assert (found["version"], found["digest"]) == (shipped.version, shipped.digest)


def test_is_json(shipped: Notice) -> None:
    found = cookie_catalogue(shipped)
    assert json.loads(json.dumps(found)) == found


def test_a_site_without_banner() -> None:
    found = cookie_catalogue(association())
    assert found["banner"] is None
    assert [c["exempt"] for c in found["classes"]] == [True]
    assert [c["name"] for c in found["cookies"]] == ["__Host-session"]
