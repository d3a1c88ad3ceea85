"""Pages under the conditions that readers set: colours, motion, zoom, spacing, and no script.

No stack is needed: the browser is given pages as they are rendered, at an address of their own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from playwright.sync_api import Dialog, Page, Route

from chalicelib.pages.assets import JAVASCRIPT, script
from chalicelib.pages.frame import Frame
from tests.browser import pictured
from tests.browser.chromium import Browsers
from tests.unit.core.samples import shipped
from tests.unit.pages.test_parts import gallery

ADDRESS: Final = "https://privacy.example"
os.environ.setdefault("RISERBO_PUBLIC_URL", ADDRESS)

PAGES: Final[dict[str, Callable[[], str]]] = {
    "parts": lambda: gallery("it", Frame(shipped(), "it", "/")),
    "home": pictured.home,
    "sign-in": pictured.sign_in,
    "registration refused": pictured.refused_registration,
    "choices": pictured.choices,
    "request": pictured.request,
    "notice": pictured.notice,
}

SPACED: Final = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-bottom: 2em !important; }
"""
"""The spacing that a page has to bear (WCAG 2.2, success criterion 1.4.12)."""

CUT: Final = """() => {
  const hidden = (one) => getComputedStyle(one).clipPath === "inset(50%)";
  const among = (one, test) => {
    for (let at = one; at; at = at.parentElement) if (test(at)) return true;
    return false;
  };
  const scrolls = (one) => ["auto", "scroll"].includes(getComputedStyle(one).overflowX);
  const seen = (one) =>
    one.checkVisibility({ visibilityProperty: true }) &&
    !one.closest(".skip, svg") && !among(one, hidden);
  const faults = [];
  const fault = (what, one) => faults.push(`${what} ${one.outerHTML.slice(0, 90)}`);
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) faults.push(`wide ${root.scrollWidth}`);
  for (const one of document.body.querySelectorAll("*")) {
    if (!seen(one) || one.matches("input, progress, option, select")) continue;
    const { right, width } = one.getBoundingClientRect();
    if (width && right > innerWidth + 1 && !among(one, scrolls)) fault("beyond", one);
    const { overflowX, overflowY } = getComputedStyle(one);
    const cuts = (way) => ["hidden", "clip"].includes(way);
    if (cuts(overflowX) && one.scrollWidth > one.clientWidth + 1) fault("cut", one);
    if (cuts(overflowY) && one.scrollHeight > one.clientHeight + 1) fault("cut", one);
  }
  const boxes = ".button, .tag, label, legend, summary, .tabs a";
  for (const one of document.querySelectorAll(boxes)) {
    if (!seen(one)) continue;
    const box = one.getBoundingClientRect();
    const inner = document.createRange();
    inner.selectNodeContents(one);
    const text = inner.getBoundingClientRect();
    if (text.bottom > box.bottom + 2 || text.right > box.right + 2) fault("outside", one);
  }
  return faults;
}"""
"""Lists what goes beyond the screen, is cut off, or does not fit its box."""

FOCUSED: Final = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const drawn = (element, part) => {
    const style = getComputedStyle(element, part);
    const line = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return line && style.opacity !== "0";
  };
  const beside = one.nextElementSibling;
  const seen = drawn(one) || drawn(one, "::after") || (beside !== null && drawn(beside));
  return { name: one.outerHTML.slice(0, 90), seen };
}"""
"""The element that has the focus, and whether an outline says so."""


@contextmanager
def showing(browsers: Browsers, text: str, **options: Any) -> Iterator[Page]:
    """A page with this HTML, and with the script of all pages, in a browser with these options."""

    def answer(route: Route) -> None:
        if "/assets/" in route.request.url:
            route.fulfill(body=script(), content_type=JAVASCRIPT)
        elif route.request.url == f"{ADDRESS}/":
            route.fulfill(body=text, content_type="text/html; charset=utf-8")
        else:
            route.fulfill(body="<title>Elsewhere</title>", content_type="text/html")

    context = browsers.browser.new_context(locale="it", **options)
    try:
        context.route("**/*", answer)
        page = context.new_page()
        page.goto(f"{ADDRESS}/")
        yield page
    finally:
        context.close()


@pytest.mark.parametrize("kind", PAGES)
def test_nothing_is_lost_by_zoom_and_wide_spacing(browsers: Browsers, kind: str) -> None:
    """A screen of 1280 pixels has 640 at 200 % zoom and 320 at 400 %."""
    size = {"width": 640, "height": 450}
    with showing(browsers, PAGES[kind](), viewport=size, device_scale_factor=2) as page:
        assert page.evaluate(CUT) == []
        page.set_viewport_size({"width": 320, "height": 450})
        assert page.evaluate(CUT) == []
        page.add_style_tag(content=SPACED)
        assert page.evaluate(CUT) == []
        page.set_viewport_size({"width": 1280, "height": 900})
        assert page.evaluate(CUT) == []


@pytest.mark.parametrize("kind", [one for one in PAGES if one != "notice"])
def test_with_forced_colours_the_focus_is_seen_everywhere(browsers: Browsers, kind: str) -> None:
    with showing(browsers, PAGES[kind](), forced_colors="active") as page:
        unseen, met = list[str](), set[str]()
        for _ in range(80):
            page.keyboard.press("Tab")
            found = page.evaluate(FOCUSED)
            if found is None:
                break
            met.add(found["name"])
            unseen += [] if found["seen"] else [found["name"]]
        assert len(met) > 5
        assert unseen == []


def test_with_forced_colours_lines_say_what_colours_said(browsers: Browsers) -> None:
    """The system's colours replace backgrounds: what they told apart has to have lines."""
    line = "(one) => parseFloat(getComputedStyle(one).borderTopWidth)"
    with showing(browsers, PAGES["parts"](), forced_colors="active") as page:
        for name in (".button", ".input", ".tag", ".note", "progress", ".pair"):
            assert min(page.locator(name).evaluate_all(f"all => all.map({line})")) >= 1, name
        wrong = page.locator("[aria-invalid]:not([type=radio])").evaluate_all(
            f"all => all.map({line})"
        )
        assert wrong
        assert min(wrong) >= 2, "a refused field has a thicker line"
        chosen = page.locator(".pair :checked + span")
        outline = "(one) => getComputedStyle(one).outlineStyle"
        assert chosen.count() >= 2
        assert set(chosen.evaluate_all(f"all => all.map({outline})")) == {"solid"}
        others = page.locator(".pair :not(:checked) + span")
        assert set(others.evaluate_all(f"all => all.map({outline})")) == {"none"}


