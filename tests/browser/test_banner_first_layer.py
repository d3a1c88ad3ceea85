"""The first layer: a no as easy as a yes, beside a page that stays usable, for every reader."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.looks import LEGIBLE, box, contrast, faults, focused, look, moves, styled
from tests.browser.visits import ASKED, CLOSE, Shopping, Visit

SCREENS: dict[str, dict[str, Any]] = {
    "phone": {"width": 390, "height": 700},
    "narrow": {"width": 320, "height": 640},
    "desk": {"width": 1280, "height": 800},
    "desk at 200 %": {"width": 640, "height": 400, "device_scale_factor": 2},
}
MOVED_BEFORE = (
    "window.shifts = []; new PerformanceObserver(list => { for (const one of list.getEntries())"
    " shifts.push(one.value); }).observe({type: 'layout-shift', buffered: true});"
)


def equal(one: Visit) -> None:
    """That refusing and accepting look the same, and refusing comes first."""
    refuse, accept = one.button("refuse_all"), one.button("accept_all")
    assert look(refuse) == look(accept)
    first, second = box(refuse), box(accept)
    assert (first["y"], first["x"]) < (second["y"], second["x"])
    assert min(first["height"], second["height"]) >= 24
    assert contrast(refuse) >= LEGIBLE
    assert contrast(accept) >= LEGIBLE


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_refusing_and_accepting_are_the_same_in_everything(
    shopping: Shopping, screen: str, scheme: Any
) -> None:
    with shopping.person(**SCREENS[screen], color_scheme=scheme) as one:
        one.open()
        one.asked()
        equal(one)
        cross = box(one.button("close"))
        assert min(cross["width"], cross["height"]) >= 24
        region = box(one.region)
        assert cross["y"] < region["y"] + 80
        assert cross["x"] + cross["width"] > region["x"] + region["width"] - 80
        for part in (one.region.get_by_text(one.word("text")), one.button("choose")):
            assert contrast(part) >= LEGIBLE


@pytest.mark.parametrize("locale", ["it", "en"])
def test_what_it_says_and_offers(shopping: Shopping, locale: str) -> None:
    with shopping.person(locale) as one:
        one.open()
        one.asked()
        expect(one.region).to_contain_text(one.word("text"))
        expect(one.region).to_contain_text(one.word("close_effect"))
        buttons = one.region.get_by_role("button")
        names = [look.get_attribute("aria-label") or look.inner_text() for look in buttons.all()]
        words = [one.word(name) for name in ("refuse_all", "accept_all", "choose")]
        assert [name for name in names if name in words] == words
        assert sorted(names) == sorted([*words, CLOSE[locale]])
        link = one.region.get_by_role("link", name=one.word("policy"))
        address = re.escape(shopping.catalogue["links"]["notice"]) + rf"(\?lang={locale})?"
        expect(link).to_have_attribute("href", re.compile(address))
        signal = shopping.catalogue["banner"]["signal"][locale]
        expect(one.region).not_to_contain_text(signal)
        expect(one.host).to_have_attribute("lang", locale)


def test_the_cross_refuses_and_nothing_else(shopping: Shopping) -> None:
    with shopping.person("en") as one:
        one.open()
        one.asked()
        one.region.get_by_role("button", name="Refuse and close", exact=True).click()
        expect(one.region).to_be_hidden()
        assert one.allowed(*ASKED) == dict.fromkeys(ASKED, False)
        one.sent()
        assert set(one.entries()[0]["decisions"].values()) == {"denied"}


def test_it_is_first_for_the_keyboard_takes_no_focus_and_is_left_with_tab(
    shopping: Shopping,
) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        assert focused(one.page)["tag"] == "body"
        assert one.region.get_attribute("aria-modal") is None
        expect(one.page.get_by_role("dialog")).to_have_count(0)
        stops = []
        for _ in range(8):
            one.page.keyboard.press("Tab")
            found = focused(one.page)
            if not found["inside"]:
                break
            assert found["outlined"], found
            stops.append(found["name"])
        assert stops, "the first stop is not in the banner"
        assert stops.index(one.word("refuse_all")) < stops.index(one.word("accept_all"))
        assert {one.word(name) for name in ("policy", "choose")} < set(stops)
        assert CLOSE["it"] in stops
        assert focused(one.page)["name"] == "Bottega Ferri", "Tab leads on into the page"
        one.page.keyboard.press("Shift+Tab")
        assert focused(one.page)["name"] == stops[-1]
        one.asked()


@pytest.mark.parametrize(("name", "allowed"), [("refuse_all", False), ("accept_all", True)])
def test_a_keyboard_alone_decides(shopping: Shopping, name: str, allowed: bool) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        for _ in range(8):
            one.page.keyboard.press("Tab")
            if focused(one.page)["name"] == one.word(name):
                break
        one.page.keyboard.press("Enter" if allowed else "Space")
        expect(one.region).to_be_hidden()
        assert one.allowed(*ASKED) == dict.fromkeys(ASKED, allowed)


@pytest.mark.parametrize("screen", ["phone", "desk", "desk at 200 %"])
def test_it_never_covers_what_has_the_focus(shopping: Shopping, screen: str) -> None:
    with shopping.person(**SCREENS[screen]) as one:
        one.open("/?link")
        one.asked()
        seen = []
        for _ in range(40):
            one.page.keyboard.press("Tab")
            one.page.wait_for_timeout(60)
            found = focused(one.page)
            if found["tag"] == "body":
                break
            if not found["inside"]:
                assert found["seen"], found
                assert not found["covered"], found
                seen.append(found["name"])
        assert {"Catalogo", "Ciotola", "Ordini un catalogo", "Condizioni di vendita"} <= set(seen)


def test_a_phone_keeps_a_quarter_of_its_screen(shopping: Shopping) -> None:
    for locale in ("it", "en"):
        with shopping.person(locale, **SCREENS["phone"]) as one:
            one.open()
            one.asked()
            region = box(one.region)
            assert region["height"] <= 0.75 * 700
            assert region["y"] + region["height"] <= 700
            assert region["y"] >= 0.25 * 700


@pytest.mark.parametrize("screen", SCREENS)
def test_all_of_it_can_be_read_and_pressed_without_scrolling_sideways(
    shopping: Shopping, screen: str
) -> None:
    size = SCREENS[screen]
    with shopping.person(**size) as one:
        one.open()
        one.asked()
        wide = one.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"]
        region = box(one.region)
        assert region["x"] >= 0
        assert region["x"] + region["width"] <= size["width"]
        assert region["y"] >= 0
        for name in ("close", "choose", "accept_all", "refuse_all"):
            button = one.button(name)
            button.scroll_into_view_if_needed()
            at = box(button)
            assert at["x"] >= 0
            assert at["x"] + at["width"] <= size["width"]
            assert at["y"] + at["height"] <= size["height"]
        one.press("refuse_all")
        expect(one.region).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_does_not_move(shopping: Shopping, width: int) -> None:
    def watched(context: Any) -> None:
        context.add_init_script(MOVED_BEFORE)

    with shopping.person(width=width, height=2000, before=watched) as one:
        one.open()
        one.asked()
        one.settle()
        assert one.page.evaluate("shifts") == []
        one.press("refuse_all")
        one.settle()
        assert one.page.evaluate("shifts") == []


def test_axe_finds_nothing(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        assert faults(one.page, "riserbo-banner", "riserbo-frame") == []
        one.press("refuse_all")
        expect(one.region).to_be_hidden()
        assert faults(one.page, "riserbo-banner") == []


def test_nothing_moves_for_who_asks_for_less_motion(shopping: Shopping) -> None:
    with shopping.person(reduced_motion="reduce") as one:
        one.open()
        one.asked()
        assert moves(one.page) == []
        one.press("choose")
        expect(one.dialog).to_be_visible()
        assert moves(one.page) == []
        one.press("save")
        assert moves(one.page) == []


def test_nothing_of_it_is_printed(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        one.page.emulate_media(media="print")
        expect(one.region).to_be_hidden()
        one.page.emulate_media(media="screen")
        one.press("refuse_all")
        expect(one.corner).to_be_visible()
        one.page.emulate_media(media="print")
        expect(one.corner).to_be_hidden()


def test_forced_colours_keep_the_edges_of_the_buttons(shopping: Shopping) -> None:
    with shopping.person(forced_colors="active") as one:
        one.open()
        one.asked()
        equal(one)
        for name in ("refuse_all", "accept_all", "choose"):
            found = look(one.button(name))
            assert found["borderTopStyle"] != "none"
            assert float(found["borderTopWidth"].removesuffix("px")) >= 1
        edge = one.region.evaluate("one => getComputedStyle(one).borderTopStyle")
        assert edge != "none"


LOUD = """
    section, dialog, div, button, h2, p, a, ul, input, label { display: none !important; }
    * { letter-spacing: 9px !important; text-transform: uppercase !important;
        color: lime !important; line-height: 4 !important; font: italic 40px/4 fantasy !important;
        text-align: right;
        word-spacing: 20px !important; visibility: inherit; cursor: none !important;
        text-indent: 90px !important; white-space: nowrap !important; direction: rtl !important }
    body > * { opacity: 0.1 !important; transform: scale(0.5) !important; filter: blur(9px);
        position: static !important; max-height: 0 !important; overflow: hidden !important;
        pointer-events: none !important; z-index: 0 !important; content-visibility: hidden }
    ::backdrop { background: red !important }
