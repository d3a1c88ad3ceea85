"""One's own choices, by a person without script: no, yes, and the proof of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from chalicelib.pages.languages import languages
from chalicelib.subjects.model import Asked
from chalicelib.web.wiring import wired
from tests.browser.chromium import Browsers, Reader
from tests.browser.judge import NARROW, faults
from tests.functions import people
from tests.functions.api import Api, ok
from tests.functions.people import PASSWORD
from tests.functions.stack import DeployedStack
from tests.unit.consents import test_choices_page as samples
from tests.unit.core.samples import shipped_in
from tests.unit.receipts import test_pages as receipts

MARKS = {"it": "Errore: ", "en": "Error: "}
CHOICES = "/account/choices"
CHECK = "/receipts/verify"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def chosen(person: Reader, purpose: str) -> str:
    """The answer that the page shows about a purpose, empty for none."""
    found = person.page.locator(f"[name='decisions.{purpose}']:checked")
    return str(found.get_attribute("value")) if found.count() else ""


def choose(person: Reader, **answers: str) -> None:
    for purpose, answer in answers.items():
        name = f"[name='decisions.{purpose}'][value='{answer}']"
        person.page.locator(name).check(force=True)


def press(person: Reader, number: int = 0) -> None:
    """Presses a button of the form: the first saves, the second refuses everything."""
    with person.page.expect_navigation():
        person.page.get_by_role("main").get_by_role("button").nth(number).click()


def test_a_person_says_no_and_yes_and_sees_the_proof(browsers: Browsers, api: Api) -> None:
    locale = "it"
    ada = people.signed_in(api, locale=locale)

    def stands() -> dict[str, str]:
        told = ok(api.get("/v1/consents", headers=ada.headers))["standing"]
        return {name: one["decision"] for name, one in told.items()}

    def entries() -> int:
        listed = ok(api.get("/v1/consents/ledger?limit=100", headers=ada.headers))
        return len(listed["items"])

    before, made = stands(), entries()
    with browsers.reader(api.base_url, locale) as person:
        person.open(api.base_url + CHOICES)
        person.fill(email=ada.email, password=PASSWORD)
        assert person.page.url.partition("?")[0] == api.base_url + CHOICES
        assert (person.status, person.language) == (200, locale)
        assert {chosen(person, one) for one in ("surveys", "testimonial")} == {""}

        choose(person, surveys="granted", testimonial="denied")
        # Both clicks of somebody who is in doubt make one entry.
        button = person.page.get_by_role("main").get_by_role("button").first
        person.press_twice(button, "done=")
        assert person.page.get_by_role("status").count() == 1
        now = {**before, "surveys": "granted", "testimonial": "denied"}
        assert (stands(), entries()) == (now, made + 1)
        person.page.reload()
        assert (chosen(person, "surveys"), chosen(person, "testimonial")) == ("granted", "denied")
        press(person)
        assert "done=same" in person.page.url
        assert entries() == made + 1

        choose(person, surveys="denied")
        press(person)
        assert "done=saved" in person.page.url
        assert stands() == {**now, "surveys": "withdrawn"}
        person.page.go_back()
        assert chosen(person, "surveys") == "denied", "the page says what stands"

        # A form that somebody spoilt: the no in it counts, the yes does not.
        form = {
            one.get_attribute("name"): one.get_attribute("value")
            for one in person.page.locator("main form input[type=hidden]").all()
        }
        answer = person.page.request.post(
            api.base_url + CHOICES,
            form={
                **{str(name): str(value) for name, value in form.items()},
                "notice_version": "2020-01-01",
                "decisions.testimonial": "granted",
                "decisions.call_recording": "denied",
            },
            headers={"Sec-Fetch-Site": "same-origin", "Accept": "text/html"},
        )
        assert answer.status == 400
        assert f"<title>{MARKS[locale]}" in answer.text()
        assert stands()["call_recording"] == "denied"
        assert stands()["testimonial"] == "denied"

        person.open(api.base_url + CHOICES)
        press(person, 1)
        assert "done=saved" in person.page.url
        assert "granted" not in stands().values()
        rows = person.page.locator("#history ~ .table tbody tr")
        assert rows.count() == entries()

        # The proof of the newest entry: its own page, and what anybody may verify of it.
        with person.page.expect_navigation():
            rows.first.get_by_role("link").last.click()
        assert person.page.url.startswith(f"{api.base_url}/account/receipts/{ada.subject}.")
        assert (person.status, person.language) == (200, locale)
        signed = person.page.locator("#receipt").inner_text()
        person.open(f"{api.base_url}/account/receipts/{'z' * 26}.1")
        assert person.status == 404
        person.open(api.base_url + CHECK)
        asked = person.heading
        person.fill(receipt=f"{signed[:60]}\n {signed[60:]}")
        assert (person.status, person.heading != asked) == (200, True)
        assert person.page.get_by_role("status").count() == 1
        valid = person.heading
        person.fill(receipt=signed[:-9] + "AAAAAAAAA")
        assert person.heading not in (asked, valid)
        person.fill(receipt="")
        assert person.status == 400
        assert person.page.title().startswith(MARKS[locale])
        assert all(ada.email not in one for one in person.asked)
        assert [one for one in person.complaints if "status of 4" not in one] == []


def states() -> dict[str, Callable[[pytest.MonkeyPatch, str], str]]:
    """The states of the page that differ."""

    def shown(much: bool) -> Callable[[pytest.MonkeyPatch, str], str]:
        def show(monkeypatch: pytest.MonkeyPatch, language: str) -> str:
            notice = shipped_in(*languages())
            overview = samples.of(notice, samples.STANDS if much else {}, older=3, newer=20)
            asks = {"surveys": Asked(5, samples.EARLIER)} if much else {}
            standing = replace(overview.standing, asks=asks)
            samples.told(monkeypatch, replace(overview, standing=standing))
            return samples.show(language).text

        return show

    def receipt(monkeypatch: pytest.MonkeyPatch, language: str) -> str:
        return receipts.receipt(monkeypatch, shipped_in(*languages()), language).text

    def judged(name: str) -> Callable[[pytest.MonkeyPatch, str], str]:
        return lambda monkeypatch, language: (
            receipts.check(monkeypatch, receipts.judgements()[name], language).text
        )

    return {
        "choices": shown(much=True),
        "no choices": shown(much=False),
        "receipt": receipt,
        "valid": judged("closing"),
        "invalid": judged("not: key"),
        "refused": lambda _, language: receipts.ask("POST", CHECK, {}, language).text,
    }


@pytest.fixture
def of_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wired(), "notice", lambda: shipped_in(*languages()))
    monkeypatch.setenv("RISERBO_PUBLIC_URL", samples.PUBLIC)


@pytest.mark.usefixtures("of_the_product")
@pytest.mark.parametrize("state", states())
def test_axe_has_nothing_to_say(monkeypatch: pytest.MonkeyPatch, judge: Page, state: str) -> None:
    assert faults(judge, states()[state](monkeypatch, "it")) == []


@pytest.mark.usefixtures("of_the_product")
@pytest.mark.parametrize("state", states())
def test_no_language_goes_beyond_a_phone(
    monkeypatch: pytest.MonkeyPatch, judge: Page, state: str
) -> None:
    judge.set_viewport_size({"width": NARROW, "height": 900})
    for language in languages():
        judge.set_content(states()[state](monkeypatch, language))
        assert judge.evaluate("document.documentElement.scrollWidth") <= NARROW, language
