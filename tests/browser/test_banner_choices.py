"""What a choice does: what runs, what is kept, what stands in the ledger, what goes after a no."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visits import (
    ADS,
    ASKED,
    ELSEWHERE,
    FUNCTIONAL,
    MEASURED,
    RAN,
    Shopping,
    Visit,
)

PURPOSES = dict(zip(ASKED, (FUNCTIONAL, MEASURED, ADS), strict=True))
TYPES = {
    "functionality": ("functionality_storage", "personalization_storage"),
    "measurement": ("analytics_storage",),
    "advertising": ("ad_storage", "ad_user_data", "ad_personalization"),
}


def answer(*class_ids: str) -> dict[str, str]:
    """A yes about these classes and a no about the others, by purpose."""
    return {PURPOSES[one]: "granted" if one in class_ids else "denied" for one in ASKED}


def types(*class_ids: str) -> dict[str, str]:
    """What Google's tags hear after that answer."""
    given = {name: one for one in ASKED for name in TYPES[one]}
    return {name: "granted" if one in class_ids else "denied" for name, one in given.items()}


def said(one: Visit, *class_ids: str) -> None:
    """That this answer holds in the page, in the browser, for Google's tags and in the ledger."""
    asked = {name: name in class_ids for name in ASKED}
    assert one.allowed(*ASKED) == asked
    assert one.allowed(*PURPOSES.values()) == {PURPOSES[name]: yes for name, yes in asked.items()}
    command, told = one.consent_mode()[-1]
    assert command == "update"
    assert {name: told[name] for name in types()} == types(*class_ids)
    one.sent()
    assert one.entries()[-1]["decisions"].items() >= answer(*class_ids).items()
    kept = one.kept()
    assert kept is not None
    decisions = {name: held["decision"] for name, held in kept["decisions"].items()}
    assert decisions.items() >= answer(*class_ids).items()


