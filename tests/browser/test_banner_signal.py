"""Global Privacy Control: what the notice lists for it is off before anything else happens."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.looks import faults
from tests.browser.visits import ADS, ASKED, MEASURED, Shopping, Visit
from tests.functions.api import ok
from tests.functions.people import visitor

REST = ["functionality", "measurement"]


def stands(one: Visit, purpose: str) -> tuple[str, str]:
    """What the product holds about a purpose: the decision, and whose it is."""
    told = ok(one.shopping.api.get("/v1/consents", headers=visitor(one.visitor())))
    found = told["standing"][purpose]
    return found["decision"], found["origin"]


def sentence(one: Visit) -> str:
    return str(one.shopping.catalogue["banner"]["signal"][one.locale])


def test_the_catalogue_says_what_the_signal_denies(shopping: Shopping) -> None:
    assert ADS in shopping.catalogue["signal"]["purposes"]
    assert MEASURED not in shopping.catalogue["signal"]["purposes"]


@pytest.mark.parametrize("signal", ["both", "property"])
def test_a_yes_to_all_does_not_switch_it_on(shopping: Shopping, signal: str) -> None:
    with shopping.person(signal=signal) as one:
        one.open()
        one.asked()
        expect(one.region).to_contain_text(sentence(one))
        assert one.allowed(ADS, "advertising") == {ADS: False, "advertising": False}
        one.settle()
        assert (one.stored(), one.posts()) == ([], [])
        one.press("accept_all")
        expect(one.region).to_be_hidden()
        one.has_run(*REST)
        assert one.allowed(*ASKED) == {name: name != "advertising" for name in ASKED}
        told = one.consent_mode()[-1][1]
        assert (told["ad_storage"], told["analytics_storage"]) == ("denied", "granted")
        one.sent()
        entry = one.entries()[-1]
        assert entry["decisions"].get(ADS, "denied") == "denied"
        assert entry["decisions"][MEASURED] == "granted"
        if signal == "both":  # the person pressed accept: the no is the signal's, not theirs
            assert stands(one, ADS) == ("denied", "signal")
        one.open("/catalogue")
        one.not_asked()
        one.has_run(*REST)
        assert len(one.entries()) == 1


def test_the_person_can_switch_it_on_in_the_second_layer_and_it_stays(shopping: Shopping) -> None:
    with shopping.person("en", signal="both") as one:
        one.open()
        one.asked()
        one.press("choose")
        expect(one.box("advertising")).not_to_be_checked()
        expect(one.box("advertising")).to_be_enabled()
        one.choose("advertising")
        one.has_run("advertising", "inline", "module")
        one.sent()
        assert stands(one, ADS) == ("granted", "own")
        one.open("/basket")
        one.not_asked()
        one.has_run("advertising", "inline", "module")
        assert stands(one, ADS) == ("granted", "own")


def test_accepting_all_in_the_second_layer_does_not_switch_it_on_either(
    shopping: Shopping,
) -> None:
    with shopping.person(signal="both") as one:
        one.open()
        one.asked()
        one.press("choose")
        expect(one.dialog).to_be_visible()
        one.press("accept_all")
        one.has_run(*REST)
        one.sent()
        assert one.entries()[-1]["decisions"][ADS] == "denied"


def test_a_signal_that_comes_later_ends_a_yes_before_anything_runs(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        one.press("accept_all")
        one.sent()
        one.page.context.set_extra_http_headers({"Sec-GPC": "1"})
        one.page.context.add_init_script(
            "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl',"
            " {get: () => true, configurable: true})"
        )
        one.open("/catalogue")
        one.ready()
        one.has_run(*REST)
        one.sent()
        assert stands(one, ADS) == ("withdrawn", "signal")
        assert one.entries()[-1]["source"] == "signal"
        one.open("/basket")
        one.ready()
        one.has_run(*REST)
        one.settle()
        assert len(one.entries()) == 2, "the signal is told once"


def test_where_only_the_header_tells_the_answer_of_the_product_goes_before_the_page(
    shopping: Shopping,
) -> None:
    with shopping.person(signal="header") as one:
        one.open()
        one.asked()
        with one.page.expect_navigation():
            one.press("accept_all")
        one.ready()
        one.has_run(*REST)
        assert one.allowed(*ASKED) == {name: name != "advertising" for name in ASKED}
        assert len(one.entries()) == 1
        one.open("/catalogue")
        one.not_asked()
        one.has_run(*REST)


def test_axe_finds_nothing_in_the_layer_that_tells_it(shopping: Shopping) -> None:
    with shopping.person("en", signal="both") as one:
        one.open()
        one.asked()
        assert faults(one.page, "riserbo-banner") == []
