"""Ending mails by the link in them: one click, no session, one purpose, and nothing by looking."""

from __future__ import annotations

import html
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.unsubscribe.model import Kind, Scope
from tests.functions import letters, owners, people, tables
from tests.functions.api import HTML, Api, ok, pointers, problem
from tests.functions.commands import make_key
from tests.functions.people import Person
from tests.functions.stack import DeployedStack
from tests.functions.unsubscribing import (
    ISSUE,
    NEWSLETTER,
    ONE_CLICK,
    ask,
    click,
    issued,
    minted,
    newsletter,
)

AGREED = {NEWSLETTER: "granted", "surveys": "granted", "mail_measurement": "granted"}
SIGN_IN = Scope(Kind.NOTIFICATION, "new_sign_in")
DONE = {"status": "unsubscribed"}
IN_PARTS = (
    '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
)


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def key(stack: DeployedStack) -> str:
    return make_key(stack, "mailings", "decisions")[1]


@pytest.fixture
def ada(api: Api) -> Person:
    return people.signed_in(api, decisions=AGREED)


def decisions(api: Api, headers: dict[str, str]) -> dict[str, str]:
    found = ok(api.get("/v1/consents", headers=headers))["standing"]
    return {purpose: one["decision"] for purpose, one in found.items()}


def ledger(api: Api, person: Person) -> list[dict[str, Any]]:
    found = ok(api.get("/v1/consents/ledger", headers=person.headers))["items"]
    assert isinstance(found, list)
    return found


class TestLooking:
    @pytest.mark.parametrize(
        ("locale", "said"), [("it", "Non vuole più queste e-mail?"), ("en", "No more of these")]
    )
    def test_the_page_asks_and_changes_nothing(
        self, api: Api, key: str, ada: Person, locale: str, said: str
    ) -> None:
        path = issued(api, key, ada.subject, locale=locale)
        before = tables.everything(api.stack)
        former = api.get(path, headers={"Accept": HTML})
        page = path.removeprefix("/v1")
        assert (former.status_code, former.headers["Location"]) == (303, api.base_url + page)
        for accept in (HTML, "*/*", "image/png"):
            answer = api.get(page, headers={"Accept": accept, "Accept-Language": locale})
            assert (answer.status_code, answer.headers["Content-Type"]) == (
                200,
                "text/html; charset=utf-8",
            )
        assert said in answer.text
        assert answer.text.count("<script") == 1  # that of all pages
        assert "Set-Cookie" not in answer.headers
        assert tables.everything(api.stack) == before
        assert decisions(api, ada.headers)[NEWSLETTER] == "granted"

    def test_it_names_what_would_end(self, api: Api, key: str, ada: Person) -> None:
        document = ok(api.get("/v1/notice", headers={"Accept-Language": "it"}))["document"]
        (stated,) = [one for one in document["purposes"] if one["id"] == "surveys"]
        page = issued(api, key, ada.subject, "surveys", locale="it").removeprefix("/v1")
        shown = api.get(page, headers={"Accept-Language": "it"}).text
        assert stated["title"] in html.unescape(shown)


