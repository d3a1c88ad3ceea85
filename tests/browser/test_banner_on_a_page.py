"""On a site: under its policies, beside its scripts, with words that are text and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from infra.local.place import PROJECT
from tests.browser.visits import (
    MEASURED,
    RAN,
    Shopping,
    Visit,
    changed_catalogue,
)

MARKUP = "<img src=x onerror='window.hurt=1'><b>&amp;</b><script>window.hurt=1</script>"
_VIOLATIONS = (
    "window.violations = []; document.addEventListener('securitypolicyviolation', one =>"
    " violations.push(`${one.effectiveDirective} ${one.blockedURI} ${one.sourceFile}`));"
)


def watched(context: BrowserContext) -> None:
    context.add_init_script(_VIOLATIONS)


def violations(one: Visit) -> list[str]:
    """What the page's policy had to stop."""
    found: list[str] = one.page.evaluate("violations")
    return found


@pytest.mark.parametrize("address", ["/?types", "/"])
def test_all_of_it_works_under_the_strictest_policies(shopping: Shopping, address: str) -> None:
    with shopping.person(before=watched) as one:
        one.open(address)
        one.asked()
        one.press("choose")
        expect(one.dialog).to_be_visible()
        one.page.keyboard.press("Escape")
        one.press("accept_all")
        one.has_run(*RAN)
        one.page.get_by_role("link", name="Catalogo").click()
        one.has_run(*RAN, "route /catalogue")
        one.sent()
        assert violations(one) == []
        assert len(one.entries()) == 1


@pytest.mark.parametrize("address", ["/?bare", "/?bare&types"])
def test_it_works_where_nothing_but_it_may_run(shopping: Shopping, address: str) -> None:
    """Under `script-src <base>; connect-src <base>; style-src 'self'`, with nothing of the page."""
    with shopping.person(before=watched) as one:
        one.open(address)
        one.asked()
        stopped = violations(one)
        assert all("shop.js" in line or "record.js" in line for line in stopped), stopped
        one.press("accept_all")
        expect(one.region).to_be_hidden()
        assert one.until(
            lambda: one.page.evaluate("document.querySelector('img[data-riserbo]').currentSrc")
        )
        one.sent()
        assert len(one.entries()) == 1
        more = [line for line in violations(one) if line not in stopped]
        assert not [line for line in more if not line.startswith("script-src")], more


