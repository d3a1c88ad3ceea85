"""Rights that are used in a browser without script, from the choice to the answer."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browser.chromium import Browsers, Reader
from tests.functions import buttons, people
from tests.functions.api import Api, ok
from tests.functions.people import PASSWORD
from tests.functions.second_factor import switched_on
from tests.functions.strangers import all_mail_is_out
from tests.functions.waiting import until

MARKS = {"it": "Errore: ", "en": "Error: "}


def place(person: Reader) -> str:
    """The path and the word of the page that is shown."""
    to = urlsplit(person.page.url.removeprefix(person.base_url))
    return f"{to.path} {''.join(re.findall('done=([a-z]+)', to.query))}".strip()


def press(person: Reader, action: str, act: str = "", twice: bool = False, **typed: str) -> None:
    """Fills in fields of the form that leads there, of several that for an act; presses its button.

    An act is a value that the form holds unseen.
    """
    form = person.page.locator(f"main form[action*='{action}']")
    if act:
        form = form.filter(has=person.page.locator(f"input[value='{act}']"))
    form = form.first
    for name, value in typed.items():
        form.locator(f"[name='{name}']").fill(value)
    button = form.get_by_role("button")
    if twice:
        person.press_twice(button, "done=")
        return
    with person.page.expect_navigation():
        button.click()


def follow(page: Page, address: str) -> None:
    """Follows the link of the page's contents that leads there."""
    with page.expect_navigation():
        page.locator(f"main a[href*='{address}']").first.click()


def test_a_person_who_is_signed_in_asks_to_be_erased_and_regrets_it(
    browsers: Browsers, api: Api
) -> None:
    locale = "en"
    ada = people.signed_in(api, locale=locale)
    with browsers.reader(api.base_url, locale) as person:
        person.open(api.base_url + "/sign-in?to=/account/requests")
        person.fill(email=ada.email, password=PASSWORD)
        assert place(person) == "/account/requests"
        follow(person.page, "/requests/new")
        follow(person.page, "right=erase")
        assert (person.status, person.language) == (200, locale)
        assert person.page.locator("main input:checked").count() == 0
        press(person, "/requests/new", details="Everything, <please>", password="not this one")
        assert person.status == 403
        assert person.page.title().startswith(MARKS[locale])
        hrefs = person.page.get_by_role("alert").get_by_role("link")
        assert [one.get_attribute("href") for one in hrefs.all()] == ["#field-password"]
        assert person.field("details").input_value() == "Everything, <please>"
        assert person.field("password").input_value() == ""
        press(person, "/requests/new", twice=True, password=PASSWORD)
        assert "done=made" in person.page.url
        (asked,) = ok(api.get("/v1/requests", headers=ada.headers))["items"]
        number = asked["id"]
        path = f"/account/requests/{number}"
        assert place(person) == f"{path} made"
        assert person.page.get_by_role("status").count() == 1
        assert person.page.locator(f"time[datetime='{asked['due_on']}']").count() == 1
        person.page.reload()
        press(person, path, "message")
        assert person.status == 400
        assert person.page.title().startswith(MARKS[locale])
        press(person, path, "message", text="I may still <think> about it")
        assert place(person) == f"{path} sent"
        assert "I may still <think> about it" in person.page.get_by_role("main").inner_text()
        press(person, path, "cancel")
        assert place(person) == f"{path} cancelled"
        assert person.page.locator("main input[value='cancel']").count() == 0
        person.page.go_back()
        # Nothing of a request is kept by the browser: the page before is as the request stands now.
        assert person.page.locator("main input[value='cancel']").count() == 0
        person.open(f"{api.base_url}/account/requests")
        follow(person.page, path)
        assert place(person) == path
        (after,) = ok(api.get("/v1/requests", headers=ada.headers))["items"]
        assert after["status"] == "cancelled"
        person.open(api.base_url + f"/account/requests/{number}/receipt")
        assert person.status == 409
        person.open(f"{api.base_url}/account/requests/{'z' * 26}")
        assert person.status == 404
        assert all(ada.email not in one for one in person.asked)


