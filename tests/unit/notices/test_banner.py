"""What a banner reads of the notice, so that it asks who is to be asked, in words that all have."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.notices import presentation
from chalicelib.notices.banner import sdk
from chalicelib.notices.banner import words as banner_words
from chalicelib.notices.changes import changes
from chalicelib.notices.compiler import NoticeRefused, load_published
from chalicelib.notices.compiler.choice_storage import NAME as KEY
from chalicelib.notices.compiler.choice_storage import with_choice_storage
from chalicelib.notices.compiler.warnings import warnings
from chalicelib.notices.cookies import cookie_catalogue
from chalicelib.notices.model import Notice
from chalicelib.notices.widening import widenings
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from tests.unit.core.samples import shipped, shipped_in
from tests.unit.notices import grown

LATER = "2027-03-08"


@pytest.fixture
def document() -> dict[str, Any]:
    return grown.document()


def after(edit: Any) -> Notice:
    """The version after the grown one, with what it adds to purposes."""
    before, later = grown.compiled(grown.document()), grown.document()
    edit(later)
    made = load_published({**later, "version": LATER})
    return replace(made, widenings=widenings(before, made, changes(before, made)))


def told(notice: Notice, purpose: str = "visits") -> dict[str, Any]:
    found: dict[str, Any] = cookie_catalogue(notice)["purposes"][purpose]
    return found


def test_the_signal_denies_the_purposes_that_the_notice_names() -> None:
    assert cookie_catalogue(shipped())["signal"] == {"purposes": ["advertising_cookies"]}
    assert cookie_catalogue(grown.compiled(grown.document()))["signal"] == {"purposes": ["visits"]}


def test_without_a_signal_there_is_none(document: dict[str, Any]) -> None:
    for one in document["purposes"]:
        one.pop("signals", None)
    document["cookies"]["banner"].pop("signal", None)
    assert cookie_catalogue(grown.compiled(document))["signal"] is None


def test_a_purpose_says_how_long_a_yes_lasts() -> None:
    assert told(shipped(), "advertising_cookies")["consent_lasts"] == {"months": 6}
    assert told(shipped(), "run_account")["consent_lasts"] is None
    assert told(grown.compiled(grown.document()))["consent_lasts"] == {"months": 12}


def test_the_first_version_asks_nobody_again() -> None:
    assert told(shipped(), "advertising_cookies")["asks_since"] == []


def test_a_version_that_adds_says_what_is_new(document: dict[str, Any]) -> None:
    def two_cookies(later: dict[str, Any]) -> None:
        later["cookies"]["cookies"] += [
            grown.cookie("second", "measurement", "visits"),
            grown.cookie("third", "measurement", "visits"),
        ]

    (since,) = told(after(two_cookies))["asks_since"]
    assert since == {
        "version": LATER,
        "new": [{"en": "Second", "it": "[it] Second"}, {"en": "Third", "it": "[it] Third"}],
    }


def test_a_version_that_adds_a_recipient_names_it() -> None:
    def receives(later: dict[str, Any]) -> None:
        grown.receive(later, grown.recipient("bigcorp", "controller", ["US"], "visits"))

    (since,) = told(after(receives))["asks_since"]
    assert since == {"version": LATER, "new": [{"en": "Bigcorp", "it": "[it] Bigcorp"}]}


def test_a_version_that_changes_the_use_itself_names_the_purpose() -> None:
    def marketing(later: dict[str, Any]) -> None:
        grown.one(later, "purposes", "visits")["marketing"] = True

    (since,) = told(after(marketing))["asks_since"]
    assert since["new"] == [{"en": "Visits", "it": "[it] Visits"}]


def test_a_version_that_reduces_asks_nobody() -> None:
    def reduces(later: dict[str, Any]) -> None:
        later["cookies"]["cookies"] = [
            one for one in later["cookies"]["cookies"] if one["name"] != "count"
        ]

    assert told(after(reduces))["asks_since"] == []


def test_a_yes_that_lasts_longer_from_now_on_asks_nobody_and_says_how_long_it_lasted() -> None:
    def longer(later: dict[str, Any]) -> None:
        grown.one(later, "purposes", "visits")["lasts"] = {"months": 24}

    found = told(after(longer))
    assert found["asks_since"] == []
    assert found["consent_lasts"] == {"months": 24}
    assert found["consent_lasted"] == [{"version": LATER, "lasts": {"months": 12}}]


def test_a_class_decides_its_own_purpose_and_those_of_its_cookies(
    document: dict[str, Any],
) -> None:
    document["cookies"]["cookies"].append(grown.cookie("news", "measurement", "newsletter"))
    found = {one["id"]: one for one in cookie_catalogue(grown.compiled(document))["classes"]}
    assert found["measurement"]["purposes"] == ["visits", "newsletter"]
    assert found["technical"]["purposes"] == [found["technical"]["purpose"]]


def test_who_sets_a_cookie_has_a_name_and_the_address_of_its_notice(
    document: dict[str, Any],
) -> None:
    grown.receive(document, grown.recipient("counter2", "processor", ["IE"], "visits"))
    grown.one(document, "recipients", "counter2")["url"] = "https://counter.example/privacy"
    more = {"party": "third", "provider": "counter2"}
    document["cookies"]["cookies"].append(grown.cookie("c2", "measurement", "visits") | more)
    found = cookie_catalogue(grown.compiled(document))
    assert found["providers"] == {
        "counter2": {
            "name": {"en": "Counter2", "it": "[it] Counter2"},
            "notice": "https://counter.example/privacy",
        }
    }


def test_a_cookie_says_where_it_lies_and_how_long_it_lasts(document: dict[str, Any]) -> None:
    where = {"path": "/shop", "domain": ".example.org", "pattern": "count_*"}
    grown.one(document, "cookies/cookies", "count").update(where)
    found = cookie_catalogue(grown.compiled(document))["cookies"]
    (one,) = [value for value in found if value["name"] == "count"]
    assert {name: one[name] for name in where} == where
    assert one["lasts"].keys() == {"en", "it"}
    assert not where.keys() & found[0].keys()


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("path", "shop"),
        ("path", "/a;b"),
        ("path", "/a b"),
        ("domain", "localhost"),
        ("domain", "a_b.example"),
        ("domain", "*.example.org"),
        ("pattern", "*"),
        ("pattern", "a*b"),
        ("pattern", "*a"),
        ("pattern", "a b"),
    ],
)
def test_a_place_that_no_browser_knows_is_refused(
    document: dict[str, Any], member: str, value: str
) -> None:
    cookies = document["cookies"]["cookies"]
    cookies[-1][member] = value
    with pytest.raises(NoticeRefused) as refused:
        grown.compiled(document)
    found = [one.pointer for one in refused.value.findings]
    assert found == [f"/cookies/cookies/{len(cookies) - 1}/{member}"]


def test_a_place_that_changes_is_editorial() -> None:
    def moved(later: dict[str, Any]) -> None:
        grown.one(later, "cookies/cookies", "count").update(path="/shop", pattern="count_*")

    assert told(after(moved))["asks_since"] == []
    before = grown.compiled(grown.document())
    found = changes(before, after(moved))
    assert {(one.kind, one.effect.value) for one in found} >= {("notation_changed", "editorial")}
    assert {one.effect.value for one in found} == {"editorial"}


@pytest.mark.parametrize("language", languages())
def test_the_software_has_every_word_in_each_of_its_languages(language: str) -> None:
    found = cookie_catalogue(shipped_in(language))["banner"]["words"]
    for name in banner_words.names():
        assert found[name][language].strip()
    assert found["close"][language] == words("banner", language)["close"]
    assert "{class}" in found["frame_waits"][language]


def test_the_documents_word_goes_before_the_softwares() -> None:
    found = cookie_catalogue(shipped())["banner"]["words"]
    assert found["policy"] == shipped().document["cookies"]["banner"]["policy"]


def test_links_lead_to_the_notice_and_the_centre(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example/base")
    found = json.loads(presentation.cookies(copy.copy(shipped())))
    assert found["links"] == {
        "notice": "https://privacy.example/base/notice",
        "centre": "https://privacy.example/base/",
    }


def held(document: dict[str, Any], name: str = KEY) -> list[dict[str, Any]]:
    found = cookie_catalogue(grown.compiled(document))["cookies"]
    return [one for one in found if one["name"] == name]


def test_the_key_of_the_script_is_the_one_that_the_notice_declares() -> None:
    assert f'const KEY = "{KEY}";' in sdk.SOURCE.read_text("utf-8")


def test_the_software_declares_the_key_where_a_banner_asks(document: dict[str, Any]) -> None:
    (key,) = held(document)
    assert (key["means"], key["party"], key["class"]) == ("local_storage", "first", "technical")
    assert key["lifetime"] == {"until_deleted": True}
    assert key["title"] == {"en": "Choice about cookies", "it": "Scelta sui cookie"}


def test_a_document_that_declares_the_key_is_left_as_it_is(document: dict[str, Any]) -> None:
    own = grown.cookie(KEY, "technical", "membership")
    document["cookies"]["cookies"].append({**own, "means": "local_storage"})
    (key,) = held(document)
    assert key["title"] == grown.words(KEY.title())


def test_where_nothing_is_asked_nothing_is_kept(document: dict[str, Any]) -> None:
    cookies = document["cookies"]
    asking = [one["id"] for one in cookies["classes"] if not one["exempt"]]
    cookies["classes"] = [one for one in cookies["classes"] if one["exempt"]]
    cookies["cookies"] = [one for one in cookies["cookies"] if one["class"] not in asking]
    del cookies["banner"]
    for one in document["purposes"]:
        one.pop("signals", None)
    assert asking
    assert held(document) == []


def test_the_key_has_a_class_where_none_is_exempt(document: dict[str, Any]) -> None:
    cookies = document["cookies"]
    exempt = [one["id"] for one in cookies["classes"] if one["exempt"]]
    cookies["classes"] = [one for one in cookies["classes"] if not one["exempt"]]
    cookies["cookies"] = [one for one in cookies["cookies"] if one["class"] not in exempt]
    classes = {one["id"]: one for one in cookie_catalogue(grown.compiled(document))["classes"]}
    (key,) = held(document)
    assert classes[key["class"]]["exempt"] is True


def test_without_registration_and_legal_obligation_the_key_is_declared_all_the_same(
    document: dict[str, Any],
) -> None:
    cookies = {"classes": [one for one in document["cookies"]["classes"] if not one["exempt"]]}
    cookies["cookies"] = []
    found = with_choice_storage({"purposes": []}, cookies, Silent())
    assert found is not None
    (key,) = found["cookies"]
    assert key["purpose"] == cookies["classes"][0]["purpose"]
    assert [one["id"] for one in found["classes"]][-1] == key["class"]


@pytest.mark.parametrize(
    "cookies", [None, [], "x", {}, {"classes": {}, "cookies": []}, {"classes": [1], "cookies": [2]}]
)
def test_what_is_no_list_of_cookies_is_left_as_it_is(cookies: Any) -> None:
    assert with_choice_storage({}, cookies, Silent()) is None


class Silent:
    """Has no words."""

    def of(self, file: str, name: str, **filled: str) -> dict[str, str]:
        return {}


def in_welsh(document: dict[str, Any]) -> dict[str, Any]:
    """The document in English and in a language in which the software has no words."""
    told = json.loads(json.dumps(document).replace('"it":', '"cy":'))
    told["locales"] = ["en", "cy"]
    return dict(told)


def test_a_language_that_the_software_has_not_needs_every_word(document: dict[str, Any]) -> None:
    with pytest.raises(NoticeRefused) as refused:
        grown.compiled(in_welsh(document))
    banner = document["cookies"]["banner"]
    lacking = [name for name in banner_words.names() if name not in banner]
    found = {one.pointer: one.detail for one in refused.value.findings}
    assert [*found] == sorted(f"/cookies/banner/{name}" for name in lacking)
    assert {*found.values()} == {
        "is missing: the software has no word for it in cy; write your own."
    }


def test_a_language_with_every_word_of_the_document_is_taken(document: dict[str, Any]) -> None:
    document["cookies"]["banner"] |= {
        name: grown.words(name.title()) for name in banner_words.names()
    }
    found = cookie_catalogue(grown.compiled(in_welsh(document)))["banner"]["words"]
    assert found["close"] == {"en": "Close", "cy": "[it] Close"}


def test_with_a_fallback_what_lacks_is_in_the_first_language(document: dict[str, Any]) -> None:
    found = cookie_catalogue(grown.compiled({**in_welsh(document), "fallback": True}))
    words_of_it = found["banner"]["words"]["close"]
    assert words_of_it == {"en": "Refuse and close", "cy": "Refuse and close"}


def test_a_class_that_asks_and_lists_nothing_is_a_warning(document: dict[str, Any]) -> None:
    assert warnings(grown.compiled(document)) == ()
    cookies = document["cookies"]
    cookies["cookies"] = [one for one in cookies["cookies"] if one["class"] != "measurement"]
    place = next(i for i, one in enumerate(cookies["classes"]) if one["id"] == "measurement")
    (found,) = warnings(grown.compiled(document))
    assert found.pointer == f"/cookies/classes/{place}"
    assert "lists no cookie" in found.detail