def test_no_part_of_it_has_a_style_attribute(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        one.press("choose")
        expect(one.dialog).to_be_visible()
        found = one.page.evaluate(
            "[...document.querySelectorAll('riserbo-banner, riserbo-frame')].flatMap(one =>"
            " [one, ...one.shadowRoot.querySelectorAll('*')]).filter(one =>"
            " one.hasAttribute('style') || one.localName === 'style').map(one => one.outerHTML)"
        )
        assert found == []


def spoilt(value: Any, change: Callable[[str], str], name: str = "") -> Any:
    """A part of a catalogue in which every word that is shown was changed."""
    if isinstance(value, dict):
        if value and value.keys() <= {"it", "en", "fr", "de", "es"}:
            return {locale: change(text) for locale, text in value.items()}
        return {
            key: one if key == "evidence" else spoilt(one, change, key)
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [spoilt(one, change, name) for one in value]
    return change(value) if name == "name" and isinstance(value, str) else value


def test_markup_in_every_word_is_shown_as_text(shopping: Shopping) -> None:
    def spoil(catalogue: dict[str, Any]) -> None:
        changed = spoilt(catalogue, lambda text: f"{text} {MARKUP}")
        catalogue.clear()
        catalogue.update(changed)

    before = changed_catalogue(shopping, spoil)
    with shopping.person(before=before) as one:
        one.open()
        region = one.page.get_by_role("region", name=f"{one.word('title')} {MARKUP}")
        expect(region).to_be_visible(timeout=15_000)
        for name in ("text", "close_effect"):
            expect(region).to_contain_text(f"{one.word(name)} {MARKUP}")
        region.get_by_role("button", name=one.word("choose")).click()
        dialog = one.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        text = " ".join(dialog.evaluate("one => one.textContent").split())
        for about in shopping.catalogue["classes"]:
            assert f"{about['title']['it']} {MARKUP}" in text
        expect(one.page.locator("riserbo-frame")).to_contain_text(MARKUP)
        one.page.keyboard.press("Escape")
        region.get_by_role("button", name=one.word("accept_all")).click()
        expect(region).to_be_hidden()
        made = one.page.evaluate(
            "[...document.querySelectorAll('riserbo-banner, riserbo-frame')].flatMap(one =>"
            " [...one.shadowRoot.querySelectorAll('img, b, script')]).length"
        )
        assert made == 0
        assert one.page.evaluate("window.hurt") is None


def test_what_waits_for_a_name_nobody_knows_never_runs(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        one.page.evaluate(
            """() => {
                for (const name of ['nobody', '', 'toString', '__proto__', 'technical ']) {
                    const late = document.createElement('script');
                    late.type = 'text/plain';
                    late.dataset.riserbo = name;
                    late.dataset.name = `unknown ${name}`;
                    late.dataset.src = '/route.js';
                    late.nonce = document.querySelector('script[src="/shop.js"]').nonce;
                    document.body.append(late);
                }
            }"""
        )
        one.press("accept_all")
        one.has_run(*RAN)


def test_the_script_twice_in_a_page_is_one_banner(shopping: Shopping) -> None:
    base = shopping.api.base_url
    script = f'<script src="{base}/v1/sdk.js" async></script>'
    waits = (
        '<script type="text/plain" data-riserbo="measurement">'
        "window.ran = [...(window.ran || []), 'once'];</script>"
    )
    page = f'<!doctype html><html lang="it"><title>x</title>{script}{waits}<p>x</p>{script}'
    shopping.add("/twice", page)
    with shopping.person() as one:
        one.page.goto(f"{shopping.origin}/twice")
        one.asked()
        expect(one.host).to_have_count(1)
        one.press("accept_all")
        one.sent()
        assert one.page.evaluate("window.ran") == ["once"]
        assert len(one.entries()) == 1


def test_a_page_of_old_kind_with_the_tag_in_its_body(shopping: Shopping) -> None:
    """Without doctype or language, the tag at the end and not async, loaded after the page."""
    base = shopping.api.base_url
    shopping.add("/old", f"<title>x</title><p>x</p><script src={base}/v1/sdk.js></script>")
    with shopping.person("it-IT") as one:
        one.locale = "it"
        one.page.goto(f"{shopping.origin}/old")
        one.asked()
        one.press("refuse_all")
        expect(one.region).to_be_hidden()


def test_the_page_to_copy_of_the_documentation_does_what_it_says(shopping: Shopping) -> None:
    """That of `docs/banner.md`; only the address of the product is put in."""
    text = (PROJECT / "docs" / "banner.md").read_text("utf-8")
    found = re.search(r"```html\n(<!doctype html>.*?)```", text, re.DOTALL | re.IGNORECASE)
    assert found is not None, "there is no page to copy"
    (address,) = set(re.findall(r'src="([^"]*)/v1/sdk\.js"', found[1]))
    shopping.add("/copied", found[1].replace(address, shopping.api.base_url))
    with shopping.person("en") as one:
        one.page.context.route(
            "https://maps.example.org/**",
            lambda route: route.fulfill(body="<p>map</p>", content_type="text/html"),
        )
        one.page.goto(f"{shopping.origin}/copied")
        one.asked()
        expect(one.page.get_by_text("Nobody counts this visit.")).to_be_visible()
        one.choose("measurement")
        expect(one.page.get_by_text("This visit is counted.")).to_be_visible()
        assert "maps.example.org" not in str(one.away())
        settings = one.page.get_by_role("link", name="Cookie settings")
        settings.click()
        expect(one.dialog).to_be_visible()
        one.box("functionality").check()
        one.press("save")
        expect(one.page.frame_locator("iframe").get_by_text("map")).to_be_visible()
        settings.click()
        expect(one.dialog).to_be_visible()
        with one.page.expect_navigation():
            one.press("refuse_all")
        one.ready()
        expect(one.page.get_by_text("Nobody counts this visit.")).to_be_visible()
        one.sent()
        assert len(one.entries()) == 3


def test_the_banner_speaks_to_the_page_through_its_four_names(shopping: Shopping) -> None:
    with shopping.person() as one:
        one.open()
        one.asked()
        names = one.page.evaluate("Object.keys(riserbo).sort()")
        assert names == ["allowed", "ready", "settings", "version"]
        assert one.page.evaluate("riserbo.ready instanceof Promise") is True
        assert one.page.evaluate("riserbo.allowed('measurement') instanceof Promise") is True
        one.press("choose")
        one.choose("measurement")
        told = one.page.evaluate("told")
        assert told[-1]["measurement"] is True
        assert told[-1][MEASURED] is True
        assert told[-1]["advertising"] is False
