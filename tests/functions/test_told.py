"""What people and their website see of a new version, before and after it takes effect.

On a stack of its own: all other tests go by the version that is in force there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from chalicelib.web.cursor import encode
from tests.functions import copies, people
from tests.functions.api import HTML, MARKDOWN, Api, ok, problem
from tests.functions.pages import kept, led_to, pressed_by
from tests.functions.stack import deployed
from tests.functions.test_notice_changes import publish, shipped
from tests.functions.told import (
    TOLD,
    Announced,
    changed,
    forget,
    is_sent,
    mail_to,
    seen_by_a_site,
)
from tests.functions.waiting import until

GRANTED = {"offers_email": "granted", "surveys": "granted"}
ASK_AGAIN = {
    "whole": False,
    "categories": ["interaction"],
    "recipients": [],
    "channels": [],
    "cookies": [],
    "cookie_classes": [],
}


@pytest.fixture(scope="module")
def announced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Announced]:
    with deployed(tmp_path_factory.mktemp("stack")) as stack:
        api = Api(stack)
        ada = people.signed_in(api, decisions=GRANTED)
        ben = people.signed_in(api, locale="en", decisions={"offers_email": "denied"})
        assert ok(api.get(TOLD, headers=ada.headers)) == {"items": [], "next": None}
        before = seen_by_a_site(api, ada.email)
        document = changed()
        publish(stack, tmp_path_factory.mktemp("documents"), document)
        forget(stack)
        for person in (ada, ben):
            people.mails(stack, person.email, count=2)
            sent = until(lambda who=person: is_sent(api, who))  # type: ignore[misc]
            assert sent, f"{person.email} was not told"
        yield Announced(
            api=api,
            ada=ada,
            ben=ben,
            first=shipped()["version"],
            version=document["version"],
            effective_at=datetime.fromisoformat(document["effective_at"]),
            before=before,
        )


@pytest.fixture
def right_time(announced: Announced) -> Iterator[None]:
    """Sets the clock back to before the version takes effect."""
    yield
    announced.api.stack.move_clock(90)


class TestAccount:
    def test_who_agreed_is_told_and_asked_again(self, announced: Announced) -> None:
        told = announced.told(announced.ada)
        assert (told["version"], told["status"]) == (announced.version, "sent")
        assert told["ask"] == ["offers_email"]
        assert datetime.fromisoformat(told["effective_at"]) == announced.effective_at
        assert told["created_at"] <= told["sent_at"]
        assert (told["bounced_at"], told["seen_at"]) == (None, None)

    def test_who_refused_is_told_of_the_rest_alone(self, announced: Announced) -> None:
        told = announced.told(announced.ben)
        assert (told["version"], told["ask"]) == (announced.version, [])

    def test_the_difference_is_where_it_says(self, announced: Announced) -> None:
        address = announced.told(announced.ada)["changes"]
        assert address.startswith(announced.api.base_url)
        shown = ok(announced.api.get(address.removeprefix(announced.api.base_url)))
        assert (shown["from"], shown["to"]) == (announced.first, announced.version)

    def test_nobody_else_sees_it(self, announced: Announced) -> None:
        api = announced.api
        stranger = people.signed_in(api)
        problem(api.get(TOLD), 401)
        problem(api.post(f"{TOLD}/{announced.version}/seen"), 401)
        problem(announced.see(stranger, "1999-01-01"), 404)
        assert announced.told(announced.ben)["seen_at"] is None

    @pytest.mark.parametrize("version", ["1999-01-01", "x", "%2e%2e", "pointer", "2026-11-22%0a"])
    def test_what_one_was_not_told_of_cannot_be_seen(
        self, announced: Announced, version: str
    ) -> None:
        answer = announced.see(announced.ada, version)
        assert 400 <= answer.status_code < 500, answer.text
        problem(announced.see(announced.ada, announced.first), 404)

    def test_a_cursor_that_names_no_version_leads_nowhere_else(self, announced: Announced) -> None:
        cursor = encode({"id": "a.b"})
        answer = announced.api.get(TOLD, headers=announced.ada.headers, params={"cursor": cursor})
        assert answer.status_code < 500
        listed = announced.api.get("/v1/notices", params={"cursor": cursor})
        assert listed.status_code < 500

    @pytest.mark.parametrize("cursor", ["", "x", "eyJpZCI6IiJ9"])
    def test_a_cursor_of_nothing_is_refused(self, announced: Announced, cursor: str) -> None:
        answer = announced.api.get(TOLD, headers=announced.ada.headers, params={"cursor": cursor})
        problem(answer, 400)

    def test_seen_is_what_its_person_says_and_counts_once(self, announced: Announced) -> None:
        api, ben = announced.api, announced.ben
        path = "/account/messages"
        page = api.get(path, headers=kept(ben.token))
        assert (page.status_code, announced.version in page.text) == (200, True)
        pressed = pressed_by(api, ben.token, path, version=announced.version)
        assert led_to(api, pressed) == f"{path} seen"
        first = announced.told(ben)
        assert (first["status"], first["sent_at"] is None) == ("seen", False)
        assert first["sent_at"] <= first["seen_at"]
        assert announced.see(ben).status_code == 204
        assert announced.told(ben) == first
        assert announced.told(announced.ada)["status"] == "sent"

    def test_the_copy_of_ones_data_tells_it(self, announced: Announced) -> None:
        api, ada = announced.api, announced.ada
        (item,) = copies.download(api, ada, copies.ready(api, ada)).fields("obligation")
        told = announced.told(ada)
        assert item["ask"] == ["offers_email"]
        assert (item["notice_version"], item["status"]) == (announced.version, "sent")
        assert item["sent_at"] == told["sent_at"]


class TestMail:
    def test_says_what_changes_for_who_agreed(self, announced: Announced) -> None:
        text = mail_to(announced, announced.ada)
        assert text.startswith("Buongiorno,")
        assert "Dati di un’altra categoria" in text
        assert "6 anni invece di 5 anni" in text
        assert "cambia solo l’ordine" not in text
        assert "Le chiederemo di nuovo una scelta" in text
        link = (
            f"{announced.api.base_url}/notice/{announced.version}/changes"
            f"?since={announced.first}&lang=it"
        )
        assert link in text

    def test_says_nothing_of_consent_to_who_refused(self, announced: Announced) -> None:
        text = mail_to(announced, announced.ben)
        assert text.startswith("Hello,")
        assert "6 years instead of 5 years" in text
        assert "category" not in text
        assert "choose again" not in text


class TestSite:
    def test_nothing_is_shown_before_there_is_a_change(self, announced: Announced) -> None:
        before = announced.before
        assert (before["notice"], before["sign_in"]) == (None, None)
        assert before["versions"] == {announced.first: "in_force"}

    def test_a_change_is_shown_before_it_takes_effect(self, announced: Announced) -> None:
        shown = seen_by_a_site(announced.api, announced.ada.email)
        announcement = shown["notice"]
        assert announcement == shown["sign_in"]
        assert shown["tag"] != announced.before["tag"]
        assert (announcement["version"], announcement["since"]) == (
            announced.version,
            announced.first,
        )
        assert announcement["effect"] == "material"
        assert datetime.fromisoformat(announcement["effective_at"]) == announced.effective_at
        until_when = datetime.fromisoformat(announcement["show_until"])
        assert until_when == announced.effective_at + timedelta(days=30)
        assert shown["versions"] == {
            announced.version: "scheduled",
            announced.first: "in_force",
        }
        address = announcement["changes"].removeprefix(announced.api.base_url)
        assert ok(announced.api.get(address))["to"] == announced.version

    @pytest.mark.parametrize(
        ("form", "locale", "words"),
        [
            (HTML, "it", "Una nuova versione di questa informativa entra in vigore"),
            (HTML, "en", "A new version of this notice takes effect"),
            (MARKDOWN, "it", "Una nuova versione di questa informativa entra in vigore"),
            (MARKDOWN, "en", "A new version of this notice takes effect"),
        ],
    )
    def test_readers_of_the_notice_are_told(
        self, announced: Announced, form: str, locale: str, words: str
    ) -> None:
        headers = {"Accept": form, "Accept-Language": locale}
        answer = announced.api.get("/v1/notice", headers=headers)
        assert words in answer.content.decode()
        tag = answer.headers["ETag"]
        again = announced.api.get("/v1/notice", headers={**headers, "If-None-Match": tag})
        assert (again.status_code, again.headers["ETag"]) == (304, tag)
        version = announced.api.get(f"/v1/notices/{announced.first}", headers=headers)
        assert words not in version.content.decode()

    @pytest.mark.usefixtures("right_time")
    def test_it_is_shown_for_a_while_after_it_took_effect(self, announced: Announced) -> None:
        announced.after(1)
        shown = seen_by_a_site(announced.api, announced.ada.email)
        assert shown["notice"]["version"] == announced.version
        assert shown["versions"] == {
            announced.version: "in_force",
            announced.first: "superseded",
        }
        page = announced.api.get("/v1/notice", headers={"Accept": HTML, "Accept-Language": "en"})
        assert "A new version of this notice took effect on" in page.content.decode()
        announced.after(31)
        later = seen_by_a_site(announced.api, announced.ada.email)
        assert (later["notice"], later["sign_in"]) == (None, None)
        assert later["tag"] != shown["tag"]


class TestDecisions:
    def test_nothing_is_asked_again_before_the_version_is_in_force(
        self, announced: Announced
    ) -> None:
        stands = announced.decisions(announced.ada)
        assert {one["notice_version"] for one in stands.values()} == {announced.first}
        assert [one["ask_again"] for one in stands.values()] == [None, None]

    @pytest.mark.usefixtures("right_time")
    def test_only_what_was_widened_is_asked_again_until_it_is_answered(
        self, announced: Announced
    ) -> None:
        ada = announced.after(1)
        stands = announced.decisions(ada)
        offers = stands["offers_email"]
        assert (offers["decision"], offers["recorded"]) == ("ask_again", "granted")
        assert stands["offers_email"]["ask_again"] == ASK_AGAIN
        assert stands["surveys"]["ask_again"] is None
        ben = people.sign_in(announced.api, announced.ben.email)
        assert announced.decisions(ben)["offers_email"]["ask_again"] is None
        body = {
            "notice_version": announced.version,
            "decisions": {"offers_email": "granted"},
            "source": "preference_centre",
        }
        answered = ok(announced.api.post("/v1/consents", headers=ada.headers, json=body), 201)[
            "standing"
        ]
        assert answered["offers_email"]["notice_version"] == announced.version
        assert answered["offers_email"]["ask_again"] is None
        assert answered["surveys"]["notice_version"] == announced.first
        assert json.dumps(answered, sort_keys=True) == json.dumps(
            announced.decisions(ada), sort_keys=True
        )