class TestOneClick:
    @pytest.mark.parametrize(
        ("headers", "body"),
        [
            ONE_CLICK,
            ({"Content-Type": "multipart/form-data; boundary=x"}, IN_PARTS),
            ({"Content-Type": "application/json"}, '{"List-Unsubscribe":"One-Click"}'),
            ({"Content-Type": "text/plain"}, "anything at all"),
            ({}, None),
            ({"Accept": "text/plain"}, "x" * 100_000),
        ],
        ids=["form", "parts", "json", "another", "none", "accepts another"],
    )
    def test_ends_the_purpose_whatever_body_comes(
        self, api: Api, key: str, ada: Person, headers: dict[str, str], body: str | None
    ) -> None:
        answer = api.post(issued(api, key, ada.subject), headers=headers, data=body)
        assert ok(answer) == DONE
        assert not {"Location", "Set-Cookie"} & answer.headers.keys()
        assert decisions(api, ada.headers) == {**AGREED, NEWSLETTER: "withdrawn"}
        entry = ledger(api, ada)[-1]
        assert (entry["source"], entry["decisions"]) == ("link", {NEWSLETTER: "withdrawn"})

    def test_the_button_on_the_page_does_the_same_and_says_so(
        self, api: Api, key: str, ada: Person
    ) -> None:
        headers, body = ONE_CLICK
        path = issued(api, key, ada.subject, locale="it")
        answer = api.post(path, headers={**headers, "Accept": HTML}, data=body)
        assert answer.status_code == 200
        assert "<h1>Fatto</h1>" in answer.text
        assert decisions(api, ada.headers)[NEWSLETTER] == "withdrawn"

    def test_again_is_200_and_adds_nothing(self, api: Api, key: str, ada: Person) -> None:
        path = issued(api, key, ada.subject)
        assert ok(click(api, path)) == DONE
        before = tables.partition(api.stack, ada.subject)
        for _ in range(3):
            assert ok(click(api, path)) == DONE
        assert tables.partition(api.stack, ada.subject) == before

    def test_many_at_once_make_one_entry(self, api: Api, key: str, ada: Person) -> None:
        path = issued(api, key, ada.subject)
        length = len(ledger(api, ada))
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: click(Api(api.stack), path).status_code, range(16)))
        assert found == [200] * 16
        assert len(ledger(api, ada)) == length + 1

    def test_a_yes_that_comes_later_ends_by_the_same_link_again(
        self, api: Api, key: str, ada: Person
    ) -> None:
        path = issued(api, key, ada.subject)
        ok(click(api, path))
        version = api.notice_version()
        ok(owners.prefer(api, ada, notice_version=version, decisions={NEWSLETTER: "granted"}))
        assert decisions(api, ada.headers)[NEWSLETTER] == "granted"
        ok(click(api, path))
        assert decisions(api, ada.headers)[NEWSLETTER] == "withdrawn"


class TestWhoever:
    def test_a_browser_without_account(self, api: Api, key: str) -> None:
        token = people.new_visitor()
        body = {
            "notice_version": api.notice_version(),
            "decisions": {NEWSLETTER: "granted", "surveys": "granted"},
            "source": "banner",
        }
        made = ok(api.post("/v1/consents", headers=people.visitor(token), json=body), 201)
        subject = made["entry_id"].partition(".")[0]
        path = issued(api, key, subject)
        assert ok(click(api, path)) == DONE
        stands = decisions(api, people.visitor(token))
        assert stands == {NEWSLETTER: "withdrawn", "surveys": "granted"}
        reasons = problem(ask(api, key, subject), 409)["reasons"]
        assert reasons == ["withdrawn"]

    def test_who_has_not_proven_the_address(self, api: Api, key: str) -> None:
        email, link = people.pending(api, decisions=AGREED)
        subject = link.partition(".")[0]
        assert problem(ask(api, key, subject), 409)["reasons"] == ["unverified"]
        assert ok(click(api, newsletter(api.stack, subject))) == DONE
        ok(api.post("/v1/accounts/verification", json=people.proof(link)))
        person = people.sign_in(api, email)
        assert decisions(api, person.headers) == {**AGREED, NEWSLETTER: "withdrawn"}

    def test_who_stopped_the_account(self, api: Api, key: str, ada: Person) -> None:
        path = issued(api, key, ada.subject)
        ok(owners.deactivate(api, ada))
        assert problem(ask(api, key, ada.subject), 409)["reasons"] == ["deactivated"]
        assert ok(click(api, path)) == DONE
        assert decisions(api, ada.headers)[NEWSLETTER] == "withdrawn"

    @pytest.mark.parametrize("scope", [Scope(Kind.PURPOSE, NEWSLETTER), SIGN_IN], ids=str)
    def test_who_is_gone(self, api: Api, scope: Scope) -> None:
        before = tables.everything(api.stack)
        assert ok(click(api, minted(api.stack, "z" * 26, scope))) == DONE
        assert tables.everything(api.stack) == before


class TestRefusing:
    def test_a_link_that_is_none_or_too_old(self, api: Api, ada: Person) -> None:
        scope = Scope(Kind.PURPOSE, NEWSLETTER)
        good = minted(api.stack, ada.subject, scope)
        last = "B" if good.endswith("A") else "A"
        old = minted(api.stack, ada.subject, scope, timedelta(seconds=-1))
        before = tables.everything(api.stack)
        for path in (old, good[:-1] + last, good.replace("p-", "n-"), f"{good}x", good[:-1]):
            assert problem(click(api, path), 422)["type"].endswith(":link-not-valid")
        assert api.get(old.removeprefix("/v1"), headers={"Accept": HTML}).status_code == 422
        assert problem(click(api, "/v1/unsubscribe/" + "x" * 129), 404)
        assert tables.everything(api.stack) == before

    def test_what_is_always_sent_stays(self, api: Api, ada: Person) -> None:
        path = minted(api.stack, ada.subject, Scope(Kind.NOTIFICATION, "account_security"))
        problem(click(api, path), 422)
        assert owners.account(api, ada)["notifications"]["account_security"] is True

    def test_the_page_of_a_refusal_is_one(self, api: Api) -> None:
        headers, body = ONE_CLICK
        answer = api.post("/v1/unsubscribe/x", headers={**headers, "Accept": HTML}, data=body)
        assert answer.status_code == 422
        assert answer.headers["Content-Type"].startswith(HTML)


