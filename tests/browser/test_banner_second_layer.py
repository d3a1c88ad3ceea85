"""The second layer: what each class is for, nothing ticked beforehand, and out again undecided."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.looks import LEGIBLE, box, contrast, faults, focused, look
from tests.browser.visits import ASKED, Shopping, Visit

SCREENS = [(390, 700), (320, 640), (1280, 800), (640, 400)]


def opened(one: Visit, address: str = "/") -> None:
    """Opens the second layer from the first."""
    one.open(address)
    one.asked()
    one.press("choose")
    expect(one.dialog).to_be_visible()


@pytest.mark.parametrize("locale", ["it", "en"])
def test_it_tells_each_class_with_its_purpose_cookies_lifetimes_and_providers(
    shopping: Shopping, locale: str
) -> None:
    with shopping.person(locale) as one:
        opened(one)
        found = shopping.catalogue
        for listed in one.dialog.locator("details").all():
            listed.evaluate("one => { one.open = true; }")
        text = " ".join(one.dialog.inner_text().split())
        for about in found["classes"]:
            assert about["title"][locale] in text
            assert about["description"][locale] in text
            assert found["purposes"][about["purpose"]]["description"][locale] in text
        for cookie in found["cookies"]:
            assert cookie["name"] in text
            assert cookie["title"][locale] in text
            assert cookie["lasts"][locale] in text
            if "provider" in cookie:
                assert found["providers"][cookie["provider"]]["name"][locale] in text
        assert any("provider" in cookie for cookie in found["cookies"])
        for about in found["providers"].values():
            if "notice" in about:
                link = one.dialog.get_by_role("link", name=about["name"][locale]).first
                expect(link).to_have_attribute("href", about["notice"])


def test_nothing_is_ticked_beforehand_and_technical_ones_are_always_on(shopping: Shopping) -> None:
    with shopping.person() as one:
        opened(one)
        for name in ASKED:
            expect(one.box(name)).not_to_be_checked()
            expect(one.box(name)).to_be_enabled()
        expect(one.dialog).to_contain_text(one.word("always_on"))
        named = re.compile(f"^{re.escape(one.title('technical'))}\\b")
        technical = one.dialog.get_by_role("checkbox", name=named)
        expect(technical).to_be_checked()
        expect(technical).to_be_disabled()


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_its_three_answers_look_the_same_and_all_of_it_is_reached(
    shopping: Shopping, width: int, height: int
) -> None:
    with shopping.person(width=width, height=height) as one:
        opened(one)
        three = [look(one.button(name)) for name in ("refuse_all", "accept_all", "save")]
        assert three[0] == three[1] == three[2]
        assert contrast(one.button("refuse_all")) >= LEGIBLE
        names = [button.inner_text() for button in one.dialog.get_by_role("button").all()]
        words = [one.word(name) for name in ("refuse_all", "accept_all", "save")]
        assert [name for name in names if name in words] == words
        at = box(one.dialog)
        assert at["x"] >= 0
        assert at["x"] + at["width"] <= width
        assert at["y"] >= 0
        assert at["y"] + at["height"] <= height
        wide = one.dialog.evaluate(
            "one => [one, ...one.querySelectorAll('*')].filter(part =>"
            " part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0 &&"
            " getComputedStyle(part).display !== 'inline').map(part => part.outerHTML.slice(0, 90))"
        )
        assert wide == []
        for name in ASKED:
            one.box(name).scroll_into_view_if_needed()
            part = box(one.box(name))
            assert min(part["width"], part["height"]) >= 20
            one.box(name).check()
        assert one.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("way", ["Escape", "cross"])
@pytest.mark.parametrize("opener", ["choose", "corner", "frame"])
def test_it_closes_without_deciding_and_gives_the_focus_back(
    shopping: Shopping, way: str, opener: str
) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        if opener == "corner":
            one.press("refuse_all")
        before = one.kept()
        button = {
            "choose": one.button("choose"),
            "corner": one.corner,
            "frame": one.page.locator("riserbo-frame").get_by_role("button"),
        }[opener]
        button.focus()
        one.page.keyboard.press("Enter")
        expect(one.dialog).to_be_visible()
        assert focused(one.page)["inside"]
        one.box("measurement").check()
        if way == "Escape":
            one.page.keyboard.press("Escape")
        else:
            one.dialog.get_by_role("button", name=one.word("close_settings"), exact=True).click()
        expect(one.dialog).to_be_hidden()
        expect(button).to_be_focused()
        assert one.allowed(*ASKED) == dict.fromkeys(ASKED, False)
        one.settle()
        if opener == "corner":
            one.sent()
            assert len(one.posts()) == 1
        else:
            one.asked()
            assert (one.posts(), one.kept(), before) == ([], None, None)
        button.click()
        expect(one.dialog).to_be_visible()
        expect(one.box("measurement")).not_to_be_checked()


def test_it_is_a_real_modal(shopping: Shopping) -> None:
    with shopping.person() as one:
        opened(one)
        assert one.dialog.evaluate("one => one.localName + one.matches(':modal')") == "dialogtrue"
        for _ in range(30):
            one.page.keyboard.press("Tab")
            found = focused(one.page)
            assert found["inside"] or found["tag"] in ("body", "html"), found
        behind = box(one.page.get_by_role("link", name="Carrello").first)
        one.page.mouse.click(behind["x"] + 4, behind["y"] + 4)
        assert "/basket" not in one.page.url


def test_a_keyboard_alone_chooses_one_class(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()

        def reach(name: str) -> None:
            for _ in range(40):
                one.page.keyboard.press("Tab")
                found = focused(one.page)
                assert found["outlined"] or found["tag"] in ("body", "html"), found
                if name in (found["name"], labelled(one)):
                    return
            raise AssertionError(f"Tab does not lead to {name}")

        reach(one.word("choose"))
        one.page.keyboard.press("Enter")
        expect(one.dialog).to_be_visible()
        reach(one.title("measurement"))
        one.page.keyboard.press("Space")
        expect(one.box("measurement")).to_be_checked()
        reach(one.word("save"))
        one.page.keyboard.press("Enter")
        expect(one.dialog).to_be_hidden()
        expect(one.region).to_be_hidden()
        assert one.allowed(*ASKED) == {
            "functionality": False,
            "measurement": True,
            "advertising": False,
        }


def labelled(one: Visit) -> str:
    """The title of the box that has the focus, empty where another part has it."""
    if not one.dialog.is_visible():
        return ""
    names = [name for name in ASKED if one.box(name).evaluate("one => one.matches(':focus')")]
    return one.title(names[0]) if names else ""


def test_axe_finds_nothing_in_it(shopping: Shopping) -> None:
    with shopping.person("en") as one:
        opened(one)
        for listed in one.dialog.locator("details").all():
            listed.evaluate("one => { one.open = true; }")
        assert faults(one.page, "riserbo-banner") == []


def test_what_a_reader_of_the_screen_hears(shopping: Shopping) -> None:
    with shopping.person("en") as one:
        opened(one)
        told = one.dialog.aria_snapshot()
        assert f'dialog "{one.word("settings")}"' in told
        for name in ASKED:
            assert f'checkbox "{one.title(name)}"' in told
        assert "[checked]" in told
        assert "heading" in told
        one.press("save")
        expect(one.host.get_by_role("status")).to_have_text(one.word("saved"))


@pytest.mark.parametrize(("name", "allowed"), [("refuse_all", False), ("accept_all", True)])
def test_its_other_answers_say_it_about_all(shopping: Shopping, name: str, allowed: bool) -> None:
    with shopping.person() as one:
        opened(one)
        one.box("measurement").check()
        one.press(name)
        expect(one.dialog).to_be_hidden()
        expect(one.region).to_be_hidden()
        assert one.allowed(*ASKED) == dict.fromkeys(ASKED, allowed)
        one.sent()
        given = "granted" if allowed else "denied"
        assert set(one.entries()[0]["decisions"].values()) == {given}


def test_it_shows_what_was_chosen(shopping: Shopping) -> None:
    with shopping.person() as one:
        opened(one)
        one.choose("measurement", "functionality")
        one.open("/catalogue")
        one.not_asked()
        one.corner.click()
        for name in ASKED:
            expect(one.box(name)).to_be_checked(checked=name != "advertising")
