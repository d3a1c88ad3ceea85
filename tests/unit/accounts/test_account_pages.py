"""The pages of one's own account as rendered, in every language and with hostile values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.accounts.contract.account_pages import correction, name_of
from chalicelib.accounts.pages.profile import seen
from chalicelib.accounts.service import credentials as credentials_service
from chalicelib.accounts.service import deactivation, preferences, profile, signout
from chalicelib.catalogue import STORED
from chalicelib.errors import Forbidden, PreconditionFailed, Unauthenticated
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import FieldRef
from chalicelib.pages.words import words
from chalicelib.publications.model import Status
from chalicelib.requests.machine import Status as RequestStatus
from chalicelib.requests.model import timed
from chalicelib.sessions.model import Opened
from chalicelib.subjects.model import Asked
from tests.product import product_document
from tests.unit.accounts.owner import (
    HERE,
    LOCALES,
    PAGES,
    THERE,
    Person,
    arrived,
    everything,
    in_force,
    obligation,
    pressed,
    request,
    session,
    shown,
)
from tests.unit.accounts.visitor import HOSTILE, PUBLIC
from tests.unit.core.samples import NOW, association, shipped
from tests.unit.web.accessible import check_accessible, contents


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    return arrived(monkeypatch)


@pytest.mark.parametrize("full", [False, True], ids=["empty", "full"])
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", PAGES)
def test_everybody_can_read_every_page(person: Person, path: str, locale: str, full: bool) -> None:
    if full:
        everything(person)
    page = shown(path, locale)
    assert page.status == 200
    assert page.headers["Cache-Control"] == "no-store"
    tree = check_accessible(page.text, locale)
    assert "<script>alert" not in page.text
    assert {one["method"] for one in tree.all("form")} <= {"post"}
    assert all("novalidate" in one for one in tree.all("form"))


@pytest.mark.parametrize("path", PAGES)
def test_a_notice_in_one_language_renders_every_page(
    person: Person, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    in_force(monkeypatch, association())
    for _ in range(2):
        page = shown(path)
        assert page.status == 200
        check_accessible(page.text, page.headers["Content-Language"])
        assert shipped().site_name not in page.text
        everything(person)


@pytest.mark.parametrize("path", PAGES)
def test_the_words_of_a_notice_are_text(
    person: Person, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    document = product_document()
    for one in (*document["categories"], *document["rights"]):
        one["title"] = dict.fromkeys(one["title"], HOSTILE)
    in_force(monkeypatch, compile_notice(document, STORED))
    everything(person)
    page = shown(path, "it")
    check_accessible(page.text, "it")
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_speaks_the_language_of_the_account(person: Person, path: str) -> None:
    person.standing = replace(person.standing, locale="de")
    assert shown(path).headers["Content-Language"] == "de"


class TestOverview:
    def test_shows_what_waits_and_nothing_that_is_over(self, person: Person) -> None:
        person.obligations = [
            obligation("2026-12-01", Status.SENT),
            obligation("2026-11-01", Status.SEEN),
            obligation("2026-10-01", Status.WITHDRAWING),
        ]
        person.requests = [
            request("copy", RequestStatus.IN_PROGRESS),
            request("erase", RequestStatus.COMPLETED),
        ]
        said = " ".join(contents(shown("/account", "en").text).said)
        assert "2026-12-01" in said
        assert "2026-11-01" not in said
        assert "2026-10-01" not in said
        due = timed(person.requests[0], shipped(), NOW).deadline.due_on
        assert due > date(2026, 11, 22)
        assert str(due.day) in said
        tree = contents(shown("/account", "en").text)
        to = [str(one["href"]).partition("?")[0] for one in tree.all("a")]
        assert to.count(f"{PUBLIC}/account/requests/{'r' * 26}") == 1

    def test_says_that_nothing_waits(self, person: Person) -> None:
        assert words("overview", "it")["nothing"] in contents(shown("/account", "it").text).said

    @pytest.mark.parametrize(("count", "more"), [(20, False), (21, True)])
    def test_leads_on_to_what_it_does_not_show(
        self, person: Person, count: int, more: bool
    ) -> None:
        person.obligations = [obligation("2026-12-01", Status.SENT)] * count
        person.requests = [request("copy", RequestStatus.RECEIVED)] * count
        assert self._leads_on() == (20, 20, more, more)

    def test_leads_on_where_not_everything_was_looked_through(self, person: Person) -> None:
        person.more = "m"
        assert self._leads_on() == (0, 0, True, True)
        nothing = words("overview", "en")["nothing"]
        assert nothing not in contents(shown("/account", "en").text).said

    def _leads_on(self) -> tuple[int, int, bool, bool]:
        tree, said = contents(shown("/account", "en").text), words("overview", "en")
        to = [str(one["href"]).partition("?")[0] for one in tree.all("a")]
        changes = [one for one in to if one.endswith("/2026-12-01/changes")]
        requests = [one for one in to if one.endswith("r" * 26)]
        ways = [said[f"more_{name}"] in tree.said for name in ("changes", "requests")]
        return len(changes), len(requests), ways[0], ways[1]

    def test_counts_the_choices_to_confirm(self, person: Person) -> None:
        (first, *_) = shipped().choices
        person.standing = replace(
            person.standing, asks={first: Asked(1, NOW), "gone": Asked(2, NOW)}
        )
        told_choices = words("overview", "en")["choices"].format(count=1)
        assert told_choices in contents(shown("/account", "en").text).said


class TestProfile:
    NAME = "profile.identity.name"

    def test_shows_what_is_recorded_and_sends_back_what_it_saw(self, person: Person) -> None:
        person.profile = {"identity": {"name": "Ada <b>", "email": "ada@example.org"}}
        tree = contents(shown("/account/profile", "en").text)
        assert tree.by_id(f"field-{self.NAME}")[1]["value"] == "Ada <b>"
        assert [one["value"] for one in tree.all("input") if one.get("name") == "seen"] == [
            seen(person.account)
        ]

    def test_an_emptied_field_goes_and_the_address_is_not_touched(self) -> None:
        notice = shipped()
        body = correction({self.NAME: "Ada"}, notice)
        form = notice.forms["registration"]
        assert body["profile"]["identity"]["name"] == "Ada"
        assert form.address is not None
        assert form.address.field not in body["profile"].get(form.address.category, {})
        others = form.required | form.optional
        for ref in others - {form.address, FieldRef("identity", "name")}:
            assert body["profile"][ref.category][ref.field] is None

    def test_a_refused_form_comes_back_whole(self, person: Person) -> None:
        person.profile = {"identity": {"name": "Ada"}}
        fields = {"seen": "x", self.NAME: "Grace", "profile.identity.phone": "12"}
        page = pressed("/account/profile", **fields)
        assert page.status == 400
        assert "<title>Error: " in page.text
        tree = check_accessible(page.text, "en")
        assert tree.by_id(f"field-{self.NAME}")[1]["value"] == "Grace"
        phone = tree.by_id("field-profile.identity.phone")[1]
        assert (phone["value"], phone["aria-invalid"]) == ("12", "true")

    def test_a_change_elsewhere_is_not_overwritten(
        self, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def correct(_: object, __: object, as_seen: Any, ___: object) -> None:
            assert not as_seen(person.account)
            raise PreconditionFailed("The account was changed meanwhile; read it again.")

        monkeypatch.setattr(profile, "correct", correct)
        page = pressed("/account/profile", seen="of yesterday", **{self.NAME: "Grace"})
        assert page.status == 412
        assert words("errors", "en")["problem_412"] in contents(page.text).said

    def test_names_each_field_once(self) -> None:
        form = shipped().forms["registration"]
        names = [name_of(one) for one in form.required | form.optional]
        assert len(names) == len(set(names))


class TestPassword:
    @pytest.mark.parametrize(
        ("type", "field"),
        [
            ("wrong-password", "current_password"),
            ("second-factor-needed", "code"),
            ("second-factor-wrong", "code"),
        ],
    )
    def test_a_refusal_stands_beside_its_field(
        self, person: Person, monkeypatch: pytest.MonkeyPatch, type: str, field: str
    ) -> None:
        refusal = Forbidden if field == "current_password" else Unauthenticated

        def change(*_: object) -> None:
            raise refusal("No.", type=type)

        person.opened = Opened(second_factor=True)
        monkeypatch.setattr(credentials_service, "change", change)
        page = pressed("/account/password", current_password="secret-a", password="secret-b")
        assert page.status == refusal.status
        tree = check_accessible(page.text, "en")
        assert tree.by_id(f"field-{field}")[1]["aria-invalid"] == "true"
        (alert,) = [one["href"] for one in tree.all("a") if str(one["href"]).startswith("#field")]
        assert alert == f"#field-{field}"
        assert "secret-" not in page.text

    def test_asks_for_a_code_only_where_there_is_a_second_factor(self, person: Person) -> None:
        assert 'name="code"' not in shown("/account/password").text
        person.opened = Opened(second_factor=True)
        assert 'name="code"' in shown("/account/password").text


class TestLeaving:
    @pytest.mark.parametrize("locale", LOCALES)
    def test_both_ways_have_the_same_weight(self, person: Person, locale: str) -> None:
        tree = contents(shown("/account/leave", locale).text)
        stop = [one["class"] for one in tree.all("button") if one.get("name") == "act"]
        erase = [one["class"] for one in tree.all("a") if "right=erase" in str(one["href"])]
        assert stop == erase == ["button second"]

    def test_without_deactivation_there_is_erasure_alone(
        self, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        notice = shipped()
        others = {name: one for name, one in notice.rights.items() if name != "deactivate"}
        in_force(monkeypatch, replace(notice, rights=others))
        tree = contents(shown("/account/leave", "it").text)
        assert [one for one in tree.all("button") if one.get("name") == "act"] == []
        assert [one for one in tree.all("a") if "right=erase" in str(one["href"])] != []

    @pytest.mark.parametrize(("act", "word"), [("stop", "stopped"), ("resume", "resumed")])
    def test_does_what_the_button_says(
        self, person: Person, monkeypatch: pytest.MonkeyPatch, act: str, word: str
    ) -> None:
        done: list[str] = []
        monkeypatch.setattr(deactivation, "deactivate", lambda *_: done.append("stop"))
        monkeypatch.setattr(deactivation, "reactivate", lambda *_: done.append("resume"))
        answer = pressed("/account/leave", act=act)
        assert answer.headers["Location"] == f"{PUBLIC}/account/leave?done={word}&lang=en"
        assert done == [act]
        assert pressed("/account/leave", act="else").status == 400


class TestDevices:
    def test_marks_this_one_and_each_button_says_which(self, person: Person) -> None:
        person.sessions = [session(HERE, Opened(True, "203.0.113.0/24", "IT")), session(THERE)]
        page = shown("/account/sessions", "en")
        tree = check_accessible(page.text, "en")
        buttons = [one["value"] for one in tree.all("button") if one.get("name") == "end"]
        assert buttons == [HERE, THERE, "all"]
        assert tree.said.count(words("sessions", "en")["this"]) == 1
        assert "Italy" in page.text
        assert words("sessions", "en")["unknown"] in tree.said

    @pytest.mark.parametrize(
        ("end", "own", "to"),
        [
            (THERE, False, "/account/sessions?done=ended"),
            (HERE, True, "/?done=signed_out"),
            ("all", True, "/?done=signed_out"),
        ],
    )
    def test_the_cookie_ends_with_this_session(
        self, person: Person, monkeypatch: pytest.MonkeyPatch, end: str, own: bool, to: str
    ) -> None:
        monkeypatch.setattr(signout, "sign_out", lambda *_: own)
        monkeypatch.setattr(signout, "sign_out_everywhere", lambda *_: None)
        answer = pressed("/account/sessions", end=end)
        assert answer.headers["Location"] == f"{PUBLIC}{to}&lang=en"
        assert ("Set-Cookie" in answer.headers) is own


class TestSettings:
    def test_says_no_and_yes_as_they_stand_and_sets_both(
        self, person: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept: list[Any] = []
        monkeypatch.setattr(preferences, "prefer", lambda *given: kept.append(given[1]))
        kinds = [one.id for one in shipped().notifications.values() if one.optional]
        fields = {f"notifications.{one}": "no" for one in kinds}
        answer = pressed("/account/preferences", locale="it", **fields)
        assert answer.headers["Location"] == f"{PUBLIC}/account/preferences?done=saved&lang=en"
        off = {"notifications": dict.fromkeys(kinds, False)} if kinds else {}
        assert kept == [{"locale": "it"} | off]

    def test_a_language_that_the_notice_has_not_is_refused(self, person: Person) -> None:
        page = pressed("/account/preferences", locale="xx")
        assert page.status == 400
        check_accessible(page.text, "en")


class TestMessages:
    def test_only_what_was_not_seen_has_a_button(self, person: Person) -> None:
        unseen = obligation("2026-12-01", Status.SENT)
        person.obligations = [unseen, replace(unseen, version="2026-11-01", seen_at=NOW)]
        tree = check_accessible(shown("/account/messages", "en").text, "en")
        buttons = [one["value"] for one in tree.all("button") if one.get("name") == "version"]
        assert buttons == ["2026-12-01"]


class TestAddress:
    def test_a_refusal_keeps_the_address_and_stands_beside_its_field(self, person: Person) -> None:
        page = pressed("/account/email", email="nobody", current_password="secret-a")
        assert page.status == 400
        tree = check_accessible(page.text, "en")
        field = tree.by_id("field-email")[1]
        assert (field["value"], field["aria-invalid"]) == ("nobody", "true")
        assert "secret-a" not in page.text