"""


def test_no_stylesheet_of_a_site_reaches_it(shopping: Shopping) -> None:
    def seen(one: Visit) -> list[Any]:
        parts = [one.button(name) for name in ("refuse_all", "accept_all", "choose", "close")]
        parts += [one.region, one.region.get_by_text(one.word("text"))]
        return [(look(part), box(part)) for part in parts]

    pages = {}
    for name, before in (("quiet", None), ("loud", styled(LOUD))):
        with shopping.person(before=before, **SCREENS["phone"]) as one:
            one.open()
            one.asked()
            equal(one)
            pages[name] = seen(one)
            host = look(one.host)
            assert (host["opacity"], host["filter"]) == ("1", "none")
            size = one.region.get_by_text(one.word("text")).evaluate(
                "one => parseFloat(getComputedStyle(one).fontSize)"
            )
            assert size >= 14
            one.press("choose")
            expect(one.dialog).to_be_visible()
            assert look(one.button("refuse_all")) == look(one.button("save"))
            one.press("refuse_all")
            expect(one.dialog).to_be_hidden()
            one.corner.click()
            expect(one.dialog).to_be_visible()
    assert pages["loud"] == pages["quiet"]


THEMES = {
    "light on dark": ("#102030", "#ffffff", "#ffd000", True),
    "named colours": ("ivory", "black", "darkgreen", True),
    "grey on grey": ("#888888", "#777777", "#808080", False),
    "all the same": ("#fefefe", "#fefefe", "#fefefe", False),
    "see-through": ("transparent", "#000000", "transparent", False),
    "no colours": ("nonsense", "url(x)", "12px", False),
}


@pytest.mark.parametrize("theme", THEMES)
def test_colours_of_the_site_weaken_neither_answer(shopping: Shopping, theme: str) -> None:
    ground, text, fill, taken = THEMES[theme]
    css = (
        f"riserbo-banner {{ --riserbo-background: {ground}; --riserbo-text: {text};"
        f" --riserbo-button: {fill}; --riserbo-radius: 3px; --riserbo-corner: left; }}"
    )
    with shopping.person(before=styled(css)) as one:
        one.open()
        one.asked()
        equal(one)
        said = one.region.get_by_text(one.word("text"))
        assert contrast(said) >= LEGIBLE
        colour = one.page.evaluate(
            "text => { const one = document.createElement('i'); one.style.color = text;"
            " document.body.append(one); const found = getComputedStyle(one).color; one.remove();"
            " return found; }",
            ground,
        )
        assert (look(one.region)["backgroundColor"] == colour) is taken
        alpha = look(one.region)["backgroundColor"]
        assert not re.search(r"rgba|/|transparent", alpha), alpha
        assert look(one.button("refuse_all"))["borderTopLeftRadius"] == "3px"
        one.press("choose")
        expect(one.dialog).to_be_visible()
        three = [look(one.button(name)) for name in ("refuse_all", "accept_all", "save")]
        assert three[0] == three[1] == three[2]
        assert contrast(one.button("refuse_all")) >= LEGIBLE
        one.press("refuse_all")
        assert box(one.corner)["x"] < 640


@pytest.mark.parametrize(
    ("position", "left", "right"),
    [("bottom", True, True), ("bottom-left", True, False), ("bottom-right", False, True)],
)
def test_it_stands_where_the_site_says(
    shopping: Shopping, position: str, left: bool, right: bool
) -> None:
    with shopping.person() as one:
        one.open(f"/?data-position={position}")
        one.asked()
        region = box(one.region)
        assert region["y"] + region["height"] >= 800 - 40
        assert (region["x"] <= 40) is left
        assert (region["x"] + region["width"] >= 1280 - 40) is right
        equal(one)


def test_its_language_is_that_of_the_attribute_the_page_or_the_browser(shopping: Shopping) -> None:
    first = shopping.catalogue["locales"][0]
    for browser, address, expected in (
        ("it-IT", "/?lang=it&data-lang=en", "en"),
        ("it-IT", "/?lang=en-GB", "en"),
        ("en-GB", "/?lang=", "en"),
        ("it-IT", "/?lang=xx", "it"),
        ("ja-JP", "/?lang=xx&data-lang=yy", first),
    ):
        with shopping.person(browser) as one:
            one.open(address)
            one.locale = expected
            one.asked()
            expect(one.button("refuse_all")).to_be_visible()


def test_the_small_button_tells_the_state_and_may_be_left_out(shopping: Shopping) -> None:
    with shopping.person("en") as one:
        one.open()
        one.asked()
        one.press("refuse_all")

        def named(state: str) -> None:
            name = f"{one.word('settings')}: {one.word(state)}"
            expect(one.host.get_by_role("button", name=name, exact=True)).to_be_visible()

        named("state_none")
        corner = box(one.corner)
        assert min(corner["width"], corner["height"]) >= 24
        one.choose("measurement")
        named("state_some")
        one.choose(*ASKED)
        named("state_all")
        one.open("/catalogue")
        named("state_all")
        one.open("/?data-no-button")
        one.not_asked()
        expect(one.corner).to_have_count(0)
        one.open("/?link")
        one.not_asked()
        expect(one.corner).to_have_count(0)