@pytest.mark.parametrize("kind", ["parts", "home", "notice"])
def test_nothing_moves_for_who_wants_no_motion(browsers: Browsers, kind: str) -> None:
    moving = """() => [...document.querySelectorAll("*")].filter((one) => {
      const { transitionDuration, animationDuration } = getComputedStyle(one);
      const times = `${transitionDuration},${animationDuration}`.split(",");
      return times.some((time) => parseFloat(time) > 0);
    }).length"""
    with showing(browsers, PAGES[kind](), reduced_motion="no-preference") as page:
        assert (page.evaluate(moving) > 0) == (kind != "notice")
    with showing(browsers, PAGES[kind](), reduced_motion="reduce") as page:
        assert page.evaluate(moving) == 0
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


class TestScript:
    """What the script adds; without it the same can be done by hand."""

    def test_a_value_is_copied(self, browsers: Browsers) -> None:
        allowed = ["clipboard-read", "clipboard-write"]
        with showing(browsers, PAGES["parts"](), permissions=allowed) as page:
            field = page.locator("[data-copy]").first
            button = page.locator("[data-copy] + button").first
            said = button.inner_text()
            button.click()
            page.wait_for_function(
                "said => document.querySelector('[data-copy] + button').textContent !== said",
                arg=said,
            )
            assert page.evaluate("navigator.clipboard.readText()") == field.input_value()

    @pytest.mark.parametrize("width", [320, 390, 1280])
    def test_its_buttons_break_no_word(self, browsers: Browsers, width: int) -> None:
        lines = """() => {
          const words = document.createRange();
          words.selectNodeContents(document.querySelector("[data-show] + button"));
          return new Set([...words.getClientRects()].map((one) => one.top)).size;
        }"""
        size = {"width": width, "height": 900}
        with showing(browsers, PAGES["sign-in"](), viewport=size) as page:
            assert page.evaluate(lines) == 1

    def test_where_the_browser_refuses_it_the_value_is_selected(self, browsers: Browsers) -> None:
        with showing(browsers, PAGES["parts"]()) as page:
            page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
            page.locator("[data-copy] + button").first.click()
            page.wait_for_function("document.activeElement.matches('[data-copy]')")
            chosen = page.locator("[data-copy]").first.evaluate(
                "(one) => one.value.slice(one.selectionStart, one.selectionEnd)"
            )
            assert chosen == "JBSWY3DPEHPK3PXP"

    @pytest.mark.parametrize("changed", [True, False])
    def test_it_warns_of_changes_that_are_not_saved(
        self, browsers: Browsers, changed: bool
    ) -> None:
        warned = list[str]()

        def leave(dialog: Dialog) -> None:
            warned.append(dialog.type)
            dialog.accept()

        with showing(browsers, PAGES["parts"]()) as page:
            page.on("dialog", leave)
            if changed:
                page.locator("[name='purposes.email'][value=denied]").check(force=True)
            page.goto(f"{ADDRESS}/elsewhere")
        assert warned == (["beforeunload"] if changed else [])

    def test_it_does_not_warn_who_saves(self, browsers: Browsers) -> None:
        with showing(browsers, PAGES["parts"]()) as page:
            page.on("dialog", lambda dialog: pytest.fail(dialog.type))
            page.locator("[name='purposes.email'][value=denied]").check(force=True)
            with page.expect_navigation():
                page.get_by_role("button", name="Salva le scelte").click()

    def test_without_it_there_is_no_button_that_does_nothing(self, browsers: Browsers) -> None:
        with showing(browsers, PAGES["parts"](), java_script_enabled=False) as page:
            assert page.locator("[data-copy] + button, [data-show] + button").count() == 0
            value = page.locator("[data-copy]").first
            assert value.input_value() == "JBSWY3DPEHPK3PXP"
            assert value.get_attribute("readonly") is not None
            password = page.locator("[data-show]").first
            password.fill("a long enough password")
            assert password.input_value() == "a long enough password"
            page.locator("[name='purposes.email'][value=denied]").check(force=True)
            with page.expect_navigation() as sent:
                page.get_by_role("button", name="Salva le scelte").click()
            assert sent.value.request.method == "POST"
            assert "purposes.email=denied" in (sent.value.request.post_data or "")
