"""Asked again only after its time, when a yes ended or was widened, or when the memory is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.visits import (
    ADS,
    ASKED,
    FUNCTIONAL,
    MEASURED,
    RAN,
    Shopping,
    Visit,
    changed_catalogue,
)

MONTH = timedelta(days=30.44)
NEW = {"it": "I dati vanno anche a Sondaggi Srl.", "en": "Data also go to Sondaggi Srl."}


def later(one: Visit, months: float) -> None:
    """The browser's clock is so many months ahead from its next page on."""
    one.page.context.clock.set_fixed_time(datetime.now(UTC) + months * MONTH)


def answered(one: Visit, how: str) -> None:
    one.open()
    one.asked()
    one.press(how)
    expect(one.region).to_be_hidden()
    one.sent()


def with_catalogue(one: Visit, change: Callable[[dict[str, Any]], None]) -> None:
    """From its next page on the browser reads a catalogue that was changed."""
    prepare: Callable[[BrowserContext], None] = changed_catalogue(one.shopping, change)
    prepare(one.page.context)


def older(one: Visit, version: str = "2020-01-01") -> None:
    """What the browser holds was said under an older version."""
    one.page.evaluate(
        """version => {
            const kept = JSON.parse(localStorage.getItem('riserbo'));
            for (const one of Object.values(kept.decisions)) one.version = version;
            localStorage.setItem('riserbo', JSON.stringify(kept));
        }""",
        version,
    )


def widened(catalogue: dict[str, Any]) -> None:
    catalogue["purposes"][MEASURED]["asks_since"] = [
        {"version": catalogue["version"], "new": [NEW]}
    ]


def forever(catalogue: dict[str, Any]) -> None:
    """No yes ends by itself."""
    for purpose in catalogue["purposes"].values():
        purpose["consent_lasts"] = None


def months(purpose: str, number: int) -> Callable[[dict[str, Any]], None]:
    def change(catalogue: dict[str, Any]) -> None:
        catalogue["purposes"][purpose]["consent_lasts"] = {"months": number}

    return change


@pytest.mark.parametrize("how", ["accept_all", "refuse_all", "close"])
def test_five_months_later_it_does_not_ask_seven_months_later_it_does(
    shopping: Shopping, how: str
) -> None:
    with shopping.person("en") as one:
        answered(one, how)
        later(one, 5)
        one.open("/catalogue")
        one.not_asked()
        one.has_run(*(RAN if how == "accept_all" else []))
        later(one, 7)
        one.open("/basket")
        one.asked()
        one.settle()
        assert one.ran() == [], "a yes that lasts six months has ended"
        expect(one.region).to_contain_text(one.word("again_time"))
        one.press("refuse_all")
        expect(one.region).to_be_hidden()
        one.open("/catalogue")
        one.not_asked()


def test_a_yes_that_does_not_end_goes_on_while_it_is_asked_about_again(
    shopping: Shopping,
) -> None:
    with shopping.person() as one:
        answered(one, "accept_all")
        with_catalogue(one, forever)
        later(one, 7)
        one.open("/catalogue")
        one.asked()
        expect(one.region).to_contain_text(one.word("again_time"))
        one.has_run(*RAN)


def test_a_yes_that_ended_is_asked_about_and_the_others_hold(shopping: Shopping) -> None:
    with shopping.person() as one:
        answered(one, "accept_all")
        with_catalogue(one, months(MEASURED, 1))
        later(one, 2)
        one.open("/catalogue")
        one.asked()
        expect(one.region).to_contain_text(one.word("again_ended"))
        one.has_run("functionality", "advertising", "inline", "module")
        assert one.allowed(MEASURED, FUNCTIONAL) == {MEASURED: False, FUNCTIONAL: True}
        one.press("choose")
        expect(one.box("functionality")).to_be_checked()
        expect(one.box("measurement")).not_to_be_checked()


def test_a_no_never_ends_by_itself(shopping: Shopping) -> None:
    with shopping.person() as one:
        answered(one, "refuse_all")
        with_catalogue(one, months(MEASURED, 1))
        later(one, 2)
        one.open("/catalogue")
        one.not_asked()