def test_a_person_without_an_account_follows_a_request_to_the_copy(
    browsers: Browsers, api: Api
) -> None:
    email = people.new_address()
    with browsers.reader(api.base_url, "it") as person:
        person.open(api.base_url + "/requests/new?right=copy")
        press(person, "/requests/new", email="nobody at all", details="Tutto")
        assert person.status == 400
        assert person.field("email").input_value() == "nobody at all"
        assert person.field("details").input_value() == "Tutto"
        press(person, "/requests/new", email=email)
        assert place(person).startswith("/requests/")
        assert place(person).endswith("/confirm sent")
        people.mails(api.stack, email)
        number = place(person).split("/")[2]
        confirm, one = f"/requests/{number}/confirm", f"/account/requests/{number}"
        person.page.reload()
        press(person, confirm, "yes")
        assert place(person) == f"{confirm} resent"
        mail = people.mails(api.stack, email, 2)[-1]
        person.open(api.base_url + confirm)
        press(person, confirm, code="12")
        assert person.status == 400
        press(person, confirm, code="00000000")
        assert person.status == 422
        assert person.page.title().startswith(MARKS["it"])
        link = buttons.link(mail, confirm)
        person.open(link + "&utm_source=x")
        press(person, confirm, twice=True)
        assert place(person) == f"{one} confirmed", "both presses lead to the request"
        person.open(api.base_url + one)
        assert (person.status, place(person)) == (200, one)
        assert all(address.startswith(api.base_url) for address in person.asked)
        assert person.page.locator("nav.tabs").count() == 0, "nobody is signed in"
        key = person.page.locator("#field-key").input_value()
        assert key.startswith(f"{number}.")
        assert all(key not in address and email not in address for address in person.asked)
        press(person, one, "close")
        assert place(person) == "/requests left"
        person.open(api.base_url + one)
        assert place(person) == "/sign-in"
        follow(person.page, "/requests")
        press(person, "/requests", key=key[:-1])
        assert person.status == 400
        press(person, "/requests", key=f"{key[:30]} {key[30:]}")
        assert place(person) == one
        assert until(lambda: _reloaded(person, f"{one}/download"))
        press(person, f"{one}/download")
        assert person.page.locator("main a[href*='Signature']").count() == 1
        press(person, one, "dispute", text="Manca <qualcosa>")
        assert place(person) == f"{one} disputed"
        assert "Manca <qualcosa>" in person.page.get_by_role("main").inner_text()
        press(person, one, "message", text="Il resto")
        assert place(person) == f"{one} sent"
        person.open(f"{api.base_url}/account/requests/{'z' * 26}")
        assert place(person) == "/requests over"
        ways = person.page.locator("header a[href*='/sign-in']")
        assert ways.count() == 1


def _reloaded(person: Reader, action: str) -> bool:
    """Whether the page has that form by now."""
    person.page.reload()
    return person.page.locator(f"main form[action*='{action}']").count() == 1


def test_a_copy_is_handed_over_and_the_answer_disputed(browsers: Browsers, api: Api) -> None:
    ada = people.signed_in(api, locale="en")
    made = ok(api.post("/v1/requests", headers=ada.headers, json={"right": "copy"}), 201)
    number = made["id"]

    def done() -> bool:
        found = ok(api.get(f"/v1/requests/{number}", headers=ada.headers))
        return bool(found["status"] == "completed")

    assert until(done)
    with browsers.reader(api.base_url, "en") as person:
        person.open(api.base_url + f"/sign-in?to=/account/requests/{number}")
        person.fill(email=ada.email, password=PASSWORD)
        assert place(person) == f"/account/requests/{number}"
        press(person, f"/account/requests/{number}/download")
        assert person.status == 200
        assert person.page.locator("main a[href*='Signature']").count() == 1
        press(person, f"/account/requests/{number}", "dispute", text="Something is missing")
        assert place(person) == f"/account/requests/{number} disputed"
        assert "Something is missing" in person.page.get_by_role("main").inner_text()


def test_who_has_a_second_factor_confirms_the_request_signed_in(
    browsers: Browsers, api: Api
) -> None:
    device = switched_on(api, people.signed_in(api))
    email = device.person.email
    all_mail_is_out(api.stack)
    before = len(api.stack.mails_to(email))
    asked = ok(api.post("/v1/requests", json={"right": "copy", "email": email}), 202)
    number = asked["id"]
    mails = people.mails(api.stack, email, before + 1)
    code = people.short_code(next(one for one in mails if number in one["BodyText"]))
    ok(api.post(f"/v1/requests/{number}/verification", json={"code": code}))
    with browsers.reader(api.base_url, "it") as person:
        person.open(api.base_url + f"/sign-in?to=/account/requests/{number}")
        person.fill(email=email, password=PASSWORD)
        person.fill(code=device.code())
        press(person, f"/account/requests/{number}", "confirm")
        assert place(person) == f"/account/requests/{number} confirmed"
