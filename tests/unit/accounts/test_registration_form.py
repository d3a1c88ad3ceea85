"""The forms of registering: the bodies that their fields stand for, and what is wrong in them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.contract.registration_pages import (
    REGISTER_FORM,
    VERIFICATION_FORM,
    proof,
    registration,
)
from chalicelib.web.pages.contract import PageOperation
from chalicelib.web.wiring import wired
from tests.unit.accounts.visitor import ONCE, PUBLIC, TOKEN, sent
from tests.unit.consents.test_explicit import ASKED, notice
from tests.unit.core.samples import NOW, shipped
from tests.unit.web.accessible import contents

NAMES = [
    *("email", "password", "locale", "notice_version", "of_age", "code", "token", "alone", "x"),
    *("profile", "profile.identity", "profile.identity.name", "profile.identity.name.x"),
    *("decisions", "decisions.surveys", "decisions.x.y", "explicit", "..", "a.b"),
]
FIELDS = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=9), st.text(max_size=30))


def findings(operation: PageOperation, fields: dict[str, str]) -> Any:
    assert operation.check is not None
    body: Any = fields
    return operation.check(shipped(), body, NOW)


def test_fields_are_nested_as_the_operation_takes_them() -> None:
    fields = {
        "email": "ada@example.org",
        "of_age": "yes",
        "profile.identity.name": "Ada",
        "profile.company.name": "Engines",
        "decisions.surveys": "denied",
    }
    assert registration(fields, shipped()) == {
        "email": "ada@example.org",
        "of_age": True,
        "profile": {"identity": {"name": "Ada"}, "company": {"name": "Engines"}},
        "decisions": {"surveys": "denied"},
    }
    assert registration({}, shipped()) == {"decisions": {}}


@pytest.mark.parametrize(("choice", "said"), [("granted", ["membership"]), ("denied", None)])
def test_a_yes_to_a_question_of_its_own_is_explicit(choice: str, said: list[str] | None) -> None:
    body = registration({"decisions.membership": choice, "decisions.newsletter": choice}, notice())
    assert body.get("explicit") == said


def test_a_code_is_read_without_spaces_and_the_address_alone_without_password() -> None:
    fields = {"email": "a@example.org", "code": " 1234 5678 ", "password": "x", "alone": "yes"}
    assert proof(fields) == {"email": "a@example.org", "code": "12345678"}
    assert proof({"token": "t", "password": "x"}) == {"token": "t", "password": "x"}


def test_an_empty_field_never_drops_a_registration() -> None:
    """A proof without a password does: only its own button sends one."""
    assert [one.pointer for one in findings(VERIFICATION_FORM, {"token": "t"})] == ["/password"]
    assert findings(VERIFICATION_FORM, {"token": "t", "alone": "yes"}) == ()


@given(FIELDS)
def test_any_fields_can_be_checked(fields: dict[str, str]) -> None:
    for operation in (REGISTER_FORM, VERIFICATION_FORM):
        assert all(one.detail for one in findings(operation, fields))


class TestShownAgain:
    @pytest.fixture(autouse=True)
    def of_the_product(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(wired(), "notice", shipped)
        monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)

    def test_with_the_version_in_force_where_another_was_read(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fields = {
            "once": ONCE,
            "email": "ada@example.org",
            "password": "correct horse battery staple",
            "locale": "it",
            "notice_version": "2020-01-01",
            "decisions.surveys": "granted",
        }
        monkeypatch.setattr(wired(), "idempotency", lambda: None)
        monkeypatch.setattr("chalicelib.web.idempotency.run_once", _run)
        page = sent("accounts", "/register", fields, "it")
        assert page.status == 422
        tree = contents(page.text)
        assert any("nuova versione" in one for one in tree.said)
        inputs = {one["name"]: one for one in tree.all("input")}
        assert inputs["notice_version"]["value"] == shipped().version
        assert "checked" in tree.by_id("field-decisions.surveys-yes")[1]

    def test_with_the_words_that_ask_for_explicit_consent(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(wired(), "notice", notice)
        page = sent("accounts", "/register", {"once": ONCE, "token": TOKEN}, "en")
        assert page.status == 400
        assert any(ASKED in one for one in contents(page.text).said)


def _run(_items: object, _caller: object, _key: object, _payload: object, act: Any, _: Any) -> Any:
    return act()