@pytest.mark.parametrize(("how", "allowed"), [("refuse_all", False), ("accept_all", True)])
def test_a_widened_purpose_is_asked_about_alone_with_what_is_new(
    shopping: Shopping, how: str, allowed: bool
) -> None:
    with shopping.person() as one:
        answered(one, "accept_all")
        older(one)
        with_catalogue(one, widened)
        one.open("/catalogue")
        one.asked()
        expect(one.region).to_contain_text(one.word("again_widened"))
        expect(one.region).to_contain_text(NEW["it"])
        rest = ["functionality", "advertising", "inline", "module"]
        one.has_run(*rest)
        assert one.allowed(MEASURED, FUNCTIONAL, ADS) == {
            MEASURED: False,
            FUNCTIONAL: True,
            ADS: True,
        }
        one.requests.clear()
        one.press(how)
        expect(one.region).to_be_hidden()
        one.sent()
        assert one.allowed(MEASURED, FUNCTIONAL, ADS) == {
            MEASURED: allowed,
            FUNCTIONAL: True,
            ADS: True,
        }
        (message,) = one.posts()
        assert message["decisions"] == {MEASURED: "granted" if allowed else "denied"}
        one.open("/basket")
        one.not_asked()
        assert one.allowed(MEASURED) == {MEASURED: allowed}


def test_who_refused_is_not_asked_because_of_a_version(shopping: Shopping) -> None:
    with shopping.person() as one:
        answered(one, "refuse_all")
        older(one)
        with_catalogue(one, widened)
        one.open("/catalogue")
        one.not_asked()
        one.settle()
        assert one.ran() == []


def test_who_refused_what_was_widened_and_accepted_the_rest_is_not_asked(
    shopping: Shopping,
) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        one.choose("functionality")
        one.sent()
        older(one)
        with_catalogue(one, widened)
        one.open("/catalogue")
        one.not_asked()
        one.has_run("functionality")


def test_a_version_that_only_reduces_asks_nothing(shopping: Shopping) -> None:
    def reduced(catalogue: dict[str, Any]) -> None:
        catalogue["version"] = "2099-01-01"
        catalogue["cookies"] = catalogue["cookies"][:-1]

    with shopping.person() as one:
        answered(one, "accept_all")
        with_catalogue(one, reduced)
        one.open("/catalogue")
        one.not_asked()
        one.has_run(*RAN)
        one.settle()
        assert one.posts()[1:] == []


def test_a_class_that_is_new_is_off_and_waits_for_the_next_question(shopping: Shopping) -> None:
    def wider(catalogue: dict[str, Any]) -> None:
        added = {**catalogue["classes"][-1], "id": "social", "purpose": "social_cookies"}
        added["purposes"] = ["social_cookies"]
        catalogue["classes"].append(added)
        catalogue["purposes"]["social_cookies"] = dict(catalogue["purposes"][ADS])

    with shopping.person() as one:
        answered(one, "refuse_all")
        with_catalogue(one, wider)
        one.open("/catalogue")
        one.not_asked()
        assert one.allowed("social", "social_cookies") == {"social": False, "social_cookies": False}


def test_a_browser_that_lost_its_memory_is_asked(shopping: Shopping) -> None:
    with shopping.person() as one:
        answered(one, "accept_all")
        one.page.evaluate("localStorage.clear()")
        one.page.context.clear_cookies()
        one.open("/catalogue")
        one.asked()
        one.settle()
        assert one.ran() == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "{",
        "[]",
        '"yes"',
        '{"format":1}',
        '{"format":2,"decisions":{"site_measurement":{"decision":"granted"}}}',
        '{"format":1,"at":"x","decisions":{"site_measurement":{"decision":"granted","at":"x"}}}',
        '{"format":1,"visitor":"x","decisions":{"site_measurement":"granted"},"waiting":"x"}',
        '{"format":1,"visitor":7,"decisions":null,"waiting":null}',
    ],
)
def test_a_memory_that_cannot_be_read_is_no_memory_and_no_yes(
    shopping: Shopping, text: str
) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        one.page.evaluate("text => localStorage.setItem('riserbo', text)", text)
        one.page.reload()
        one.asked()
        one.settle()
        assert one.ran() == []
        assert not any(one.allowed(*ASKED).values())
        one.press("refuse_all")
        expect(one.region).to_be_hidden()
        one.sent()
        assert len(one.entries()) == 1


def test_a_clock_that_was_wrong_does_not_make_a_yes_last_longer(shopping: Shopping) -> None:
    """A choice from the future, made while the clock was ahead, is asked about again."""
    with shopping.person() as one:
        later(one, 30)
        answered(one, "accept_all")
        one.page.context.clock.set_fixed_time(datetime.now(UTC))
        one.open("/catalogue")
        one.ready()
        one.settle()
        later(one, 7)
        one.open("/basket")
        one.asked()
        assert ASKED[0] not in one.ran()