def test_a_yes_to_all_runs_everything_in_the_order_of_the_page(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        one.press("accept_all")
        expect(one.region).to_be_hidden()
        one.has_run(*RAN)
        said(one, *ASKED)
        assert len(one.consent_mode()) == 2
        assert len(one.entries()) == 1
        (message,) = one.posts()
        assert message["source"] == "banner"
        assert message["locale"] == "it"
        assert message["notice_version"] == shopping.api.notice_version()
        assert message["evidence"]
        assert message["event_id"]
        assert message["decisions"] == answer(*ASKED)
        expect(one.page.frame_locator("iframe").get_by_text("Fornaci")).to_be_visible()
        assert one.page.evaluate("document.querySelector('img[data-riserbo]').currentSrc").endswith(
            "/pixel.gif"
        )
        style = one.page.evaluate("getComputedStyle(document.querySelector('h1')).fontStyle")
        assert style == "italic"
        told = one.page.evaluate("told")
        assert told[-1].items() >= dict.fromkeys([*ASKED, *PURPOSES.values()], True).items()
        one.page.reload()
        one.not_asked()
        one.has_run(*RAN)
        one.settle()
        assert len(one.entries()) == 1, "a page that only reads it says nothing again"
        assert one.consent_mode()[-1][0] == "update"


@pytest.mark.parametrize("way", ["refuse_all", "close"])
def test_a_no_is_one_press_and_is_not_asked_again(shopping: Shopping, way: str) -> None:
    with shopping.person("en") as one:
        one.open()
        one.asked()
        one.press(way)
        expect(one.region).to_be_hidden()
        said(one)
        assert one.ran() == []
        assert one.stored() == ["riserbo"]
        assert len(one.entries()) == 1
        for address in ("/", "/catalogue", "/basket"):
            one.open(address)
            one.not_asked()
            one.settle()
            assert one.ran() == []
        assert one.stored() == ["riserbo"]
        assert len(one.entries()) == 1


@pytest.mark.parametrize("class_id", ASKED)
def test_each_class_alone(shopping: Shopping, class_id: str) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        one.choose(class_id)
        expect(one.region).to_be_hidden()
        last = ["inline", "module"] if class_id == ASKED[-1] else []
        one.has_run(class_id, *last)
        said(one, class_id)
        assert [body["source"] for body in one.posts()] == ["preference_centre"]
        framed = one.page.locator("iframe")
        if class_id == ASKED[0]:
            expect(framed).to_be_visible()
        else:
            expect(framed).to_be_hidden()


def test_the_browser_holds_what_the_notice_declares_and_nothing_else(shopping: Shopping) -> None:
    declared = {
        name: [
            str(one.get("pattern", one["name"]))
            for one in shopping.catalogue["cookies"]
            if one["class"] == name
        ]
        for name in ("technical", *ASKED)
    }
    assert "riserbo" in declared["technical"]
    means = {one["name"]: one.get("means") for one in shopping.catalogue["cookies"]}
    assert means["riserbo"] == "local_storage"
    assert all(declared[name] for name in ASKED), "a class that is asked about lists no cookie"

    def undeclared(one: Visit, *class_ids: str) -> list[str]:
        names = [name for each in ("technical", *class_ids) for name in declared[each]]
        patterns = [re.escape(name).replace(r"\*", ".*") for name in names]
        return [
            name
            for name in one.stored()
            if not any(re.fullmatch(pattern, name) for pattern in patterns)
        ]

    with shopping.person() as one:
        one.open()
        one.asked()
        one.choose("measurement")
        one.has_run("measurement")
        assert undeclared(one, "measurement") == []
        assert undeclared(one) != []
        one.choose(*ASKED)
        one.settle()
        assert undeclared(one, *ASKED) == []


def reloaded(page: Page) -> bool:
    kind: str = page.evaluate("performance.getEntriesByType('navigation')[0].type")
    return kind == "reload"


def test_a_withdrawal_reloads_the_page_and_takes_away_what_was_set(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        one.press("accept_all")
        one.has_run(*RAN)
        one.sent()
        visitor, held = one.visitor(), one.stored()
        assert len(held) > 2
        one.corner.click()
        for name in ASKED:
            expect(one.box(name)).to_be_checked()
        one.box("advertising").uncheck()
        one.box("functionality").uncheck()
        with one.page.expect_navigation():
            one.press("save")
        one.ready()
        assert reloaded(one.page)
        one.has_run("measurement")
        assert one.visitor() == visitor
        one.sent()
        entries = one.entries()
        assert len(entries) == 2
        assert entries[-1]["source"] == "preference_centre"
        assert entries[-1]["decisions"][ADS] in ("withdrawn", "denied")
        assert entries[-1]["decisions"][FUNCTIONAL] in ("withdrawn", "denied")
        left = one.stored()
        assert not [name for name in left if name.startswith("kaveripoint")]
        assert {"riserbo", "_kvp"} <= set(left)
        assert any(name.startswith("kaveripoint") for name in held)
        assert one.allowed(*ASKED) == {
            "functionality": False,
            "measurement": True,
            "advertising": False,
        }


def test_a_name_of_its_own_goes_though_a_pattern_of_what_is_allowed_covers_it(
    shopping: Shopping,
) -> None:
    """`_kvp_ad` belongs to advertising, and `_kvp_*` to measurement."""
    declared = {one["name"]: one["class"] for one in shopping.catalogue["cookies"]}
    assert (declared["_kvp_ad"], declared["_kvp_*"]) == ("advertising", "measurement")
    with shopping.person() as one:
        one.open()
        one.asked()
        one.press("accept_all")
        one.has_run(*RAN)
        one.corner.click()
        one.box("advertising").uncheck()
        with one.page.expect_navigation():
            one.press("save")
        one.ready()
        left = one.stored()
        assert "_kvp_ad" not in left
        assert {"_kvp", "_kvp_7f3a"} <= set(left)


def test_the_page_says_that_it_reloads_before_it_does(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        one.press("accept_all")
        one.has_run(*RAN)
        spoken: list[str] = []
        one.page.context.expose_function("heard", lambda text: spoken.append(text))
        one.page.evaluate(
            "(() => { const root = document.querySelector('riserbo-banner').shadowRoot;"
            " new MutationObserver(() => { for (const one of"
            " root.querySelectorAll('[role=status]')) heard(one.textContent); })"
            ".observe(root, {subtree: true, childList: true, characterData: true}); })()"
        )
        one.corner.click()
        with one.page.expect_navigation():
            one.press("refuse_all")
        assert one.word("reload") in spoken
        one.ready()
        assert one.ran() == []


def test_a_no_where_nothing_had_run_needs_no_reload_and_is_spoken(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        one.page.evaluate("window.same = true")
        one.press("refuse_all")
        expect(one.host.get_by_role("status")).to_have_text(one.word("saved"))
        one.settle()
        assert one.page.evaluate("window.same") is True


def test_cookies_of_every_domain_above_the_page_go(shopping: Shopping) -> None:
    """The shop at `www.`: its cookies may stand at the domain above, and at paths of their own."""
    declared = [
        str(one.get("pattern", one["name"])).replace("*", "7f3a")
        for one in shopping.catalogue["cookies"]
        if (one["party"], one.get("means", "cookie")) == ("first", "cookie")
        and one["class"] in ASKED
    ]
    assert declared
    with shopping.person() as one:
        one.open(host=f"www.{ELSEWHERE}")
        one.asked()
        one.press("accept_all")
        one.has_run(*RAN)
        for number, name in enumerate(declared):
            above = ELSEWHERE if number % 2 else f"www.{ELSEWHERE}"
            one.page.evaluate(
                "text => { document.cookie = text; }", f"{name}=2; domain={above}; path=/"
            )
            one.page.evaluate(
                "text => { document.cookie = text; }", f"{name}=3; domain={ELSEWHERE}; path=/"
            )
        one.page.evaluate("document.cookie = 'basket=2; path=/'")
        one.corner.click()
        with one.page.expect_navigation():
            one.press("refuse_all")
        one.ready()
        assert one.stored() == ["basket", "riserbo"]


def test_what_is_added_later_waits_and_runs_the_same(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        one.page.get_by_role("link", name="Catalogo").click()
        one.settle()
        assert one.ran() == []
        one.choose("functionality")
        one.has_run("functionality", "route /catalogue")
        one.page.get_by_role("link", name="Il laboratorio").click()
        one.has_run("functionality", "route /catalogue", "route /workshop")
        one.page.go_back()
        one.has_run("functionality", "route /catalogue", "route /workshop", "route /catalogue")


def test_scripts_run_once_with_their_attributes(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        one.page.evaluate(
            """() => {
                const late = document.createElement('script');
                late.type = 'text/plain';
                late.id = 'late';
                late.className = 'counted';
                late.setAttribute('crossorigin', 'anonymous');
                late.dataset.riserbo = 'site_measurement';
                late.dataset.name = 'by purpose';
                late.dataset.src = '/route.js';
                late.nonce = document.querySelector('script[src="/shop.js"]').nonce;
                document.body.append(late);
            }"""
        )
        one.choose("measurement")
        one.has_run("measurement", "by purpose")
        found = one.page.evaluate(
            "(() => { const one = document.querySelector('#late');"
            " return [document.querySelectorAll('#late').length, one.className, one.crossOrigin,"
            " one.dataset.name]; })()"
        )
        assert found == [1, "counted", "anonymous", "by purpose"]
        one.page.evaluate("document.body.append(document.querySelector('#late'))")
        one.choose("measurement", "functionality")
        one.has_run("measurement", "by purpose", "functionality")


def test_a_frame_that_waits_says_so_and_leads_to_the_choices(shopping: Shopping) -> None:
    with shopping.person("en") as one:
        one.open()
        one.asked()
        waiting = one.page.locator("riserbo-frame")
        expect(waiting).to_be_visible()
        expect(waiting).to_contain_text("La mappa")
        why = one.word("frame_waits").replace("{class}", one.title("functionality"))
        expect(waiting).to_contain_text(why)
        expect(one.page.locator("iframe")).to_be_hidden()
        waiting.get_by_role("button", name=one.word("settings")).click()
        expect(one.dialog).to_be_visible()
        one.box("functionality").check()
        one.press("save")
        expect(waiting).to_have_count(0)
        expect(one.page.frame_locator("iframe").get_by_text("Fornaci")).to_be_visible()


def test_other_tabs_follow_at_once(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        other = shopping.page_of(one.page.context)
        other.open("/catalogue")
        other.asked()
        one.press("accept_all")
        expect(other.region).to_be_hidden()
        other.has_run(*RAN)
        assert other.page.evaluate("told").pop()["advertising"] is True
        one.sent()
        assert len(one.entries()) == 1
        other.corner.click()
        with one.page.expect_navigation(), other.page.expect_navigation():
            other.press("refuse_all")
        one.ready()
        assert one.allowed(*ASKED) == dict.fromkeys(ASKED, False)
        assert one.ran() == []
        other.sent()
        assert len(one.entries()) == 2
        assert one.visitor() == other.visitor()


def test_two_tabs_that_choose_in_the_same_moment_are_one_visitor(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        other = shopping.page_of(one.page.context)
        other.open()
        other.asked()
        for tab in (one, other):
            tab.page.evaluate(
                "name => { const press = () => {"
                " const root = document.querySelector('riserbo-banner').shadowRoot;"
                " [...root.querySelectorAll('button')].find(one => one.textContent.trim() === name)"
                ".click(); }; setTimeout(press, 300); }",
                one.word("refuse_all"),
            )
        one.page.wait_for_timeout(800)
        one.sent()
        visitors = {
            request.headers["riserbo-visitor"]
            for request in (*one.requests, *other.requests)
            if request.method == "POST"
        }
        assert visitors == {one.visitor()}
        assert {tuple(entry["decisions"].values()) for entry in one.entries()} == {("denied",) * 3}


def test_a_page_may_read_and_open_the_choices(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open("/?link")
        one.asked()
        one.press("refuse_all")
        expect(one.corner).to_have_count(0)
        link = one.page.get_by_role("link", name="Le Sue scelte")
        link.click()
        expect(one.dialog).to_be_visible()
        one.page.keyboard.press("Escape")
        expect(one.dialog).to_be_hidden()
        expect(link).to_be_focused()
        one.page.evaluate("riserbo.settings()")
        expect(one.dialog).to_be_visible()
        one.open("/?link&again=1#riserbo-settings")
        expect(one.dialog).to_be_visible()
        one.page.keyboard.press("Escape")
        one.page.evaluate("location.hash = ''")
        one.page.evaluate("location.hash = '#riserbo-settings'")
        expect(one.dialog).to_be_visible()
