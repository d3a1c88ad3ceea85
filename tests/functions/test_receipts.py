"""Receipts: fetched by their person alone, as data and as a document."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import rfc8785

from tests.functions import hostile, ledger, people, tables
from tests.functions.api import HTML, Api, ok, problem, whats_wrong_with
from tests.functions.people import Person
from tests.functions.receipts import (
    CHOICES,
    decide,
    fetched,
    read_with_the_published_key,
    verdict,
)
from tests.functions.stack import DeployedStack
from tests.unit.web.accessible import check_accessible


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def person(api: Api) -> Person:
    return people.signed_in(api, decisions={"surveys": "granted"})


def digest(value: dict[str, Any]) -> str:
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


class TestFetching:
    def test_a_visitor_fetches_and_verifies_one(self, api: Api) -> None:
        token = people.new_visitor()
        entry_id = decide(api, people.visitor(token), CHOICES, locale="en")
        found = fetched(api, people.visitor(token), entry_id)
        assert found["entry_id"] == entry_id
        assert verdict(api, found["receipt"]) == {
            "valid": True,
            "reason": None,
            "content": found["content"],
        }
        assert read_with_the_published_key(api, found["receipt"]) == found["content"]
        said = {one["purpose"]: one["event_state"] for one in found["content"]["events"]}
        assert said == CHOICES
        assert found["content"]["pii_processing"]["privacy_notice"]["language"] == "en"

    def test_an_account_fetches_and_verifies_one(self, api: Api, person: Person) -> None:
        entry_id = decide(api, person.headers, {"surveys": "denied"}, source="preference_centre")
        found = fetched(api, person.headers, entry_id)
        assert verdict(api, found["receipt"])["content"] == found["content"]
        assert read_with_the_published_key(api, found["receipt"]) == found["content"]
        (event,) = found["content"]["events"]
        assert (event["purpose"], event["event_state"]) == ("surveys", "withdrawn")
        assert found["content"]["record_metadata"]["pii_principal_id"] == person.subject

    def test_registration_has_its_receipt(self, api: Api, person: Person) -> None:
        found = fetched(api, person.headers, f"{person.subject}.1")["content"]
        assert found["entry"]["source"] == "registration"
        assert [one["event_state"] for one in found["events"]] == ["granted"]

    def test_it_is_the_ledger_s_entry_and_can_be_computed_again(
        self, api: Api, person: Person
    ) -> None:
        evidence = api.get("/v1/notice").headers["Riserbo-Notice-Evidence"]
        entry_id = decide(api, person.headers, {"promotion": "granted"}, evidence=evidence)
        found = fetched(api, person.headers, entry_id)["content"]
        (stored,) = [one for one in ledger.entries(api.stack, person.subject) if one.id == entry_id]
        listed = found["entry"]
        opened, own = listed.pop("opened"), listed.pop("hash")
        assert opened["evidence"] == evidence
        assert digest(opened) == listed["commitment"] == stored.commitment
        assert digest({"subject": person.subject, **listed}) == own == stored.hash

    def test_it_says_what_the_notice_says(self, api: Api, person: Person) -> None:
        entry_id = decide(api, person.headers, {"offers_email": "denied"}, locale="it")
        found = fetched(api, person.headers, entry_id)["content"]["pii_processing"]
        notice = ok(api.get(f"/v1/notices/{found['privacy_notice']['version']}"))
        assert found["privacy_notice"]["digest"] == notice["digest"]
        (declared,) = [p for p in notice["document"]["purposes"] if p["id"] == "offers_email"]
        (told,) = found["purposes"]
        assert told["title"] == declared["title"]["it"]
        assert told["lawful_basis"]["kind"] == declared["basis"]["kind"]
        assert told["pii_information"] == declared["categories"]
        assert told["recipients"] == declared["recipients"]
        assert {one["id"] for one in found["pii_information"]} == set(declared["categories"])

    def test_nothing_that_names_the_person_is_in_it(self, api: Api) -> None:
        profile = {"identity": {"name": "Ortensia Vallombrosa"}}
        somebody = people.signed_in(api, profile=profile, decisions={"surveys": "granted"})
        found = fetched(api, somebody.headers, f"{somebody.subject}.1")
        told = json.dumps(found["content"])
        assert "Vallombrosa" not in told
        assert somebody.email not in told

    def test_fetched_twice_it_is_signed_twice_about_the_same(
        self, api: Api, person: Person
    ) -> None:
        one, two = (fetched(api, person.headers, f"{person.subject}.1") for _ in range(2))
        assert one["receipt"] != two["receipt"]
        del one["content"]["iat"], two["content"]["iat"]
        assert one["content"] == two["content"]

    def test_nothing_is_stored_for_it(self, api: Api, person: Person) -> None:
        before = tables.partition(api.stack, person.subject)
        found = fetched(api, person.headers, f"{person.subject}.1")
        verdict(api, found["receipt"])
        assert tables.partition(api.stack, person.subject) == before


class TestDocument:
    @pytest.mark.parametrize(
        ("language", "title"),
        [("it", "Ricevuta delle Sue scelte"), ("en", "Receipt of your choices")],
    )
    def test_its_person_gets_a_document(
        self, api: Api, person: Person, language: str, title: str
    ) -> None:
        headers = {**person.headers, "Accept": HTML, "Accept-Language": language}
        answer = api.get(f"/v1/receipts/{person.subject}.1", headers=headers)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["Content-Language"] == language
        assert answer.headers["Cache-Control"] == "no-store"
        tree = check_accessible(answer.text, language)
        assert title in tree.said
        assert verdict(api, _signed(tree.said))["valid"]

    def test_refusals_are_pages_too(self, api: Api, person: Person) -> None:
        headers = {**person.headers, "Accept": HTML, "Accept-Language": "it"}
        answer = api.get(f"/v1/receipts/{person.subject}.9999", headers=headers)
        assert answer.status_code == 404
        check_accessible(answer.text, "it")

    def test_no_other_form(self, api: Api, person: Person) -> None:
        headers = {**person.headers, "Accept": "application/pdf"}
        problem(api.get(f"/v1/receipts/{person.subject}.1", headers=headers), 406)


def _signed(said: list[str]) -> str:
    (found,) = [text for text in said if text.startswith("eyJ") and text.count(".") == 2]
    return found


class TestWhoseItIs:
    def test_another_s_receipt_is_not_there(self, api: Api, person: Person) -> None:
        other, token = people.signed_in(api), people.new_visitor()
        theirs = decide(api, people.visitor(token), CHOICES)
        stranger = people.visitor(people.new_visitor())
        for entry_id, headers in (
            (f"{person.subject}.1", other.headers),
            (f"{person.subject}.1", people.visitor(token)),
            (theirs, person.headers),
            (theirs, stranger),
        ):
            refused = problem(api.get(f"/v1/receipts/{entry_id}", headers=headers), 404)
            missing = f"/v1/receipts/{entry_id.partition('.')[0]}.424242"
            assert refused == problem(api.get(missing, headers=headers), 404)

    def test_nobody_gets_one_without_credentials(self, api: Api, person: Person) -> None:
        problem(api.get(f"/v1/receipts/{person.subject}.1"), 401)
        ended = people.sign_in(api, person.email)
        assert api.delete("/v1/sessions/current", headers=ended.headers).status_code == 204
        problem(api.get(f"/v1/receipts/{person.subject}.1", headers=ended.headers), 401)

    @pytest.mark.parametrize("segment", [*hostile.SEGMENTS, "verify", "a.b", "x" * 128])
    def test_what_is_no_entry_is_not_there(self, api: Api, person: Person, segment: str) -> None:
        refused = api.get(f"/v1/receipts/{segment}", headers=person.headers)
        assert not whats_wrong_with(refused)

    @pytest.mark.parametrize(("headers", "status"), hostile.HEADERS)
    def test_credentials(
        self, api: Api, person: Person, headers: dict[str, str], status: int
    ) -> None:
        sent = {name: value.encode().decode("latin-1") for name, value in headers.items()}
        problem(api.get(f"/v1/receipts/{person.subject}.1", headers=sent), status)
