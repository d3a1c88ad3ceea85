"""From the form of registration to a password that is forgotten, by a person without script."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from chalicelib.accounts import paths
from tests.browser.chromium import Browsers, Reader
from tests.functions import owners, people, strangers, unused
from tests.functions.api import Api, ok
from tests.functions.buttons import link
from tests.functions.people import PASSWORD
from tests.functions.waiting import until

MARKS = {"it": "Errore: ", "en": "Error: "}
NEW = "a whole new long password"


def place(person: Reader) -> str:
    """The path and the word of the page that is shown."""
    to = urlsplit(person.page.url.removeprefix(person.base_url))
    return f"{to.path} {''.join(re.findall('done=([a-z]+)', to.query))}".strip()


def refused(person: Reader, locale: str, *fields: str) -> None:
    """The form came back: the title, the summary and each field say so."""
    assert person.page.title().startswith(MARKS[locale])
    alert = person.page.get_by_role("alert")
    links = alert.get_by_role("link")
    hrefs = [one.get_attribute("href") for one in links.all()]
    assert hrefs == [f"#field-{name}" for name in fields]
    for name in fields:
        assert person.page.locator(f"[id='field-{name}']").get_attribute("aria-invalid") == "true"


def press(person: Reader, number: int = 0, **typed: str) -> None:
    """Fills in fields of the page's contents and presses a button there, the first by default."""
    for name, value in typed.items():
        person.field(name).fill(value)
    with person.page.expect_navigation():
        person.page.get_by_role("main").get_by_role("button").nth(number).click()


def mailed(api: Api, email: str, path: str, count: int = 1) -> str:
    """The address in the newest of so many mails that leads to a page."""
    mails = people.mails(api.stack, email, count)
    return link(next(one for one in reversed(mails) if f"{path}?" in one["BodyText"]), path)


def test_a_person_registers_and_proves_the_address(browsers: Browsers, api: Api) -> None:
    locale = "it"
    email = people.new_address()
    with browsers.reader(api.base_url, locale) as person:
        person.open(api.base_url + "/register")
        assert (person.status, person.language) == (200, locale)
        assert person.page.locator("main input:checked").count() == 0
        person.field("email").fill("nobody at all")
        person.field("password").fill("short")
        person.page.locator("main summary").first.click()
        person.page.locator("[name='profile.identity.name']").fill("Ada <Lovelace>")
        person.page.locator("[id='field-decisions.offers_email-yes']").check(force=True)
        person.page.locator("[id='field-decisions.surveys']").check(force=True)
        press(person)
        assert person.status == 400
        refused(person, locale, "email", "password")
        assert person.field("email").input_value() == "nobody at all"
        assert person.field("password").input_value() == ""
        name = person.page.locator("[name='profile.identity.name']")
        assert name.input_value() == "Ada <Lovelace>"
        assert person.page.locator("[id='field-decisions.offers_email-yes']").is_checked()
        person.field("email").fill(email)
        person.field("password").fill(PASSWORD)
        # Both clicks of somebody who is in doubt make one registration.
        button = person.page.get_by_role("main").get_by_role("button")
        person.press_twice(button, "done=sent")
        assert place(person) == "/verification sent"
        url = mailed(api, email, paths.VERIFICATION)
        person.page.reload()
        strangers.all_mail_is_out(api.stack)
        assert len(api.stack.mails_to(email)) == 1
        press(person, email=email, code="1234 5678", password=PASSWORD)
        assert person.status == 422
        refused(person, locale, "code")
        assert person.field("email").input_value() == email
        assert person.field("code").input_value() == ""

        person.open(url)
        assert (person.status, person.language) == (200, locale)
        press(person)
        refused(person, locale, "password")
        press(person, password="not the one that was chosen")
        assert person.status == 403
        refused(person, locale, "password")
        press(person, password=PASSWORD)
        assert place(person) == "/sign-in verified"
        assert person.page.get_by_role("status").count() == 1
        found = people.sign_in(api, email)
        account = ok(api.get("/v1/account", headers=found.headers))
        assert account["profile"]["identity"]["name"] == "Ada <Lovelace>"
        standing = ok(api.get("/v1/consents", headers=found.headers))["standing"]
        decided = {name: one["decision"] for name, one in standing.items()}
        assert decided == {"offers_email": "granted", "surveys": "denied"}
        person.open(url)
        press(person, password=PASSWORD)
        assert place(person) == "/verification before"
        assert all(email not in one and "password=" not in one for one in person.asked)
        complaints = [one for one in person.complaints if "status of 4" not in one]
        assert complaints == []


