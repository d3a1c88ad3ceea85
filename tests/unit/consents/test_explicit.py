"""Explicit consent is said by itself at every door, and recorded as explicit."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib import clock
from chalicelib.accounts.contract.profile import PREFERENCES
from chalicelib.accounts.contract.registration import REGISTER
from chalicelib.accounts.service.forms import described
from chalicelib.catalogue import STORED
from chalicelib.consents import explicit
from chalicelib.consents.contract.operations import CAPTURE
from chalicelib.consents.contract.schemas import ENTRY
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.presentation import entry_shown
from chalicelib.consents.service import capture as service
from chalicelib.consents.service.capture import Caller
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.receipts.schema import CONTENT
from chalicelib.storage import reads
from chalicelib.web.contract import Operation
from tests.unit.consents.test_capture_rules import TOKEN, Table, Write
from tests.unit.core.samples import NOW, association, association_document
from tests.unit.receipts.samples import entry, said

ASKED = "I agree that my allergies are used to plan the plots."
BODY: dict[str, Any] = {"notice_version": "2025-03-01", "source": "preference_centre"}


@cache
def notice() -> Notice:
    """The association knows of allergies, and uses them for the membership with a yes."""
    document = association_document()
    document["categories"][1]["special"] = "health"
    document["purposes"][0]["basis"]["condition"] = "explicit_consent"
    document["purposes"][0]["explicit_consent"] = {"en": ASKED}
    document["purposes"][2]["basis"]["condition"] = "legal_claims"
    return compile_notice(document, STORED)


def found(operation: Operation, body: dict[str, Any]) -> set[str]:
    """The places of all findings about a body."""
    schema = operation.body_schema(notice)
    assert schema is not None
    places = {
        "/" + "/".join(str(step) for step in one.absolute_path)
        for one in Draft202012Validator(schema).iter_errors(body)
    }
    assert operation.check is not None
    return places | {one.pointer for one in operation.check(notice(), body, NOW)}


@pytest.mark.parametrize("operation", [CAPTURE, PREFERENCES], ids=["capture", "preferences"])
class TestAtTheDoors:
    def body(self, operation: Operation, **members: Any) -> dict[str, Any]:
        given = {**BODY, **members}
        return given if operation is CAPTURE else {**given, "source": None}

    def places(self, operation: Operation, **members: Any) -> set[str]:
        body = self.body(operation, **members)
        return found(operation, {name: one for name, one in body.items() if one is not None})

    def test_a_yes_that_is_not_said_by_itself_is_refused(self, operation: Operation) -> None:
        decisions = {"membership": "granted", "newsletter": "granted"}
        assert self.places(operation, decisions=decisions) == {"/decisions/membership"}

    def test_one_that_is_counts_beside_others(self, operation: Operation) -> None:
        decisions = {"membership": "granted", "newsletter": "granted"}
        assert self.places(operation, decisions=decisions, explicit=["membership"]) == set()

    def test_a_no_needs_no_words(self, operation: Operation) -> None:
        assert self.places(operation, decisions={"membership": "denied"}) == set()

    def test_nothing_is_explicit_that_is_not_granted(self, operation: Operation) -> None:
        decisions = {"membership": "denied"}
        told = self.places(operation, decisions=decisions, explicit=["membership"])
        assert told == {"/explicit/0"}

    @pytest.mark.parametrize("wrong", ["membership", ["newsletter"], [1], {}])
    def test_it_lists_purposes_that_need_it(self, operation: Operation, wrong: Any) -> None:
        assert self.places(operation, decisions={"newsletter": "granted"}, explicit=wrong)


def test_a_banner_cannot_ask_for_it() -> None:
    body = {**BODY, "source": "banner", "decisions": {"membership": "granted"}}
    assert found(CAPTURE, {**body, "explicit": ["membership"]}) == {"/decisions/membership"}


def test_a_notice_without_special_data_has_no_such_member() -> None:
    for operation in (CAPTURE, PREFERENCES, REGISTER):
        schema: Any = operation.body_schema(association)
        assert "explicit" not in schema["properties"]


class TestRegistration:
    def places(self, **members: Any) -> set[str]:
        given: dict[str, Any] = {
            "email": "ada@example.com",
            "password": "tre pini e un cancello",
            "profile": {"member": {"full_name": "Ada"}},
            "locale": "en",
            "notice_version": "2025-03-01",
            "decisions": {},
        }
        return found(REGISTER, {**given, **members})

    def test_special_data_is_not_taken_without_it(self) -> None:
        profile = {"member": {"full_name": "Ada"}, "plot": {"number": "17b"}}
        assert self.places() == set()
        assert self.places(profile=profile) == {"/decisions/membership"}
        granted = {"membership": "granted"}
        assert self.places(profile=profile, decisions=granted) == {"/decisions/membership"}
        assert self.places(profile=profile, decisions=granted, explicit=["membership"]) == set()

    def test_the_form_has_its_words(self) -> None:
        choices = {one["purpose"]: one for one in described(notice(), "en")["choices"]}
        assert choices["membership"]["explicit"] == ASKED
        assert "explicit" not in choices["newsletter"]


def test_the_softwares_words_name_the_purpose_and_the_data() -> None:
    document = association_document()
    document["categories"][3]["special"] = "political_opinions"
    (choice,) = described(compile_notice(document, STORED), "en")["choices"]
    assert choice["explicit"] == (
        "I expressly consent that this data be used for “Send the seasonal letter”: "
        "Interests: political opinions (GDPR Article 9(1))."
    ).replace("Interests", document["categories"][3]["title"]["en"])


class TestTheRecord:
    @pytest.fixture
    def table(self, monkeypatch: pytest.MonkeyPatch) -> Table:
        playing = Table()
        monkeypatch.setattr(Write, "table", playing, raising=False)
        monkeypatch.setattr(service, "Transaction", Write)
        monkeypatch.setattr(reads, "together", playing.together)
        monkeypatch.setattr(clock, "now", lambda: NOW)
        monkeypatch.setattr(time, "sleep", lambda seconds: None)
        return playing

    def test_an_entry_keeps_which_consents_were_explicit(self, table: Table) -> None:
        shown = Shown(notice().version, notice().digest, "en", "preference_centre")
        for choices in (
            {"membership": Choice.GRANTED, "newsletter": Choice.GRANTED},
            {"membership": Choice.DENIED},
        ):
            service.capture(Caller(visitor=TOKEN), choices, shown, None, notice())
        granted, withdrawn = table.opened()
        assert granted.opened["explicit"] == ["membership"]
        assert "explicit" not in withdrawn.opened
        Draft202012Validator(ENTRY).validate(entry_shown(granted))

    def test_what_was_taken_over_from_elsewhere_is_not(self) -> None:
        choices = {"membership": Choice.GRANTED}
        assert explicit.recorded(choices, notice()) == {"explicit": ["membership"]}
        assert explicit.recorded(choices, notice(), {"membership"}) == {}

    def test_a_receipt_says_so(self) -> None:
        choices = {"membership": Choice.GRANTED, "newsletter": Choice.GRANTED}
        made = entry(notice(), choices, provenance=explicit.recorded(choices, notice()))
        told = said(made, notice(), "en")
        Draft202012Validator(CONTENT).validate(told)
        types = {one["purpose"]: one.get("consent_type") for one in told["events"]}
        assert types == {"membership": "explicit", "newsletter": None}