class TestOwnMail:
    def test_a_notification_ends_by_its_link_and_account_mail_goes_on(
        self, api: Api, ada: Person
    ) -> None:
        for country in ("IT", "FR"):
            _arrive(api, ada, country)
        mail = letters.wait(api.stack, ada.email, letters.NEW_SIGN_IN)
        (link,) = [line for line in mail["BodyText"].splitlines() if "/unsubscribe/" in line]
        page = link.removeprefix(api.base_url)
        assert page.startswith("/unsubscribe/")
        assert "text/html" in api.get(page).headers["Content-Type"]
        path = f"/v1{page}"
        assert owners.account(api, ada)["notifications"]["new_sign_in"] is True
        assert ok(click(api, path)) == DONE
        assert owners.account(api, ada)["notifications"]["new_sign_in"] is False
        assert decisions(api, ada.headers) == AGREED
        _arrive(api, ada, "IT")
        letters.all_sent(api.stack, ada.subject)
        assert len(letters.about(api.stack, ada.email, letters.NEW_SIGN_IN)) == 1
        assert owners.change_password(api, ada, owners.OTHER_PASSWORD).status_code == 204
        letters.wait(api.stack, ada.email, letters.PASSWORD_CHANGED)
        assert ok(click(api, path)) == DONE


class TestIssuing:
    def test_the_headers_go_into_the_mail_as_they_are(
        self, api: Api, key: str, ada: Person
    ) -> None:
        found = ok(ask(api, key, ada.subject, locale="en"))
        assert found["url"].startswith(f"{api.base_url}/v1/unsubscribe/{ada.subject}.p-")
        assert found["url"].endswith("?lang=en")
        assert found["headers"] == {
            "List-Unsubscribe": f"<{found['url']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    def test_nothing_is_stored(self, api: Api, key: str, ada: Person) -> None:
        before = tables.everything(api.stack)
        issued(api, key, ada.subject)
        assert tables.everything(api.stack) == before

    def test_after_the_end_there_is_no_link_and_the_reasons_are_told(
        self, api: Api, key: str, ada: Person
    ) -> None:
        ok(click(api, issued(api, key, ada.subject)))
        refused = problem(ask(api, key, ada.subject), 409)
        assert refused["type"].endswith(":not-permitted")
        assert refused["reasons"] == ["withdrawn"]
        assert ask(api, key, ada.subject, "surveys").status_code == 200

    def test_counting_openings_ends_without_leaving_the_newsletter(
        self, api: Api, key: str, ada: Person
    ) -> None:
        version = api.notice_version()
        ended = {"notice_version": version, "decisions": {"mail_measurement": "denied"}}
        ok(owners.prefer(api, ada, **ended))
        assert decisions(api, ada.headers) == {**AGREED, "mail_measurement": "withdrawn"}
        assert ask(api, key, ada.subject).status_code == 200

    @pytest.mark.parametrize(
        "purpose", ["run_account", "service_messages", "products_phone", "nothing", None]
    )
    def test_only_for_mails_that_may_be_refused(
        self, api: Api, key: str, ada: Person, purpose: Any
    ) -> None:
        refused = problem(ask(api, key, ada.subject, purpose), 400)
        assert pointers(refused) == ["/purpose"]

    def test_only_with_the_scope(self, api: Api, stack: DeployedStack, ada: Person) -> None:
        other = make_key(stack, "another", "introspection")[1]
        problem(ask(api, other, ada.subject), 403)
        problem(ask(api, ada.token, ada.subject), 401)
        body = {"subject": ada.subject, "purpose": NEWSLETTER}
        problem(api.post(ISSUE, json=body), 401)


def _arrive(api: Api, person: Person, country: str) -> None:
    body = {"email": person.email, "password": people.PASSWORD}
    headers = {"CloudFront-Viewer-Country": country}
    ok(api.post("/v1/sessions", headers=headers, json=body), 201)