def test_the_mail_comes_again_and_its_owner_did_not_ask_for_it(
    browsers: Browsers, api: Api
) -> None:
    email = people.new_address()
    people.register(api, email, locale="it")
    people.mails(api.stack, email)
    with browsers.reader(api.base_url, "it") as person:
        person.open(api.base_url + "/verification")
        with person.page.expect_navigation():
            person.page.get_by_role("main").get_by_role("link").last.click()
        assert place(person) == "/verification/resend"
        press(person, email=email)
        assert place(person) == "/verification resent"
        newest = people.mails(api.stack, email, 2)[-1]
        person.open(link(newest, paths.DISAVOWAL))
        assert place(person) == "/disavowal"
        press(person)
        assert place(person) == "/disavowal disowned"
        person.page.go_back()
        press(person)
        assert place(person) == "/disavowal before"
        # The registration is over: its link says so, and leads on.
        person.open(link(newest, paths.VERIFICATION))
        press(person, password=PASSWORD)
        assert person.status == 422
        hrefs = [one.get_attribute("href") for one in person.page.locator("main a").all()]
        assert any("/verification/resend" in str(one) for one in hrefs)


def test_who_proves_the_address_alone_chooses_a_password(browsers: Browsers, api: Api) -> None:
    email = people.new_address()
    people.register(api, email, locale="it")
    with browsers.reader(api.base_url, "it") as person:
        person.open(mailed(api, email, paths.VERIFICATION))
        press(person, 1)
        assert place(person) == "/verification proven"
        person.open(mailed(api, email, "/password/new", 2))
        press(person, password="piccina")
        refused(person, "it", "password")
        press(person, password=NEW)
        assert place(person) == "/sign-in password"
        people.sign_in(api, email, NEW)


def test_a_forgotten_password_is_replaced(browsers: Browsers, api: Api) -> None:
    email = people.verified(api, locale="en")
    with browsers.reader(api.base_url, "en") as person:
        person.open(api.base_url + "/password")
        press(person, email="not an address")
        refused(person, "en", "email")
        assert person.field("email").input_value() == "not an address"
        press(person, email=email)
        assert place(person) == "/password sent"
        url = mailed(api, email, "/password/new", 2)
        person.page.reload()
        person.open(url)
        press(person, password=NEW)
        assert place(person) == "/sign-in password"
        person.page.go_back()
        press(person, password=PASSWORD)
        assert place(person) == "/password before"
        people.sign_in(api, email, NEW)


def test_an_address_is_confirmed_and_the_old_one_undoes_it(browsers: Browsers, api: Api) -> None:
    ada, target = people.signed_in(api, locale="it"), people.new_address()
    ok(owners.move(api, ada, target), 202)
    before = len(api.stack.mails_to(ada.email))
    with browsers.reader(api.base_url, "it") as person:
        url = mailed(api, target, "/email/confirm")
        person.open(url)
        press(person, password="not the password at all")
        assert person.status == 403
        refused(person, "it", "password")
        press(person)
        assert place(person) == "/email/confirm confirmed"
        person.open(url)
        press(person)
        assert place(person) == "/email/confirm before"
        assert owners.can_sign_in(api, target, PASSWORD)
        person.open(mailed(api, ada.email, "/email/undo", before + 1))
        press(person)
        assert place(person) == "/email/undo undone"
        assert not owners.can_sign_in(api, target, PASSWORD)


def test_an_unused_account_is_kept(browsers: Browsers, api: Api) -> None:
    ada = people.signed_in(api, locale="en")
    since = unused.warned(api.stack, ada)
    with browsers.reader(api.base_url, "en") as person:
        person.open(mailed(api, ada.email, "/account/keep", 2))
        press(person)
        assert place(person) == "/account/keep kept"
        assert until(lambda: unused.last_activity(api.stack, ada) > since)
        person.page.go_back()
        press(person)
        assert place(person) == "/account/keep before"
