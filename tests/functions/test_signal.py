"""`Sec-GPC: 1` from end to end: what it decides, what it leaves, and that it is recorded once."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.consents import model
from tests.functions import ledger, owners, people
from tests.functions.api import Api, ok, pointers, problem
from tests.functions.people import Person
from tests.functions.stack import DeployedStack

GPC = {"Sec-GPC": "1"}
ADS, MEASURED = "advertising_cookies", "site_measurement"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture(scope="module")
def asked(api: Api) -> set[str]:
    """The purposes that the published notice lets the signal deny."""
    document = ok(api.get(f"/v1/notices/{api.notice_version()}"))
    found = {one["id"] for one in document["document"]["purposes"] if one.get("signals")}
    assert ADS in found
    return found


def decide(
    api: Api, headers: dict[str, str], decisions: dict[str, str], source: str, **more: Any
) -> Any:
    body = {"notice_version": api.notice_version(), "decisions": decisions, "source": source}
    return api.post("/v1/consents", headers=headers, json={**body, **more})


def entries(api: Api, headers: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(api.get("/v1/consents/ledger", headers=headers))["items"]
    return found


def decisions(standing: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {name: (one["decision"], one["origin"]) for name, one in standing.items()}


def test_it_goes_before_accept_all_and_is_in_the_same_entry(api: Api, asked: set[str]) -> None:
    visitor = people.visitor(people.new_visitor())
    given = {ADS: "granted", MEASURED: "granted"}
    captured = ok(decide(api, visitor | GPC, given, "banner"), 201)
    assert decisions(captured["standing"]) == {
        MEASURED: ("granted", "own"),
        **dict.fromkeys(asked, ("denied", "signal")),
    }
    (entry,) = entries(api, visitor)
    assert entry["entry_id"] == captured["entry_id"]
    assert entry["signal"] == {"gpc": sorted(asked)}
    assert entry["source"] == "banner"
    again = ok(decide(api, visitor | GPC, {}, "signal"), 201)
    assert again["entry_id"] == captured["entry_id"]
    assert again["standing"] == captured["standing"]
    assert len(entries(api, visitor)) == 1


def test_the_preference_centre_goes_before_it_and_stays(api: Api, asked: set[str]) -> None:
    visitor = people.visitor(people.new_visitor())
    chosen = ok(decide(api, visitor | GPC, {ADS: "granted"}, "preference_centre"), 201)
    expected = dict.fromkeys(asked, ("denied", "signal")) | {ADS: ("granted", "own")}
    assert decisions(chosen["standing"]) == expected
    for source, given in (("signal", {}), ("banner", {MEASURED: "denied"})):
        later = ok(decide(api, visitor | GPC, given, source), 201)["standing"]
        assert later[ADS] == chosen["standing"][ADS]


def test_it_withdraws_a_yes_that_was_given_before(api: Api) -> None:
    visitor = people.visitor(people.new_visitor())
    ok(decide(api, visitor, {ADS: "granted"}, "preference_centre"), 201)
    stands = ok(decide(api, visitor | GPC, {}, "signal"), 201)["standing"]
    assert decisions(stands)[ADS] == ("withdrawn", "signal")


def test_a_browser_seen_first_may_send_nothing_else(api: Api, asked: set[str]) -> None:
    captured = ok(decide(api, GPC, {}, "signal"), 201)
    found = ok(api.get("/v1/consents", headers=people.visitor(captured["visitor"])))
    assert decisions(found["standing"]) == dict.fromkeys(asked, ("denied", "signal"))


@pytest.mark.parametrize("value", ["0", "", "true", None])
def test_without_the_header_there_is_no_signal(api: Api, value: str | None) -> None:
    visitor = people.visitor(people.new_visitor())
    headers = visitor if value is None else {**visitor, "Sec-GPC": value}
    refused = problem(decide(api, headers, {}, "signal"), 422)
    assert refused["type"] == "urn:riserbo:problem:no-signal"
    ok(decide(api, headers, {ADS: "granted"}, "banner"), 201)
    (entry,) = entries(api, visitor)
    assert entry["decisions"] == {ADS: "granted"}


def test_a_signal_says_no_yes_and_other_sources_say_something(api: Api) -> None:
    visitor = people.visitor(people.new_visitor()) | GPC
    refused = problem(decide(api, visitor, {ADS: "granted"}, "signal"), 400)
    assert pointers(refused) == [f"/decisions/{ADS}"]
    for source in ("banner", "preference_centre", "api"):
        assert pointers(problem(decide(api, visitor, {}, source), 400)) == ["/decisions"]


class TestInTheAccount:
    @pytest.fixture
    def ada(self, api: Api) -> Person:
        return people.signed_in(api, decisions={ADS: "granted"})

    def test_registering_hears_it_for_what_is_not_decided(self, api: Api, asked: set[str]) -> None:
        email = people.new_address()
        body = people.registration(api, email, decisions={ADS: "granted"})
        ok(api.post("/v1/accounts", headers=GPC, json=body), 202)
        token = people.link_token(people.mails(api.stack, email)[0])
        ok(api.post("/v1/accounts/verification", json=people.proof(token)))
        person = people.sign_in(api, email)
        stands = ok(api.get("/v1/consents", headers=person.headers))["standing"]
        expected = dict.fromkeys(asked, ("denied", "signal")) | {ADS: ("granted", "own")}
        assert decisions(stands) == expected
        (entry,) = entries(api, person.headers)
        assert entry["signal"] == {"gpc": sorted(asked - {ADS})}

    def test_preferences_hear_it_too(self, api: Api, ada: Person, asked: set[str]) -> None:
        path, headers = "/v1/account/preferences", ada.headers | GPC
        said = ok(api.call("PUT", path, headers=headers, json={"locale": "en"}))
        assert said["decisions"] == dict.fromkeys(asked, "denied") | {ADS: "withdrawn"}
        assert {one["purpose"] for one in said["data"]} == {ADS}
        body = {"decisions": {ADS: "granted"}, "notice_version": api.notice_version()}
        ok(api.call("PUT", path, headers=headers, json=body))
        ok(api.call("PUT", path, headers=headers, json={"locale": "it"}))
        stands = ok(api.get("/v1/consents", headers=ada.headers))["standing"]
        assert decisions(stands)[ADS] == ("granted", "own")
        assert len(entries(api, ada.headers)) == 3
        assert owners.account(api, ada)["locale"] == "it"

    def test_the_chain_verifies_with_what_the_signal_decided(self, api: Api, ada: Person) -> None:
        ok(decide(api, ada.headers | GPC, {MEASURED: "granted"}, "banner"), 201)
        chain = ledger.entries(api.stack, ada.subject)
        assert model.verify(chain, ledger.standing(api.stack, ada.subject).head)


def test_the_answer_says_how_long_it_holds_and_where_the_receipt_is(api: Api) -> None:
    visitor = people.visitor(people.new_visitor())
    captured = ok(decide(api, visitor, {MEASURED: "granted", "surveys": "denied"}, "banner"), 201)
    assert captured["receipt"].endswith(f"/v1/receipts/{captured['entry_id']}")
    measured, surveys = (captured["standing"][name] for name in (MEASURED, "surveys"))
    assert measured["expires_at"] == measured["ask_again_at"] > measured["decided_at"]
    assert (surveys["expires_at"], surveys["ask_again_at"]) == (None, None)
    assert captured["data"] == []
    ended = ok(decide(api, visitor, {MEASURED: "denied"}, "banner"), 201)
    assert {one["category"] for one in ended["data"]} == {"cookies", "device", "interaction"}
    assert {one["erased_at"] for one in ended["data"]} == {None}
    stands = ended["standing"][MEASURED]
    assert stands["expires_at"] is None
    assert stands["ask_again_at"] is not None
