"""Before a visitor says anything: nothing is stored, nobody hears of it, nothing optional runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Route, expect

from tests.browser.visits import ADS, ASKED, FUNCTIONAL, MEASURED, SHOP, Shopping, Visit

DENIED = {
    "ad_storage": "denied",
    "ad_user_data": "denied",
    "ad_personalization": "denied",
    "analytics_storage": "denied",
    "functionality_storage": "denied",
    "personalization_storage": "denied",
    "security_storage": "granted",
}


def nothing_happened(one: Visit) -> None:
    """Nothing is kept, nothing optional ran, and only the product was asked, twice at most."""
    one.settle()
    assert one.stored() == []
    assert one.ran() == []
    assert len(one.away()) <= 2, one.away()
    base = one.shopping.api.base_url
    assert all(request.split()[1].startswith(base + "/") for request in one.away())
    assert one.posts() == []


def test_the_first_view_stores_nothing_and_asks_only_the_product(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        nothing_happened(one)
        assert one.allowed(*ASKED, ADS, MEASURED, FUNCTIONAL) == dict.fromkeys(
            (*ASKED, ADS, MEASURED, FUNCTIONAL), False
        )
        assert one.allowed("technical", "nonsense", "constructor", "__proto__") == {
            "technical": True,
            "nonsense": False,
            "constructor": False,
            "__proto__": False,
        }
        assert one.page.evaluate("riserbo.version()") == shopping.api.notice_version()
        assert one.page.frames[1:] == [] or one.page.frames[1].url == "about:blank"
        asked = [address.split("?")[0] for address in shopping.shop.asked]
        assert not {"/pixel.gif", "/map.html", "/letters.css", "/route.js"} & set(asked[-12:])
        assert one.console == []


def test_googles_tags_hear_no_before_the_first_request_and_nothing_else(shopping: Shopping) -> None:
    order: list[str] = []

    def watched(context: BrowserContext) -> None:
        context.expose_function("noted", lambda what: order.append(what))
        context.add_init_script(
            "window.dataLayer = []; const push = dataLayer.push.bind(dataLayer);"
            "dataLayer.push = (one) => { noted('told'); return push(one); };"
            "const get = window.fetch; window.fetch = (...all) => { noted('asked'); "
            "return get(...all); };"
        )

    with shopping.person(before=watched) as one:
        one.open()
        one.asked()
        one.settle()
        assert one.consent_mode() == [("default", DENIED)]
        assert order[0] == "told"


@pytest.mark.parametrize(
    "does",
    [
        lambda page: page.mouse.wheel(0, 600),
        lambda page: page.get_by_role("heading", level=1).click(),
        lambda page: page.keyboard.press("Escape"),
        lambda page: page.get_by_role("link", name="Catalogo").click(),
        lambda page: page.reload(),
        lambda page: page.wait_for_timeout(1500),
    ],
    ids=["scrolling", "clicking elsewhere", "escape", "next page", "reloading", "waiting"],
)
def test_only_an_act_is_a_yes_and_the_question_stays(
    shopping: Shopping, does: Callable[[Page], None]
) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        does(one.page)
        one.asked()
        one.settle()
        assert one.ran() == []
        assert one.stored() == []
        assert one.posts() == []


def test_the_page_can_be_used_while_the_question_stands(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        one.page.get_by_role("button", name="Ordini un catalogo").click()
        expect(one.page.get_by_role("button", name="In arrivo")).to_be_visible()
        one.page.get_by_role("link", name="Il laboratorio").click()
        expect(one.page.get_by_role("heading", name="workshop")).to_be_visible()
        one.asked()


def down(route: Route) -> None:
    route.abort("connectionrefused")


def broken(route: Route) -> None:
    route.fulfill(body="throw new Error('broken');", content_type="text/javascript")


@pytest.mark.parametrize("fault", [down, broken], ids=["blocked or down", "an error in it"])
def test_without_the_banner_nothing_optional_runs(
    shopping: Shopping, fault: Callable[[Route], None]
) -> None:
    pattern = f"{shopping.api.base_url}/**"
    with shopping.person(before=lambda context: context.route(pattern, fault)) as one:
        one.open()
        one.page.wait_for_load_state("load")
        one.settle()
        assert one.ran() == []
        assert one.stored() == []
        expect(one.page.get_by_role("heading", level=1)).to_be_visible()


def test_without_script_nothing_optional_runs_and_the_page_is_whole(shopping: Shopping) -> None:
    with shopping.person(java_script_enabled=False) as one:
        before = len(shopping.shop.asked)
        one.open()
        one.page.wait_for_load_state("load")
        expect(one.page.get_by_role("heading", level=1)).to_be_visible()
        paths = {address.split("?")[0] for address in shopping.shop.asked[before:]}
        assert paths == {"/", "/shop.css"}
        assert one.away() == []
        assert one.page.context.cookies() == []


def test_a_browser_that_refuses_storage_asks_and_the_choice_lasts_as_long_as_the_page(
    shopping: Shopping,
) -> None:
    def refusing(context: BrowserContext) -> None:
        context.add_init_script(
            "for (const name of ['localStorage', 'sessionStorage'])"
            " Object.defineProperty(window, name,"
            " {get() { throw new DOMException('no', 'SecurityError'); }});"
        )

    with shopping.person(before=refusing) as one:
        one.open()
        one.asked()
        one.press("accept_all")
        expect(one.region).to_be_hidden()
        assert one.allowed(*ASKED) == dict.fromkeys(ASKED, True)
        one.page.get_by_role("link", name="Catalogo").click()
        one.not_asked()
        with pytest.raises(Error):
            one.page.evaluate("localStorage")
        one.page.reload()
        one.asked()
        assert one.allowed(*ASKED) == dict.fromkeys(ASKED, False)


def test_a_full_storage_does_not_end_the_choice(shopping: Shopping) -> None:
    def full(context: BrowserContext) -> None:
        context.add_init_script(
            "Storage.prototype.setItem = () => "
            "{ throw new DOMException('full', 'QuotaExceededError'); };"
        )

    with shopping.person(before=full) as one:
        one.open()
        one.asked()
        one.press("refuse_all")
        expect(one.region).to_be_hidden()
        assert one.allowed(*ASKED) == dict.fromkeys(ASKED, False)
        assert one.ran() == []


def test_what_drives_a_browser_sees_the_banner_like_anybody_else(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        assert one.page.evaluate("navigator.webdriver") is True
        one.asked()
        assert f"http://{SHOP}/" in one.page.url
