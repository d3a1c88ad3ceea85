"""The body of GET /v1/cookies."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from chalicelib.notices import anchors, presentation
from chalicelib.notices.compiler.schema import schema
from chalicelib.notices.contract.versions import COOKIES
from chalicelib.notices.cookies import TYPES, cookie_catalogue
from chalicelib.notices.model import Notice
from chalicelib.notices.rendering import render_html
from chalicelib.web.pages.cookie import NAME
from tests.unit.notices import grown
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


@pytest.mark.parametrize("locale", ["it", "en"])
def test_each_purpose_has_its_place_on_the_page(shipped: Notice, locale: str) -> None:
    page = render_html(shipped, locale)
    for name, purpose in cookie_catalogue(shipped)["purposes"].items():
        assert purpose["place"] == anchors.purpose(name)
        assert f'id="{purpose["place"]}"' in page


def test_banner_has_words_in_all_languages_and_settings(shipped: Notice) -> None:
    banner = cookie_catalogue(shipped)["banner"]
    assert banner["ask_again"] == {"months": 6}
    assert banner["words"].keys() >= {"title", "text", "accept_all", "refuse_all", "choose", "save"}
    assert all(words.keys() == {"it", "en"} for words in banner["words"].values())


def test_silence_is_a_refusal_and_nobody_is_shut_out(shipped: Notice) -> None:
    banner = cookie_catalogue(shipped)["banner"]
    assert banner["dismissal"] == "denied"
    assert banner["wall"] is False
    assert banner["ask_again_on"] == ["material_change", "choice_unknown"]
    assert banner["signal"].keys() == {"it", "en"}
    assert not banner["words"].keys() & {"dismissal", "wall", "ask_again", "ask_again_on", "signal"}


def test_nothing_goes_to_google_before_a_yes(shipped: Notice) -> None:
    found = cookie_catalogue(shipped)
    mode = found["consent_mode"]
    assert (mode["version"], mode["mode"]) == (2, "basic")
    assert mode["default"].keys() == set(TYPES)
    granted = {name for name, value in mode["default"].items() if value == "granted"}
    assert granted == {"security_storage"}
    assert mode["update"] == {
        "functionality_storage": "functionality_cookies",
        "personalization_storage": "functionality_cookies",
        "analytics_storage": "site_measurement",
        "ad_storage": "advertising_cookies",
        "ad_user_data": "advertising_cookies",
        "ad_personalization": "advertising_cookies",
    }
    assert set(mode["update"].values()) <= shipped.choices.keys()
    assert {one["id"]: one["consent_mode"] for one in found["classes"]}["measurement"] == [
        "analytics_storage"
    ]


def test_what_no_class_stands_for_is_denied() -> None:
    mode = cookie_catalogue(grown.compiled(grown.document()))["consent_mode"]
    assert mode["default"] == dict.fromkeys(TYPES, "denied")
    assert mode["update"] == {"analytics_storage": "visits"}


def test_types_are_those_of_the_schema() -> None:
    items = schema()["$defs"]["cookie_class"]["properties"]["consent_mode"]["items"]
    assert items["enum"] == list(TYPES)


@pytest.mark.parametrize("name", ["shipped", "association", "grown"])
def test_the_answer_is_what_its_contract_says(name: str, shipped: Notice) -> None:
    notices = {
        "shipped": shipped,
        "association": association(),
        "grown": grown.compiled(grown.document()),
    }
    body = json.loads(presentation.cookies(notices[name]))
    described = COOKIES.answers[200].schema
    assert isinstance(described, dict)
    Draft202012Validator.check_schema(described)
    Draft202012Validator(described).validate(body)
    assert not Draft202012Validator(described).is_valid({**body, "more": 1})
    assert not Draft202012Validator(described).is_valid({**body, "classes": None})


def test_says_which_notice_it_comes_from(shipped: Notice) -> None:
    found = cookie_catalogue(shipped)
    assert (found["version"], found["digest"]) == (shipped.version, shipped.digest)


def test_is_json(shipped: Notice) -> None:
    found = cookie_catalogue(shipped)
    assert json.loads(json.dumps(found)) == found


def test_a_site_without_banner() -> None:
    found = cookie_catalogue(association())
    assert found["banner"] is None
    assert found["consent_mode"] is None
    assert [c["exempt"] for c in found["classes"]] == [True]
    assert [c["name"] for c in found["cookies"]] == ["__Host-session", NAME]
